"""Channels that take no message from us until staff have acted: which, since when, why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Record

PAUSE = timedelta(minutes=15)  # until one message is tried again


class Halt(Record):
    """The last time that a channel took nothing; it stands until `until`, and is told to staff as long as it stands."""

    __tablename__ = "halts"

    channel: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]


_HALT = text("""
    INSERT INTO halts (channel, reason, since, until) VALUES (:channel, :reason, :at, :until)
    ON CONFLICT (channel) DO UPDATE SET reason = :reason, until = :until,
        since = CASE WHEN halts.until < CAST(:at AS timestamptz) - interval '1 hour' THEN :at ELSE halts.since END
""")


async def halt(session: AsyncSession, channel: str, reason: str, at: datetime) -> datetime:
    """Send nothing on a channel for a while, neither replies nor announcements, on all processes; return until when."""
    until = at + PAUSE
    await session.execute(_HALT, {"channel": channel, "reason": reason, "at": at, "until": until})
    return until


async def standing(session: AsyncSession, channel: str, at: datetime) -> Halt | None:
    """The halt of a channel; None where it may send."""
    found: Halt | None = await session.scalar(select(Halt).where(Halt.channel == channel, Halt.until > at))
    return found


async def all_standing(session: AsyncSession, at: datetime) -> Sequence[Halt]:
    """The halts of all channels, for staff to act on."""
    return (await session.scalars(select(Halt).where(Halt.until > at).order_by(Halt.channel))).all()
