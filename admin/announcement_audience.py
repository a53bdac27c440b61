"""Who would get an announcement, counted before it is sent, and what keeps it from being sent at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcing import event_of
from bot.delivery import broadcasts
from bot.records.announcements import Announcement
from knowledge.language import Language


class Hindrance(StrEnum):
    """Why an announcement cannot go out as it is."""

    NO_TEXT = "no_text"
    UNDECIDED = "undecided"  # readers of a language have no text, and nothing was chosen for them
    NO_SUBJECT = "no_subject"
    EVENT_OVER = "event_over"  # before the announcement leaves


@dataclass(frozen=True, slots=True)
class Audience:
    """How many readers there are at this moment, by channel and language."""

    numbers: dict[tuple[str, Language], int]
    silent: frozenset[Language]  # whose readers get nothing

    @property
    def channels(self) -> list[str]:
        """The channels on which somebody reads."""
        return sorted({channel for channel, _ in self.numbers})

    @property
    def reached(self) -> int:
        """Those who get something."""
        return sum(number for (_, language), number in self.numbers.items() if language not in self.silent)

    @property
    def left_out(self) -> int:
        """Those who want to hear of it and get nothing."""
        return sum(self.numbers.values()) - self.reached

    def of(self, language: Language) -> int:
        """The readers of a language."""
        return sum(number for (_, reader), number in self.numbers.items() if reader is language)


async def audience_of(session: AsyncSession, announcement: Announcement) -> Audience:
    """Count the readers of an announcement that is kept."""
    rows = await broadcasts.audience(session, announcement.id)
    silent = frozenset(language for language in Language if announcement.text_for(language) is None)
    return Audience({(channel, Language(language)): number for channel, language, number in rows}, silent)


def undecided(announcement: Announcement) -> list[Language]:
    """The languages of its readers for which no text is settled; a text that is to stand in has to be there."""
    assert isinstance(announcement.stand_ins, dict)
    readers = [Language(code) for code in announcement.languages] or list(Language)
    pointing_nowhere = [
        language
        for language in readers
        if announcement.text_for(language) is None and announcement.stand_ins.get(language.value)
    ]
    return [language for language in readers if language in {*announcement.undecided(), *pointing_nowhere}]


def hindrances(announcement: Announcement, now: datetime) -> list[Hindrance]:
    """Say what keeps an announcement from going out."""
    found = []
    readers = [Language(code) for code in announcement.languages] or list(Language)
    if all(announcement.text_for(language) is None for language in readers):
        found.append(Hindrance.NO_TEXT)
    elif undecided(announcement):
        found.append(Hindrance.UNDECIDED)
    if not announcement.subjects and announcement.corrects_id is None:
        found.append(Hindrance.NO_SUBJECT)
    event = event_of(announcement)
    if event and event.is_over(max(announcement.publish_at or now, now)):
        found.append(Hindrance.EVENT_OVER)
    return found
