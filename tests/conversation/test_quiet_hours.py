"""Quiet hours as they are typed, in all five ways of writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.quiet_hours import hours_in, looks_like_hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        pytest.param("10pm se 7 baje", (22, 7), id="Roman Urdu, am left out"),
        pytest.param("raat 11 baje se subah 8 baje", (23, 8), id="part of the day before the hour"),
        pytest.param("10 baje raat se 7 baje subah", (22, 7), id="part of the day behind the hour"),
        pytest.param("رات 10 بجے سے صبح 7 بجے تک", (22, 7), id="Urdu"),
        pytest.param("رات ۱۲ بجے سے صبح ۶ بجے تک", (0, 6), id="midnight in Urdu digits"),
        pytest.param("از ۱۰ شب تا ۷ صبح", (22, 7), id="Persian"),
        pytest.param("از نیمه‌شب ۱۲ تا ۶", (0, 6), id="Persian midnight"),
        pytest.param("12 shab ta 6 sobh", (0, 6), id="Persian in Latin letters"),
        pytest.param("between 10 p.m. and 7 a.m.", (22, 7), id="English"),
        pytest.param("22-7", (22, 7), id="figures alone"),
        pytest.param("10-7", (22, 7), id="quiet hours begin in the evening"),
        pytest.param("9-17", (9, 17), id="by a clock of 24 hours"),
        pytest.param("22:30 – 6:45", (22, 7), id="whole hours that cover it"),
        pytest.param("1pm to 3", (13, 15), id="an afternoon"),
        pytest.param("raat 2 baje se subah 8", (2, 8), id="the small hours"),
        pytest.param("24 to 6", (0, 6), id="twenty-four"),
        pytest.param("10pm se 10pm", None, id="no hours at all"),
        pytest.param("25-3", None, id="no hour of the day"),
        pytest.param("22:75 - 6", None, id="no minute of an hour"),
        pytest.param("10pm", None, id="one hour"),
        pytest.param("1 2 3", None, id="three"),
        pytest.param("raat se subah", None, id="no figures"),
        pytest.param("SRO 642(I)/2023", None, id="a rule"),
    ],
)
def test_two_hours_are_read(text: str, hours: tuple[int, int] | None) -> None:
    assert hours_in(text) == hours


@given(starts=st.integers(0, 23), ends=st.integers(0, 23), seam=st.sampled_from(["-", " to ", " se ", " تا ", " سے "]))
def test_hours_of_a_clock_of_24_are_taken_as_they_are(starts: int, ends: int, seam: str) -> None:
    read = hours_in(f"{starts:02}:00{seam}{ends:02}:00")
    if starts > 12 or starts == 0:
        assert read == ((starts, ends) if starts != ends and not 12 < starts < 18 else read)
    assert read is None or (read[0] != read[1] and set(read) <= set(range(24)))


@given(st.text())
def test_whatever_is_typed_gives_two_different_hours_or_none(text: str) -> None:
    hours = hours_in(text)
    assert hours is None or (hours[0] != hours[1] and set(hours) <= set(range(24)))
    looks_like_hours(text)


@pytest.mark.parametrize(
    ("text", "looks"),
    [("10 baje", True), ("۷", True), ("99", False), ("what does SRO 642 say", False), ("taftan khula hai", False)],
)
def test_only_what_is_hardly_more_than_an_hour_looks_like_one(text: str, looks: bool) -> None:
    assert looks_like_hours(text) is looks
