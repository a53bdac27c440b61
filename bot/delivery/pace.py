"""How fast a channel may be sent to: so many messages in any second, replies before announcements."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import count
from time import monotonic

MARGIN = 0.004  # of a second: what a platform may need to look at a clock
CATCH_UP = 0.05  # seconds of lateness that are made up for; more would be a burst
OVERDUE = 3.0  # seconds after which what has not come back is taken to have arrived
LONGER = 0.0001  # seconds by which the way there and back may be longer with each message, as far as is known
TINY = 1e-6  # of a second: what adding floats loses
GLANCE = 0.005  # seconds between two looks where every place is taken by what is on its way


class Pace:
    """Keeps announcements to a rate, in messages a second: never more than that in any second, replies counted.

    A leaky bucket as libraries have it lets a full bucket through at once and then the rate on top of it: twice the
    allowed number in the first second. This keeps the hours of the last second instead, and not those at which messages
    left: a machine that is busy lets them pile up on the way, and they arrive together. What has not come back counts
    as arriving now; what has, as having arrived when it came back, less the shortest way there and back.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._most = max(1, int(rate))  # in a window
        self._window = self._most / rate  # seconds: one, but for rates that are no whole number
        self._numbers = count()
        self._on_their_way: dict[int, float] = {}  # number of a message → when it left
        self._arrived: deque[float] = deque()
        self._shortest = 0.0  # seconds there and back
        self._next = 0.0  # so that they leave evenly
        self._paused_until = 0.0
        self._replies_paused_until = 0.0

    def reply_leaves(self) -> int:
        """Count a reply, and return its number: it never waits here, announcements wait for it."""
        return self._leaves()

    def _leaves(self) -> int:
        number = next(self._numbers)
        self._on_their_way[number] = self._clock()
        return number

    def came_back(self, number: int) -> None:
        """Note that the platform has answered, or failed to answer, a message."""
        left, now = self._on_their_way.pop(number, None), self._clock()
        if left is not None:
            self._shortest = min(now - left, self._shortest + LONGER)
            self._arrived.append(now - self._shortest)

    def pause(self, seconds: float, *, replies: bool = False) -> None:
        """Let no announcement leave for a while: the platform asks for it. `replies`: these wait, too."""
        until = self._clock() + seconds
        self._paused_until = max(self._paused_until, until)
        if replies:
            self._replies_paused_until = max(self._replies_paused_until, until)

    def begin_anew(self) -> None:
        """Let a window pass first: another process may have sent until now."""
        self.pause(self._window + MARGIN)

    def replies_wait(self) -> float:
        """Seconds for which the platform wants no reply either; 0 where they may leave."""
        return max(0.0, self._replies_paused_until - self._clock())

    async def turn(self) -> int:
        """Wait until an announcement may leave, count it, and return its number."""
        while (wait := self._wait()) > 0:  # noqa: ASYNC110  (a reply may have taken the place meanwhile)
            await asyncio.sleep(wait)
        self._next = max(self._next, self._clock() - CATCH_UP) + 1 / self.rate
        return self._leaves()

    def _wait(self) -> float:
        """Seconds to wait, as far as is known now."""
        now = self._clock()
        while self._on_their_way and next(iter(self._on_their_way.values())) < now - OVERDUE:
            del self._on_their_way[next(iter(self._on_their_way))]
        while self._arrived and self._arrived[0] <= now - self._window - MARGIN:
            self._arrived.popleft()
        wait = max(self._next, self._paused_until) - now
        if len(self._arrived) + len(self._on_their_way) < self._most:
            return wait
        free = self._arrived[0] + self._window + MARGIN - now + TINY if self._arrived else GLANCE
        return max(wait, free)
