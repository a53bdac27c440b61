"""Announcements: what a trader hears of, by subject; at which hours not; where he works; the bell under an answer."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import subjects, subscribing_pages
from bot.conversation.enquiring import rested
from bot.conversation.quiet_hours import hours_in, looks_like_hours
from bot.conversation.subjects import BORDER, SECTOR
from bot.conversation.turn import (
    AnnouncementsSet,
    Counsel,
    CountryTold,
    Event,
    Memory,
    QuietHoursSet,
    SubjectsSet,
    Turn,
)
from bot.message import Outgoing
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.language import Language

NAME = "subscribe"

_HOURS = frozenset(str(hour) for hour in range(24))

ZONES = {Country.PAKISTAN: "Asia/Karachi", Country.IRAN: "Asia/Tehran"}


def overview(memory: Memory, voice: Voice, counsel: Counsel) -> Turn:
    """Show what he hears of, and what he can."""
    return Turn(memory, (subscribing_pages.overview(memory, voice, counsel.library),))


def tapped(memory: Memory, step: str, values: list[str], voice: Voice, counsel: Counsel) -> Turn | None:
    """Do what one of these buttons says; None where it leads nowhere (any more)."""
    match step, values:
        case "subjects", []:
            return overview(memory, voice, counsel)
        case (("borders" | "sectors"), []):
            return Turn(memory, (_page(step, memory, voice, counsel),))
        case (("on" | "off"), ["borders"]):
            return _switched(memory, subjects.borders(counsel.library), voice, counsel, on=step == "on")
        case (("on" | "off"), [*which]) if (subject := ":".join(which)) in subjects.all_subjects(counsel.library):
            return _switched(memory, (subject,), voice, counsel, on=step == "on")
        case "tell", [*which] if (subject := ":".join(which)) in subjects.all_subjects(counsel.library):
            return _belled(memory, subject, voice, counsel)
    return _hours_tapped(memory, step, values, voice) or _country_tapped(memory, step, values, voice)


def _hours_tapped(memory: Memory, step: str, values: list[str], voice: Voice) -> Turn | None:
    match step, values:
        case "quiet", []:
            return Turn(memory, (subscribing_pages.quiet_hours(memory, zone_of(memory, voice.language), voice),))
        case "quiet", ["off"]:
            return _quiet(memory, None, voice)
        case "quiet", [starts, ends] if {starts, ends} <= _HOURS and starts != ends:
            return _quiet(memory, (int(starts), int(ends)), voice)
        case "hours", []:
            memory = replace(rested(memory), asked_hours=True)
            return Turn(memory, (subscribing_pages.own_hours(voice),))
    return None


def hours_typed(memory: Memory, text: str, voice: Voice) -> Turn | None:
    """Take quiet hours that were asked for; None where the message says something else."""
    if hours := hours_in(text):
        return _quiet(memory, hours, voice)
    return Turn(memory, (subscribing_pages.hours_unclear(voice),)) if looks_like_hours(text) else None


def _country_tapped(memory: Memory, step: str, values: list[str], voice: Voice) -> Turn | None:
    match step, values:
        case "country", []:
            return Turn(replace(memory, asked_country=True), (subscribing_pages.where_do_you_work(voice),))
        case "country", ["skip"]:
            kept = voice.say("Good, it stays as it was.")
            text = kept if memory.country else voice.say("Good, then you get what concerns either country.")
            return Turn(memory, (subscribing_pages.done(text, voice),))
        case "country", [code] if code in set(Country):
            country = Country(code)
            memory = replace(memory, country=country, zone=ZONES[country])
            text = subscribing_pages.country_taken(country, voice)
            return Turn(memory, (subscribing_pages.done(text, voice),), (CountryTold(country, ZONES[country]),))
    return None


def zone_of(memory: Memory, language: Language) -> str:
    """The clock that he lives by, as far as is known."""
    home = Country.IRAN if language is Language.FA else Country.PAKISTAN
    return memory.zone or ZONES[memory.country or home]


def _quiet(memory: Memory, hours: tuple[int, int] | None, voice: Voice) -> Turn:
    zone = zone_of(memory, voice.language)
    memory = replace(memory, quiet=hours, zone=zone, asked_hours=False)
    starts, ends = hours or (None, None)
    reply = subscribing_pages.quiet_taken(memory, zone, voice)
    return Turn(memory, (reply,), (QuietHoursSet(starts, ends, zone),))


def _switched(memory: Memory, which: tuple[str, ...], voice: Voice, counsel: Counsel, *, on: bool) -> Turn:
    """Let him hear of subjects or not, as the button said, and show the page that it stands on as it is now."""
    changed, events, notes = _set(memory, which, voice, counsel, on=on)
    page = {BORDER: "borders", SECTOR: "sectors"}.get(which[0].partition(":")[0], "subjects")
    shown = _page(page, changed, voice, counsel)
    reply = replace(shown, text="\n\n".join([*notes, shown.text]))
    return _and_ask_country(Turn(changed, (reply,), events), voice)


def _belled(memory: Memory, subject: str, voice: Voice, counsel: Counsel) -> Turn:
    """Let him hear of what an answer was about."""
    changed, events, notes = _set(memory, (subject,), voice, counsel, on=True)
    name = subjects.subject_name(subject, voice, counsel.library)
    told = voice.say("🔔 Done: you hear of it here when a chamber announces something about {subject}.", subject=name)
    reply = subscribing_pages.done("\n\n".join([told, *notes]), voice)
    return _and_ask_country(Turn(changed, (reply,), events), voice)


def _set(
    memory: Memory, which: tuple[str, ...], voice: Voice, counsel: Counsel, *, on: bool
) -> tuple[Memory, tuple[Event, ...], list[str]]:
    """Change what he hears of; return the memory, what happened, and what has to be said of it."""
    known = subjects.all_subjects(counsel.library)
    wanted = {*memory.subjects, *which} if on else {*memory.subjects} - {*which}
    kept = tuple(
        sorted(wanted, key=lambda subject: (known.index(subject) if subject in known else len(known), subject))
    )
    events: list[Event] = [SubjectsSet(kept)]
    notes = []
    if on and not memory.announcements:
        events.append(AnnouncementsSet(allowed=True))
        notes.append(voice.say("You had stopped announcements. With this they come again."))
    if on and not memory.subjects:
        notes.append(subscribing_pages.what_comes(voice))
    memory = replace(memory, subjects=kept, announcements=memory.announcements or on)
    if memory.language is None and voice.language is not Language.EN:
        # who only taps gets announcements in the language of his app; an app in English says little of what he writes
        memory = replace(memory, language=voice.language)
    return memory, tuple(events), notes


def _and_ask_country(turn: Turn, voice: Voice) -> Turn:
    """The turn with the question where he works, once."""
    memory = turn.memory
    if not memory.subjects or memory.asked_country or memory.country:
        return turn
    question = subscribing_pages.where_do_you_work(voice)
    return replace(turn, memory=replace(memory, asked_country=True), replies=(*turn.replies, question))


def _page(page: str, memory: Memory, voice: Voice, counsel: Counsel) -> Outgoing:
    match page:
        case "borders":
            return subscribing_pages.borders(memory, voice, counsel.library)
        case "sectors":
            return subscribing_pages.sectors(memory, voice, counsel.library)
        case _:
            return subscribing_pages.overview(memory, voice, counsel.library)
