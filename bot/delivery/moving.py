"""A chat that goes on under another identifier, as a Telegram group does that becomes a supergroup."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Address

_HOLD = text("""
    SELECT id, identifier FROM traders WHERE channel = :channel AND identifier IN (:before, :after)
    ORDER BY id FOR UPDATE
""")

#: The chat may have written under its new identifier before we heard of the change, and so be a trader there.
_BECOME_ONE = tuple(
    map(
        text,
        (
            *(
                f"UPDATE {table} SET trader_id = :trader WHERE trader_id = :newcomer"  # noqa: S608  (our own words)
                for table in ("leads", "questions", "ratings", "updates", "deliveries")
            ),
            # of one broadcast the chat gets one message: where the newcomer's has left, or may have, the other does not
            """
            UPDATE recipients
            SET state = CASE other.state WHEN 'sending' THEN 'sent' ELSE other.state END, lease = NULL,
                external_id = other.external_id, error = other.error, sent_at = other.sent_at
            FROM recipients AS other
            WHERE recipients.trader_id = :trader AND recipients.state IN ('queued', 'sending')
              AND other.trader_id = :newcomer AND other.broadcast_id = recipients.broadcast_id
              AND other.state <> 'queued'
            """,
            """
            UPDATE recipients SET trader_id = :trader
            WHERE trader_id = :newcomer AND NOT EXISTS (
                SELECT FROM recipients AS own
                WHERE own.trader_id = :trader AND own.broadcast_id = recipients.broadcast_id)
            """,
            """
            UPDATE traders
            SET announcements = traders.announcements AND newcomer.announcements,
                memory = CASE WHEN newcomer.memory @> '{"has_enquiries": true}'
                         THEN traders.memory || '{"has_enquiries": true}' ELSE traders.memory END
            FROM traders AS newcomer WHERE traders.id = :trader AND newcomer.id = :newcomer
            """,
            "DELETE FROM traders WHERE id = :newcomer",
        ),
    )
)

_MOVE = tuple(
    map(
        text,
        (
            "UPDATE traders SET identifier = :after, gone_at = NULL WHERE id = :trader",
            "UPDATE deliveries SET identifier = :after WHERE channel = :channel AND identifier = :before",
            "UPDATE recipients SET identifier = :after WHERE trader_id = :trader AND state IN ('queued', 'sending')",
            """
            UPDATE staff SET notice_identifier = :after
            WHERE notice_channel = :channel AND notice_identifier = :before
            """,
        ),
    )
)


async def move(session: AsyncSession, address: Address, identifier: str) -> None:
    """Reach the trader of an address under another identifier: all that is his, and all that waits for him, stays.

    Where another trader has that identifier already, the two become one: see `become_one`.
    """
    values = {"channel": address.channel, "before": address.identifier, "after": identifier}
    held = {row.identifier: row.id for row in await session.execute(_HOLD, values)}
    trader, newcomer = held.get(address.identifier), held.get(identifier)
    if trader is None or trader == newcomer:
        return
    if newcomer is not None:
        await become_one(session, trader, newcomer)
    await readdress(session, trader, address, identifier)


async def become_one(session: AsyncSession, trader: int, newcomer: int) -> None:
    """Make two traders, both held, one.

    The first stays, with what he subscribed to and what the conversation remembers; enquiries, questions and messages
    of the other become his, and the conversation knows of these enquiries; if one of the two wanted no announcements he
    gets none.
    """
    for statement in _BECOME_ONE:
        await session.execute(statement, {"trader": trader, "newcomer": newcomer})


async def readdress(session: AsyncSession, trader: int, address: Address, identifier: str) -> None:
    """Give a trader who is held another identifier, and with him what was and will be sent to him."""
    values = {"channel": address.channel, "before": address.identifier, "after": identifier, "trader": trader}
    for statement in _MOVE:
        await session.execute(statement, values)
