"""Desks of the chambers, who works at them, and the rules by which a lead finds its desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, case, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Record
from bot.records.staff import StaffMember
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language

ANSWER_WITHIN = 48  # hours: what a desk promises unless an admin says otherwise


class Desk(Record):
    """Where leads are worked on."""

    __tablename__ = "desks"
    __table_args__ = (
        Index("uq_desks_general", "general", unique=True, postgresql_where=text("general")),
        CheckConstraint("answer_within > 0", name="promises_some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_en: Mapped[str] = mapped_column(unique=True)
    name_ur: Mapped[str]
    name_fa: Mapped[str]
    answer_within: Mapped[int] = mapped_column(default=ANSWER_WITHIN)  # hours
    general: Mapped[bool] = mapped_column(default=False)  # the one that takes what no rule matches

    def name(self, language: Language) -> str:
        """Its name in a language."""
        return {Language.EN: self.name_en, Language.UR: self.name_ur, Language.FA: self.name_fa}[language]


class DeskStaff(Record):
    """Who works at a desk."""

    __tablename__ = "desk_staff"

    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)


class RoutingRule(Record):
    """Leads of a country, sector and city go to a desk; what is left empty matches all."""

    __tablename__ = "routing_rules"
    __table_args__ = (
        UniqueConstraint("country", "sector", "city", postgresql_nulls_not_distinct=True),
        CheckConstraint("num_nonnulls(country, sector, city) > 0", name="matches_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id", ondelete="CASCADE"))
    country: Mapped[Country | None]
    sector: Mapped[Sector | None]
    city: Mapped[str | None]  # id in cities.yaml


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a lead goes, and why."""

    desk: Desk
    rule: RoutingRule | None  # None: no rule matched, the general desk takes it


async def route(session: AsyncSession, country: Country, sector: Sector, city: str | None) -> Routed:
    """Find the desk of a lead by the rule that says most of it: a city counts more than a sector, that than a country.

    No two rules say the same, so there is exactly one; where none matches it is the general desk.
    """
    says = (
        case((RoutingRule.city.is_not(None), 4), else_=0)
        + case((RoutingRule.sector.is_not(None), 2), else_=0)
        + case((RoutingRule.country.is_not(None), 1), else_=0)
    )
    query = (
        select(Desk, RoutingRule)
        .join(RoutingRule, RoutingRule.desk_id == Desk.id)
        .where(
            or_(RoutingRule.country.is_(None), RoutingRule.country == country),
            or_(RoutingRule.sector.is_(None), RoutingRule.sector == sector),
            or_(RoutingRule.city.is_(None), RoutingRule.city == city),
        )
        .order_by(says.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row:
        return Routed(row[0], row[1])
    return Routed((await session.scalars(select(Desk).where(Desk.general))).one(), None)


async def everything(session: AsyncSession) -> Sequence[Desk]:
    """Return all desks, the general one last."""
    return (await session.scalars(select(Desk).order_by(Desk.general, Desk.name_en))).all()


async def desks_of(session: AsyncSession, staff_id: int) -> Sequence[Desk]:
    """Return the desks at which a member works."""
    query = select(Desk).join(DeskStaff, DeskStaff.desk_id == Desk.id).where(DeskStaff.staff_id == staff_id)
    return (await session.scalars(query.order_by(Desk.general, Desk.name_en))).all()


async def staff_at(session: AsyncSession, desk_id: int) -> Sequence[StaffMember]:
    """Return the active members who work at a desk, by name."""
    query = (
        select(StaffMember)
        .join(DeskStaff, DeskStaff.staff_id == StaffMember.id)
        .where(DeskStaff.desk_id == desk_id, StaffMember.active)
    )
    return (await session.scalars(query.order_by(StaffMember.name))).all()
