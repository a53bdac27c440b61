"""The form in which an announcement is written: what was typed, what is wrong with it, what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel

from admin.account_page import ZONES
from admin.announcement_steps import version
from admin.forms import Line
from bot.records.announcements import Announcement, AnnouncementState
from knowledge.cities import Country
from knowledge.language import Language

LETTERS = 3500  # of a text; with its head and its event it still is one message
FURTHEST = timedelta(days=400)  # from now to its hour; what is further off is a slip of the keyboard
FURTHEST_EVENT = timedelta(days=1100)
NOTHING = "nothing"  # what readers of a language without a text get, where that was chosen
CHANNELS = ("telegram", "whatsapp", "web")

#: What no hand writes, and letters that turn everything behind them around.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def paragraphs(typed: str) -> str:
    """A text as it was typed, without what cannot be seen and would turn or break it."""
    return _UNWANTED.sub("", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()


Read = TypeVar("Read")

Text = Annotated[str, AfterValidator(paragraphs)]


class Written(BaseModel):
    """What stands in the form."""

    title: Line = ""
    text_en: Text = ""
    text_ur: Text = ""
    text_fa: Text = ""
    stand_in_en: Line = ""  # a language, `NOTHING`, or empty while nothing is chosen
    stand_in_ur: Line = ""
    stand_in_fa: Line = ""
    subjects: list[Line] = []
    languages: list[Language] = []
    countries: list[Country] = []
    channels: list[Line] = []
    when: Literal["now", "at"] = "now"
    publish_at: Line = ""  # by the clock of who writes
    event_on: Line = ""
    event_at: Line = ""
    event_zone: Line = "Asia/Karachi"
    event_place: Line = ""
    reminders: bool = False
    seen: Line = ""  # the version that the form shows
    do: Literal["save", "preview"] = "save"

    @classmethod
    def of(cls, announcement: Announcement, zone: ZoneInfo) -> Written:
        """The form as it shows what is kept."""
        assert isinstance(announcement.texts, dict)
        assert isinstance(announcement.stand_ins, dict)
        hour = announcement.publish_at
        return cls(
            title=announcement.title,
            **{f"text_{code}": announcement.texts.get(code, "") for code in Language},
            **{f"stand_in_{code}": other or NOTHING for code, other in announcement.stand_ins.items()},
            subjects=announcement.subjects,
            languages=[Language(code) for code in announcement.languages],
            countries=[Country(code) for code in announcement.countries],
            channels=announcement.channels,
            when="at" if hour else "now",
            publish_at=f"{hour.astimezone(zone):%Y-%m-%dT%H:%M}" if hour else "",
            event_on=announcement.event_on.isoformat() if announcement.event_on else "",
            event_at=f"{announcement.event_at:%H:%M}" if announcement.event_at else "",
            event_zone=announcement.event_zone,
            event_place=announcement.event_place or "",
            reminders=announcement.reminders,
            seen=version(announcement),
        )

    def text(self, language: Language) -> str:
        """What was written in a language."""
        written: str = getattr(self, f"text_{language}")
        return written

    def stand_in(self, language: Language) -> str:
        """What was chosen for the readers of a language without a text."""
        chosen: str = getattr(self, f"stand_in_{language}")
        return chosen

    def hour(self, zone: ZoneInfo) -> datetime | None:
        """The hour at which it goes out; None where it is at once, or cannot be read."""
        typed = _read(datetime.fromisoformat, self.publish_at) if self.when == "at" else None
        return typed.replace(tzinfo=zone) if typed and typed.year > 1 else None

    @property
    def day(self) -> date | None:
        """The day of the event."""
        return _read(date.fromisoformat, self.event_on)

    @property
    def clock(self) -> time | None:
        """The hour of the event, in its zone."""
        typed = _read(time.fromisoformat, self.event_at)
        return typed.replace(second=0, microsecond=0, tzinfo=None) if typed else None

    def faults(self, zone: ZoneInfo, now: datetime, subjects: Iterable[str]) -> dict[str, str]:
        """What is wrong, by field; what is only missing yet is no fault of a draft."""
        found = {f"text_{language}": "too_long" for language in Language if len(self.text(language)) > LETTERS}
        if not self.title:
            found["title"] = "empty"
        if not set(self.subjects) <= set(subjects):
            found["subjects"] = "subject"
        if not set(self.channels) <= set(CHANNELS):
            found["channels"] = "channel"
        return found | self._faults_of_hour(zone, now) | self._faults_of_event(zone, now)

    def _faults_of_hour(self, zone: ZoneInfo, now: datetime) -> dict[str, str]:
        if self.when == "now":
            return {}
        hour = self.hour(zone)
        if hour is None:
            return {"publish_at": "moment"}
        return {"publish_at": "far"} if abs(_naive(hour) - _naive(now)) > FURTHEST else {}

    def _faults_of_event(self, zone: ZoneInfo, now: datetime) -> dict[str, str]:
        found = {}
        if self.event_on and self.day is None:
            found["event_on"] = "day"
        elif self.day and abs(self.day - now.astimezone(zone).date()) > FURTHEST_EVENT:
            found["event_on"] = "far"
        elif self.day is None and (self.event_at or self.event_place or self.reminders):
            found["event_on"] = "day_needed"
        if self.event_at and self.clock is None:
            found["event_at"] = "clock"
        if self.event_zone not in ZONES:
            found["event_zone"] = "zone"
        return found

    def columns(self, zone: ZoneInfo) -> dict[str, Any]:
        """What it means for the record, where it has no faults."""
        texts = {language.value: self.text(language) for language in Language if self.text(language)}
        chosen = {language: self.stand_in(language) for language in Language if language.value not in texts}
        return {
            "title": self.title,
            "texts": texts,
            "stand_ins": {
                language.value: "" if other == NOTHING else other
                for language, other in chosen.items()
                if other == NOTHING or (other in set(Language) and other != language)
            },
            "subjects": list(dict.fromkeys(self.subjects)),
            "languages": [language.value for language in Language if language in self.languages],
            "countries": [country.value for country in Country if country in self.countries],
            "channels": [channel for channel in CHANNELS if channel in self.channels],
            "publish_at": self.hour(zone),
            "event_on": self.day,
            "event_at": self.clock if self.day else None,
            "event_zone": self.event_zone,
            "event_place": self.event_place or None,
            "reminders": self.reminders,
        }

    def sketch(self, zone: ZoneInfo, now: datetime, corrects_id: int | None = None) -> Announcement:
        """An announcement to look at, which is kept nowhere; an event that cannot be is left out."""
        columns = self.columns(zone)
        if self._faults_of_event(zone, now):
            columns["event_on"] = columns["event_at"] = None
        return Announcement(state=AnnouncementState.DRAFT, corrects_id=corrects_id, **columns)


def _read(read: Callable[[str], Read], typed: str) -> Read | None:
    try:
        return read(typed)
    except ValueError:
        return None


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
