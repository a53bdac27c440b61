"""What an announcement looks like: its words, its event in both calendars, the calendar file, the way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.conversation.turn import CalendarWanted, Memory, Turn, rows
from bot.message import Choice, Document, Outgoing, Purpose
from bot.wording import Voice

NAME = "news"
NUMBER_DIGITS = 18  # of a number that the tables can hold
KARACHI, TEHRAN = ZoneInfo("Asia/Karachi"), ZoneInfo("Asia/Tehran")


@dataclass(frozen=True, slots=True)
class Event:
    """What an announcement invites to or warns of, on a day and perhaps at an hour."""

    announcement: int
    on: date
    at: time | None  # in `zone`
    zone: ZoneInfo
    place: str | None

    def begins(self) -> datetime:
        """Its beginning; of one without an hour the beginning of its day."""
        return datetime.combine(self.on, self.at or time(0), self.zone)

    def is_over(self, now: datetime) -> bool:
        """Whether it has begun, or its day is over where it has no hour."""
        return now >= (self.begins() if self.at else self.begins() + timedelta(days=1))


def announcement(voice: Voice, words: str, event: Event | None, occasion: str, *, correction: bool) -> Outgoing:
    """An announcement in the language of a voice."""
    parts = [_head(voice, occasion, correction=correction), words.strip()]
    buttons = []
    if event:
        parts.append(_when_and_where(voice, event))
        buttons.append(Choice(voice.say("📅 Into my calendar"), f"news:calendar:{event.announcement}"))
    buttons.append(Choice(voice.say("⚙️ My subjects"), "subscribe:subjects"))
    buttons.append(Choice(voice.say("🔕 Send me none"), "settle:stop"))
    text = "\n\n".join(parts)
    return Outgoing(text, voice.language, rows(*buttons), purpose=Purpose.ANNOUNCEMENT)


def tapped(memory: Memory, step: str, values: list[str], voice: Voice) -> Turn | None:
    """Do what a button under an announcement says; None where it leads nowhere (any more)."""
    match step, values:
        # a number that the tables can hold; whether there is such an announcement is seen where it is recorded
        case "calendar", [number] if number.isascii() and number.isdecimal() and len(number) <= NUMBER_DIGITS:
            button = Choice(voice.say("Menu"), "menu:main")
            reply = Outgoing(voice.say("📅 The date for your calendar:"), voice.language, rows(button))
            return Turn(memory, (reply,), (CalendarWanted(int(number)),))
    return None


def calendar_file(voice: Voice, document: Document) -> Outgoing:
    """The event of an announcement as a file for the calendar of a phone."""
    text = voice.say("📅 Open this file: your calendar takes the event in and reminds you 7 days and 1 day before.")
    return Outgoing(text, voice.language, document=document)


def no_calendar(voice: Voice, *, cancelled: bool) -> Outgoing:
    """Say why there is no file (any more)."""
    if cancelled:
        return Outgoing(voice.say("This announcement was cancelled; please do not rely on its date."), voice.language)
    return Outgoing(voice.say("This announcement is no more, or it has no date any more."), voice.language)


def _head(voice: Voice, occasion: str, *, correction: bool) -> str:
    if occasion != "news":
        return voice.say("⏰ **Reminder**")  # not “tomorrow”: it may leave late, and the day stands below
    if correction:
        return voice.say("✏️ **Correction** of what we announced before")
    return voice.say("📢 **Announcement**")


def _when_and_where(voice: Voice, event: Event) -> str:
    lines = [f"🗓 {voice.both_days(event.on)}"]
    if event.at:
        begins = event.begins()
        lines.append(
            "🕘 "
            + voice.say(
                "{pakistan} in Pakistan, {iran} in Iran",
                pakistan=f"{begins.astimezone(KARACHI):%H:%M}",
                iran=f"{begins.astimezone(TEHRAN):%H:%M}",
            )
        )
    if event.place:
        lines.append(f"📍 {event.place}")
    return "\n".join(lines)
