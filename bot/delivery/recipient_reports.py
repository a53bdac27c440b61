"""What a channel reports of messages of a broadcast, each recorded on its recipient."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import any_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.channel import Halted, Progress, Report, Throttled, TraderGone, Unreachable, WindowClosed
from bot.delivery import halts, outbox
from bot.delivery.broadcasts import Broadcast, BroadcastState, BroadcastText, Recipient, RecipientState
from bot.delivery.drain import PAUSES
from bot.delivery.outbox import Delivery
from bot.message import OUTGOING, Address
from bot.records import traders
from bot.records.traders import Trader

log = logging.getLogger(__name__)

#: A state never gives way to one before it here. What failed and then arrived has arrived; so any order ends alike.
ORDER = (RecipientState.SENT, RecipientState.FAILED, RecipientState.DELIVERED, RecipientState.READ)


async def record(session: AsyncSession, report: Report, now: datetime) -> bool:
    """Record a report; False where it is on no message of a broadcast, or too early."""
    recipient = await _find(session, report)
    if recipient is None:
        return False
    if report.progress is Progress.FAILED:
        return await _on_failure(session, recipient, report, now)
    if _ids(recipient)[-1] == report.external_id:  # the last part: then all of it
        _advance(recipient, RecipientState(report.progress.value))
    return True


async def _find(session: AsyncSession, report: Report) -> Recipient | None:
    """The recipient of a report and his trader, both locked."""
    named = or_(Trader.identifier.in_(report.recipients), Trader.alias.in_(report.recipients))
    part = func.string_to_array(Recipient.external_id, " ")
    query = (
        select(Recipient)
        .join(Trader, Trader.id == Recipient.trader_id)
        .where(Trader.channel == report.channel, named, any_(part) == report.external_id)
        .with_for_update(of=(Trader, Recipient))  # in this order, as forgetting a trader takes the two
    )
    found: Recipient | None = await session.scalar(query.limit(1))
    return found


def _ids(recipient: Recipient) -> list[str]:
    return (recipient.external_id or "").split()


def _advance(recipient: Recipient, state: RecipientState) -> None:
    if recipient.state in ORDER and ORDER.index(recipient.state) < ORDER.index(state):
        recipient.state, recipient.error = state, None


async def _on_failure(session: AsyncSession, recipient: Recipient, report: Report, now: datetime) -> bool:
    """Note that a part of a message failed; False where a process is sending the rest, so that it is too early.

    What goes out again will do so from that part on. Of what waits for the trader the outbox has the parts, and
    `Reports` looks there first.
    """
    match recipient.state:
        case RecipientState.SENDING:
            return False
        case RecipientState.SENT:
            await _on_sent(session, recipient, report, now)
        case RecipientState.QUEUED:
            _cut(recipient, report)
    return True


async def _on_sent(session: AsyncSession, recipient: Recipient, report: Report, now: datetime) -> None:
    """Do with a message what the broadcaster would have done, had the channel said so at once."""
    again = recipient.attempts <= len(PAUSES)
    match report.failure:
        case TraderGone():
            recipient.state, recipient.error = RecipientState.GONE, str(report.failure)
            await traders.mark_gone(session, Address(recipient.channel, recipient.identifier), now)
        case WindowClosed():
            await _hand_over(session, recipient, report, now)
        case Halted():
            log.error(
                "the channel takes no message from us; staff have to act",
                extra={"channel": report.channel, "reason": str(report.failure)},
            )
            until = await halts.halt(session, report.channel, str(report.failure), now)
            await _again(session, recipient, report, until)
        case Throttled(seconds=seconds) if again:
            await _again(session, recipient, report, now + timedelta(seconds=seconds))
        case Unreachable() if again:
            await _again(session, recipient, report, now + timedelta(seconds=PAUSES[recipient.attempts - 1]))
        case _:
            recipient.state, recipient.error = RecipientState.FAILED, str(report.failure)


async def _hand_over(session: AsyncSession, recipient: Recipient, report: Report, now: datetime) -> None:
    """Put a message that the closed window kept out into the outbox; there the trader is asked to write."""
    text = await session.get_one(BroadcastText, (recipient.broadcast_id, recipient.language))
    address = Address(recipient.channel, recipient.identifier)
    message = OUTGOING.validate_python(text.message)
    delivery = await outbox.queue_one(session, recipient.trader_id, address, message, now)
    values = {
        "broadcast_id": recipient.broadcast_id,
        "closed_at": recipient.sent_at,  # what he wrote after that opened the window
        "external_ids": _before(recipient, report),
    }
    await session.execute(update(Delivery).where(Delivery.id == delivery).values(values))
    recipient.state, recipient.error = RecipientState.WAITING, str(report.failure)


async def _again(session: AsyncSession, recipient: Recipient, report: Report, due_at: datetime) -> None:
    """Queue a message, from the part on that failed; its broadcast is open again."""
    recipient.state, recipient.due_at, recipient.error = RecipientState.QUEUED, due_at, str(report.failure)
    _cut(recipient, report)
    done = update(Broadcast).where(Broadcast.id == recipient.broadcast_id, Broadcast.state == BroadcastState.DONE)
    await session.execute(done.values(state=BroadcastState.SENDING, finished_at=None))


def _cut(recipient: Recipient, report: Report) -> None:
    """Keep of a message's parts those before the one that failed."""
    recipient.external_id = " ".join(_before(recipient, report)) or None


def _before(recipient: Recipient, report: Report) -> list[str]:
    """The parts that the channel took before the one that failed."""
    ids = _ids(recipient)
    return ids[: ids.index(report.external_id)]
