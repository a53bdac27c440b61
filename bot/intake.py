"""One update, one transaction: lock the chat → seen before? → converse → record events → queue replies.

The heart of the service. What it promises: an update delivered twice is answered once; two updates of one chat are
handled in order, across processes; a reply is in the outbox exactly if its events are recorded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

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
from bot.message import Incoming
from bot.records import questions, traders, updates
from bot.records.questions import Question
from bot.records.traders import Trader

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
                await self._handle(session, incoming)
            self._send(incoming)

    async def settle(self) -> None:
        """Wait until everything that is being sent has been."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _send(self, incoming: Incoming) -> None:
        task = asyncio.create_task(self._drain.send_chat(incoming.address))
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("replies wait in the outbox", exc_info=error)

    async def _handle(self, session: AsyncSession, incoming: Incoming) -> None:
        now = self._now()
        trader = await traders.hold(session, incoming.address, now)
        if not await updates.is_new(session, trader.id, incoming.id, now):
            log.info("update seen before", extra={"channel": incoming.address.channel, "update": incoming.id})
            return
        turn = self._turn(trader, incoming)
        owner: int | None = trader.id
        trader.memory = MEMORY.dump_python(turn.memory, mode="json", exclude_defaults=True)
        for event in turn.events:
            await self._record(session, trader, incoming, event, now)
            if isinstance(event, Forgotten):
                owner = None
        await outbox.queue(session, owner, incoming.address, turn.replies, now)
        log.info(
            "update handled",
            extra={"channel": incoming.address.channel, "update": incoming.id, "kind": incoming.kind.value},
        )

    def _turn(self, trader: Trader, incoming: Incoming) -> Turn:
        memory = MEMORY.validate_python(trader.memory)
        try:
            return converse(memory, incoming, self._counsel)
        except Exception:  # the edge of one update: a fault of ours costs this answer, not the next one
            log.exception("no reply to an update, by a fault of ours", extra={"update": incoming.id})
            return apologise(memory, incoming, self._counsel)

    async def _record(
        self, session: AsyncSession, trader: Trader, incoming: Incoming, event: Event, at: datetime
    ) -> None:
        match event:
            case QuestionAsked():
                await questions.keep(session, _question(trader, incoming, event, at))
            case ChoiceTaken(question=update, topic=topic):
                await questions.choose(session, trader.id, update, topic, at)
            case AnswerRated(question=update, topic=topic, helpful=helpful):
                await questions.rate(session, trader.id, update, topic, helpful=helpful, at=at)
            case AnnouncementsSet(allowed=allowed):
                trader.announcements = allowed
            case Forgotten():
                await session.flush()
                await traders.forget(session, trader.id)
                session.expunge(trader)


def _storable(incoming: Incoming) -> Incoming:
    """The update without what no text column can hold: zero bytes, and halves of surrogate pairs."""

    def clean(text: str) -> str:
        return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")

    return replace(incoming, text=clean(incoming.text), data=clean(incoming.data))


def _question(trader: Trader, incoming: Incoming, asked: QuestionAsked, at: datetime) -> Question:
    return Question(
        trader_id=trader.id,
        update_id=incoming.id,
        text=asked.text,
        language=asked.language,
        style=asked.style,
        outcome=asked.outcome,
        topic=asked.topic,
        choices=list(asked.choices),
        confidence=asked.confidence,
        asked_at=at,
    )
