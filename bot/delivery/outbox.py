"""The outbox: every message to a trader as a row, its states, and the only functions that change them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, TextClause, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.message import OUTGOING, Address, Outgoing
from bot.records.base import Json, Record

LEASE = timedelta(seconds=60)  # after which another process may take over what a dead one was sending


class DeliveryState(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"  # waits until it is due
    SENDING = "sending"  # a process holds a lease on it
    SENT = "sent"  # the channel took it
    DELIVERED = "delivered"  # it is on his device, where the channel reports that
    READ = "read"  # likewise
    WAITING = "waiting"  # until the trader writes: the channel takes nothing but templates before
    FAILED = "failed"  # the channel refused it for good
    GONE = "gone"  # the trader cannot be written to any more


class Delivery(Record):
    """One message to one trader."""

    __tablename__ = "deliveries"
    __table_args__ = (
        # what is not done yet, by chat (order) and by hour (recovery); small, however long the history is
        Index(
            "ix_deliveries_open_chat",
            "channel",
            "identifier",
            "id",
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        Index("ix_deliveries_open_due", "channel", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_deliveries_chat", "channel", "identifier", "id"),
        Index("ix_deliveries_waiting", "channel", "identifier", postgresql_where=text("state = 'waiting'")),
        Index(
            "ix_deliveries_broadcast", "broadcast_id", "trader_id", postgresql_where=text("broadcast_id IS NOT NULL")
        ),
        Index("ix_deliveries_created", "created_at", postgresql_include=["state"]),  # counts by day read it alone
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Empty for the farewell to one who was forgotten: it goes out, and is purged.
    trader_id: Mapped[int | None] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"), index=True)
    #: Of which broadcast it is a copy that waits, or waited, for its trader to write.
    broadcast_id: Mapped[int | None] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"))
    channel: Mapped[str]
    identifier: Mapped[str]
    message: Mapped[Json]
    state: Mapped[DeliveryState]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]  # not before; while it is being sent: when the lease ends
    lease: Mapped[uuid.UUID | None]
    external_ids: Mapped[Json]  # the channel's ids of the parts that it took
    error: Mapped[str | None]
    closed_at: Mapped[datetime | None]  # when the channel said that it takes nothing but templates
    template_id: Mapped[str | None]  # the channel's id of the template that asks the trader to write
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process may send until its lease ends."""

    id: int
    lease: uuid.UUID
    address: Address
    message: Outgoing
    attempts: int  # before this one
    external_ids: tuple[str, ...]  # of the parts that went out in earlier attempts
    heard_at: datetime | None = None  # the trader's last word; None where he is just being answered
    closed_at: datetime | None = None  # when the channel said that it takes nothing but templates
    opted_in: bool = False  # whether the trader asked for announcements himself: he subscribed


#: Written out once: building these statements anew for each message costs more than running them.
_QUEUE = text("""
    INSERT INTO deliveries
        (trader_id, channel, identifier, message, state, lease, attempts, due_at, external_ids, created_at)
    SELECT CAST(:trader AS bigint), :channel, :identifier, message,
           CASE WHEN busy THEN 'queued' ELSE 'sending' END, CASE WHEN busy THEN NULL ELSE CAST(:lease AS uuid) END,
           0, CASE WHEN busy THEN CAST(:at AS timestamptz) ELSE :until END, '[]', :at
    FROM jsonb_array_elements(CAST(:messages AS jsonb)) WITH ORDINALITY AS given (message, place),
         (SELECT NOT :take OR EXISTS (SELECT FROM deliveries WHERE channel = :channel AND identifier = :identifier
                                                  AND state IN ('queued', 'sending')) AS busy) AS chat
    ORDER BY place
    RETURNING id, state
""")

_CLAIM = """
    UPDATE deliveries SET state = 'sending', lease = :lease, due_at = :until
    WHERE id IN (
        SELECT id FROM deliveries AS waiting
        WHERE {which} AND state IN ('queued', 'sending') AND due_at <= :at
          AND NOT EXISTS (
              SELECT FROM deliveries AS earlier
              WHERE earlier.channel = waiting.channel AND earlier.identifier = waiting.identifier
                AND earlier.id < waiting.id AND earlier.state IN ('queued', 'sending') {held})
        ORDER BY id LIMIT :most
        FOR UPDATE SKIP LOCKED)
    RETURNING id, channel, identifier, message, attempts, external_ids, closed_at,
        (SELECT last_seen_at FROM traders WHERE traders.id = deliveries.trader_id) AS heard_at,
        (SELECT announcements AND EXISTS (SELECT FROM subscriptions WHERE subscriptions.trader_id = traders.id)
         FROM traders WHERE traders.id = deliveries.trader_id) AS opted_in
"""
# of one chat the messages go out together, unless one of them is held or waits for its hour
_CLAIM_CHAT = text(
    _CLAIM.format(which="channel = :channel AND identifier = :identifier", held="AND earlier.due_at > :at")
)
_CLAIM_DUE = text(_CLAIM.format(which="channel = :channel", held=""))

