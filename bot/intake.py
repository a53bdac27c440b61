"""One update, one transaction: lock the chat → seen before? → converse → record events → queue replies.

The heart of the service. What it promises: an update delivered twice is answered once; two updates of one chat are
handled in order, across processes; a reply is in the outbox exactly if its events are recorded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversation.conversation import apologise, converse
from bot.conversation.turn import MEMORY, Counsel, Forgotten, Memory, Turn
from bot.delivery import kept_copies, outbox
from bot.delivery.chats import Chats
from bot.delivery.drain import Drain
from bot.delivery.outbox import Claim
from bot.enquiry import Progress
from bot.message import Address, Incoming
from bot.notices.words import Means
from bot.recording import Recorder, ReferenceTaken
from bot.records import leads, traders, updates

log = logging.getLogger(__name__)

DRAWS = 5  # references drawn for one enquiry; of a million, so a second one is taken hardly ever


@dataclass(frozen=True, slots=True)
class Handled:
    """What one update came to: its replies, and the chats of others that have something to be sent."""

    claims: Sequence[Claim] = ()
    told: Sequence[Address] = ()


class Intake:
    """Takes what traders send, on every channel."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        counsel: Counsel,
        drain: Drain,
        means: Means,
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._counsel = counsel
        self._drain = drain
        self._means = means
        self._now = now
        self._chats = Chats()
        self._sending: set[asyncio.Task[None]] = set()

    async def receive(self, incoming: Incoming) -> None:
        """Handle one update; return once its replies are in the outbox, from which they are sent meanwhile.

        Raises what the database raises: then nothing of it is kept, and the channel should deliver it again.
        """
        incoming = _storable(incoming)
        async with self._chats.turn(incoming.address):
            handled = await self._handle_once(incoming)
            self.wake(incoming.address, handled.claims)
        for address in handled.told:
            self.wake(address)

    async def settle(self) -> None:
        """Wait until everything that is being sent has been."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    def wake(self, address: Address, claims: Sequence[Claim] = ()) -> None:
        """Send what was put into the outbox for a chat, meanwhile; call it once that is committed."""
        task = asyncio.create_task(self._drain.send_chat(address, claims))
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("replies wait in the outbox", exc_info=error)

    async def _handle_once(self, incoming: Incoming) -> Handled:
        """Handle an update in a transaction; in another one where the reference that it drew was taken."""
        for _ in range(DRAWS):
            try:
                async with self._sessions.begin() as session:
                    return await self._handle(session, incoming)
            except ReferenceTaken:
                log.info("reference taken, drawing again", extra={"update": incoming.id})
        raise ReferenceTaken

    async def _handle(self, session: AsyncSession, incoming: Incoming) -> Handled:
        now = self._now()
        trader = await traders.hold(session, incoming.address, now, incoming.alias, spoken=incoming.spoken)
        ids = {"channel": incoming.address.channel, "update": incoming.id}
        if not await updates.is_new(session, trader.id, incoming.id, now):
            log.info("update seen before", extra=ids)
            return Handled()
        if incoming.spoken and await outbox.release_waiting(session, incoming.address, now):
            await kept_copies.drop_past(session, trader.id, now)
        memory = MEMORY.validate_python(trader.memory)
        enquiries = await leads.of_trader(session, trader.id) if memory.has_enquiries else []
        turn = self._turn(memory, incoming, enquiries)
        remembered = MEMORY.dump_python(turn.memory, mode="json", exclude_defaults=True)
        if remembered != trader.memory:
            await traders.remember(session, trader.id, remembered)
        language = turn.replies[0].language
        owner = None if any(isinstance(event, Forgotten) for event in turn.events) else trader.id
        claims = await outbox.queue(session, owner, incoming.address, turn.replies, now, take=True)
        # behind the replies, so that what an event sends to the same chat comes after them
        recorder = Recorder(session, trader.id, incoming, language, now, self._counsel.voices, self._means)
        told = [address for event in turn.events for address in await recorder.record(event)]
        log.info("update handled", extra={**ids, "kind": incoming.kind.value})
        return Handled(claims, told)

    def _turn(self, memory: Memory, incoming: Incoming, enquiries: Sequence[Progress]) -> Turn:
        try:
            return converse(memory, incoming, self._counsel, enquiries)
        except Exception:  # the edge of one update: a fault of ours costs this answer, not the next one
            log.exception("no reply to an update, by a fault of ours", extra={"update": incoming.id})
            return apologise(memory, incoming, self._counsel)


def _storable(incoming: Incoming) -> Incoming:
    """The update without what no text column can hold: zero bytes, and halves of surrogate pairs."""

    def clean(text: str) -> str:
        return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")

    return replace(incoming, text=clean(incoming.text), data=clean(incoming.data))
