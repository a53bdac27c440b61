"""Copies of broadcasts kept in the outbox until their traders write: dropped where they would come too late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

#: Copies in the outbox that have not left; their recipients are told as cancelled.
_DROP_KEPT = """
    WITH dropped AS (
        DELETE FROM deliveries USING broadcasts, announcements
        WHERE deliveries.broadcast_id = broadcasts.id AND deliveries.state IN ('queued', 'waiting')
          AND announcements.id = broadcasts.announcement_id AND {which}
        RETURNING deliveries.broadcast_id, deliveries.trader_id)
    UPDATE recipients SET state = 'cancelled' FROM dropped
    WHERE recipients.broadcast_id = dropped.broadcast_id AND recipients.trader_id = dropped.trader_id
      AND recipients.state = 'waiting'
"""
_DROP_OF_ANNOUNCEMENT = text(_DROP_KEPT.format(which="announcements.id = :announcement"))
_DROP_OF_TRADER = text(_DROP_KEPT.format(which="deliveries.trader_id = :trader"))
_DROP_OVER = text(
    _DROP_KEPT.format(
        which="deliveries.trader_id = :trader "
        "AND (event_on + COALESCE(event_at, time '24:00')) AT TIME ZONE event_zone < :at"
    )
)
_DROP_OVERTAKEN = text(
    _DROP_KEPT.format(
        which="announcements.id = (SELECT corrects_id FROM announcements WHERE id = :announcement) AND EXISTS ("
        "SELECT FROM recipients AS newer WHERE newer.broadcast_id = :broadcast "
        "AND newer.trader_id = deliveries.trader_id)"
    )
)


async def drop_of_announcement(session: AsyncSession, announcement_id: int) -> int:
    """Drop the copies of an announcement that is cancelled; return how many recipients that were."""
    dropped = await session.execute(_DROP_OF_ANNOUNCEMENT, {"announcement": announcement_id})
    return int(dropped.rowcount)  # type: ignore[attr-defined]


async def drop_overtaken(session: AsyncSession, announcement_id: int, broadcast_id: int) -> None:
    """Drop the copies of what an announcement corrects, of those who get it by this broadcast."""
    await session.execute(_DROP_OVERTAKEN, {"announcement": announcement_id, "broadcast": broadcast_id})


async def drop_of_trader(session: AsyncSession, trader_id: int) -> None:
    """Drop what waits for a trader to write: he wants no announcements any more."""
    await session.execute(_DROP_OF_TRADER, {"trader": trader_id})


async def drop_past(session: AsyncSession, trader_id: int, at: datetime) -> None:
    """Drop what waits for a trader to write and tells of an event that is over."""
    await session.execute(_DROP_OVER, {"trader": trader_id, "at": at})
