"""The query of the leads inbox: which leads, in which order, one page of them, all of them, and what is new."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from bot.enquiry import LeadState, Want
from bot.records.desks import DeskStaff
from bot.records.leads import SETTLED, EventKind, Lead, LeadEvent, telephone
from bot.records.staff import Role, StaffMember, StaffSession
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.script import fold, skeleton

PAGE = 50  # leads
MOST = 10_000  # leads that are counted and paged through: whoever wants more narrows the filters or turns the order
WORDS = 8  # of a search that count
DIGITS = 4  # of a telephone number's end that a search needs
BATCH = 500  # leads that an export holds at a time


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    PROMISE = "promise"  # what waits longest against its promise; then what has been answered
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Search:
    """Which leads; what is left empty matches all."""

    desk_ids: tuple[int, ...]  # none: no leads
    states: tuple[LeadState, ...] = ()
    sector: Sector | None = None
    country: Country | None = None
    want: Want | None = None
    assignee_id: int | None = None
    nobodys: bool = False  # only those that nobody has taken
    overdue: bool = False
    words: str = ""
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class Row:
    """A lead in a list."""

    lead: Lead
    assignee: str | None  # his name
    written_at: datetime | None  # when staff last wrote to the trader, or noted something

    @property
    def waits(self) -> bool:
        """Whether the trader still waits for the first answer, which he was promised."""
        return self.lead.state is LeadState.NEW and self.lead.answered_at is None

    @property
    def has_news(self) -> bool:
        """Whether the trader has written since."""
        heard = self.lead.heard_at
        return heard is not None and (self.written_at is None or heard > self.written_at)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search."""

    rows: Sequence[Row]
    number: int  # from 1
    total: int  # at most `MOST`
    more: bool  # whether there are more than `MOST`

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))


def tsquery(words: str) -> str | None:
    """What the index is asked for: each word by its beginning or its consonants, a telephone number by its end.

    None where there is nothing to look for.
    """
    folded = fold(words).split()[:WORDS]
    if not folded:
        return None
    asked = " & ".join(map(_word, folded))
    digits = "".join(folded).lstrip("0")
    if digits.isdecimal() and len(digits) >= DIGITS:
        asked += f" | '{telephone(digits)}':*"
    return asked


def _word(word: str) -> str:
    # folded words have letters and digits alone, so that nothing need be escaped
    if len(word) == 1:
        return f"'{word}'"
    bones = skeleton(word)
    beginning = f"'{word}':*"
    return f"({beginning} | '={bones}')" if len(bones) > 1 and not word.isdecimal() else beginning


_SETTLED: SQLColumnExpression[bool] = literal_column(SETTLED)

_ORDERS: dict[Order, tuple[SQLColumnExpression[object], ...]] = {
    Order.NEWEST: (Lead.sent_at.desc(), Lead.id.desc()),
    Order.OLDEST: (Lead.sent_at, Lead.id),
    Order.PROMISE: (_SETTLED, Lead.promised_at, Lead.id),
    Order.CHANGED: (Lead.changed_at.desc(), Lead.id.desc()),
}


def is_overdue(at: datetime) -> ColumnElement[bool]:
    """Whether a lead waits for its first answer longer than was promised."""
    return and_(not_(_SETTLED), Lead.promised_at < at)


def _conditions(search: Search, at: datetime) -> list[ColumnElement[bool]]:
    given = [
        Lead.desk_id.in_(search.desk_ids),
        Lead.state.in_(search.states) if search.states else None,
        Lead.sector == search.sector if search.sector else None,
        Lead.country == search.country if search.country else None,
        Lead.want == search.want if search.want else None,
        Lead.assignee_id == search.assignee_id if search.assignee_id is not None else None,
        Lead.assignee_id.is_(None) if search.nobodys else None,
        is_overdue(at) if search.overdue else None,
        _words(search.words) if search.words.strip() else None,
    ]
    return [condition for condition in given if condition is not None]


