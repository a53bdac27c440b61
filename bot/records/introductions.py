"""Introductions: two leads that fit, and whether each of the two traders wants the other to have his card."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, case, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.enquiry import LeadState
from bot.records import leads
from bot.records.base import Record
from bot.records.leads import EventKind, Lead, LeadEvent
from knowledge.cities import Country

CANDIDATES = 300  # leads that are looked at closely, for one


class IntroductionState(StrEnum):
    """What the two have said."""

    ASKED = "asked"  # not both have answered, nobody has refused
    AGREED = "agreed"  # both have each other's card
    REFUSED = "refused"


class Introduction(Record):
    """Two leads that staff want to introduce to each other."""

    __tablename__ = "introductions"
    __table_args__ = (
        UniqueConstraint("lead_id", "other_id"),
        CheckConstraint("lead_id < other_id", name="each_pair_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    lead_agreed_at: Mapped[datetime | None]
    other_agreed_at: Mapped[datetime | None]
    state: Mapped[IntroductionState]


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to."""

    introduction: Introduction
    own: Lead  # of him who answered
    other: Lead


async def hold(session: AsyncSession, *references: str) -> Sequence[Lead]:
    """Return leads held until the transaction ends, always taken in one order: two who introduce never lock up."""
    query = select(Lead).where(Lead.reference.in_(references)).order_by(Lead.id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def ask(session: AsyncSession, one: Lead, two: Lead, staff_id: int, at: datetime) -> Introduction | None:
    """Begin to introduce two leads; None where that was asked before."""
    first, second = sorted((one, two), key=lambda lead: lead.id)
    row = (
        insert(Introduction)
        .values(lead_id=first.id, other_id=second.id, staff_id=staff_id, asked_at=at, state=IntroductionState.ASKED)
        .on_conflict_do_nothing()
        .returning(Introduction)
    )
    introduction = await session.scalar(row)
    if introduction is not None:
        for own, other in ((one, two), (two, one)):
            details = {"with": other.reference, "state": IntroductionState.ASKED.value}
            await leads.happened(session, _event(own, at, details, staff_id))
    return introduction


async def answer(
    session: AsyncSession, introduction_id: int, trader_id: int, at: datetime, *, agreed: bool
) -> Answered | None:
    """Note what a trader says to an introduction; None where it is not his to answer, is settled, or was said before.

    The second who agrees makes both leads matched; a refusal ends it, also one who agreed may still refuse.
    """
    query = (
        select(Introduction)
        .where(Introduction.id == introduction_id, Introduction.state == IntroductionState.ASKED)
        .with_for_update()
    )
    introduction = await session.scalar(query)
    if introduction is None:
        return None
    pair = select(Lead).where(Lead.id.in_([introduction.lead_id, introduction.other_id])).order_by(Lead.id)
    lead, other = (await session.scalars(pair.with_for_update())).all()
    if trader_id not in {lead.trader_id, other.trader_id} or not (lead.state.is_open and other.state.is_open):
        return None
    own, counterpart = (lead, other) if lead.trader_id == trader_id else (other, lead)
    if not _say(introduction, first=own is lead, agreed=agreed, at=at):
        return None
    if introduction.state is IntroductionState.AGREED:
        for one in (lead, other):
            await leads.change_state(session, one, LeadState.MATCHED, at, staff_id=None)
    for one, two in ((lead, other), (other, lead)):
        details = {"with": two.reference, "state": introduction.state.value, "by": own.reference}
        await leads.happened(session, _event(one, at, details, None))
    return Answered(introduction, own, counterpart)


def _say(introduction: Introduction, *, first: bool, agreed: bool, at: datetime) -> bool:
    """Put down what the trader of the first or the other lead says; False where he has said so before."""
    if not agreed:
        introduction.state = IntroductionState.REFUSED
        return True
    if introduction.lead_agreed_at if first else introduction.other_agreed_at:
        return False
    if first:
        introduction.lead_agreed_at = at
    else:
        introduction.other_agreed_at = at
    if introduction.lead_agreed_at and introduction.other_agreed_at:
        introduction.state = IntroductionState.AGREED
    return True


def _event(lead: Lead, at: datetime, details: dict[str, str], staff_id: int | None) -> LeadEvent:
    return LeadEvent(lead_id=lead.id, at=at, kind=EventKind.INTRODUCTION, staff_id=staff_id, details=details)


async def of_lead(session: AsyncSession, lead_id: int) -> Sequence[tuple[Introduction, Lead]]:
    """Return the introductions of a lead, newest first, each with the other lead."""
    query = (
        select(Introduction, Lead)
        .join(Lead, Lead.id.in_([Introduction.lead_id, Introduction.other_id]) & (Lead.id != lead_id))
        .where(or_(Introduction.lead_id == lead_id, Introduction.other_id == lead_id))
        .order_by(Introduction.id.desc())
    )
    return [(introduction, lead) for introduction, lead in await session.execute(query)]


async def candidates(session: AsyncSession, lead: Lead, limit: int = CANDIDATES) -> Sequence[Lead]:
    """Return the leads of the other country that want the opposite of this one, the nearest kinds of goods first.

    Of the same good, chapter or sector, then newest first; of every desk. Those that are matched already are left out.
    """
    (other_country,) = set(Country) - {lead.country}
    near = [(Lead.good == lead.good, 4)] if lead.good else []
    near += [(Lead.chapter == lead.chapter, 2)] if lead.chapter else []
    near += [(Lead.sector == lead.sector, 1)]
    nearness = functools.reduce(operator.add, (case((same, weight), else_=0) for same, weight in near))
    query = (
        select(Lead)
        .where(
            text("leads.state IN ('new', 'contacted')"),  # as the index ix_leads_wanted has it
            Lead.country == other_country,
            Lead.want == lead.want.opposite,
            Lead.trader_id != lead.trader_id,
            or_(*(same for same, _ in near)),
        )
        .order_by(nearness.desc(), Lead.sent_at.desc(), Lead.id.desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()
