"""What the command line says of announcements: which there are, and how one of them stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import standing
from bot.delivery.broadcasts import BroadcastState, RecipientState
from bot.delivery.standing import Standing
from bot.records import announcement_list
from bot.records.announcements import Announcement
from bot.records.database import open_engine
from bot.records.staff import StaffMember


@dataclass(frozen=True, slots=True)
class Status:
    """How an announcement stands."""

    announcement: Announcement
    author: str | None  # login
    approver: str | None
    standings: list[Standing]

    def as_lines(self) -> Iterator[str]:
        """For people."""
        told = self.announcement
        yield f"{told.id}  {told.state}  {told.title}"
        yield f"written by {self.author or '–'}, approved by {self.approver or '–'}"
        for each in self.standings:
            yield from _lines(each)

    def as_json(self) -> dict[str, Any]:
        """For programs; hours are UTC."""
        told = self.announcement
        return {
            "id": told.id,
            "title": told.title,
            "state": told.state.value,
            "author": self.author,
            "approver": self.approver,
            "publish_at": _hour(told.publish_at),
            "sent_at": _hour(told.sent_at),
            "cancelled_at": _hour(told.cancelled_at),
            "broadcasts": [_json(each) for each in self.standings],
        }


async def listed(address: str) -> list[str]:
    """Return a line for each announcement: id, state, hour, title; what is ahead first, of the past the newest."""
    async with _session(address) as session:
        ahead = await announcement_list.ahead(session)
        past, _ = await announcement_list.past(session)
        return [
            f"{each.id:>6}  {each.state:<9}  {_hour(each.sent_at or each.publish_at) or 'at once':<25}  {each.title}"
            for each in [*ahead, *past]
        ]


async def status(address: str, announcement_id: int, at: datetime) -> Status | None:
    """Return how an announcement stands; None where there is no such one."""
    async with _session(address) as session:
        found = await session.get(Announcement, announcement_id)
        if found is None:
            return None
        standings = await standing.of(session, found.id, at)
        logins = [await _login(session, staff_id) for staff_id in (found.author_id, found.approver_id)]
        return Status(found, logins[0], logins[1], standings)


async def _login(session: AsyncSession, staff_id: int | None) -> str | None:
    member = await session.get(StaffMember, staff_id) if staff_id else None
    return member.login if member else None


def _lines(each: Standing) -> Iterator[str]:
    broadcast = each.broadcast
    hour = broadcast.finished_at or broadcast.started_at or broadcast.due_at
    yield ""
    yield f"{broadcast.occasion}: {broadcast.state}, {_hour(hour)}"
    if broadcast.state is BroadcastState.SENDING:
        left = f", {each.time_left.total_seconds():,.0f} s left" if each.time_left else ""
        yield f"  {each.left:,} of {each.total:,} sent, {each.speed:,.1f} a second{left}"
    for (language, channel), numbers in each.cells.items():
        told = ", ".join(f"{state} {numbers[state]:,}" for state in RecipientState if numbers[state])
        yield f"  {language}  {channel:<9} {numbers.total():>9,}  {told}"
    for reason in each.reasons:
        yield f"  {reason.number:>7,} {reason.state}: {reason.error}"


def _json(each: Standing) -> dict[str, Any]:
    broadcast = each.broadcast
    return {
        "occasion": broadcast.occasion.value,
        "state": broadcast.state.value,
        "due_at": _hour(broadcast.due_at),
        "started_at": _hour(broadcast.started_at),
        "finished_at": _hour(broadcast.finished_at),
        "recipients": each.total,
        "states": _numbers(sum(each.cells.values(), Counter())),
        "later": each.later,
        "per_second": round(each.speed, 1),
        "seconds_left": round(each.time_left.total_seconds()) if each.time_left else None,
        "by": [
            {"language": language, "channel": channel, "states": _numbers(numbers)}
            for (language, channel), numbers in each.cells.items()
        ],
        "reasons": [
            {"state": reason.state.value, "error": reason.error, "number": reason.number} for reason in each.reasons
        ],
    }


def _numbers(numbers: Counter[RecipientState]) -> dict[str, int]:
    return {state.value: numbers[state] for state in RecipientState if numbers[state]}


def _hour(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


@asynccontextmanager
async def _session(address: str) -> AsyncIterator[AsyncSession]:
    engine = open_engine(address)
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            yield session
    finally:
        await engine.dispose()
