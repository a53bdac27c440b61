"""Sends what broadcasts hold: one process a channel, at the channel's rate, every outcome recorded.

Which process sends for a channel is settled by an advisory lock of PostgreSQL: it is free again the moment its holder
dies, and the rate is exact without a limiter that all processes share (docs/decisions/0014).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker

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
from bot.delivery import broadcasts, halts, moving, windows
from bot.delivery.broadcasts import Claim, Outcome, RecipientState, Texts
from bot.delivery.drain import PAUSES
from bot.delivery.pace import Pace
from bot.records import traders

log = logging.getLogger(__name__)

LOOK_AROUND = 1.0  # seconds between two looks for announcements that are due
TAKE_OVER = 2.0  # seconds between two attempts to become the process that sends for a channel
DATABASE_PAUSE = 1.0  # seconds before a database that does not answer is asked again
PARTING = 5.0  # seconds for what is under way when the process is to end
CLAIMED_AHEAD = 0.5  # seconds of sending that one claim covers: so long what a dead process held waits for its lease
BATCH = (20, 1000)  # messages of one claim, least and most
SLOTS = 100  # sends under way at once, and so at most what is sent twice after a kill
FRESH = timedelta(seconds=5)  # after which it is asked anew whether what was taken up is still wanted, and still ours
REASON = 500  # letters of a reason that are kept
LOCKS = 7_283_282  # first key of the advisory locks; the second is the channel's

# A host that falls off the network would keep the lock for two hours, the default of Linux.
_KEEP_ALIVE = text(
    "SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '5', false), "
    "set_config('tcp_keepalives_count', '3', false)"
)


class Broadcaster:
    """Sends the broadcasts of one channel, in one process at a time."""

    def __init__(
        self,
        engine: AsyncEngine,
        channel: Channel,
        pace: Pace,
        now: Callable[[], datetime],
        slots: int = SLOTS,
    ) -> None:
        self._engine = engine
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._channel = channel
        self._pace = pace
        self._now = now
        self._slots = asyncio.Semaphore(slots)
        self._claims: deque[Claim] = deque()  # taken up, not begun
        self._sends: set[asyncio.Task[None]] = set()
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._texts: Texts = {}

    async def run(self) -> None:
        """Send for ever, or wait until the process that does dies; a database that is away is waited for.

        When it is cancelled, what is under way is sent and recorded first, and what was only taken up is given back.
        """
        recorder = asyncio.create_task(self._record())
        try:
            while True:
                try:
                    async with self._lock() as connection:
                        if connection:
                            await self._send_while_locked(connection)
                except SQLAlchemyError as error:
                    log.warning(
                        "the database does not answer; announcements wait",
                        extra={"channel": self._channel.name, "error": type(error).__name__},
                    )
                    await self._settle()  # what is under way must be recorded before its lease can be taken anew
                await asyncio.sleep(TAKE_OVER)
        finally:
            for task in (*self._sends, recorder):
                task.cancel()
            await asyncio.gather(*self._sends, recorder, return_exceptions=True)

    @asynccontextmanager
    async def _lock(self) -> AsyncIterator[AsyncConnection | None]:
        """Hold the channel's lock for the block; None where another process has it.

        It belongs to the connection: whoever claims by this connection has the lock.
        """
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            keys = {"first": LOCKS, "second": crc32(self._channel.name.encode()) - 2**31}
            if not await connection.scalar(text("SELECT pg_try_advisory_lock(:first, :second)"), keys):
                yield None
                return
            await connection.execute(_KEEP_ALIVE)
            log.info("this process sends announcements", extra={"channel": self._channel.name})
            try:
                yield connection
            finally:
                await connection.invalidate()  # the lock goes with the connection, also where it hangs

    async def _send_while_locked(self, connection: AsyncConnection) -> None:
        least, most = BATCH
        limit = max(least, min(most, round(self._pace.rate * CLAIMED_AHEAD)))
        self._pace.begin_anew()
        try:
            while True:
                if await self._halted():
                    await asyncio.sleep(LOOK_AROUND)
                    continue
                self._claims += await broadcasts.claim(connection, self._texts, self._channel.name, self._now(), limit)
                if not self._claims:
                    await self._settle()
                    await self._finish()
                    self._texts.clear()
                    await asyncio.sleep(LOOK_AROUND)
                await self._begin_sends()
        except asyncio.CancelledError:
            await self._part()
            raise

    async def _halted(self) -> bool:
        async with self._sessions() as session:
            return await halts.standing(session, self._channel.name, self._now()) is not None

    async def _begin_sends(self) -> None:
        """Send what was taken up, as the rate and the slots allow; give back what had to wait."""
        while self._claims:
            await self._slots.acquire()
            try:
                number = await self._pace.turn()
            except asyncio.CancelledError:
                self._slots.release()
                raise
            if self._now() - self._claims[0].taken_at > FRESH:
                self._pace.came_back(number)
                self._slots.release()
                await self._give_back()
                return
            claim = self._claims.popleft()
            task = asyncio.create_task(self._send(claim, number))
            self._sends.add(task)
            task.add_done_callback(self._sends.discard)

    async def _settle(self) -> None:
        """Wait until all that is under way is sent and recorded."""
        while self._sends:
            await asyncio.wait(self._sends)
        await self._outcomes.join()

    async def _part(self) -> None:
        """Give back what was not begun and record what was, as far as that is quickly done."""
        try:
            async with asyncio.timeout(PARTING):
                await self._give_back()
                await self._settle()
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning(
                "announcements under way are left to their leases",
                extra={"channel": self._channel.name, "error": type(error).__name__},
            )

    async def _give_back(self) -> None:
        """Give back what was taken up and not begun."""
        async with self._sessions.begin() as session:
            await broadcasts.give_back(session, self._claims, self._now())
        self._claims.clear()

    async def _finish(self) -> None:
        async with self._sessions.begin() as session:
            for broadcast in await broadcasts.finish(session, self._now()):
                log.info("broadcast done", extra={"broadcast": broadcast})

    async def _send(self, claim: Claim, number: int) -> None:
        outcome = await self._outcome(claim)
        self._pace.came_back(number)
        await self._outcomes.put(outcome)

    async def _outcome(self, claim: Claim) -> Outcome:
        ids = list(claim.external_ids)
        try:
            return await self._delivered(claim, ids)
        except SendError as error:
            return self._failed(claim, tuple(ids), error)
        except SQLAlchemyError as error:  # of asking a trader to write
            return self._failed(claim, tuple(ids), Unreachable(f"the database does not answer: {type(error).__name__}"))
        except Exception:  # the edge of one delivery: a fault of ours fails it alone
            log.exception("announcement failed by a fault of ours", extra={"broadcast": claim.broadcast})
            return self._failed(claim, tuple(ids), Refused("internal error"))

    async def _delivered(self, claim: Claim, ids: list[str]) -> Outcome:
        """Send a message; where the channel takes templates alone, have the trader asked by one. Raises a `SendError`.

        `ids` are added to as parts go out. What waits comes with the trader's next message, or his tap on the template.
        """
        try:
            windows.check(self._channel, claim, self._now())
            async for external_id in self._channel.send(claim.address.identifier, claim.message, len(ids), bulk=True):
                ids.append(external_id)
        except WindowClosed:
            asking = await windows.ask_to_write(self._channel, self._sessions, claim, self._now())
            reason, template = _storable(asking.reason), asking.template_id
            return Outcome(claim, RecipientState.WAITING, self._now(), tuple(ids), reason, template_id=template)
        return Outcome(claim, RecipientState.SENT, self._now(), tuple(ids))

    def _failed(self, claim: Claim, ids: tuple[str, ...], error: SendError) -> Outcome:
        now, reason = self._now(), _storable(str(error))
        match error:
            case Throttled(seconds=seconds):
                log.warning("the platform asks to wait", extra={"channel": self._channel.name, "seconds": seconds})
                self._pace.pause(seconds, replies=True)
                due = now + timedelta(seconds=seconds)
                return Outcome(claim, RecipientState.QUEUED, now, ids, reason, due, tried=False)
            case Halted():
                log.error(
                    "the channel takes no message from us; staff have to act",
                    extra={"channel": self._channel.name, "reason": reason},
                )
                self._pace.pause(halts.PAUSE.total_seconds())
                due = now + halts.PAUSE
                return Outcome(claim, RecipientState.QUEUED, now, ids, reason, due, tried=False, halted=True)
            case Unreachable() if claim.attempts < len(PAUSES):
                due = now + timedelta(seconds=PAUSES[claim.attempts])
                return Outcome(claim, RecipientState.QUEUED, now, ids, reason, due)
            case Moved(identifier=identifier) if claim.attempts < len(PAUSES):
                return Outcome(claim, RecipientState.QUEUED, now, ids, reason, now, moved_to=identifier)
            case TraderGone():
                return Outcome(claim, RecipientState.GONE, now, ids, reason)
            case _:
                return Outcome(claim, RecipientState.FAILED, now, ids, reason)

    async def _record(self) -> None:
        """Record outcomes as they come, those of one moment together; a slot is free again once its outcome is kept."""
        while True:
            outcomes = [await self._outcomes.get()]
            while not self._outcomes.empty():
                outcomes.append(self._outcomes.get_nowait())
            await self._keep(outcomes)
            for _ in outcomes:
                self._slots.release()
                self._outcomes.task_done()

    async def _keep(self, outcomes: list[Outcome]) -> None:
        while True:
            try:
                async with self._sessions.begin() as session:
                    # traders before recipients: forgetting a trader takes the two in this order
                    for outcome in sorted(outcomes, key=lambda each: each.claim.trader):
                        if outcome.state is RecipientState.GONE:
                            await traders.mark_gone(session, outcome.claim.address, outcome.at)
                        elif outcome.moved_to:
                            log.info("a chat has another identifier", extra={"trader": outcome.claim.trader})
                            await moving.move(session, outcome.claim.address, outcome.moved_to)
                        elif outcome.state is RecipientState.WAITING:
                            await broadcasts.keep_waiting(session, outcome)
                        elif outcome.halted and outcome.error:
                            await halts.halt(session, self._channel.name, outcome.error, outcome.at)
                    await broadcasts.record(session, outcomes)
            except SQLAlchemyError as error:
                log.warning(
                    "outcomes wait for the database", extra={"number": len(outcomes), "error": type(error).__name__}
                )
                await asyncio.sleep(DATABASE_PAUSE)
            else:
                return


def _storable(reason: str) -> str:
    """A platform's words as PostgreSQL takes them: a reason that it refused would hold up all others for ever."""
    return reason.replace("\0", "").encode(errors="replace").decode()[:REASON]
