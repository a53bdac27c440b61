"""Traders: their address, what the conversation remembers of them, whether they can still be reached."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import SmallInteger, UniqueConstraint, delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.message import Address
from bot.records.base import Json, Record
from knowledge.cities import Country


class Trader(Record):
    """A person with a phone, on one channel."""

    __tablename__ = "traders"
    __table_args__ = (UniqueConstraint("channel", "identifier"), UniqueConstraint("channel", "alias"))

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    identifier: Mapped[str]
    alias: Mapped[str | None]  # another identifier by which the channel may name him
    memory: Mapped[Json]
    announcements: Mapped[bool] = mapped_column(default=True)  # False since /stop
    gone_at: Mapped[datetime | None]  # since when the channel says that he cannot be written to
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    country: Mapped[Country | None]  # where he works, where he told
    #: Hours of the day, in his zone, between which he wants no announcement; empty: none.
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_until: Mapped[int | None] = mapped_column(SmallInteger)
    zone: Mapped[str] = mapped_column(server_default="Asia/Karachi")  # IANA name


@dataclass(frozen=True, slots=True)
class Held:
    """A trader whose row is locked until the transaction ends."""

    id: int
    memory: dict[str, Any]


_HOLD = text("""
    INSERT INTO traders (channel, identifier, alias, memory, announcements, first_seen_at, last_seen_at)
    VALUES (:channel, :identifier, :alias, '{}', true, :at, :at)
    ON CONFLICT (channel, identifier) DO UPDATE
        SET last_seen_at = CASE WHEN :spoken THEN :at ELSE traders.last_seen_at END,
            gone_at = CASE WHEN :spoken THEN NULL ELSE traders.gone_at END,
            alias = COALESCE(:alias, traders.alias)
    RETURNING id, memory
""")
_REMEMBER = text("UPDATE traders SET memory = CAST(:memory AS jsonb) WHERE id = :id")


async def hold(
    session: AsyncSession, address: Address, at: datetime, alias: str | None = None, *, spoken: bool = True
) -> Held:
    """Return the trader of this address, made where there is none, locked until the transaction ends.

    The lock keeps two updates of one chat in order across processes. A trader who writes is no longer gone; `spoken`:
    False where he did not write, but the platform told something of him.
    """
    values = {
        "channel": address.channel, "identifier": address.identifier, "at": at, "alias": alias, "spoken": spoken,
    }  # fmt: skip
    row = (await session.execute(_HOLD, values)).one()
    return Held(row.id, row.memory)


async def remember(session: AsyncSession, trader_id: int, memory: dict[str, Any]) -> None:
    """Keep what the conversation remembers of a trader."""
    await session.execute(_REMEMBER, {"id": trader_id, "memory": json.dumps(memory)})


async def allow_announcements(session: AsyncSession, trader_id: int, *, allowed: bool) -> None:
    """Note whether a trader wants announcements."""
    await session.execute(update(Trader).where(Trader.id == trader_id).values(announcements=allowed))


async def set_quiet_hours(
    session: AsyncSession, trader_id: int, starts: int | None, ends: int | None, zone: str
) -> None:
    """Note between which hours of his day, by the clock of a zone, a trader wants no announcement; None: none."""
    change = update(Trader).where(Trader.id == trader_id)
    await session.execute(change.values(quiet_from=starts, quiet_until=ends, zone=zone))


async def set_country(session: AsyncSession, trader_id: int, country: Country, zone: str) -> None:
    """Note where a trader works, and by which clock he lives."""
    await session.execute(update(Trader).where(Trader.id == trader_id).values(country=country, zone=zone))


async def mark_gone(session: AsyncSession, address: Address, at: datetime) -> None:
    """Note that the channel says this trader cannot be written to (blocked the bot, closed the account)."""
    change = update(Trader).where(
        Trader.channel == address.channel, Trader.identifier == address.identifier, Trader.gone_at.is_(None)
    )
    await session.execute(change.values(gone_at=at))


async def address_of(session: AsyncSession, trader_id: int | None) -> Address | None:
    """Return where a trader is reached; None for one who was forgotten."""
    trader = await session.get(Trader, trader_id) if trader_id is not None else None
    return Address(trader.channel, trader.identifier) if trader else None


async def forget(session: AsyncSession, trader_id: int) -> None:
    """Delete a trader and, by cascade, everything that hangs on him."""
    await session.execute(delete(Trader).where(Trader.id == trader_id))
