"""How long one who types wrong passwords or codes has to wait, by key: a login, a login from one address, a member."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.staff import SignInFailure

FIRST_WAIT = 3  # as a power of two: 8 s, then twice as long with each further failure
LONGEST_WAIT = timedelta(minutes=15)


async def pause(database: AsyncSession, free: Mapping[str, int], at: datetime) -> timedelta | None:
    """How long the next attempt has to wait; None where it need not. `free`: failures of each key that cost nothing.

    Attempts under one key are taken one at a time until the transaction ends: many at once would all be let through
    before the first is counted.
    """
    for key in sorted(free):
        await database.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    failures = await database.scalars(select(SignInFailure).where(SignInFailure.key.in_(free)))
    ends = (failure.last_at + _wait(failure.count - free[failure.key]) for failure in failures)
    longest = max((end - at for end in ends), default=timedelta())
    return longest if longest > timedelta() else None


def minutes(wait: timedelta) -> int:
    """The minutes of a wait, as they are told: begun ones count."""
    return -(-int(wait.total_seconds()) // 60)


async def failed(database: AsyncSession, keys: Mapping[str, int], at: datetime) -> None:
    """Count a failure under each key."""
    for key in keys:
        row = insert(SignInFailure).values(key=key, count=1, last_at=at)
        counted = {"count": SignInFailure.count + 1, "last_at": at}
        await database.execute(row.on_conflict_do_update(index_elements=[SignInFailure.key], set_=counted))


async def succeeded(database: AsyncSession, *keys: str) -> None:
    """Forget the failures under these keys."""
    await database.execute(delete(SignInFailure).where(SignInFailure.key.in_(keys)))


def _wait(beyond: int) -> timedelta:
    if beyond < 0:
        return timedelta()
    return min(timedelta(seconds=2 ** min(beyond + FIRST_WAIT, 12)), LONGEST_WAIT)