_END = text("""
    UPDATE deliveries
    SET state = :state, lease = NULL, attempts = :attempts, external_ids = CAST(:external_ids AS jsonb),
        error = :error, sent_at = :sent_at, due_at = COALESCE(:due_at, due_at)
    WHERE id = :id AND state = 'sending' AND lease = :lease
    RETURNING id
""")

#: Who wrote while his message was being refused has nothing to wait for. What he is just being answered was taken up at
#: the hour at which he wrote. The lock waits for an update of his that is being handled.
_HEARD_SINCE = text("""
    SELECT traders.last_seen_at > COALESCE(:heard_at, deliveries.created_at)
    FROM traders JOIN deliveries ON deliveries.trader_id = traders.id WHERE deliveries.id = :id
    FOR NO KEY UPDATE OF traders
""")

_RELEASE = text("""
    UPDATE deliveries SET state = 'queued', due_at = :at, closed_at = NULL, error = NULL
    WHERE channel = :channel AND identifier = :identifier AND state = 'waiting'
""")


async def queue(
    session: AsyncSession,
    trader_id: int | None,
    address: Address,
    messages: Sequence[Outgoing],
    at: datetime,
    *,
    take: bool = False,
) -> list[Claim]:
    """Put messages to one trader into the outbox, in order; with `take`, claim them in the same breath.

    Returns what the caller may send; nothing where earlier messages of the chat are not done yet: then these wait.
    """
    if not messages:
        return []
    lease = uuid.uuid4()
    rows = await _put(session, trader_id, address, messages, at, lease, take=take)
    return [
        Claim(row.id, lease, address, message, 0, ())
        for row, message in zip(rows, messages, strict=True)
        if row.state == DeliveryState.SENDING
    ]


async def queue_one(
    session: AsyncSession, trader_id: int | None, address: Address, message: Outgoing, at: datetime
) -> int:
    """Put one message to a trader into the outbox; return the id of its delivery, by which one sees how it went."""
    rows = await _put(session, trader_id, address, [message], at, uuid.uuid4(), take=False)
    return int(rows[0].id)


async def _put(
    session: AsyncSession,
    trader_id: int | None,
    address: Address,
    messages: Sequence[Outgoing],
    at: datetime,
    lease: uuid.UUID,
    *,
    take: bool,
) -> Sequence[Row[Any]]:
    given = [OUTGOING.dump_python(message, mode="json") for message in messages]
    rows = await session.execute(
        _QUEUE,
        {
            "trader": trader_id,
            "channel": address.channel,
            "identifier": address.identifier,
            "messages": json.dumps(given),
            "lease": lease,
            "at": at,
            "until": at + LEASE,
            "take": take,
        },
    )
    return sorted(rows)


async def claim_chat(session: AsyncSession, address: Address, at: datetime) -> list[Claim]:
    """Take what one chat is to be sent now, in order; nothing where an earlier message of it is not done yet."""
    chat = {"channel": address.channel, "identifier": address.identifier}
    return await _claim(session, _CLAIM_CHAT, at, limit=20, **chat)


async def claim_due(session: AsyncSession, channel: str, at: datetime, limit: int) -> list[Claim]:
    """Take the messages of a channel that are due or were left by a dead process; of each chat the first only."""
    return await _claim(session, _CLAIM_DUE, at, limit, channel=channel)


async def _claim(session: AsyncSession, statement: TextClause, at: datetime, limit: int, **which: str) -> list[Claim]:
    lease = uuid.uuid4()
    rows = await session.execute(statement, {"lease": lease, "until": at + LEASE, "at": at, "most": limit, **which})
    return [
        Claim(
            row.id,
            lease,
            Address(row.channel, row.identifier),
            OUTGOING.validate_python(row.message),
            row.attempts,
            tuple(row.external_ids),
            row.heard_at,
            row.closed_at,
            bool(row.opted_in),
        )
        for row in sorted(rows, key=lambda row: int(row.id))
    ]


async def record_sent(session: AsyncSession, claim: Claim, external_ids: Sequence[str], at: datetime) -> bool:
    """Note that the channel took a message; False where the lease ran out and another process has it."""
    return await _end(session, claim, DeliveryState.SENT, external_ids, sent_at=at)


async def record_failed(session: AsyncSession, claim: Claim, external_ids: Sequence[str], reason: str) -> bool:
    """Note that the channel refused a message for good; False where the lease ran out."""
    return await _end(session, claim, DeliveryState.FAILED, external_ids, error=reason)


