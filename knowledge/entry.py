"""A library entry: one topic, answered in three languages, with its sources and its dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, StringConstraints

from knowledge.language import Language, Way

ANSWER_LETTERS = 1500  # the most that a trader reads on a small screen; an answer beyond it is a fault

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Category(StrEnum):
    """The shelf that an entry stands on; also the name of its folder."""

    CROSSINGS = "crossings"
    DOCUMENTS = "documents"
    RULES = "rules"
    SECTORS = "sectors"
    INSTITUTIONS = "institutions"


class Typed(BaseModel):
    """A part of an entry: no key that the model does not know, nothing changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Texts(Typed):
    """One text in each language; none may be missing or empty."""

    en: Line
    ur: Line
    fa: Line

    def __getitem__(self, language: Language) -> str:
        text: str = getattr(self, language.value)
        return text


def _as_written(value: object) -> object:
    """YAML reads 2025-01-13 as a date and 2025 as a number; a source's date is as exact as its page, so it is text."""
    return str(value) if isinstance(value, (date, int)) else value


def _in_the_calendar(written: str) -> str:
    date.fromisoformat(written + "-01-01"[len(written) - 4 :] if len(written) < 10 else written)
    return written


def _not_empty(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    # a validator that runs behind those of the sources: a fault in the only one is not a missing one, too
    if not sources:
        raise ValueError("at least one source is needed")
    return sources


#: A day, a month or a year, as exactly as a page states it.
PageDate = Annotated[
    str,
    BeforeValidator(_as_written),
    StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"),
    AfterValidator(_in_the_calendar),
]


class Source(Typed):
    """A page that a fact was read on."""

    publisher: Line
    title: Line
    date: PageDate | None  # None: the page shows no date
    url: HttpUrl


class Traffic(StrEnum):
    """Who and what a crossing lets through."""

    PEOPLE = "people"  # with passport and visa
    TRUCKS = "trucks"  # commercial loads by road
    RAIL = "rail"
    TIR = "tir"  # notified for loads under a TIR carnet
    BORDER_MARKET = "border-market"  # a market for the residents of both sides
    LOCAL_TRADE = "local-trade"  # residents' lots, without a customs clearance for all


class Counterpart(Typed):
    """The two places that face each other at a crossing."""

    pakistan: Texts
    iran: Texts


class RoadDistance(Typed):
    """A length by road between a crossing and a city, as a page states it; pages differ."""

    km: int = Field(gt=0)
    publisher: Line
    url: HttpUrl  # of a source that an entry lists


class Crossing(Typed):
    """Where a border crossing lies: its gate or, where no source gives the gate's position, a town beside it."""

    latitude: float = Field(ge=-90, le=90)  # degrees, WGS 84
    longitude: float = Field(ge=-180, le=180)  # degrees, WGS 84
    names: Annotated[tuple[Line, ...], Field(min_length=1)]  # of the places on both sides, as traders spell them
    town: Texts | None  # what the coordinates mark where it is not the gate itself
    counterpart: Counterpart | None = None
    roads: Texts | None = None  # the roads that lead to it, in a line
    passes: tuple[Traffic, ...] = ()  # only what the entry's sources support
    formal_trade: bool = False  # whether sources show that customs clears commercial loads of all kinds there
    distances: dict[Line, tuple[RoadDistance, ...]] = {}  # id of a city → what pages say, best source first


class Entry(Typed):
    """One topic of the library."""

    id: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=36)
    ]  # so that it fits into a button's data
    category: Category
    title: Texts
    #: Where this topic ends and a neighbouring one begins, for those who write phrasings.
    scope: Line
    answer: Texts
    #: Names that point to this topic: places, papers, goods, offices, in any spelling.
    keywords: tuple[Line, ...]
    related: tuple[str, ...]
    sources: Annotated[tuple[Source, ...], AfterValidator(_not_empty)]
    #: The day on which the answer was compared with its sources.
    verified: date
    #: The chamber officer who signed the entry off; empty until one has.
    reviewed: Line | None
    #: The last day on which the answer may be given without a warning that it may be old.
    review_after: date
    #: Whether it can change within weeks.
    volatile: bool
    crossing: Crossing | None = None

    def is_stale(self, on: date) -> bool:
        """Whether the day by which it should have been compared with its sources again has passed."""
        return on > self.review_after


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question as a trader would type it, and the topic that answers it."""

    topic: str
    way: Way
    text: str
    line: int  # in its file, from 1
