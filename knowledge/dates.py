"""Dates inside answers: written once as `{2025-01-13}` or `{2025-09}`, shown in each language's calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

DATE = re.compile(r"\{(\d{4})-(\d{2})(?:-(\d{2}))?\}")


def replace_dates(text: str, day: Callable[[date], str], month: Callable[[date], str]) -> str:
    """Return the text with each date written by `day`, or by `month` (given the month's first day) where it has no day.

    Raises ValueError for a date that no calendar has.
    """

    def written(match: re.Match[str]) -> str:
        year, month_number, day_number = match.groups()
        if day_number is None:
            return month(date(int(year), int(month_number), 1))
        return day(date(int(year), int(month_number), int(day_number)))

    return DATE.sub(written, text)
