"""What staff do to several leads at once, straight from the list: each changes only if it may, and says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.access import Visitor
from bot.enquiry import LeadState
from bot.records import leads
from bot.records.desks import Desk
from bot.records.leads import Lead
from bot.wording import Voice


class Action(StrEnum):
    """What can be done from the list."""

    TAKE = "take"
    CONTACTED = "contacted"
    MOVE = "move"


class Obstacle(StrEnum):
    """Why a lead stays as it is."""

    GONE = "gone"
    OWN = "own"
    TAKEN = "taken"
    DONE = "done"
    NOT_NEW = "not_new"
    THERE = "there"


def obstacle(voice: Voice, obstacle: Obstacle) -> str:
    """Why a lead stayed as it was, in the reader's words."""
    return {
        Obstacle.GONE: voice.say("is not at your desks"),
        Obstacle.OWN: voice.say("was yours already"),
        Obstacle.TAKEN: voice.say("a colleague has it"),
        Obstacle.DONE: voice.say("is finished"),
        Obstacle.NOT_NEW: voice.say("is not new any more"),
        Obstacle.THERE: voice.say("was at that desk already"),
    }[obstacle]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    changed: Sequence[str]  # references
    kept: dict[str, Obstacle]


async def change(
    database: AsyncSession, visitor: Visitor, references: Sequence[str], action: Action, desk: Desk | None, at: datetime
) -> Outcome:
    """Do one thing to the leads of these references, as far as each allows it; `desk` is where to move them."""
    query = select(Lead).where(Lead.reference.in_(references), Lead.desk_id.in_(visitor.desk_ids))
    # in one order, so that two who change the same leads wait for each other once
    held = {lead.reference: lead for lead in await database.scalars(query.order_by(Lead.id).with_for_update())}
    kept: dict[str, Obstacle] = {}
    for reference in dict.fromkeys(references):
        lead = held.get(reference)
        hindrance = await _change_one(database, visitor, lead, action, desk, at) if lead else Obstacle.GONE
        if hindrance:
            kept[reference] = hindrance
    return Outcome([reference for reference in dict.fromkeys(references) if reference not in kept], kept)


async def _change_one(
    database: AsyncSession, visitor: Visitor, lead: Lead, action: Action, desk: Desk | None, at: datetime
) -> Obstacle | None:
    member = visitor.member
    if hindrance := _hindrance(lead, action, member.id, desk):
        return hindrance
    if action is Action.TAKE:
        await leads.assign(database, lead, member, at, staff_id=member.id)
        visitor.audits(database, at, "lead.assigned", lead.reference, to=member.login)
    elif action is Action.CONTACTED:
        await leads.change_state(database, lead, LeadState.CONTACTED, at, staff_id=member.id)
        states = {"from": LeadState.NEW.value, "to": LeadState.CONTACTED.value}
        visitor.audits(database, at, "lead.state_changed", lead.reference, **states)
    elif desk:
        await leads.move(database, lead, desk, at, staff_id=member.id)
        visitor.audits(database, at, "lead.moved", lead.reference, to=desk.name_en)
    return None


def _hindrance(lead: Lead, action: Action, member_id: int, desk: Desk | None) -> Obstacle | None:
    match action:
        case Action.TAKE if lead.assignee_id == member_id:
            return Obstacle.OWN
        case Action.TAKE if lead.assignee_id is not None:
            return Obstacle.TAKEN
        case Action.TAKE if not lead.state.is_open:
            return Obstacle.DONE
        case Action.CONTACTED if lead.state is not LeadState.NEW:
            return Obstacle.NOT_NEW
        case Action.MOVE if desk is None or lead.desk_id == desk.id:
            return Obstacle.THERE
    return None
