"""What hangs on the desks: who works there, what waits there; and the closing of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.enquiry import LeadState
from bot.records.desks import Desk, DeskStaff, RoutingRule
from bot.records.leads import EventKind, Lead, LeadEvent
from bot.records.staff import StaffMember

OPEN = [state for state in LeadState if state.is_open]


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is at a desk."""

    staff: int = 0  # active members
    open_leads: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """What went to another desk when one was closed."""

    leads: int
    rules: int


async def loads(session: AsyncSession) -> defaultdict[int, Load]:
    """Return by its id what there is at each desk."""
    staff = (
        select(DeskStaff.desk_id, func.count())
        .join(StaffMember, and_(StaffMember.id == DeskStaff.staff_id, StaffMember.active))
        .group_by(DeskStaff.desk_id)
    )
    open_leads = select(Lead.desk_id, func.count()).where(Lead.state.in_(OPEN)).group_by(Lead.desk_id)
    members = {desk: count for desk, count in await session.execute(staff)}  # noqa: C416  (rows are no pairs to mypy)
    found = defaultdict(Load, {desk: Load(staff=count) for desk, count in members.items()})
    for desk, count in await session.execute(open_leads):
        found[desk] = Load(members.get(desk, 0), count)
    return found


async def desks_by_member(session: AsyncSession) -> defaultdict[int, list[Desk]]:
    """Return by the id of each member the desks at which he works."""
    query = select(DeskStaff.staff_id, Desk).join(Desk, Desk.id == DeskStaff.desk_id)
    found: defaultdict[int, list[Desk]] = defaultdict(list)
    for member, desk in await session.execute(query.order_by(Desk.general, Desk.name_en)):
        found[member].append(desk)
    return found


async def leads_at(session: AsyncSession, desk_id: int) -> int:
    """Return how many leads lie at a desk, open and done."""
    return await session.scalar(select(func.count()).where(Lead.desk_id == desk_id)) or 0


async def rules_of(session: AsyncSession, desk_id: int) -> int:
    """Return how many rules send leads to a desk."""
    return await session.scalar(select(func.count()).where(RoutingRule.desk_id == desk_id)) or 0


async def hold(session: AsyncSession, *desk_ids: int) -> Sequence[Desk]:
    """Take desks until the transaction ends: none closes and none gets a lead meanwhile. Those that are gone lack."""
    query = select(Desk).where(Desk.id.in_(desk_ids)).order_by(Desk.id)
    return (await session.scalars(query.with_for_update().execution_options(populate_existing=True))).all()


async def close(
    session: AsyncSession, desk: Desk, to: Desk, at: datetime, *, staff_id: int | None, with_rules: bool
) -> Moved:
    """Close a desk that is held: its leads go to another one, where nobody has them yet; its rules too, or with it.

    The hour by which a trader was promised an answer stays.
    """
    await _tell(session, desk, to, at, staff_id)
    change = update(Lead).where(Lead.desk_id == desk.id)
    moved = await session.scalars(change.values(desk_id=to.id, assignee_id=None, changed_at=at).returning(Lead.id))
    leads, rules = len(moved.all()), 0
    if with_rules:
        handed = update(RoutingRule).where(RoutingRule.desk_id == desk.id).values(desk_id=to.id)
        rules = len((await session.scalars(handed.returning(RoutingRule.id))).all())
    await session.execute(delete(Desk).where(Desk.id == desk.id))  # what rules and seats it has go with it
    return Moved(leads, rules)


async def _tell(session: AsyncSession, desk: Desk, to: Desk, at: datetime, staff_id: int | None) -> None:
    """Write into the history of each lead at a desk that it goes to another."""
    event = {
        LeadEvent.lead_id: Lead.id,
        LeadEvent.at: literal(at, LeadEvent.at.type),
        LeadEvent.kind: literal(EventKind.DESK, LeadEvent.kind.type),
        LeadEvent.staff_id: literal(staff_id, LeadEvent.staff_id.type),
        LeadEvent.text: literal(""),
        LeadEvent.details: literal({"from": desk.name_en, "to": to.name_en}, LeadEvent.details.type),
    }
    await session.execute(
        insert(LeadEvent).from_select(list(event), select(*event.values()).where(Lead.desk_id == desk.id))
    )
