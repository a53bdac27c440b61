"""Broadcasts: one going-out of an announcement, a row a recipient, and the only functions that change them.

They are not in the outbox: a chat's replies go out in order, one behind the other, and an announcement that waits for
its turn among a hundred thousand must not hold them up (docs/decisions/0012). Its text is kept once a language.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.delivery import kept_copies
from bot.message import OUTGOING, Address, Outgoing
from bot.records.base import Json, Record

LEASE = timedelta(seconds=60)  # after which another process may take over what a dead one was sending


class Occasion(StrEnum):
    """Why an announcement goes out."""

    NEWS = "news"
    WEEK_BEFORE = "week_before"  # reminds of the event
    DAY_BEFORE = "day_before"


class BroadcastState(StrEnum):
    """How far a broadcast has come."""

    WAITING = "waiting"  # for its hour
    SENDING = "sending"  # its recipients are fixed
    DONE = "done"  # nothing is open any more
    MISSED = "missed"  # a reminder whose event was over before it could go out
    CANCELLED = "cancelled"


class RecipientState(StrEnum):
    """How far a message to one recipient has come."""

    QUEUED = "queued"
    SENDING = "sending"  # a process holds a lease on it
    SENT = "sent"  # the channel took it
    DELIVERED = "delivered"  # it arrived on the phone; some channels tell
    READ = "read"  # he saw it; some channels tell
    WAITING = "waiting"  # it is in the outbox until he writes: the channel takes nothing but templates before
    FAILED = "failed"  # refused for good, or not to be reached for a day
    GONE = "gone"  # the trader cannot be written to any more
    CANCELLED = "cancelled"  # the announcement was cancelled before it left


class Broadcast(Record):
    """One going-out of an announcement."""

    __tablename__ = "broadcasts"
    __table_args__ = (
        UniqueConstraint("announcement_id", "occasion"),
        Index("ix_broadcasts_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_broadcasts_sending", "id", postgresql_where=text("state = 'sending'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id", ondelete="CASCADE"))
    occasion: Mapped[Occasion]
    state: Mapped[BroadcastState]
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BroadcastText(Record):
    """What the readers of one language get."""

    __tablename__ = "broadcast_texts"

    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)  # of the readers
    message: Mapped[Json]


class Recipient(Record):
    """One message of a broadcast to one trader."""

    __tablename__ = "recipients"
    __table_args__ = (
        # what is not done yet; small, however long the history is
        Index("ix_recipients_open", "channel", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_recipients_trader", "trader_id"),
    )

    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id", ondelete="CASCADE"), primary_key=True)
    trader_id: Mapped[int] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str]
    identifier: Mapped[str]
    language: Mapped[str]
    state: Mapped[RecipientState]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]  # not before; while it is being sent: when the lease ends
    lease: Mapped[uuid.UUID | None]
    external_id: Mapped[str | None]  # the channel's own; of a message in parts that of each, a blank between them
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process may send until its lease ends."""

    broadcast: int
    trader: int
    lease: uuid.UUID
    until: datetime  # when the lease ends
    address: Address
    message: Outgoing
    attempts: int  # before this one
    external_ids: tuple[str, ...]  # of the parts that went out in earlier attempts
    heard_at: datetime | None = None  # the trader's last word
    closed_at: datetime | None = None  # what the channel says of its window goes to the outbox with the message
    opted_in: bool = False  # whether he asked for announcements himself: he subscribed

    @property
    def taken_at(self) -> datetime:
        """When it was taken up."""
        return self.until - LEASE


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the sending of one message went."""

    claim: Claim
    state: RecipientState
    at: datetime
    external_ids: tuple[str, ...] = ()  # of the parts that went out, now or in earlier attempts
    error: str | None = None
    due_at: datetime | None = None  # where it is tried again
    tried: bool = True  # False where the platform asked to wait: that costs no attempt
    moved_to: str | None = None  # the identifier under which the chat goes on
    template_id: str | None = None  # of the template that asks the trader to write, where the message waits for that
    halted: bool = False  # the channel takes no message from us until staff have acted


#: What readers get, by broadcast and language: fixed once a broadcast sends, so that it is read once.
Texts = dict[tuple[int, str], Outgoing]


#: Who gets an announcement: one statement for the count before and for the sending itself.
AUDIENCE = """
    FROM traders
    JOIN announcements ON announcements.id = :announcement
    CROSS JOIN LATERAL (SELECT COALESCE(traders.memory ->> 'language', 'en') AS language) AS reader
    WHERE traders.announcements AND traders.gone_at IS NULL
      AND (cardinality(announcements.languages) = 0 OR reader.language = ANY (announcements.languages))
      AND (cardinality(announcements.channels) = 0 OR traders.channel = ANY (announcements.channels))
      AND (cardinality(announcements.countries) = 0 OR traders.country IS NULL
           OR traders.country = ANY (announcements.countries))
      AND CASE
          WHEN announcements.corrects_id IS NULL THEN EXISTS (
              SELECT FROM subscriptions
              WHERE subscriptions.trader_id = traders.id AND subscriptions.subject = ANY (announcements.subjects))
          ELSE EXISTS (
              SELECT FROM recipients JOIN broadcasts ON broadcasts.id = recipients.broadcast_id
              WHERE recipients.trader_id = traders.id
                AND broadcasts.announcement_id IN (announcements.corrects_id, announcements.id)
                AND recipients.state NOT IN ('cancelled', 'gone'))
      END
