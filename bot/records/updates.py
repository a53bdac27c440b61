"""Updates already seen, so that a second delivery of one changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Record


class Update(Record):
    """The id that a channel gave to something a trader sent."""

    __tablename__ = "updates"

    trader_id: Mapped[int] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"), primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)


_IS_NEW = text("""
    INSERT INTO updates (trader_id, external_id, received_at) VALUES (:trader, :external, :at)
    ON CONFLICT DO NOTHING RETURNING external_id
""")


async def is_new(session: AsyncSession, trader_id: int, external_id: str, at: datetime) -> bool:
    """Record an update; False where it was recorded before."""
    values = {"trader": trader_id, "external": external_id, "at": at}
    return await session.scalar(_IS_NEW, values) is not None


async def purge(session: AsyncSession, before: datetime) -> None:
    """Drop ids that no channel delivers again any more."""
    await session.execute(delete(Update).where(Update.received_at < before))
