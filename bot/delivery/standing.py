"""How the broadcasts of an announcement stand: what left, what is open, what was lost and why, how fast it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.broadcasts import Broadcast, BroadcastState, Occasion, RecipientState

LEFT = frozenset({RecipientState.SENT, RecipientState.DELIVERED, RecipientState.READ})
OPEN = frozenset({RecipientState.QUEUED, RecipientState.SENDING})
WAITING = frozenset({RecipientState.WAITING})
LOST = frozenset({RecipientState.FAILED, RecipientState.GONE})
RECENT = timedelta(seconds=10)  # over which the speed of sending is measured
SHORTEST = timedelta(seconds=1)  # over which a speed says something
SOON = timedelta(minutes=10)  # within which it is worth waiting for a broadcast to begin


#: What waits for its trader to write has come as far as its copy in the outbox.
_PROGRESS = text("""
    SELECT broadcasts.occasion, recipients.channel, language, now.state, now.error, count(*) AS number,
           count(*) FILTER (WHERE now.state = 'queued' AND recipients.due_at > :at) AS later,
           count(*) FILTER (WHERE recipients.sent_at > :since) AS recent
    FROM recipients JOIN broadcasts ON broadcasts.id = recipients.broadcast_id
    LEFT JOIN deliveries ON recipients.state = 'waiting' AND deliveries.state NOT IN ('queued', 'sending')
          AND deliveries.broadcast_id = recipients.broadcast_id AND deliveries.trader_id = recipients.trader_id
    CROSS JOIN LATERAL (
        SELECT COALESCE(deliveries.state, recipients.state) AS state,
               CASE WHEN deliveries.id IS NULL THEN recipients.error ELSE deliveries.error END AS error) AS now
    WHERE announcement_id = :announcement GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
""")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many messages of an announcement are in one state."""

    occasion: Occasion
    channel: str
    language: str
    state: RecipientState
    error: str | None
    number: int
    later: int  # of them: queued, and not due yet (quiet hours, another attempt)
    recent: int  # of them: sent within RECENT


@dataclass(frozen=True, slots=True)
class Reason:
    """Why messages were not sent, in the platform's words."""

    state: RecipientState  # still queued: they are tried again
    error: str
    number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How one broadcast stands at an hour."""

    broadcast: Broadcast
    rows: tuple[Progress, ...]
    at: datetime

    def number(self, states: frozenset[RecipientState]) -> int:
        """How many messages are in one of these states."""
        return sum(row.number for row in self.rows if row.state in states)

    @property
    def total(self) -> int:
        """All messages."""
        return sum(row.number for row in self.rows)

    @property
    def left(self) -> int:
        """Those that the channel took."""
        return self.number(LEFT)

    @property
    def lost(self) -> int:
        """Those that nobody gets, because they failed or the trader is gone."""
        return self.number(LOST)

    @property
    def cancelled(self) -> int:
        """Those that were stopped before they left."""
        return self.number(frozenset({RecipientState.CANCELLED}))

    @property
    def open(self) -> int:
        """Those that are still to be sent."""
        return self.number(OPEN)

    @property
    def open_channels(self) -> list[str]:
        """Where something is still to be sent."""
        return sorted({row.channel for row in self.rows if row.state in OPEN})

    @property
    def waiting(self) -> int:
        """Those that are kept until their trader writes."""
        return self.number(WAITING)

    @property
    def later(self) -> int:
        """Those of the open ones that wait for an hour: the end of quiet hours, or another attempt."""
        return sum(row.later for row in self.rows)

    @property
    def speed(self) -> float:
        """Messages a second, of late."""
        began = self.broadcast.started_at
        if began is None or self.broadcast.state is not BroadcastState.SENDING:
            return 0.0
        return sum(row.recent for row in self.rows) / max(SHORTEST, min(RECENT, self.at - began)).total_seconds()

    @property
    def time_left(self) -> timedelta | None:
        """How long what is due will take at this speed; None where nothing is, or nothing moves."""
        due = self.open - self.later
        return timedelta(seconds=due / self.speed) if due and self.speed else None

    @property
    def states(self) -> set[RecipientState]:
        """The states that there are."""
        return {row.state for row in self.rows}

    @property
    def cells(self) -> dict[tuple[str, str], Counter[RecipientState]]:
        """How many messages are in which state, by language of the reader and channel."""
        found: dict[tuple[str, str], Counter[RecipientState]] = {}
        for row in self.rows:
            found.setdefault((row.language, row.channel), Counter())[row.state] += row.number
        return found

    @property
    def reasons(self) -> list[Reason]:
        """Why messages failed, wait for their trader, or have to be tried again; the most frequent first."""
        found: Counter[tuple[RecipientState, str]] = Counter()
        for row in self.rows:
            if row.error and row.state in LOST | OPEN | WAITING:
                found[row.state, row.error] += row.number
        return [Reason(state, error, number) for (state, error), number in found.most_common()]

    @property
    def is_unfinished(self) -> bool:
        """Whether something of it could still be stopped."""
        return bool(self.open or self.waiting) or self.broadcast.state is BroadcastState.WAITING

    @property
    def moves(self) -> bool:
        """Whether it changes by itself about now."""
        waits = self.broadcast.state is BroadcastState.WAITING and self.broadcast.due_at - self.at < SOON
        return waits or self.broadcast.state is BroadcastState.SENDING


async def progress(session: AsyncSession, announcement_id: int, at: datetime) -> list[Progress]:
    """Return how an announcement stands, by occasion, channel, language of the reader, state and reason."""
    values = {"announcement": announcement_id, "at": at, "since": at - RECENT}
    return [
        Progress(
            Occasion(row.occasion),
            row.channel,
            row.language,
            RecipientState(row.state),
            row.error,
            row.number,
            row.later,
            row.recent,
        )
        for row in await session.execute(_PROGRESS, values)
    ]


async def of(session: AsyncSession, announcement_id: int, at: datetime) -> list[Standing]:
    """Return how each broadcast of an announcement stands, in the order of their hours."""
    query = select(Broadcast).where(Broadcast.announcement_id == announcement_id).order_by(Broadcast.due_at)
    found = (await session.scalars(query.execution_options(populate_existing=True))).all()
    rows = await progress(session, announcement_id, at) if found else []
    return [
        Standing(broadcast, tuple(row for row in rows if row.occasion is broadcast.occasion), at) for broadcast in found
    ]


async def underway(session: AsyncSession, announcement_ids: Sequence[int], at: datetime) -> dict[int, Standing]:
    """Return the broadcasts of these announcements that go out now; of what is done nothing is counted anew."""
    query = select(Broadcast.announcement_id).where(
        Broadcast.announcement_id.in_(announcement_ids), Broadcast.state == BroadcastState.SENDING
    )
    found = {}
    for announcement_id in set((await session.scalars(query)).all()):
        for standing in await of(session, announcement_id, at):
            if standing.broadcast.state is BroadcastState.SENDING:
                found[announcement_id] = standing
    return found