"""

_FAN_OUT = text(f"""
    INSERT INTO recipients (broadcast_id, trader_id, channel, identifier, language, state, attempts, due_at)
    SELECT :broadcast, traders.id, traders.channel, traders.identifier, reader.language, 'queued', 0,
           COALESCE(quiet_until(:at, traders.quiet_from, traders.quiet_until, traders.zone), :at)
    {AUDIENCE}
      AND EXISTS (SELECT FROM broadcast_texts
                  WHERE broadcast_texts.broadcast_id = :broadcast AND broadcast_texts.language = reader.language)
    ON CONFLICT DO NOTHING
""")  # noqa: S608  (our own text)

#: Who is going to read the correction does not read what it corrects behind it.
_OVERTAKE = text("""
    UPDATE recipients SET state = 'cancelled'
    FROM announcements, broadcasts, recipients AS newer
    WHERE announcements.id = :announcement AND broadcasts.announcement_id = announcements.corrects_id
      AND recipients.broadcast_id = broadcasts.id AND recipients.state = 'queued'
      AND newer.broadcast_id = :broadcast AND newer.trader_id = recipients.trader_id
""")

_COUNT = text(f"SELECT traders.channel, reader.language, count(*) AS number {AUDIENCE} GROUP BY 1, 2")

_CLAIM = text("""
    WITH due AS (
        SELECT broadcast_id, trader_id FROM recipients
        WHERE channel = :channel AND state IN ('queued', 'sending') AND due_at <= :at
        ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED),
    held AS (
        SELECT due.*, quiet_until(:at, traders.quiet_from, traders.quiet_until, traders.zone) AS quiet,
               traders.announcements AND announcements.state <> 'cancelled' AS wanted, traders.last_seen_at,
               EXISTS (SELECT FROM subscriptions WHERE subscriptions.trader_id = traders.id) AS opted_in
        FROM due JOIN traders ON traders.id = due.trader_id
        JOIN broadcasts ON broadcasts.id = due.broadcast_id
        JOIN announcements ON announcements.id = broadcasts.announcement_id)
    UPDATE recipients
    SET state = CASE WHEN NOT wanted THEN 'cancelled' WHEN quiet IS NULL THEN 'sending' ELSE 'queued' END,
        lease = CASE WHEN wanted AND quiet IS NULL THEN CAST(:lease AS uuid) END,
        due_at = COALESCE(quiet, :until)
    FROM held
    WHERE recipients.broadcast_id = held.broadcast_id AND recipients.trader_id = held.trader_id
    RETURNING recipients.broadcast_id, recipients.trader_id, recipients.state, channel, identifier, attempts, language,
              external_id, held.last_seen_at, held.opted_in