async def record_gone(session: AsyncSession, claim: Claim, external_ids: Sequence[str], reason: str) -> bool:
    """Note that the trader cannot be written to; False where the lease ran out."""
    return await _end(session, claim, DeliveryState.GONE, external_ids, error=reason)


async def postpone(
    session: AsyncSession,
    claim: Claim,
    external_ids: Sequence[str],
    until: datetime,
    reason: str,
    *,
    tried: bool = True,
) -> bool:
    """Give a message back to be sent at an hour; False where the lease ran out.

    `tried`: False where the platform asked to wait: that costs no attempt.
    """
    return await _end(session, claim, DeliveryState.QUEUED, external_ids, due_at=until, error=reason, tried=tried)


async def give_back(session: AsyncSession, claims: Sequence[Claim], until: datetime) -> None:
    """Give back what was claimed and not tried."""
    for claim in claims:
        change = update(Delivery).where(Delivery.id == claim.id, Delivery.lease == claim.lease)
        await session.execute(change.values(state=DeliveryState.QUEUED, lease=None, due_at=until))


async def _end(
    session: AsyncSession,
    claim: Claim,
    state: DeliveryState,
    external_ids: Sequence[str],
    *,
    tried: bool = True,
    **others: str | datetime | None,
) -> bool:
    values = {
        "id": claim.id,
        "lease": claim.lease,
        "state": state.value,
        "attempts": claim.attempts + tried,
        "external_ids": json.dumps(list(external_ids)),
        "error": None,
        "sent_at": None,
        "due_at": None,
        **others,
    }
    return await session.scalar(_END, values) is not None


async def record_waiting(
    session: AsyncSession,
    claim: Claim,
    external_ids: Sequence[str],
    reason: str,
    template_id: str | None,
    at: datetime,
) -> bool:
    """Keep a message until the trader writes, or queue it where he just has; False where the lease ran out."""
    wrote = await session.scalar(_HEARD_SINCE, {"id": claim.id, "heard_at": claim.heard_at})
    state, due_at = (DeliveryState.QUEUED, at) if wrote else (DeliveryState.WAITING, None)
    if not await _end(session, claim, state, external_ids, due_at=due_at, error=reason):
        return False
    if template_id:
        await session.execute(update(Delivery).where(Delivery.id == claim.id).values(template_id=template_id))
    return True


async def release_waiting(session: AsyncSession, address: Address, at: datetime) -> int:
    """Queue what waited for the trader to write, in its old order, before the replies to him; return how many."""
    released = await session.execute(_RELEASE, {"channel": address.channel, "identifier": address.identifier, "at": at})
    return int(released.rowcount)  # type: ignore[attr-defined]


async def is_asked(session: AsyncSession, address: Address, since: datetime) -> bool:
    """Whether a template has asked this trader to write since then, so that another one would only be a nuisance."""
    asked = select(Delivery.id).where(
        Delivery.channel == address.channel, Delivery.identifier == address.identifier,
        Delivery.state == DeliveryState.WAITING, Delivery.template_id.is_not(None), Delivery.due_at > since,
    )  # fmt: skip
    return await session.scalar(asked.limit(1)) is not None


async def delivered_to(
    session: AsyncSession, address: Address, after: int, limit: int = 50
) -> list[tuple[int, Outgoing]]:
    """The messages of one chat that were sent, behind a given one, in order: what a browser has yet to show."""
    rows = await session.execute(
        select(Delivery.id, Delivery.message)
        .where(
            Delivery.channel == address.channel, Delivery.identifier == address.identifier,
            Delivery.id > after, Delivery.state == DeliveryState.SENT,
        )
        .order_by(Delivery.id)
        .limit(limit)
    )  # fmt: skip
    return [(row.id, OUTGOING.validate_python(row.message)) for row in rows]


async def how_far(session: AsyncSession, deliveries: Sequence[int]) -> dict[int, Delivery]:
    """Return deliveries by their id, for staff who want to know how far their messages have come."""
    return {each.id: each for each in await session.scalars(select(Delivery).where(Delivery.id.in_(deliveries)))}


async def states_since(session: AsyncSession, since: datetime) -> dict[DeliveryState, int]:
    """Count the messages that were put into the outbox since an hour, by how far they have come."""
    query = select(Delivery.state, func.count()).where(Delivery.created_at >= since).group_by(Delivery.state)
    return dict((await session.execute(query)).all())


async def purge_ownerless(session: AsyncSession, before: datetime) -> None:
    """Delete the farewells to those who were forgotten."""
    done = Delivery.state.not_in((DeliveryState.QUEUED, DeliveryState.SENDING))
    await session.execute(delete(Delivery).where(Delivery.trader_id.is_(None), done, Delivery.created_at < before))
