"""One update, one transaction: lock the chat → seen before? → converse → record events → queue replies.

The heart of the service. What it promises: an update delivered twice is answered once; two updates of one chat are
handled in order, across processes; a reply is in the outbox exactly if its events are recorded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversation.conversation import apologise, converse
from bot.conversation.turn import (
    MEMORY,
    AnnouncementsSet,
    AnswerRated,
    ChoiceTaken,
    Counsel,
    Event,
    Forgotten,
    QuestionAsked,
    Turn,
)
from bot.delivery import outbox
from bot.delivery.chats import Chats
from bot.delivery.drain import Drain
from bot.delivery.outbox import Claim
from bot.message import Incoming
from bot.records import questions, traders, updates

log = logging.getLogger(__name__)


class Intake:
    """Takes what traders send, on every channel."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        counsel: Counsel,
        drain: Drain,
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._counsel = counsel
        self._drain = drain
        self._now = now
        self._chats = Chats()
        self._sending: set[asyncio.Task[None]] = set()

    async def receive(self, incoming: Incoming) -> None:
        """Handle one update; return once its replies are in the outbox, from which they are sent meanwhile.

        Raises what the database raises: then nothing of it is kept, and the channel should deliver it again.
        """
        incoming = _storable(incoming)
        async with self._chats.turn(incoming.address):
            async with self._sessions.begin() as session:
                claims = await self._handle(session, incoming)
            self._send(incoming, claims)

    async def settle(self) -> None:
        """Wait until everything that is being sent has been."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _send(self, incoming: Incoming, claims: list[Claim]) -> None:
        task = asyncio.create_task(self._drain.send_chat(incoming.address, claims))
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("replies wait in the outbox", exc_info=error)

    async def _handle(self, session: AsyncSession, incoming: Incoming) -> list[Claim]:
        now = self._now()
        trader = await traders.hold(session, incoming.address, now)
        ids = {"channel": incoming.address.channel, "update": incoming.id}
        if not await updates.is_new(session, trader.id, incoming.id, now):
            log.info("update seen before", extra=ids)
            return []
        turn = self._turn(trader.memory, incoming)
        memory = MEMORY.dump_python(turn.memory, mode="json", exclude_defaults=True)
        if memory != trader.memory:
            await traders.remember(session, trader.id, memory)
        for event in turn.events:
            await self._record(session, trader.id, incoming, event, now)
        owner = None if any(isinstance(event, Forgotten) for event in turn.events) else trader.id
        claims = await outbox.queue(session, owner, incoming.address, turn.replies, now, take=True)
        log.info("update handled", extra={**ids, "kind": incoming.kind.value})
        return claims

    def _turn(self, stored: dict[str, Any], incoming: Incoming) -> Turn:
        memory = MEMORY.validate_python(stored)
        try:
            return converse(memory, incoming, self._counsel)
        except Exception:  # the edge of one update: a fault of ours costs this answer, not the next one
            log.exception("no reply to an update, by a fault of ours", extra={"update": incoming.id})
            return apologise(memory, incoming, self._counsel)

    async def _record(self, session: AsyncSession, trader: int, incoming: Incoming, event: Event, at: datetime) -> None:
        match event:
            case QuestionAsked():
                await questions.keep(session, trader, incoming.id, at, **asdict(event))
            case ChoiceTaken(question=update, topic=topic):
                await questions.choose(session, trader, update, topic, at)
            case AnswerRated(question=update, topic=topic, helpful=helpful):
                await questions.rate(session, trader, update, topic, helpful=helpful, at=at)
            case AnnouncementsSet(allowed=allowed):
                await traders.allow_announcements(session, trader, allowed=allowed)
            case Forgotten():
                await traders.forget(session, trader)


def _storable(incoming: Incoming) -> Incoming:
    """The update without what no text column can hold: zero bytes, and halves of surrogate pairs."""

    def clean(text: str) -> str:
        return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")

    return replace(incoming, text=clean(incoming.text), data=clean(incoming.data))
