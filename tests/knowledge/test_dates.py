"""Dates inside answers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dates import replace_dates


def written(text: str) -> str:
    """The text with its dates in a form that shows which of the two functions wrote each."""
    return replace_dates(text, day=lambda day: f"<day {day:%d.%m.%Y}>", month=lambda month: f"<month {month}>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("since {2025-01-13}.", "since <day 13.01.2025>.", id="day"),
        pytest.param("in {2025-09}", "in <month 2025-09-01>", id="a month is given as its first day"),
        pytest.param("{2024-02-29}", "<day 29.02.2024>", id="leap day"),
        pytest.param("{2025-01}–{2025-03-02}", "<month 2025-01-01>–<day 02.03.2025>", id="two side by side"),
        pytest.param("از {2025-09} تا کنون", "از <month 2025-09-01> تا کنون", id="in Persian"),
        pytest.param("2025-01-13", "2025-01-13", id="no braces"),
        pytest.param("{2025}", "{2025}", id="a year alone"),
        pytest.param("{2025-1-3}", "{2025-1-3}", id="one digit a part"),
        pytest.param("{2025-01-13", "{2025-01-13", id="not closed"),
        pytest.param("{ 2025-01-13 }", "{ 2025-01-13 }", id="spaces within"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_only_a_date_in_braces_is_replaced(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    "text", ["{2025-02-29}", "{2025-13}", "{2025-00}", "{2025-13-01}", "{2025-01-00}", "{2025-04-31}", "{0000-01}"]
)
def test_a_date_that_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"range|must be in|year 0"):
        written(text)


@given(st.dates())
@settings(max_examples=200)
def test_every_day_comes_out_as_it_was_written(day: date) -> None:
    # isoformat pads the year to four digits, which strftime does not on every platform
    assert replace_dates(f"{{{day.isoformat()}}}", day=date.isoformat, month=lambda _: "") == day.isoformat()