""")

_RECORD = text("""
    UPDATE recipients
    SET state = CASE
            WHEN given.state = 'queued' AND EXISTS (
                SELECT FROM broadcasts JOIN announcements ON announcements.id = broadcasts.announcement_id
                WHERE broadcasts.id = given.broadcast AND announcements.state = 'cancelled')
            THEN 'cancelled' ELSE given.state END,
        attempts = attempts + given.tried, external_id = given.external_id, error = given.error,
        sent_at = given.sent_at, due_at = COALESCE(given.due_at, recipients.due_at), lease = NULL
    FROM unnest(CAST(:broadcasts AS bigint[]), CAST(:traders AS bigint[]), CAST(:leases AS uuid[]),
                CAST(:states AS text[]), CAST(:tried AS int[]), CAST(:external_ids AS text[]), CAST(:errors AS text[]),
                CAST(:sent AS timestamptz[]), CAST(:due AS timestamptz[]))
         AS given (broadcast, trader, lease, state, tried, external_id, error, sent_at, due_at)
    WHERE broadcast_id = given.broadcast AND trader_id = given.trader
      AND recipients.state = 'sending' AND recipients.lease = given.lease
""")

#: Who wrote while the template was on its way has nothing to wait for.
_KEEP_WAITING = text("""
    INSERT INTO deliveries (trader_id, broadcast_id, channel, identifier, message, state, attempts, due_at,
                            external_ids, error, template_id, created_at)
    SELECT traders.id, recipients.broadcast_id, traders.channel, traders.identifier, broadcast_texts.message,
           CASE WHEN last_seen_at > :heard_at THEN 'queued' ELSE 'waiting' END, 0, :at,
           to_jsonb(CAST(:external_ids AS text[])), :error, :template, :at
    FROM traders JOIN recipients ON recipients.trader_id = traders.id
    JOIN broadcast_texts ON broadcast_texts.broadcast_id = recipients.broadcast_id
                        AND broadcast_texts.language = recipients.language
    WHERE traders.id = :trader AND recipients.broadcast_id = :broadcast AND recipients.state = 'sending'
      AND recipients.lease = :lease
    FOR NO KEY UPDATE OF traders FOR UPDATE OF recipients
""")

_GIVE_BACK = text("""
    UPDATE recipients SET state = 'queued', lease = NULL, due_at = :at
    FROM unnest(CAST(:broadcasts AS bigint[]), CAST(:traders AS bigint[]), CAST(:leases AS uuid[]))
         AS given (broadcast, trader, lease)
    WHERE broadcast_id = given.broadcast AND trader_id = given.trader
      AND recipients.state = 'sending' AND recipients.lease = given.lease
""")

_FINISH = text("""
    UPDATE broadcasts SET state = 'done', finished_at = :at
    WHERE state = 'sending' AND NOT EXISTS (
        SELECT FROM recipients WHERE broadcast_id = broadcasts.id AND state IN ('queued', 'sending'))
    RETURNING id
