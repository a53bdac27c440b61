"""The outbox: every message to a trader as a row, its states, and the only functions that change them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, and_, delete, exists, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot.message import OUTGOING, Address, Outgoing
from bot.records.base import Json, Record

LEASE = timedelta(seconds=60)  # after which another process may take over what a dead one was sending


class DeliveryState(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"  # waits until it is due
    SENDING = "sending"  # a process holds a lease on it
    SENT = "sent"  # the channel took it
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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Empty for the farewell to one who was forgotten: it goes out, and is purged.
    trader_id: Mapped[int | None] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    identifier: Mapped[str]
    message: Mapped[Json]
    state: Mapped[DeliveryState]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]  # not before; while it is being sent: when the lease ends
    lease: Mapped[uuid.UUID | None]
    external_ids: Mapped[Json]  # the channel's ids of the parts that it took
    error: Mapped[str | None]
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


async def queue(
    session: AsyncSession, trader_id: int | None, address: Address, messages: Sequence[Outgoing], at: datetime
) -> None:
    """Put messages to one trader into the outbox, in order."""
    rows: list[dict[str, Any]] = [
        {
            "trader_id": trader_id, "channel": address.channel, "identifier": address.identifier,
            "message": OUTGOING.dump_python(message, mode="json"), "state": DeliveryState.QUEUED, "attempts": 0,
            "due_at": at, "external_ids": [], "created_at": at,
        }
        for message in messages
    ]  # fmt: skip
    if rows:
        await session.execute(insert(Delivery), rows)


async def claim_chat(session: AsyncSession, address: Address, at: datetime) -> list[Claim]:
    """Take what one chat is to be sent now, in order; nothing where an earlier message of it is not done yet."""
    return await _claim(session, at, limit=20, chat=address)


async def claim_due(session: AsyncSession, channel: str, at: datetime, limit: int) -> list[Claim]:
    """Take the messages of a channel that are due or were left by a dead process; of each chat the first only."""
    return await _claim(session, at, limit=limit, channel=channel)


async def _claim(
    session: AsyncSession, at: datetime, limit: int, chat: Address | None = None, channel: str | None = None
) -> list[Claim]:
    earlier = aliased(Delivery)
    is_open = Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING))
    same_chat = and_(earlier.channel == Delivery.channel, earlier.identifier == Delivery.identifier)
    before = and_(same_chat, earlier.id < Delivery.id)
    still_open = earlier.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING))
    if chat:
        # the messages before it go out with it, unless one of them is held or waits for its hour
        where = and_(Delivery.channel == chat.channel, Delivery.identifier == chat.identifier)
        blocked = exists().where(before, still_open, earlier.due_at > at)
    else:
        where = Delivery.channel == channel
        blocked = exists().where(before, still_open)
    waiting = (
        select(Delivery.id)
        .where(where, is_open, Delivery.due_at <= at, ~blocked)
        .order_by(Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    lease = uuid.uuid4()
    change = (
        update(Delivery)
        .where(Delivery.id.in_(waiting.scalar_subquery()))
        .values(state=DeliveryState.SENDING, lease=lease, due_at=at + LEASE)
        .returning(
            Delivery.id,
            Delivery.channel,
            Delivery.identifier,
            Delivery.message,
            Delivery.attempts,
            Delivery.external_ids,
        )
    )
    rows = (await session.execute(change)).all()
    return [
        Claim(row.id, lease, Address(row.channel, row.identifier), OUTGOING.validate_python(row.message), row.attempts,
              tuple(row.external_ids))
        for row in sorted(rows)
    ]  # fmt: skip


async def record_sent(session: AsyncSession, claim: Claim, external_ids: Sequence[str], at: datetime) -> bool:
    """Note that the channel took a message; False where the lease ran out and another process has it."""
    return await _end(session, claim, DeliveryState.SENT, external_ids, sent_at=at, error=None)


async def record_failed(session: AsyncSession, claim: Claim, external_ids: Sequence[str], reason: str) -> bool:
    """Note that the channel refused a message for good; False where the lease ran out."""
    return await _end(session, claim, DeliveryState.FAILED, external_ids, error=reason)


async def record_gone(session: AsyncSession, claim: Claim, external_ids: Sequence[str], reason: str) -> bool:
    """Note that the trader cannot be written to; False where the lease ran out."""
    return await _end(session, claim, DeliveryState.GONE, external_ids, error=reason)


async def postpone(
    session: AsyncSession, claim: Claim, external_ids: Sequence[str], until: datetime, reason: str
) -> bool:
    """Give a message back to be sent at an hour; False where the lease ran out."""
    return await _end(session, claim, DeliveryState.QUEUED, external_ids, due_at=until, error=reason)


async def give_back(session: AsyncSession, claims: Sequence[Claim], until: datetime) -> None:
    """Give back what was claimed and not tried."""
    for claim in claims:
        change = update(Delivery).where(Delivery.id == claim.id, Delivery.lease == claim.lease)
        await session.execute(change.values(state=DeliveryState.QUEUED, lease=None, due_at=until))


async def _end(
    session: AsyncSession, claim: Claim, state: DeliveryState, external_ids: Sequence[str], **values: Any
) -> bool:
    change = (
        update(Delivery)
        .where(Delivery.id == claim.id, Delivery.state == DeliveryState.SENDING, Delivery.lease == claim.lease)
        .values(state=state, lease=None, attempts=claim.attempts + 1, external_ids=list(external_ids), **values)
        .returning(Delivery.id)
    )
    return await session.scalar(change) is not None


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


async def purge_ownerless(session: AsyncSession, before: datetime) -> None:
    """Delete the farewells to those who were forgotten."""
    done = or_(
        Delivery.state == DeliveryState.SENT,
        Delivery.state == DeliveryState.FAILED,
        Delivery.state == DeliveryState.GONE,
    )
    await session.execute(delete(Delivery).where(Delivery.trader_id.is_(None), done, Delivery.created_at < before))
