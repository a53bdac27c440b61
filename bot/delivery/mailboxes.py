"""Broadcasts on channels whose mailbox is our own outbox, as the browser's is: put there, there is nothing to send."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.channels.channel import Channel
from bot.delivery import broadcasts

log = logging.getLogger(__name__)

LOOK_AROUND = 1.0  # seconds between two looks for announcements that are due
BATCH = 200

# The traders are locked as an update of theirs does: a browser reads behind the last id it has, so the ids of one chat
# must be committed in their order. Who is busy is passed over until the next look: nothing waits here for a lock.
_POST = text("""
    WITH due AS (
        SELECT broadcast_id, trader_id, recipients.channel, recipients.identifier, language, quiet,
               traders.announcements AS wanted, traders.announcements AND quiet IS NULL AS leaves
        FROM recipients JOIN traders ON traders.id = trader_id
        CROSS JOIN LATERAL quiet_until(:at, traders.quiet_from, traders.quiet_until, traders.zone) AS quiet
        WHERE recipients.channel = :channel AND state = 'queued' AND due_at <= :at
        ORDER BY due_at LIMIT :most FOR UPDATE OF recipients, traders SKIP LOCKED),
    posted AS (
        INSERT INTO deliveries (trader_id, channel, identifier, message, state, attempts, due_at, external_ids,
                                created_at, sent_at)
        SELECT due.trader_id, due.channel, due.identifier, broadcast_texts.message, 'sent', 1, :at, '["mailbox"]',
               :at, :at
        FROM due JOIN broadcast_texts ON broadcast_texts.broadcast_id = due.broadcast_id
                                     AND broadcast_texts.language = due.language
        WHERE leaves)
    UPDATE recipients
    SET state = CASE WHEN leaves THEN 'sent' WHEN wanted THEN 'queued' ELSE 'cancelled' END,
        attempts = CASE WHEN leaves THEN 1 ELSE 0 END, sent_at = CASE WHEN leaves THEN CAST(:at AS timestamptz) END,
        external_id = CASE WHEN leaves THEN 'mailbox' END, due_at = COALESCE(quiet, recipients.due_at)
    FROM due
    WHERE recipients.broadcast_id = due.broadcast_id AND recipients.trader_id = due.trader_id
    RETURNING recipients.identifier
""")


class Mailboxes:
    """Puts the broadcasts of one channel into its mailboxes; any number of processes may."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        channel: Channel,
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._channel = channel
        self._now = now

    async def run(self) -> None:
        """Look for what is due, for ever; a database that is away is waited for."""
        while True:
            try:
                while await self.post():
                    pass
                async with self._sessions.begin() as session:
                    await broadcasts.finish(session, self._now())
            except SQLAlchemyError as error:
                log.warning("the database does not answer; announcements wait", extra={"error": type(error).__name__})
            await asyncio.sleep(LOOK_AROUND)

    async def post(self) -> int:
        """Put what is due into its mailboxes; return how many messages were taken up."""
        values = {"channel": self._channel.name, "at": self._now(), "most": BATCH}
        async with self._sessions.begin() as session:
            identifiers = (await session.scalars(_POST, values)).all()
        for identifier in identifiers:
            self._channel.arrived(identifier)
        return len(identifiers)