def _words(words: str) -> ColumnElement[bool]:
    asked = tsquery(words)
    return false() if asked is None else Lead.words.op("@@")(cast(literal(asked), TSQUERY))


_WRITTEN_AT = (
    select(func.max(LeadEvent.at))
    .where(LeadEvent.lead_id == Lead.id, LeadEvent.kind.in_([EventKind.TO_TRADER, EventKind.NOTE]))
    .scalar_subquery()
)


async def page(session: AsyncSession, search: Search, at: datetime, number: int = 1) -> Page:
    """Return a page of a search; the last one where there are fewer."""
    order = _ORDERS[search.order]
    found = (
        select(Lead.id, func.row_number().over(order_by=order).label("place"))
        .where(*_conditions(search, at))
        .order_by(*order)
        .limit(MOST + 1)
        .cte("found")
    )
    total = select(func.count()).select_from(found).scalar_subquery()
    query = (
        select(Lead, StaffMember.name, _WRITTEN_AT, total)
        .join(found, found.c.id == Lead.id)
        .outerjoin(StaffMember, StaffMember.id == Lead.assignee_id)
        .where(found.c.place > (number - 1) * PAGE, found.c.place <= min(number * PAGE, MOST))
        .order_by(found.c.place)
        .options(defer(Lead.words))
    )
    rows = (await session.execute(query)).all()
    if not rows and number > 1:
        first = await page(session, search, at)
        return await page(session, search, at, first.last) if first.last > 1 else first
    counted = rows[0][3] if rows else 0
    return Page([Row(row[0], row[1], row[2]) for row in rows], number, min(counted, MOST), counted > MOST)


async def counts(session: AsyncSession, searches: Sequence[Search], at: datetime) -> list[int]:
    """Return how many leads each search finds; `MOST` + 1 where there are more."""
    if not searches:
        return []
    one: Select[int] = select(literal_column("1")).select_from(Lead)  # no column: an index alone can answer
    limited = [one.where(*_conditions(search, at)).limit(MOST + 1).subquery() for search in searches]
    numbers = [select(func.count()).select_from(found).scalar_subquery() for found in limited]
    return list((await session.execute(select(*numbers))).one())


async def number(session: AsyncSession, search: Search, at: datetime) -> int:
    """Return how many leads a search finds, exactly."""
    return (await session.scalar(select(func.count()).select_from(Lead).where(*_conditions(search, at)))) or 0


async def everything(session: AsyncSession, search: Search, at: datetime) -> AsyncGenerator[Row, None]:
    """Hand out every lead of a search in its order, `BATCH` at a time by a cursor: as many as there are."""
    query = (
        select(Lead, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == Lead.assignee_id)
        .where(*_conditions(search, at))
        .order_by(*_ORDERS[search.order])
        .options(defer(Lead.words))
        .execution_options(yield_per=BATCH)
    )
    async for row in await session.stream(query):
        yield Row(row[0], row[1], None)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What has happened at a member's desks since an hour."""

    new: int  # leads that came
    changed_at: datetime | None  # when a lead came or was changed last


async def pulse(session: AsyncSession, staff_id: int, token_hash: str, at: datetime, since: datetime) -> Pulse | None:
    """Return what has happened at the desks of a member, an admin's being all, since an hour; in one cheap query.

    None where the session of this token is over, or the member has left.
    """
    lasts = (
        select(StaffSession.token_hash)
        .join(StaffMember, StaffMember.id == StaffSession.staff_id)
        .where(StaffSession.token_hash == token_hash, StaffSession.ends_at > at, StaffMember.active)
        .exists()
    )
    is_admin = select(StaffMember.role == Role.ADMIN).where(StaffMember.id == staff_id).scalar_subquery()
    own = Lead.desk_id.in_(select(DeskStaff.desk_id).where(DeskStaff.staff_id == staff_id))
    query = select(lasts, func.count().filter(Lead.sent_at > since), func.max(Lead.changed_at)).where(
        Lead.changed_at > since, or_(is_admin, own)
    )
    signed_in, new, last = (await session.execute(query)).one()
    return Pulse(new, last) if signed_in else None
