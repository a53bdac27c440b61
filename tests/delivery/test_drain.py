"""The outbox and its drain: every way to fail, order in a chat, leases, and what a crash leaves behind."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.channels.channel import Halted, Refused, SendError, Throttled, TraderGone, Unreachable, WindowClosed
from bot.delivery import halts, outbox
from bot.delivery.drain import PAUSES, Drain
from bot.delivery.outbox import LEASE, Delivery, DeliveryState
from bot.delivery.pace import Pace
from bot.message import Address, Outgoing, Purpose
from bot.records import traders
from bot.records.traders import Trader
from knowledge.language import Language
from tests.conftest import NOW
from tests.recording import Recording

Sessions = async_sessionmaker[AsyncSession]

TRADER = Address("recording", "77")
OTHER = Address("recording", "78")


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time

    def passes(self, **duration: float) -> None:
        self.time += timedelta(**duration)


@dataclass
class Post:
    """An outbox with a drain on it."""

    sessions: Sessions
    channel: Recording = field(default_factory=Recording)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.drain = Drain(self.sessions, {"recording": self.channel}, self.clock)

    async def queue(self, *texts: str, to: Address = TRADER) -> None:
        async with self.sessions.begin() as session:
            trader = await traders.hold(session, to, self.clock())
            messages = [Outgoing(text, Language.EN) for text in texts]
            await outbox.queue(session, trader.id, to, messages, self.clock())

    async def states(self) -> list[str]:
        async with self.sessions() as session:
            return [state.value for state in await session.scalars(select(Delivery.state).order_by(Delivery.id))]

    def sent(self) -> list[str]:
        return [message.text for _, message in self.channel.sent]


@pytest.fixture
def post(sessions: Sessions) -> Post:
    return Post(sessions)


async def test_a_chat_is_sent_in_order(post: Post) -> None:
    await post.queue("1", "2")
    await post.queue("3")
    await post.drain.send_chat(TRADER)
    assert post.sent() == ["1", "2", "3"]
    assert await post.states() == ["sent"] * 3


@pytest.mark.parametrize(
    ("failure", "state", "pause"),
    [
        pytest.param(Throttled(7), "queued", 7, id="throttled waits as long as it is told"),
        pytest.param(Unreachable("no answer"), "queued", PAUSES[0], id="unreachable waits a little"),
        pytest.param(TraderGone("blocked"), "gone", None, id="gone ends it"),
        pytest.param(Refused("too long"), "failed", None, id="refused ends it"),
        pytest.param(ZeroDivisionError(), "failed", None, id="a fault of ours fails it alone"),
    ],
)
async def test_each_way_to_fail(post: Post, failure: SendError, state: str, pause: float | None) -> None:
    post.channel.failures = [failure]
    await post.queue("1")
    await post.drain.send_chat(TRADER)
    assert await post.states() == [state]
    if pause is not None:
        post.clock.passes(seconds=pause - 1)
        assert await post.drain.send_due() == 0
        post.clock.passes(seconds=1)
        assert await post.drain.send_due() == 1
        assert await post.states() == ["sent"]


async def test_a_throttled_message_is_not_overtaken(post: Post) -> None:
    post.channel.failures = [Throttled(30)]
    await post.queue("1", "2")
    await post.drain.send_chat(TRADER)
    await post.queue("3")
    await post.drain.send_chat(TRADER)
    assert post.sent() == []
    post.clock.passes(seconds=31)
    while await post.drain.send_due():
        pass
    assert post.sent() == ["1", "2", "3"]


async def test_a_refused_message_holds_up_nothing(post: Post) -> None:
    post.channel.failures = [Refused("too long")]
    await post.queue("1", "2")
    await post.drain.send_chat(TRADER)
    assert await post.states() == ["failed", "sent"]


async def test_an_unreachable_platform_is_tried_for_a_day_then_given_up(post: Post) -> None:
    post.channel.failures = [Unreachable("no answer") for _ in range(len(PAUSES) + 1)]
    await post.queue("1")
    await post.drain.send_chat(TRADER)
    for pause in PAUSES:
        assert await post.states() == ["queued"]
        post.clock.passes(seconds=pause)
        assert await post.drain.send_due() == 1
    assert await post.states() == ["failed"]
    assert 20 * 3600 < sum(PAUSES) < 28 * 3600


async def test_a_trader_who_is_gone_is_marked_until_he_writes_again(post: Post) -> None:
    post.channel.failures = [TraderGone("blocked")]
    await post.queue("1")
    await post.drain.send_chat(TRADER)
    async with post.sessions.begin() as session:
        assert (await session.scalars(select(Trader.gone_at))).one() == NOW
        await traders.hold(session, TRADER, NOW)
        assert (await session.scalars(select(Trader.gone_at))).one() is None


async def test_what_a_dead_process_held_is_sent_after_its_lease(post: Post) -> None:
    await post.queue("1", "2")
    async with post.sessions.begin() as session:
        dead = await outbox.claim_chat(session, TRADER, post.clock())
    assert len(dead) == 2
    assert await post.drain.send_due() == 0  # the lease holds
    post.clock.passes(seconds=LEASE.total_seconds() + 1)
    while await post.drain.send_due():
        pass
    assert post.sent() == ["1", "2"]
    async with post.sessions.begin() as session:  # the dead one comes back: it may not touch what others sent
        assert not await outbox.record_sent(session, dead[0], ["x"], post.clock())
    assert await post.states() == ["sent", "sent"]


async def test_two_drains_send_nothing_twice(post: Post) -> None:
    second = Drain(post.sessions, {"recording": post.channel}, post.clock)
    for number in range(60):
        await post.queue("1", "2", to=Address("recording", str(number)))

    async def empty(drain: Drain) -> None:
        while await drain.send_due():
            pass

    await asyncio.gather(empty(post.drain), empty(second))
    assert sorted(post.sent()) == ["1"] * 60 + ["2"] * 60
    by_chat = [identifier for identifier, message in post.channel.sent if message.text == "1"]
    assert len(set(by_chat)) == 60


async def test_parts_that_went_out_are_not_sent_again(post: Post) -> None:
    await post.queue("1")
    async with post.sessions.begin() as session:
        (claim,) = await outbox.claim_chat(session, TRADER, post.clock())
        assert await outbox.postpone(session, claim, ["first part"], post.clock(), "no answer")
    async with post.sessions.begin() as session:
        (again,) = await outbox.claim_chat(session, TRADER, post.clock())
    assert again.external_ids == ("first part",)
    assert again.attempts == 1


async def test_a_farewell_to_one_who_was_forgotten_is_purged(post: Post) -> None:
    async with post.sessions.begin() as session:
        await outbox.queue(session, None, TRADER, [Outgoing("farewell", Language.EN)], NOW)
        await outbox.queue(session, None, OTHER, [Outgoing("not sent yet", Language.EN)], NOW)
    await post.drain.send_chat(TRADER)
    async with post.sessions.begin() as session:
        await outbox.purge_ownerless(session, before=NOW + timedelta(seconds=1))
        kept = (await session.scalars(select(Delivery))).all()
    assert [delivery.state for delivery in kept] == [DeliveryState.QUEUED]


async def test_a_halt_holds_replies_up_and_costs_no_attempt(post: Post) -> None:
    post.channel.failures = [Halted("payment")]
    await post.queue("1")
    await post.drain.send_chat(TRADER)
    async with post.sessions.begin() as session:
        trader = await traders.hold(session, OTHER, post.clock())
        claims = await outbox.queue(session, trader.id, OTHER, [Outgoing("2", Language.EN)], post.clock(), take=True)
    await post.drain.send_chat(OTHER, claims)
    await post.queue("3", to=OTHER)
    await post.drain.send_chat(OTHER)
    assert (await post.states(), post.sent()) == (["queued"] * 3, [])
    post.clock.time += halts.PAUSE
    while await post.drain.send_due():
        pass
    assert sorted(post.sent()) == ["1", "2", "3"]
    async with post.sessions() as session:
        assert set(await session.scalars(select(Delivery.attempts))) == {1}


class Windowed(Recording):
    """A channel that takes templates alone, a while after the trader's last message."""

    window = timedelta(hours=24)

    async def send_template(self, identifier: str, purpose: Purpose, language: Language) -> str:
        raise NotImplementedError


