"""What a conversation remembers, what one turn of it gives, and the events that a turn can cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import TypeAdapter

from bot.conversation.draft import Draft
from bot.enquiry import Enquiry
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.language import Language, Style
from knowledge.library import Library
from knowledge.understanding import Outcome, Understanding


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept of a trader between two messages."""

    language: Language | None = None  # the one he chose, else the one he wrote in last
    chosen: bool = False  # whether he chose it himself
    welcomed: bool = False
    announcements: bool = True  # False since /stop
    subjects: tuple[str, ...] = ()  # of the announcements that he wants to hear, kept through a /stop
    quiet: tuple[int, int] | None = None  # hours of his day, from and until, in which none reaches him
    zone: str | None = None  # IANA name of the clock that those hours go by
    country: Country | None = None  # where he works, if he told
    asked_country: bool = False  # whether he was ever asked
    asked_hours: bool = False  # whether his next words may be quiet hours of his own
    last_question: str | None = None  # its beginning, for the next one to go on from ("and for rice?")
    forgetting: str | None = None  # id of the update that asked to be forgotten and was not confirmed yet
    enquiring: Draft | None = None  # the enquiry that he is writing
    has_enquiries: bool = False  # whether he has ever sent one
    answering: str | None = None  # reference of the enquiry on which his next words go to the chamber


MEMORY = TypeAdapter(Memory)


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A free question, and what was understood of it."""

    text: str
    language: Language
    style: Style
    outcome: Outcome
    topic: str | None
    choices: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class ChoiceTaken:
    """One of the topics offered under a question was it, or (None) none was."""

    question: str  # id of the update that asked
    topic: str | None


@dataclass(frozen=True, slots=True)
class AnswerRated:
    """A 👍 or 👎 under an answer; a later one on the same answer takes its place."""

    question: str  # id of the update that asked for the answer
    topic: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class AnnouncementsSet:
    """Announcements were stopped, or allowed again."""

    allowed: bool


@dataclass(frozen=True, slots=True)
class SubjectsSet:
    """What the trader wants to hear announcements of from now on, all of it."""

    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuietHoursSet:
    """Between which hours of his day, by the clock of a zone, he wants no announcement; None: none."""

    starts: int | None
    ends: int | None
    zone: str  # IANA name


@dataclass(frozen=True, slots=True)
class CountryTold:
    """Where the trader works."""

    country: Country
    zone: str  # IANA name of its clock


@dataclass(frozen=True, slots=True)
class CalendarWanted:
    """The trader wants the event of an announcement as a calendar file."""

    announcement: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The trader wants nothing kept of him."""


@dataclass(frozen=True, slots=True)
class EnquirySent:
    """An enquiry was completed, agreed to and sent."""

    reference: str
    enquiry: Enquiry


@dataclass(frozen=True, slots=True)
class EnquiryWithdrawn:
    """The trader takes an enquiry back."""

    reference: str


@dataclass(frozen=True, slots=True)
class ChamberAnswered:
    """The trader's words to the chamber's staff about one of his enquiries."""

    reference: str
    text: str


@dataclass(frozen=True, slots=True)
class IntroductionAnswered:
    """Whether the trader wants to be introduced to another one."""

    introduction: int
    agreed: bool


@dataclass(frozen=True, slots=True)
class StaffLinked:
    """Who writes here says by a code of the panel that he is of the staff."""

    code: str


Event = (
    QuestionAsked
    | ChoiceTaken
    | AnswerRated
    | AnnouncementsSet
    | SubjectsSet
    | QuietHoursSet
    | CountryTold
    | CalendarWanted
    | Forgotten
    | EnquirySent
    | EnquiryWithdrawn
    | ChamberAnswered
    | IntroductionAnswered
    | StaffLinked
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one incoming message comes to."""

    memory: Memory
    replies: tuple[Outgoing, ...]
    events: tuple[Event, ...] = ()

    def remembering(self, memory: Memory) -> Turn:
        """The same turn with another memory."""
        return replace(self, memory=memory)


@dataclass(frozen=True, slots=True)
class Counsel:
    """What a conversation draws on, handed in."""

    library: Library
    understand: Callable[[str, Language | None], Understanding]
    voices: dict[Language, Voice]
    now: Callable[[], datetime]  # with its zone, UTC
    letters: Callable[[], str]  # draws the end of a reference; nothing else here is left to chance

    def today(self) -> date:
        """The day."""
        return self.now().date()


def rows(*choices: Choice, across: int = 1) -> tuple[tuple[Choice, ...], ...]:
    """Buttons in rows of `across`."""
    return tuple(tuple(choices[start : start + across]) for start in range(0, len(choices), across))
