"""The cities of the trade: where each lies, and how traders write its name."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, TypeAdapter

from knowledge.entry import Line, Texts, Typed
from knowledge.script import fold


class Country(StrEnum):
    """One of the two countries, by its ISO 3166 code."""

    PAKISTAN = "PK"
    IRAN = "IR"


class City(Typed):
    """A city from which or to which loads go."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=24)]
    names: Texts
    country: Country
    latitude: float = Field(ge=23, le=40)  # degrees, WGS 84: the span of both countries
    longitude: float = Field(ge=44, le=78)
    also: tuple[Line, ...] = ()  # further spellings
    alone: tuple[Line, ...] = ()  # spellings that are common words, too: a city only where little else is said

    def spellings(self, *, alone: bool = False) -> Iterator[str]:
        """Every way in which its name is written; `alone`: those that are common words, too."""
        for name in (self.names.en, self.names.ur, self.names.fa, *self.also):
            if alone or name not in self.alone:
                yield name


CITIES = TypeAdapter(tuple[City, ...])


def doubled_names(cities: tuple[City, ...]) -> Iterator[tuple[int, str]]:
    """The place in the file of each city that shares its id or a spelling with one above it, and what is shared."""
    taken: dict[str, City] = {}
    for place, city in enumerate(cities):
        for name in dict.fromkeys([city.id, *map(_letters, city.spellings(alone=True))]):
            other = taken.setdefault(name, city)
            if other is not city:
                yield place, f"{city.id}: “{name}” is {other.id} already"


def _letters(name: str) -> str:
    return fold(name).replace(" ", "")
