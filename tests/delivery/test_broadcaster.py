"""The broadcaster: what a platform asks for, chats that move, leases that end, and an orderly end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.channel import Moved, Refused, Throttled, Unreachable
from bot.delivery import broadcasts, outbox, standing
from bot.delivery.broadcaster import Broadcaster
from bot.delivery.broadcasts import LEASE, Recipient
from bot.delivery.drain import PAUSES, Drain
from bot.delivery.pace import Pace
from bot.message import Address, Outgoing
from bot.records import database, traders
from bot.records.announcements import Announcement, AnnouncementState, Subscription
from bot.records.traders import Trader
from knowledge.language import Language
from tests.conftest import NOW
from tests.delivery.test_broadcasts import Press, Sessions


@pytest.fixture
def press(sessions: Sessions, database_address: str) -> Press:
    return Press(sessions, database_address)


@asynccontextmanager
async def broadcasting(press: Press, pace: Pace | None = None) -> AsyncIterator[None]:
    """A broadcaster that runs until the block ends, and then ends in an orderly way."""
    engine = database.open_engine(press.address)
    task = asyncio.create_task(Broadcaster(engine, press.channel, pace or Pace(10_000), press.clock).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.dispose()


async def until_states(press: Press, **states: int) -> None:
    """Wait until so many recipients are in these states."""
    async with asyncio.timeout(20):
        while await press.states() != states:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def reply(press: Press, name: str) -> None:
    """Put a reply to somebody into the outbox."""
    address = Address("recording", name)
    async with press.sessions.begin() as session:
        trader = await traders.hold(session, address, NOW)
        await outbox.queue(session, trader.id, address, [Outgoing("reply", Language.EN)], press.clock())


async def test_everything_waits_when_an_announcement_is_throttled(press: Press) -> None:
    for number in range(30):
        await press.trader(f"trader{number}", "policy")
    press.channel.failures = [Throttled(2)]
    await press.announces("policy")
    await press.publishes()
    await reply(press, "asks")
    pace = Pace(20)
    drain = Drain(press.sessions, {"recording": press.channel}, press.clock, {"recording": pace})
    async with broadcasting(press, pace):
        async with asyncio.timeout(10):
            while not pace.replies_wait():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        sent = len(press.channel.sent)
        await drain.send_chat(Address("recording", "asks"))
        assert len(press.channel.sent) == sent
        press.clock.time += timedelta(seconds=2)
        await until_states(press, sent=30)
    await drain.send_due()
    assert press.got()["asks"] == ["reply"]


async def test_a_throttled_reply_holds_up_announcements_and_no_other_reply(press: Press) -> None:
    pace = Pace(30)
    press.channel.failures_to = {"throttled": [Throttled(60)]}
    drain = Drain(press.sessions, {"recording": press.channel}, press.clock, {"recording": pace})
    for name in ("throttled", "other"):
        await reply(press, name)
        await drain.send_chat(Address("recording", name))
    assert set(press.got()) == {"other"}
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pace.turn(), 0.3)


async def test_throttling_costs_no_attempt(press: Press) -> None:
    drain = Drain(press.sessions, {"recording": press.channel}, press.clock)
    press.channel.failures_to = {"a": [*(Throttled(1) for _ in PAUSES), Unreachable("no answer")]}
    await reply(press, "a")
    for _ in range(len(PAUSES) + 2):
        await drain.send_due()
        press.clock.time += timedelta(seconds=PAUSES[0])
    assert press.got() == {"a": ["reply"]}


async def test_a_network_that_is_away_is_tried_for_a_day(press: Press) -> None:
    await press.trader("a", "policy")
    press.channel.failures_to = {"a": [Unreachable("no answer") for _ in range(len(PAUSES) + 1)]}
    await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        for pause in PAUSES:
            await until_states(press, queued=1)
            async with asyncio.timeout(20):
                while not await waits_for(press, pause):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            press.clock.time += timedelta(seconds=pause)
        await until_states(press, failed=1)
    assert press.got() == {}


async def waits_for(press: Press, seconds: int) -> bool:
    """Whether the one recipient waits for his next attempt, in so many seconds."""
    async with press.sessions() as session:
        due = (await session.scalars(select(Recipient.due_at))).one()
    return due - press.clock() == timedelta(seconds=seconds)


async def test_a_poisoned_message_fails_alone(press: Press) -> None:
    for name in ("a", "b", "c", "d"):
        await press.trader(name, "policy")
    press.channel.failures_to = {
        "b": [Refused("nul \0, half a pair \ud800, and much too long " + "." * 5000)],
        "c": [ZeroDivisionError()],  # type: ignore[list-item]  # a fault of ours
    }
    announcement = await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        await until_states(press, sent=2, failed=2)
    async with press.sessions() as session:
        reasons = {row.error for row in await standing.progress(session, announcement, press.clock()) if row.error}
    assert "internal error" in reasons
    assert any(reason.startswith("nul , half a pair ?") and len(reason) == 500 for reason in reasons)


async def test_a_group_that_became_a_supergroup_keeps_its_subscription(press: Press) -> None:
    trader = await press.trader("-100", "policy", "events")
    press.channel.failures_to = {"-100": [Moved("-1009")]}
    await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        await until_states(press, sent=1)
    assert set(press.got()) == {"-1009"}
    async with press.sessions() as session:
        assert (await session.get_one(Trader, trader)).identifier == "-1009"
        assert len((await session.scalars(select(Subscription))).all()) == 2


async def test_a_reply_follows_a_group_that_moved_and_is_not_overtaken(press: Press) -> None:
    drain = Drain(press.sessions, {"recording": press.channel}, press.clock)
    press.channel.failures_to = {"-100": [Moved("-1009")]}
    for _ in range(3):
        await reply(press, "-100")
    await drain.send_chat(Address("recording", "-100"))
    assert press.channel.sent == []
    while await drain.send_due():
        pass
    assert press.got() == {"-1009": ["reply"] * 3}


async def test_a_supergroup_that_wrote_before_we_knew_becomes_one_with_its_group(press: Press) -> None:
    trader = await press.trader("-100", "policy", language="ur")
    newcomer = await press.trader("-1009", "policy", announcements=False)
    await reply(press, "-1009")
    press.channel.failures_to = {"-100": [Moved("-1009")]}
    await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        await until_states(press, cancelled=1)  # it wanted no announcements under its new identifier
    async with press.sessions() as session:
        kept = (await session.scalars(select(Trader))).one()
        owners = (await session.scalars(select(outbox.Delivery.trader_id))).all()
    assert (kept.id, kept.identifier, kept.memory) == (trader, "-1009", {"language": "ur"})
    assert owners == [trader]
    assert newcomer != trader


async def test_both_halves_of_a_group_get_one_message(press: Press) -> None:
    await press.trader("-100", "policy")
    await press.trader("-1009", "policy")
    press.channel.failures_to = {"-100": [Moved("-1009")]}
    await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        await until_states(press, sent=1)
    assert {name: len(texts) for name, texts in press.got().items()} == {"-1009": 1}


async def test_what_goes_in_circles_ends(press: Press) -> None:
    await press.trader("a", "policy")
    press.channel.failures_to = {"a": [Moved("a") for _ in range(20)]}
    await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        await until_states(press, failed=1)


async def test_what_was_taken_up_too_long_ago_is_left_to_whoever_has_it_now(press: Press) -> None:
    for name in ("a", "b"):
        await press.trader(name, "policy")
    press.channel.failures = [Throttled(1)]
    await press.announces("policy")
    await press.publishes()
    pace = Pace(1)
    async with broadcasting(press, pace):
        async with asyncio.timeout(10):
            while not pace.replies_wait():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        press.clock.time += LEASE  # the other one was taken up with it, and waits for the platform
        await until_states(press, sent=2)
    assert {name: len(texts) for name, texts in press.got().items()} == {"a": 1, "b": 1}


async def test_what_the_platform_held_up_is_asked_for_anew_before_it_leaves(press: Press) -> None:
    for name in ("a", "b"):
        await press.trader(name, "policy")
    press.channel.failures = [Throttled(1)]
    announcement = await press.announces("policy")
    await press.publishes()
    pace = Pace(1)
    async with broadcasting(press, pace):
        async with asyncio.timeout(10):
            while not pace.replies_wait():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        async with press.sessions.begin() as session:
            (await session.get_one(Announcement, announcement)).state = AnnouncementState.CANCELLED
            await broadcasts.cancel(session, announcement)
        press.clock.time += timedelta(seconds=10)
        await until_states(press, cancelled=2)
    assert press.got() == {}


async def test_an_orderly_end_records_what_is_under_way_and_gives_back_the_rest(press: Press) -> None:
    for number in range(20):
        await press.trader(f"trader{number}", "policy")
    press.channel.gates = {f"trader{number}": asyncio.Event() for number in range(20)}
    await press.announces("policy")
    await press.publishes()
    async with broadcasting(press, Pace(10)):
        await until_states(press, sending=20)
        await asyncio.sleep(1.5)  # so that some have begun
        for gate in press.channel.gates.values():
            asyncio.get_running_loop().call_later(0.3, gate.set)
    states = await press.states()
    assert states["sent"] == len(press.channel.sent) > 0
    assert states["queued"] == 20 - states["sent"] > 0


async def test_what_fails_of_a_cancelled_announcement_is_not_tried_again(press: Press) -> None:
    await press.trader("a", "policy")
    gate = press.channel.gates["a"] = asyncio.Event()
    press.channel.failures_to = {"a": [Unreachable("no answer")]}
    announcement = await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        await until_states(press, sending=1)
        async with press.sessions.begin() as session:
            assert await broadcasts.cancel(session, announcement) == 0
            (await session.get_one(Announcement, announcement)).state = AnnouncementState.CANCELLED
        gate.set()
        await until_states(press, cancelled=1)
    assert press.got() == {}


async def test_an_announcement_that_cannot_be_composed_holds_up_no_other(press: Press) -> None:
    await press.trader("a", "policy")
    await press.announces("policy", event_on=NOW.date(), event_zone="Asia/Nowhere", publish_at=NOW - timedelta(hours=1))
    await press.announces("policy")
    await press.publishes()
    async with broadcasting(press):
        await until_states(press, sent=1)
