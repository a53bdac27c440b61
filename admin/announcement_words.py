"""What the pages of announcements call things, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from babel.lists import format_list

from admin.announcement_audience import Hindrance
from admin.lead_words import channel, untold_reason, waiting
from admin.pages import Reader
from bot.conversation import subjects
from bot.delivery.broadcasts import BroadcastState, Occasion, RecipientState
from bot.records.announcements import AnnouncementState
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.language import Language
from knowledge.library import Library

__all__ = ["channel", "untold_reason", "waiting"]  # what templates find here, too

ZONES = {Country.PAKISTAN: ZoneInfo("Asia/Karachi"), Country.IRAN: ZoneInfo("Asia/Tehran")}


def state(reader: Reader, state: AnnouncementState) -> str:
    """How far an announcement has come."""
    return {
        AnnouncementState.DRAFT: reader.say("Draft"),
        AnnouncementState.SUBMITTED: reader.say("Waits for approval"),
        AnnouncementState.SCHEDULED: reader.say("Goes out at its hour"),
        AnnouncementState.SENT: reader.say("Went out"),
        AnnouncementState.CANCELLED: reader.say("Cancelled"),
    }[state]


def occasion(reader: Reader, occasion: Occasion) -> str:
    """Why it goes out."""
    return {
        Occasion.NEWS: reader.say("The announcement"),
        Occasion.WEEK_BEFORE: reader.say("Reminder a week before"),
        Occasion.DAY_BEFORE: reader.say("Reminder a day before"),
    }[occasion]


def broadcast(reader: Reader, state: BroadcastState) -> str:
    """How far one going-out has come."""
    return {
        BroadcastState.WAITING: reader.say("Waits for its hour"),
        BroadcastState.SENDING: reader.say("Goes out now"),
        BroadcastState.DONE: reader.say("Done"),
        BroadcastState.MISSED: reader.say("Left out: it was too late for it"),
        BroadcastState.CANCELLED: reader.say("Cancelled"),
    }[state]


def recipient(reader: Reader, state: RecipientState) -> str:
    """How far a message has come; the heading of a column."""
    return {
        RecipientState.QUEUED: reader.say("Still to be sent"),
        RecipientState.SENDING: reader.say("On its way"),
        RecipientState.SENT: reader.say("Sent"),
        RecipientState.DELIVERED: reader.say("Delivered"),
        RecipientState.READ: reader.say("Read"),
        RecipientState.WAITING: reader.say("Kept until he writes"),
        RecipientState.FAILED: reader.say("Failed"),
        RecipientState.GONE: reader.say("Not to be reached any more"),
        RecipientState.CANCELLED: reader.say("Stopped"),
    }[state]


def hindrance(reader: Reader, hindrance: Hindrance, undecided: Sequence[Language]) -> str:
    """What has to be done before it can go out."""
    names = format_list([language_name(reader, each) for each in undecided], locale=reader.language.value)
    return {
        Hindrance.NO_TEXT: reader.say("Write a text in at least one language."),
        Hindrance.UNDECIDED: reader.say(
            "Choose what readers get whose language has no text: {languages}.", languages=names
        ),
        Hindrance.NO_SUBJECT: reader.say("Choose at least one subject."),
        Hindrance.EVENT_OVER: reader.say(
            "The event is over before the announcement goes out. Check its day and the hour of sending."
        ),
    }[hindrance]


def language_name(reader: Reader, language: Language) -> str:
    """A language, as a sentence of the reader names it."""
    return {
        Language.EN: reader.say("English"),
        Language.UR: reader.say("Urdu"),
        Language.FA: reader.say("Persian"),
    }[language]


def subject(voice: Voice, library: Library, subject: str) -> str:
    """A subject as its subscribers see it; one that is no more by its id."""
    return subjects.subject_name(subject, voice, library) if subject in subjects.all_subjects(library) else subject


def speed(reader: Reader, speed: float) -> str:
    """Messages a second."""
    return reader.voice.shown(f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}")


def duration(reader: Reader, length: timedelta) -> str:
    """How long something takes, roughly."""
    written: str = format_timedelta(length, locale=reader.language.value)
    return reader.voice.shown(written)


def hour(reader: Reader, moment: datetime, country: Country) -> str:
    """A moment by the clock of a country, the day in both calendars."""
    local = moment.astimezone(ZONES[country])
    return reader.voice.shown(f"{reader.voice.both_days(local.date())}, {local:%H:%M}")
