"""Counts for the overview of the panel: by day in the reader's time zone, each by an index, none over everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, TIMESTAMP, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.enquiry import LeadState
from bot.records import lead_search
from bot.records.leads import Lead
from bot.records.questions import Fate, Question
from knowledge.goods import Sector
from knowledge.language import Language


@dataclass(frozen=True, slots=True)
class Days:
    """Some days that follow each other, the last one today, as they begin in a time zone."""

    days: tuple[date, ...]
    starts: tuple[datetime, ...]  # of each day, and of the one behind the last

    @property
    def since(self) -> datetime:
        """When the first one begins."""
        return self.starts[0]


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How many questions of a day agree in language, channel and fate."""

    day: date
    language: Language
    channel: str | None
    fate: Fate
    number: int


@dataclass(frozen=True, slots=True)
class LeadCount:
    """How many leads agree in desk, sector and state."""

    desk_id: int
    sector: Sector
    state: LeadState
    number: int


COUNTED = 1000  # at most of what waits; beyond, "more than" is exact enough


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a member of the staff, each up to one more than `COUNTED`."""

    mine: int  # open leads that are assigned to him
    overdue: int  # leads at his desks whose promise has passed without an answer
    new: int  # leads at his desks that nobody has begun with
    questions: int  # that the bot could not answer


def last_days(number: int, now: datetime, zone: ZoneInfo) -> Days:
    """The last `number` days in a time zone, today among them; a day there may have 23 or 25 hours."""
    today = now.astimezone(zone).date()
    days = tuple(today - timedelta(days=back) for back in reversed(range(number)))
    following = (*days, today + timedelta(days=1))
    return Days(days, tuple(datetime.combine(day, time(), zone) for day in following))


async def questions_by_day(session: AsyncSession, days: Days) -> list[QuestionCount]:
    """Count the questions of some days."""
    starts = bindparam("starts", list(days.starts), type_=ARRAY(TIMESTAMP(timezone=True)))
    place = func.width_bucket(Question.asked_at, starts).label("place")  # 1 in the first day
    query = (
        select(place, Question.language, Question.channel, Question.fate, func.count())
        .where(Question.asked_at >= days.since, Question.asked_at < days.starts[-1])
        .group_by(place, Question.language, Question.channel, Question.fate)
    )
    rows = await session.execute(query)
    return [
        QuestionCount(days.days[place - 1], language, channel, fate, number)
        for place, language, channel, fate, number in rows
    ]


async def leads_sent(session: AsyncSession, desk_ids: Sequence[int], since: datetime) -> list[LeadCount]:
    """Count the leads that came to some desks since an hour."""
    query = (
        select(Lead.desk_id, Lead.sector, Lead.state, func.count())
        .where(Lead.desk_id.in_(desk_ids), Lead.sent_at >= since)
        .group_by(Lead.desk_id, Lead.sector, Lead.state)
    )
    return [LeadCount(*row) for row in await session.execute(query)]


async def waiting(session: AsyncSession, staff_id: int, desk_ids: Sequence[int], at: datetime) -> Waiting:
    """Count what waits for a member of the staff."""
    is_new = Lead.state == LeadState.NEW
    is_open = or_(*(Lead.state == state for state in LeadState if state.is_open))
    here = Lead.desk_id.in_(desk_ids)
    waits = (
        select(Lead.id).where(Lead.assignee_id == staff_id, is_open, here),
        select(Lead.id).where(lead_search.is_overdue(at), here),
        select(Lead.id).where(is_new, here),
        select(Question.id).where(Question.fate == Fate.WAITING),
    )
    counts = (select(func.count()).select_from(some.limit(COUNTED + 1).subquery()) for some in waits)
    row = (await session.execute(select(*(count.scalar_subquery() for count in counts)))).one()
    return Waiting(*row)
