"""The calendar file of an event: read back as a calendar does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Alarm, Calendar
from icalendar import Event as CalendarEvent

from bot.calendars import calendar_file
from bot.conversation.news import Event

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MEETING = Event(12, date(2026, 12, 10), time(10), ZoneInfo("Asia/Tehran"), "Chabahar, hall 2; gate\\west")
WHOLE_DAY = Event(12, date(2026, 12, 10), None, ZoneInfo("Asia/Karachi"), None)


def entry(content: str) -> CalendarEvent:
    """The one event of a file, whose lines are as the standard wants them."""
    lines = content.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode()) <= 75 and "\n" not in line and "\r" not in line for line in lines)
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    (found,) = calendar.events
    return found


def triggers(found: CalendarEvent) -> list[timedelta | datetime | None]:
    """How long before it the calendar reminds."""
    return [alarm.TRIGGER for alarm in found.walk("VALARM") if isinstance(alarm, Alarm)]


def test_an_event_with_an_hour_has_its_zone_and_two_alarms() -> None:
    file = calendar_file(MEETING, 0, "JEC session", "The JEC meets.\nAll are welcome.", AT)
    assert (file.name, file.media_type) == ("saudagar-12.ics", "text/calendar")
    found = entry(file.content)
    assert found["UID"] == "announcement-12@saudagar"
    assert found.DTSTAMP == AT
    assert datetime(2026, 12, 10, 6, 30, tzinfo=UTC) == found.DTSTART
    assert found["LOCATION"] == MEETING.place
    assert triggers(found) == [-timedelta(days=7), -timedelta(days=1)]
    assert "BEGIN:VTIMEZONE" in file.content


def test_an_event_without_an_hour_takes_its_whole_day_and_reminds_on_the_mornings() -> None:
    content = calendar_file(WHOLE_DAY, 0, "JEC", "JEC", AT).content
    found = entry(content)
    assert date(2026, 12, 10) == found.DTSTART
    assert triggers(found) == [-timedelta(hours=159), -timedelta(hours=15)]  # nine o'clock
    assert "VTIMEZONE" not in content
    assert "LOCATION" not in found


def test_a_correction_moves_the_event_that_a_calendar_has() -> None:
    first, second = (entry(calendar_file(MEETING, version, "JEC", "JEC", AT).content) for version in (0, 1))
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)


@given(words=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], include_characters="\n"), max_size=300))
def test_whatever_is_written_comes_back(words: str) -> None:
    assert entry(calendar_file(MEETING, 0, "JEC", words, AT).content).get("DESCRIPTION", "") == words


@pytest.mark.parametrize(
    "hostile", ["a\r\nATTACH:x", "a\rb", "\0\x1b[0m", "\u2028END:VEVENT", "BEGIN:VALARM\nEND:VEVENT"]
)
def test_control_characters_make_no_line(hostile: str) -> None:
    event = Event(12, date(2026, 12, 10), None, ZoneInfo("Asia/Karachi"), hostile)
    found = entry(calendar_file(event, 0, hostile, hostile, AT).content)
    assert "ATTACH" not in found
    assert len(found.walk("VALARM")) == 2
