"""Announcements: what admins write, for whom, in which languages; and what traders want to hear of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, String, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Json, Record
from bot.records.traders import Trader
from knowledge.language import Language


class AnnouncementState(StrEnum):
    """How far an announcement has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # a second person has to approve it
    SCHEDULED = "scheduled"  # goes out at its hour
    SENT = "sent"  # its recipients are fixed; reminders may still follow
    CANCELLED = "cancelled"  # what had not left does not leave


class Announcement(Record):
    """A message to everyone who subscribed to its subjects."""

    __tablename__ = "announcements"
    __table_args__ = (CheckConstraint("event_on IS NOT NULL OR event_at IS NULL", name="hour_of_a_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[AnnouncementState]
    title: Mapped[str]  # for the staff's list
    texts: Mapped[Json]  # language → Markdown, as it was written
    #: Language without a text → language whose text its readers get, or "" where they get none. A choice, not a gap.
    stand_ins: Mapped[Json]
    subjects: Mapped[list[str]] = mapped_column(ARRAY(String))  # any of them is enough
    languages: Mapped[list[str]] = mapped_column(ARRAY(String))  # of the readers; empty: all
    countries: Mapped[list[str]] = mapped_column(ARRAY(String))  # empty: all; else also those who told none
    channels: Mapped[list[str]] = mapped_column(ARRAY(String))  # empty: all
    publish_at: Mapped[datetime | None]  # empty: as soon as it is approved
    event_on: Mapped[date | None]  # the day that it announces
    event_at: Mapped[time | None]  # its hour, in `event_zone`
    event_zone: Mapped[str] = mapped_column(default="Asia/Karachi")  # IANA name
    event_place: Mapped[str | None]
    reminders: Mapped[bool] = mapped_column(default=False)  # 7 days and 1 day before the event
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("announcements.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # when its recipients were fixed
    cancelled_at: Mapped[datetime | None]

    @property
    def subject_of_log(self) -> str:
        """What the audit log calls it, whatever its title is."""
        return f"announcement-{self.id}"

    def touch(self, at: datetime) -> None:
        """Note that it was changed: never at the same hour twice, so that a form knows which version it shows."""
        self.changed_at = max(at, self.changed_at + timedelta(microseconds=1))

    def text_for(self, language: Language) -> tuple[Language, str] | None:
        """The text that readers of a language get, with the language it is in; None where they get none."""
        assert isinstance(self.texts, dict)
        assert isinstance(self.stand_ins, dict)
        written = self.texts.get(language.value)
        if written:
            return language, written
        stand_in = self.stand_ins.get(language.value)
        return (Language(stand_in), self.texts[stand_in]) if stand_in and self.texts.get(stand_in) else None

    def undecided(self) -> list[Language]:
        """The languages of its readers that have no text and for which nothing was chosen."""
        assert isinstance(self.texts, dict)
        assert isinstance(self.stand_ins, dict)
        readers = [Language(code) for code in self.languages] or list(Language)
        return [
            language
            for language in readers
            if not self.texts.get(language.value) and language.value not in self.stand_ins
        ]


class Subscription(Record):
    """A subject that a trader wants to hear of: "policy", "events", "border:taftan-mirjaveh", "sector:livestock"."""

    __tablename__ = "subscriptions"

    trader_id: Mapped[int] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True, index=True)
    since: Mapped[datetime]


async def subscribe(session: AsyncSession, trader_id: int, subjects: Sequence[str], at: datetime) -> None:
    """Let a trader hear of subjects from now on."""
    if subjects:
        rows = [{"trader_id": trader_id, "subject": subject, "since": at} for subject in subjects]
        await session.execute(insert(Subscription).values(rows).on_conflict_do_nothing())


async def unsubscribe(session: AsyncSession, trader_id: int, subjects: Sequence[str]) -> None:
    """Let a trader hear of subjects no more."""
    await session.execute(
        delete(Subscription).where(Subscription.trader_id == trader_id, Subscription.subject.in_(subjects))
    )


async def set_subjects(session: AsyncSession, trader_id: int, subjects: Sequence[str], at: datetime) -> None:
    """Let a trader hear of these subjects and of no others; since when he does of each is kept."""
    others = delete(Subscription).where(Subscription.trader_id == trader_id, Subscription.subject.not_in(subjects))
    await session.execute(others)
    await subscribe(session, trader_id, subjects, at)


async def newest_version(session: AsyncSession, announcement_id: int) -> Announcement | None:
    """Return the last correction of an announcement that went out, or the announcement itself; None for no such.

    One that was cancelled afterwards counts: who got it must not be told what it corrected.
    """
    announcement = await session.get(Announcement, announcement_id)
    while announcement and (
        correction := await session.scalar(
            select(Announcement)
            .where(Announcement.corrects_id == announcement.id, Announcement.sent_at.is_not(None))
            .order_by(Announcement.id.desc())
            .limit(1)
        )
    ):
        announcement = correction
    return announcement


async def corrected(session: AsyncSession, announcement: Announcement) -> list[int]:
    """Return the ids of the announcements that one corrects, the first of them last."""
    ids: list[int] = []
    earlier: int | None = announcement.corrects_id
    while earlier is not None and earlier not in ids:
        ids.append(earlier)
        earlier = await session.scalar(select(Announcement.corrects_id).where(Announcement.id == earlier))
    return ids


async def subscribers(session: AsyncSession) -> dict[str, int]:
    """Return how many traders who can be reached want to hear of each subject."""
    query = (
        select(Subscription.subject, func.count().label("number"))
        .join(Trader, Trader.id == Subscription.trader_id)
        .where(Trader.announcements, Trader.gone_at.is_(None))
        .group_by(Subscription.subject)
    )
    return {row.subject: row.number for row in await session.execute(query)}
