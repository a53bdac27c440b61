"""Traders: their address, what the conversation remembers of them, whether they can still be reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.message import Address
from bot.records.base import Json, Record


class Trader(Record):
    """A person with a phone, on one channel."""

    __tablename__ = "traders"
    __table_args__ = (UniqueConstraint("channel", "identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    identifier: Mapped[str]
    memory: Mapped[Json]
    announcements: Mapped[bool] = mapped_column(default=True)  # False since /stop
    gone_at: Mapped[datetime | None]  # since when the channel says that he cannot be written to
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


async def hold(session: AsyncSession, address: Address, at: datetime) -> Trader:
    """Return the trader of this address, made where there is none, locked until the transaction ends.

    The lock keeps two updates of one chat in order across processes. A trader who writes is no longer gone.
    """
    row = insert(Trader).values(
        channel=address.channel, identifier=address.identifier, memory={}, announcements=True,
        first_seen_at=at, last_seen_at=at,
    )  # fmt: skip
    upsert = row.on_conflict_do_update(
        index_elements=[Trader.channel, Trader.identifier], set_={"last_seen_at": at, "gone_at": None}
    ).returning(Trader)
    return (await session.scalars(upsert, execution_options={"populate_existing": True})).one()


async def mark_gone(session: AsyncSession, address: Address, at: datetime) -> None:
    """Note that the channel says this trader cannot be written to (blocked the bot, closed the account)."""
    change = update(Trader).where(
        Trader.channel == address.channel, Trader.identifier == address.identifier, Trader.gone_at.is_(None)
    )
    await session.execute(change.values(gone_at=at))


async def forget(session: AsyncSession, trader_id: int) -> None:
    """Delete a trader and, by cascade, everything that hangs on him."""
    await session.execute(delete(Trader).where(Trader.id == trader_id))
