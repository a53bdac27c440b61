"""Sends what the outbox holds: a chat's replies at once, and what a crash or a platform's pause left behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.channels.channel import (
    Channel,
    Halted,
    Moved,
    Refused,
    SendError,
    Throttled,
    TraderGone,
    Unreachable,
    WindowClosed,
)
from bot.delivery import halts, moving, outbox, windows
from bot.delivery.chats import Chats
from bot.delivery.outbox import Claim
from bot.delivery.pace import Pace
from bot.message import Address
from bot.records import traders, updates

log = logging.getLogger(__name__)

PAUSES = (2, 10, 60, 300, 1800, 7200, 21600, 43200)  # seconds before each new attempt; together about a day
LOOK_AROUND = 2.0  # seconds between two looks for what was left behind
BATCH = 50  # messages taken in one look
SEEN_UPDATES_KEPT = timedelta(days=7)  # no platform delivers an update again after that
FAREWELLS_KEPT = timedelta(days=1)


class Drain:
    """Sends for the channels of this process; any number of processes may run one on the same outbox."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        paces: Mapping[str, Pace] | None = None,  # by channel: announcements wait while replies go out
    ) -> None:
        self._sessions = sessions
        self._channels = channels
        self._now = now
        self._paces = paces or {}
        self._chats = Chats()
        self._halted: dict[str, datetime] = {}  # by channel, as of the last look: a reply is not worth one of its own

    async def send_chat(self, address: Address, claims: Sequence[Claim] = ()) -> None:
        """Send what was taken up for one chat, then what waits behind it, in order, one call at a time.

        What is for a channel that is off waits until it is on again, and what is for one that takes nothing from us
        until its halt is over.
        """
        if address.channel not in self._channels:
            log.info("the channel is off, so messages wait", extra={"channel": address.channel})
            return
        async with self._chats.turn(address):
            halted = self._halted.get(address.channel)
            if halted and halted > self._now():
                async with self._sessions.begin() as session:
                    await outbox.give_back(session, claims, until=halted)
                return
            if not claims:
                async with self._sessions.begin() as session:
                    claims = await outbox.claim_chat(session, address, self._now())
            await self._send_in_order(claims)

    async def send_due(self) -> int:
        """Send what is due on all channels; return how many messages were taken up."""
        taken = 0
        for name in self._channels:
            async with self._sessions.begin() as session:
                if halt := await halts.standing(session, name, self._now()):
                    self._halted[name] = halt.until
                    continue
                claims = await outbox.claim_due(session, name, self._now(), BATCH)
            taken += len(claims)
            await asyncio.gather(*(self._send_in_order([claim]) for claim in claims))
        return taken

    async def run(self) -> None:
        """Look for what was left behind, for ever; a database that is away is waited for."""
        while True:
            try:
                while await self.send_due():
                    pass
                await self._purge()
            except SQLAlchemyError as error:
                log.warning("the database does not answer; trying again", extra={"error": type(error).__name__})
            await asyncio.sleep(LOOK_AROUND)

    async def _purge(self) -> None:
        async with self._sessions.begin() as session:
            await updates.purge(session, before=self._now() - SEEN_UPDATES_KEPT)
            await outbox.purge_ownerless(session, before=self._now() - FAREWELLS_KEPT)

    async def _send_in_order(self, claims: Sequence[Claim]) -> None:
        """Send messages of one chat until one has to wait, and record how each went in one transaction."""
        sends: list[_Send] = []
        for claim in claims:
            sends.append(await self._send(claim))
            if sends[-1].waits:
                break
        if not sends:
            return
        async with self._sessions.begin() as session:
            now = self._now()
            for send in sends:
                await self._record(session, send, now)
            await outbox.give_back(session, claims[len(sends) :], until=now)

    async def _send(self, claim: Claim) -> _Send:
        """Send a message, counted by the pace of its channel where that has one."""
        pace = self._paces.get(claim.address.channel)
        if pace is None:
            return await self._try(claim)
        if wait := pace.replies_wait():
            return _Send(claim, claim.external_ids, Throttled(wait))
        number = pace.reply_leaves()
        send = await self._try(claim)
        pace.came_back(number)
        if isinstance(send.failure, Throttled):  # about this chat or the whole bot: announcements wait
            pace.pause(send.failure.seconds)
        return send

    async def _try(self, claim: Claim) -> _Send:
        channel = self._channels[claim.address.channel]
        external_ids = list(claim.external_ids)
        failure: SendError | None = None
        try:
            windows.check(channel, claim, self._now())
            async for external_id in channel.send(claim.address.identifier, claim.message, len(external_ids)):
                external_ids.append(external_id)
        except WindowClosed as error:
            return await self._ask_to_write(channel, _Send(claim, external_ids, error))
        except SendError as error:
            failure = error
        except Exception:  # the edge of one delivery: a fault of ours fails it alone
            log.exception("delivery failed by a fault of ours", extra={"delivery": claim.id, "channel": channel.name})
            failure = Refused("internal error")
        return _Send(claim, external_ids, failure)

    async def _ask_to_write(self, channel: Channel, send: _Send) -> _Send:
        try:
            asking = await windows.ask_to_write(channel, self._sessions, send.claim, self._now())
        except SendError as error:
            return replace(send, failure=error)
        return replace(send, reason=asking.reason, template_id=asking.template_id)

    async def _record(self, session: AsyncSession, send: _Send, now: datetime) -> None:
        claim, external_ids, failure = send.claim, send.external_ids, send.failure
        ids = {"delivery": claim.id, "channel": claim.address.channel}
        match failure:
            case None:
                await outbox.record_sent(session, claim, external_ids, now)
            case WindowClosed():
                log.info("waits for the trader to write", extra={**ids, "reason": send.reason})
                await outbox.record_waiting(session, claim, external_ids, send.reason, send.template_id, now)
            case Halted():
                log.error(
                    "the channel takes no message from us; staff have to act", extra={**ids, "reason": str(failure)}
                )
                until = await halts.halt(session, claim.address.channel, str(failure), now)
                self._halted[claim.address.channel] = until
                await outbox.postpone(session, claim, external_ids, until, str(failure), tried=False)
            case Throttled(seconds=seconds):
                log.warning("the platform asks to wait", extra={**ids, "seconds": seconds})
                until = now + timedelta(seconds=seconds)
                await outbox.postpone(session, claim, external_ids, until, str(failure), tried=False)
            case Unreachable() if send.waits:
                log.warning("not sent, trying again", extra={**ids, "reason": str(failure)})
                pause = timedelta(seconds=PAUSES[claim.attempts])
                await outbox.postpone(session, claim, external_ids, now + pause, str(failure))
            case Moved(identifier=identifier) if send.waits:
                log.info("a chat has another identifier", extra=ids)
                await moving.move(session, claim.address, identifier)
                await outbox.postpone(session, claim, external_ids, now, str(failure))
            case TraderGone():
                log.info("trader gone", extra=ids)
                await outbox.record_gone(session, claim, external_ids, str(failure))
                await traders.mark_gone(session, claim.address, now)
            case _:
                log.error("delivery failed for good", extra={**ids, "reason": str(failure)})
                await outbox.record_failed(session, claim, external_ids, str(failure))


@dataclass(frozen=True, slots=True)
class _Send:
    """How the sending of one message went."""

    claim: Claim
    external_ids: Sequence[str]  # of the parts that went out
    failure: SendError | None
    reason: str = ""  # why it waits for the trader
    template_id: str | None = None  # of the template that asks him to write

    @property
    def waits(self) -> bool:
        """Whether it is tried again, so that those behind it in its chat have to wait."""
        again = isinstance(self.failure, Unreachable | Moved) and self.claim.attempts < len(PAUSES)
        return again or isinstance(self.failure, Throttled | Halted)
