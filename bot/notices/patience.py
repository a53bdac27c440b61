"""What failed, and when it may be tried again: after pauses that grow."""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSES = (60, 120, 300, 900, 1800)  # seconds after each failure in a row; the last one from then on


class Patience:
    """Failures in a row by what failed; forgotten with the process, which then tries at once."""

    def __init__(self) -> None:
        self._failures: dict[int | str, tuple[int, datetime]] = {}  # how often, and until when it waits

    def waits(self, what: int | str, at: datetime) -> bool:
        """Whether it is too early to try."""
        return what in self._failures and at < self._failures[what][1]

    def failed(self, what: int | str, at: datetime) -> int:
        """Note a failure; return after how many seconds it may be tried again."""
        times, _ = self._failures.get(what, (0, at))
        pause = PAUSES[min(times, len(PAUSES) - 1)]
        self._failures[what] = (times + 1, at + timedelta(seconds=pause))
        return pause

    def succeeded(self, what: int | str) -> None:
        """Forget its failures."""
        self._failures.pop(what, None)
