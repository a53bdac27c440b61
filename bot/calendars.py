"""The event of an announcement as a calendar file that phones and computers read (iCalendar, RFC 5545)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar
from icalendar import Event as CalendarEvent

from bot.conversation.news import Event
from bot.message import Document

MEDIA_TYPE = "text/calendar"
SUMMARY_LETTERS = 120

#: When the calendar reminds. A day without an hour begins at midnight: of that it reminds at nine on the mornings.
REMINDERS = (timedelta(days=7), timedelta(days=1))
MORNING = timedelta(hours=9)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


def calendar_file(event: Event, version: int, summary: str, description: str, at: datetime) -> Document:
    """Return the file of an event.

    `event.announcement` is the first of its announcements and `version` the number of corrections since: by these a
    calendar that has the event already moves it instead of having it twice. `at` is the hour of writing.
    """
    summary = _plain(summary)[:SUMMARY_LETTERS].strip()
    entry = CalendarEvent()
    entry.add("uid", f"announcement-{event.announcement}@saudagar")
    entry.add("sequence", version)
    entry.add("dtstamp", at)
    entry.add("dtstart", event.begins() if event.at else event.on)
    entry.add("summary", summary)
    entry.add("description", _plain(description))
    if event.place:
        entry.add("location", _plain(event.place))
    for before in REMINDERS:
        entry.add_component(_alarm(before if event.at else before - MORNING, summary))
    calendar = Calendar()
    calendar.add("prodid", "-//Saudagar//Announcements//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    if event.at:
        calendar.add_missing_timezones()
    return Document(f"saudagar-{event.announcement}.ics", MEDIA_TYPE, calendar.to_ical().decode())


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", summary)
    return alarm


def _plain(words: str) -> str:
    """Words without what would end a line of the file; line breaks of their own are escaped by the library."""
    return _CONTROL.sub("", words.replace("\r\n", "\n").replace("\t", " "))