""")


async def fan_out(session: AsyncSession, broadcast: Broadcast, messages: dict[str, Outgoing], at: datetime) -> int:
    """Fix the recipients of a broadcast that is held, from the subscriptions of this moment; return how many.

    `messages` are by the language of the reader; who reads none of them gets none. With the state in the same
    transaction this happens once, whatever dies.
    """
    for language, message in messages.items():
        session.add(
            BroadcastText(
                broadcast_id=broadcast.id, language=language, message=OUTGOING.dump_python(message, mode="json")
            )
        )
    broadcast.state, broadcast.started_at = BroadcastState.SENDING, at
    await session.flush()
    values = {"announcement": broadcast.announcement_id, "broadcast": broadcast.id, "at": at}
    inserted = await session.execute(_FAN_OUT, values)
    await session.execute(_OVERTAKE, values)
    await kept_copies.drop_overtaken(session, broadcast.announcement_id, broadcast.id)
    return int(inserted.rowcount)  # type: ignore[attr-defined]  # of an INSERT there is one


async def audience(session: AsyncSession, announcement_id: int) -> list[tuple[str, str, int]]:
    """Return how many would get an announcement now, by channel and language of the reader."""
    rows = await session.execute(_COUNT, {"announcement": announcement_id})
    return [(row.channel, row.language, row.number) for row in rows]


async def claim(connection: AsyncConnection, texts: Texts, channel: str, at: datetime, limit: int) -> list[Claim]:
    """Take messages of a channel that are due, or that a dead process left behind; none where nothing is due.

    Who is in his quiet hours gets his when they end; who stopped announcements meanwhile gets none. What was given back
    by a send that failed, or left by a process that died, while the announcement was cancelled is cancelled, too.
    `texts` are those that the caller has read already; new ones are put there.
    """
    lease, until = uuid.uuid4(), at + LEASE
    values = {"channel": channel, "at": at, "until": until, "lease": lease, "most": limit}
    rows: list[Row[Any]] = []
    while not rows and (taken := (await connection.execute(_CLAIM, values)).all()):
        rows = [row for row in taken if row.state == RecipientState.SENDING]
    await _read(connection, texts, {row.broadcast_id for row in rows} - {broadcast for broadcast, _ in texts})
    return [
        Claim(
            row.broadcast_id,
            row.trader_id,
            lease,
            until,
            Address(row.channel, row.identifier),
            texts[row.broadcast_id, row.language],
            row.attempts,
            tuple((row.external_id or "").split()),
            row.last_seen_at,
            opted_in=row.opted_in,
        )
        for row in rows
    ]


async def _read(connection: AsyncConnection, texts: Texts, broadcasts: set[int]) -> None:
    if broadcasts:
        query = text("SELECT broadcast_id, language, message FROM broadcast_texts WHERE broadcast_id = ANY (:ids)")
        for row in await connection.execute(query, {"ids": list(broadcasts)}):
            texts[row.broadcast_id, row.language] = OUTGOING.validate_python(row.message)


async def give_back(session: AsyncSession, claims: Sequence[Claim], at: datetime) -> None:
    """Give back what was taken and not tried."""
    values = {
        "broadcasts": [claim.broadcast for claim in claims],
        "traders": [claim.trader for claim in claims],
        "leases": [claim.lease for claim in claims],
        "at": at,
    }
    await session.execute(_GIVE_BACK, values)


async def record(session: AsyncSession, outcomes: Sequence[Outcome]) -> int:
    """Note how sends went, of those whose lease is still ours; return of how many it was."""
    values: dict[str, list[Any]] = {
        "broadcasts": [outcome.claim.broadcast for outcome in outcomes],
        "traders": [outcome.claim.trader for outcome in outcomes],
        "leases": [outcome.claim.lease for outcome in outcomes],
        "states": [outcome.state.value for outcome in outcomes],
        "tried": [int(outcome.tried) for outcome in outcomes],
        "external_ids": [" ".join(outcome.external_ids) or None for outcome in outcomes],
        "errors": [outcome.error for outcome in outcomes],
        "sent": [outcome.at if outcome.state is RecipientState.SENT else None for outcome in outcomes],
        "due": [outcome.due_at for outcome in outcomes],
    }
    changed = await session.execute(_RECORD, values)
    return int(changed.rowcount)  # type: ignore[attr-defined]


async def keep_waiting(session: AsyncSession, outcome: Outcome) -> None:
    """Put a message that waits for the trader to write into the outbox, if its lease is still ours; then `record`."""
    claim = outcome.claim
    values = {
        "trader": claim.trader, "broadcast": claim.broadcast, "lease": claim.lease, "heard_at": claim.heard_at,
        "external_ids": list(outcome.external_ids), "error": outcome.error, "template": outcome.template_id,
        "at": outcome.at,
    }  # fmt: skip
    await session.execute(_KEEP_WAITING, values)


async def finish(session: AsyncSession, at: datetime) -> list[int]:
    """Close the broadcasts that have nothing open any more; return their ids."""
    return list((await session.scalars(_FINISH, {"at": at})).all())


async def cancel(session: AsyncSession, announcement_id: int) -> int:
    """Stop what has not left: broadcasts that wait, recipients that are queued or wait for their trader to write.

    Returns how many recipients that were. What a process took up in the last seconds may leave yet; what fails of it
    is not tried again.
    """
    values = {"announcement": announcement_id}
    await session.execute(
        text("UPDATE broadcasts SET state = 'cancelled' WHERE announcement_id = :announcement AND state = 'waiting'"),
        values,
    )
    stopped = await session.execute(
        text(
            "UPDATE recipients SET state = 'cancelled' FROM broadcasts WHERE broadcasts.id = recipients.broadcast_id "
            "AND announcement_id = :announcement AND recipients.state = 'queued'"
        ),
        values,
    )
    kept = await kept_copies.drop_of_announcement(session, announcement_id)
    return int(stopped.rowcount) + kept  # type: ignore[attr-defined]
