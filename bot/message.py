"""The words that all channels share: who writes, what comes in, what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from knowledge.language import Language


@dataclass(frozen=True, slots=True)
class Address:
    """Where a trader is reached: a channel and his identifier on it, which need not be a phone number."""

    channel: str
    identifier: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.identifier}"


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map, in degrees (WGS 84)."""

    latitude: float
    longitude: float


class Kind(StrEnum):
    """What a trader sent."""

    TEXT = "text"
    TAP = "tap"  # a button under one of our messages
    PLACE = "place"
    VOICE = "voice"
    PICTURE = "picture"
    STICKER = "sticker"
    CONTACT = "contact"
    DOCUMENT = "document"
    REACTION = "reaction"  # an emoji put on one of our messages
    ORDER = "order"  # a basket of a shop's catalogue
    MOVED = "moved"  # the platform says that the trader has a new number
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update from a channel, in the product's own words."""

    address: Address
    id: str  # the channel's own, the same when it delivers the update again
    kind: Kind = Kind.TEXT
    text: str = ""
    data: str = ""  # of the tapped button
    place: Place | None = None
    client_language: str | None = None  # IETF tag of the trader's app
    edited: bool = False
    receipt: str = ""  # the channel's own handle to acknowledge it by
    alias: str | None = None  # another identifier by which the channel may name him later
    spoken: bool = True  # False where it is the platform's word about him: he wrote nothing, which opens no window


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it shows, and what comes back when it is tapped."""

    label: str
    data: str  # at most 64 bytes of UTF-8, the tightest limit of the channels


class Purpose(StrEnum):
    """Why we write without having been asked; a platform may want a text of its own approval for it."""

    ANNOUNCEMENT = "announcement"
    LEAD_UPDATE = "lead_update"
    QUESTION_ANSWERED = "question_answered"


@dataclass(frozen=True, slots=True)
class Document:
    """A small file of text, such as a calendar entry."""

    name: str  # with its ending: bazaar.ics
    media_type: str  # text/calendar
    content: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a trader."""

    text: str  # Markdown as answers have it; digits plain, the channel shows them as the language does
    language: Language
    choices: tuple[tuple[Choice, ...], ...] = ()  # rows
    place: Place | None = None  # a map pin, sent behind the text
    document: Document | None = None  # sent behind text and pin
    purpose: Purpose | None = None  # none for the reply to what a trader wrote


OUTGOING = TypeAdapter(Outgoing)
