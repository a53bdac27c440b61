"""The command line says how announcements stand."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from typer.testing import CliRunner

from bot.__main__ import app
from bot.delivery.broadcasts import Broadcast, BroadcastState, Occasion, Recipient, RecipientState
from bot.delivery.standing import Progress, Standing
from bot.message import Address
from bot.records import traders
from bot.records.announcements import Announcement, AnnouncementState
from bot.records.staff import Role, StaffMember
from knowledge.language import Language
from tests.conftest import NOW

STATES = {
    RecipientState.SENT: 3, RecipientState.QUEUED: 2, RecipientState.FAILED: 1, RecipientState.GONE: 1,
}  # fmt: skip


async def half_sent(sessions: async_sessionmaker[AsyncSession]) -> int:
    """An announcement that goes out now; return its id."""
    async with sessions.begin() as session:
        member = StaffMember(login="gul", name="Gul", role=Role.ADMIN, language=Language.EN, created_at=NOW)
        session.add(member)
        await session.flush()
        announcement = Announcement(
            state=AnnouncementState.SENT, title="JEC – جے ای سی", texts={"ur": "اجلاس"}, stand_ins={},
            subjects=["policy"], languages=["ur"], countries=[], channels=[], author_id=member.id, created_at=NOW,
            changed_at=NOW, sent_at=NOW,
        )  # fmt: skip
        session.add(announcement)
        await session.flush()
        broadcast = Broadcast(
            announcement_id=announcement.id, occasion=Occasion.NEWS, state=BroadcastState.SENDING, due_at=NOW,
            started_at=NOW,
        )  # fmt: skip
        session.add(broadcast)
        await session.flush()
        for number, state in enumerate(state for state, many in STATES.items() for _ in range(many)):
            trader = await traders.hold(session, Address("telegram", str(number)), NOW)
            session.add(
                Recipient(
                    broadcast_id=broadcast.id,
                    trader_id=trader.id,
                    channel="telegram",
                    identifier=str(number),
                    language="ur",
                    state=state,
                    due_at=NOW + timedelta(hours=number),
                    sent_at=None,
                    error="Forbidden: blocked" if state is RecipientState.GONE else None,
                )
            )
    return announcement.id


@pytest.fixture
def _on_the_database(monkeypatch: pytest.MonkeyPatch, database_address: str) -> None:
    """The settings of a command on the database of the test."""
    monkeypatch.setenv("DATABASE_URL", database_address)


async def run(*arguments: str) -> tuple[int, str, str]:
    """Run a command in a thread of its own: it has an event loop of its own."""
    done = await asyncio.to_thread(CliRunner().invoke, app, ["announce", *arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.usefixtures("_on_the_database")
async def test_the_status_says_each_number_and_reason(sessions: async_sessionmaker[AsyncSession]) -> None:
    number = await half_sent(sessions)
    code, told, _ = await run("status", str(number))
    assert code == 0
    assert f"{number}  sent  JEC – جے ای سی" in told
    assert "written by gul, approved by –" in told
    assert "3 of 7 sent" in told
    assert "7  queued 2, sent 3, failed 1, gone 1" in told
    assert "1 gone: Forbidden: blocked" in told


@pytest.mark.usefixtures("_on_the_database")
async def test_the_status_is_one_json_object_for_programs(sessions: async_sessionmaker[AsyncSession]) -> None:
    number = await half_sent(sessions)
    code, told, _ = await run("status", str(number), "--json")
    assert (code, told.count("\n")) == (0, 1)
    status = json.loads(told)
    assert (status["id"], status["state"], status["author"], status["sent_at"]) == (
        number, "sent", "gul", "2026-11-24T09:00:00+00:00",
    )  # fmt: skip
    (broadcast,) = status["broadcasts"]
    assert (broadcast["occasion"], broadcast["state"], broadcast["recipients"]) == ("news", "sending", 7)
    numbers = {state.value: many for state, many in STATES.items()}
    assert broadcast["states"] == numbers
    assert broadcast["by"] == [{"language": "ur", "channel": "telegram", "states": numbers}]
    assert broadcast["reasons"] == [{"state": "gone", "error": "Forbidden: blocked", "number": 1}]


def test_speed_and_time_left_are_of_the_last_seconds() -> None:
    began = Broadcast(state=BroadcastState.SENDING, started_at=NOW)
    later = Progress(Occasion.NEWS, "telegram", "ur", RecipientState.QUEUED, None, number=700, later=100, recent=0)
    left = Progress(Occasion.NEWS, "telegram", "ur", RecipientState.SENT, None, number=900, later=0, recent=300)
    soon, after = (Standing(began, (left, later), NOW + timedelta(seconds=age)) for age in (0.1, 60))
    assert soon.speed == 300
    assert after.speed == 30
    assert after.time_left == timedelta(seconds=20), "what waits for an hour does not count"
    done = Standing(Broadcast(state=BroadcastState.DONE, started_at=NOW), (left,), NOW)
    assert (done.speed, done.time_left, done.moves) == (0, None, False)


@pytest.mark.usefixtures("_on_the_database")
async def test_all_are_listed_and_one_that_is_none_is_told_in_one_line(
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    number = await half_sent(sessions)
    code, told, _ = await run("list")
    assert (code, told.split()[:3]) == (0, [str(number), "sent", "2026-11-24T09:00:00+00:00"])
    code, told, fault = await run("status", "999")
    assert (code, told) == (1, "")
    assert fault == "There is no announcement 999. All of them: saudagar announce list\n"
    assert (await run("status", "none"))[0] == 2
