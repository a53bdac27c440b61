"""The pace of announcements, on an event loop whose clock jumps to the next hour at which something happens."""

from __future__ import annotations

import asyncio
import selectors
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Coroutine

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pace import Pace

COARSE = 1e-6  # seconds: what adding many floats may come to


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: moves the clock instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop in which an hour takes no time."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def leave(
    announcements: int, rate: float, before: Callable[[Pace], Coroutine[None, None, None]] | None = None
) -> list[float]:
    """When so many announcements leave, in seconds, something else going on meanwhile."""

    async def run() -> list[float]:
        loop = asyncio.get_running_loop()
        pace = Pace(rate, loop.time)
        other = asyncio.create_task(before(pace)) if before else None
        await asyncio.sleep(0)
        times = []
        for _ in range(announcements):
            number = await pace.turn()
            times.append(loop.time())
            pace.came_back(number)
        if other:
            other.cancel()
        return times

    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(run())


def most_in_a_window(times: list[float], window: float) -> int:
    """The most that fell into any half-open window of so many seconds."""
    return max(bisect_left(times, start + window - COARSE) - place for place, start in enumerate(times))


@settings(max_examples=60)
@given(rate=st.floats(0.2, 1000), number=st.integers(1, 300))
def test_no_second_sees_more_than_the_rate(rate: float, number: int) -> None:
    times = leave(number, rate)
    most = max(1, int(rate))
    assert most_in_a_window(times, most / rate) <= most  # of a whole rate: a second


@pytest.mark.parametrize("rate", [1, 30, 250, 1000])
def test_at_least_99_of_100_places_are_used(rate: int) -> None:
    times = leave(20 * rate, rate)
    assert (len(times) - 1) / (times[-1] - times[0]) >= 0.99 * rate


@settings(max_examples=60)
@given(replies=st.lists(st.floats(0, 5), max_size=120).map(sorted))
def test_replies_take_their_places_from_announcements(replies: list[float]) -> None:
    async def reply(pace: Pace) -> None:
        loop = asyncio.get_running_loop()
        for at in replies:
            await asyncio.sleep(at - loop.time())
            pace.came_back(pace.reply_leaves())

    announced = leave(100, 30, reply)
    both = sorted([*announced, *(at for at in replies if at <= announced[-1])])
    for at in announced:
        window = bisect_right(both, at + COARSE) - bisect_right(both, at - 1 + COARSE)
        others = bisect_right(replies, at + COARSE) - bisect_right(replies, at - 1 + COARSE)
        assert window <= max(30, others + 1)


def test_nothing_leaves_while_the_platform_asks_to_wait() -> None:
    async def throttled(pace: Pace) -> None:
        await asyncio.sleep(1)
        pace.pause(7)
        pace.pause(2)  # a shorter one shortens nothing

    times = leave(100, 30, throttled)
    assert not [at for at in times if 1.05 < at < 8]
    assert [at for at in times if at >= 8]
    assert most_in_a_window(times, 1.0) <= 30  # no burst afterwards


@pytest.mark.parametrize(("replies", "wait"), [(True, 7.0), (False, 0.0)])
def test_replies_wait_where_an_announcement_was_throttled(replies: bool, wait: float) -> None:
    pace = Pace(30, lambda: 100.0)
    pace.pause(7, replies=replies)
    assert pace.replies_wait() == pytest.approx(wait)


def test_whoever_takes_over_lets_a_second_pass() -> None:
    async def takes_over(pace: Pace) -> None:
        pace.begin_anew()

    assert leave(1, 30, takes_over)[0] >= 1


@settings(max_examples=60)
@given(stalls=st.lists(st.tuples(st.floats(0, 6), st.floats(0.01, 0.8)), max_size=12))
def test_what_piled_up_on_the_way_is_not_more_than_the_rate_where_it_arrives(stalls: list[tuple[float, float]]) -> None:
    there, back = 0.02, 0.03  # seconds
    arrivals: list[float] = []

    async def send(pace: Pace, number: int) -> None:
        loop = asyncio.get_running_loop()
        held = max((start + length for start, length in stalls if start <= loop.time() < start + length), default=0.0)
        await asyncio.sleep(max(0.0, held - loop.time()) + there)
        arrivals.append(loop.time())
        await asyncio.sleep(back)
        pace.came_back(number)

    async def run() -> None:
        pace = Pace(30, asyncio.get_running_loop().time)
        async with asyncio.TaskGroup() as group:
            for _ in range(200):
                group.create_task(send(pace, await pace.turn()))

    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(run())
    assert most_in_a_window(sorted(arrivals), 1.0) <= 30


def test_a_platform_that_does_not_answer_does_not_stop_the_rest() -> None:
    async def run() -> float:
        pace = Pace(30, asyncio.get_running_loop().time)
        for _ in range(60):
            await pace.turn()  # and nothing comes back
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=_Loop) as runner:
        assert runner.run(run()) < 6