async def test_a_reply_that_a_closed_window_keeps_out_gives_its_place_back(post: Post) -> None:
    pace = Pace(1.0)
    post.channel = Windowed()
    post.channel.failures = [WindowClosed("too long ago")]
    post.drain = Drain(post.sessions, {"recording": post.channel}, post.clock, {"recording": pace})
    await post.queue("1")
    await post.drain.send_chat(TRADER)
    assert await post.states() == ["waiting"]
    async with asyncio.timeout(2):  # what does not come back holds its place for three seconds
        await pace.turn()


@pytest.mark.parametrize("take", [True, False])
async def test_who_writes_while_his_message_is_being_refused_does_not_wait(post: Post, *, take: bool) -> None:
    post.channel = Windowed()
    post.channel.failures = [WindowClosed("too long ago")]
    post.channel.gates["77"] = asyncio.Event()
    post.drain = Drain(post.sessions, {"recording": post.channel}, post.clock)
    async with post.sessions.begin() as session:
        trader = await traders.hold(session, TRADER, post.clock())
        claims = await outbox.queue(session, trader.id, TRADER, [Outgoing("1", Language.EN)], post.clock(), take=take)
    sending = asyncio.create_task(post.drain.send_chat(TRADER, claims))
    async with asyncio.timeout(5):
        while await post.states() != ["sending"]:  # noqa: ASYNC110  (the database tells it)
            await asyncio.sleep(0.01)
    post.clock.passes(seconds=1)
    async with post.sessions.begin() as session:
        await traders.hold(session, TRADER, post.clock())
        await outbox.release_waiting(session, TRADER, post.clock())
    post.channel.gates["77"].set()
    await sending
    assert await post.states() == ["queued"]
    await post.drain.send_chat(TRADER)
    assert post.sent() == ["1"]
