"""What a channel reports of messages that it took: delivered, read, or failed after all, in whatever order it comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.channels.channel import Halted, Progress, Report, Throttled, TraderGone, Unreachable, WindowClosed
from bot.delivery import halts, recipient_reports
from bot.delivery.drain import PAUSES
from bot.delivery.outbox import Delivery, DeliveryState
from bot.message import Address
from bot.records import traders
from bot.records.traders import Trader

log = logging.getLogger(__name__)

#: A report can be here before the drain has recorded the ids that it got: seconds until it is looked for again.
LOOK_AGAIN = (0.5, 2.0, 10.0)

#: A state never gives way to one before it here. What failed and then arrived has arrived; so any order ends alike.
ORDER = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DELIVERED, DeliveryState.READ)


class Reports:
    """Records the reports of all channels."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._now = now
        self._looking: set[asyncio.Task[None]] = set()

    async def record(self, report: Report) -> None:
        """Record a report; one on a message that is not known yet is looked at again in the background."""
        if not await self._recorded(report):
            task = asyncio.create_task(self._look_again(report))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def close(self) -> None:
        """Look no more."""
        for task in self._looking:
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def _look_again(self, report: Report) -> None:
        for pause in LOOK_AGAIN:
            await asyncio.sleep(pause)
            try:
                if await self._recorded(report):
                    return
            except SQLAlchemyError as error:
                log.warning("a report could not be recorded", extra={"error": type(error).__name__})
        log.debug("a report on no message of ours", extra={"channel": report.channel})

    async def _recorded(self, report: Report) -> bool:
        async with self._sessions.begin() as session:
            delivery = await _find(session, report)
            if delivery is None:
                return await recipient_reports.record(session, report, self._now())
            if delivery.template_id == report.external_id:
                await _on_template(session, delivery, report, self._now())
            elif report.progress is Progress.FAILED:
                return await _on_failure(session, delivery, report, self._now())
            elif list(delivery.external_ids)[-1:] == [report.external_id]:  # the last part: then all of it
                _advance(delivery, DeliveryState(report.progress.value))
        return True


def _advance(delivery: Delivery, state: DeliveryState) -> None:
    if delivery.state in ORDER and ORDER.index(delivery.state) < ORDER.index(state):
        delivery.state = state
        delivery.error = None


async def _find(session: AsyncSession, report: Report) -> Delivery | None:
    """The delivery of a report, locked; its trader may by now be known by another identifier."""
    named = select(Trader.identifier).where(
        Trader.channel == report.channel,
        or_(Trader.identifier.in_(report.recipients), Trader.alias.in_(report.recipients)),
    )
    identifiers: Sequence[str] = [*report.recipients, *await session.scalars(named)]
    newest_first = (
        select(Delivery)
        .where(
            Delivery.channel == report.channel,
            Delivery.identifier.in_(identifiers),
            or_(
                Delivery.external_ids.contains([report.external_id]),
                Delivery.template_id == report.external_id,
            ),
        )
        .order_by(Delivery.id.desc())
        .limit(1)
        .with_for_update()
    )
    found: Delivery | None = await session.scalar(newest_first)
    return found


async def _on_template(session: AsyncSession, delivery: Delivery, report: Report, now: datetime) -> None:
    """A template that failed has asked nobody: it is sent anew where that may help, with the message behind it.

    Else the message waits on, with the reason, and the next one may ask.
    """
    if report.failure is None or delivery.state is not DeliveryState.WAITING:
        return
    delivery.template_id = None
    match report.failure:
        case TraderGone():
            await _gone(session, delivery, report, now)
        case Halted():
            _queue(delivery, report, await _halt(session, delivery, report, now))
        case Throttled(seconds=seconds) if delivery.attempts <= len(PAUSES):
            _queue(delivery, report, now + timedelta(seconds=seconds))
        case Unreachable() if delivery.attempts <= len(PAUSES):
            _queue(delivery, report, now + timedelta(seconds=PAUSES[delivery.attempts - 1]))
        case _:
            delivery.error = f"waits for the trader to write; the template was not delivered: {report.failure}"


async def _on_failure(session: AsyncSession, delivery: Delivery, report: Report, now: datetime) -> bool:
    """Note that a part of a message failed; False where a process is sending the rest, so that it is too early.

    A part of what goes out again, or waits to, will do so from that part on.
    """
    match delivery.state:
        case DeliveryState.SENDING:
            return False
        case DeliveryState.SENT:
            await _on_sent(session, delivery, report, now)
        case DeliveryState.QUEUED | DeliveryState.WAITING:
            _cut(delivery, report)
    return True


async def _on_sent(session: AsyncSession, delivery: Delivery, report: Report, now: datetime) -> None:
    """Do with a message what the drain would have done, had the channel said so at once."""
    ids = {"delivery": delivery.id, "channel": report.channel, "reason": str(report.failure)}
    match report.failure:
        case TraderGone():
            log.info("trader gone", extra=ids)
            await _gone(session, delivery, report, now)
        case WindowClosed() if delivery.trader_id is not None:  # else nobody is left who could write
            delivery.closed_at = delivery.sent_at  # what he wrote after that opened the window
            _again(delivery, report, now)
        case Halted():
            _again(delivery, report, await _halt(session, delivery, report, now))
        case Throttled(seconds=seconds) if delivery.attempts <= len(PAUSES):
            _again(delivery, report, now + timedelta(seconds=seconds))
        case Unreachable() if delivery.attempts <= len(PAUSES):
            _again(delivery, report, now + timedelta(seconds=PAUSES[delivery.attempts - 1]))
        case _:
            log.error("delivery failed for good", extra=ids)
            delivery.state = DeliveryState.FAILED
            delivery.error = str(report.failure)


async def _halt(session: AsyncSession, delivery: Delivery, report: Report, now: datetime) -> datetime:
    reason = str(report.failure)
    ids = {"delivery": delivery.id, "channel": report.channel, "reason": reason}
    log.error("the channel takes no message from us; staff have to act", extra=ids)
    return await halts.halt(session, report.channel, reason, now)


async def _gone(session: AsyncSession, delivery: Delivery, report: Report, now: datetime) -> None:
    delivery.state = DeliveryState.GONE
    delivery.error = str(report.failure)
    await traders.mark_gone(session, Address(delivery.channel, delivery.identifier), now)


def _again(delivery: Delivery, report: Report, due_at: datetime) -> None:
    """Queue a message, from the part on that failed."""
    _cut(delivery, report)
    _queue(delivery, report, due_at)


def _cut(delivery: Delivery, report: Report) -> None:
    """Keep of a message's parts those before the one that failed."""
    taken = list(delivery.external_ids)
    delivery.external_ids = taken[: taken.index(report.external_id)]


def _queue(delivery: Delivery, report: Report, due_at: datetime) -> None:
    delivery.state = DeliveryState.QUEUED
    delivery.due_at = due_at
    delivery.error = str(report.failure)
