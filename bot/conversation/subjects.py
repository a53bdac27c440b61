"""The subjects of announcements: what each is called, and which one an answer is about.

A subject is text, in the memory of a trader and in the tables alike: "policy", "events", "border:taftan-mirjaveh",
"sector:livestock".
"""

from __future__ import annotations

from bot.conversation.enquiry_words import sector_name
from bot.wording import Voice
from knowledge.entry import Entry
from knowledge.goods import Sector
from knowledge.library import Library

POLICY, EVENTS = "policy", "events"
BORDER, SECTOR = "border", "sector"  # with the id of a crossing, with a sector

#: Entries whose readers wait for announcements of these subjects.
OF_ENTRIES = {"joint-economic-commission": POLICY, "b2b-meetings": EVENTS}


def borders(library: Library) -> tuple[str, ...]:
    """The subjects of all crossings, in the order of their shelf."""
    return tuple(f"{BORDER}:{entry.id}" for entry in library.crossings())


def sectors() -> tuple[str, ...]:
    """The subjects of all branches of trade."""
    return tuple(f"{SECTOR}:{sector}" for sector in Sector)


def all_subjects(library: Library) -> tuple[str, ...]:
    """Every subject that there is, in the order in which they are shown."""
    return (POLICY, EVENTS, *borders(library), *sectors())


def subject_name(subject: str, voice: Voice, library: Library) -> str:
    """What one of the subjects that there are is called."""
    kind, _, which = subject.partition(":")
    match kind:
        case "border":
            return library[which].title[voice.language]
        case "sector":
            return sector_name(Sector(which), voice)
        case "events":
            return voice.say("🤝 B2B meetings and trade events")
        case _:
            return voice.say("⚖️ Trade policy and JEC sessions")


def subject_of(entry: Entry, named: Entry | None) -> str | None:
    """The subject by which what an answer says can change; `named` is the crossing that the question named."""
    crossing = entry if entry.crossing else named
    return f"{BORDER}:{crossing.id}" if crossing else OF_ENTRIES.get(entry.id)
