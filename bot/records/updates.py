"""Updates already seen, so that a second delivery of one changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Record


class Update(Record):
    """The id that a channel gave to something a trader sent."""

    __tablename__ = "updates"

    trader_id: Mapped[int] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"), primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)


async def is_new(session: AsyncSession, trader_id: int, external_id: str, at: datetime) -> bool:
    """Record an update; False where it was recorded before."""
    row = insert(Update).values(trader_id=trader_id, external_id=external_id, received_at=at)
    return await session.scalar(row.on_conflict_do_nothing().returning(Update.external_id)) is not None


async def purge(session: AsyncSession, before: datetime) -> None:
    """Drop ids that no channel delivers again any more."""
    await session.execute(delete(Update).where(Update.received_at < before))
