"""Country, sector and city as a form of routing names them: an empty choice is any."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from admin.forms import Id
from knowledge.cities import City, Country
from knowledge.goods import Sector
from knowledge.language import Language
from knowledge.library import Library


def _any(chosen: object) -> object:
    return None if chosen == "" else chosen


class Matched(BaseModel):
    """Which leads are meant."""

    country: Annotated[Country | None, BeforeValidator(_any)] = None
    sector: Annotated[Sector | None, BeforeValidator(_any)] = None
    city: Annotated[str | None, BeforeValidator(_any)] = None  # id in cities.yaml


class Rule(Matched):
    """A rule to be added."""

    desk: Id = 0

    def fault(self, library: Library) -> str:
        """Why no lead, or any lead, would match it; empty where it is right."""
        if not (self.country or self.sector or self.city):
            return "nothing"
        if self.city is None:
            return ""
        city = next((city for city in library.cities if city.id == self.city), None)
        return "" if city and self.country in (None, city.country) else "never"


def cities_by_country(library: Library, language: Language) -> dict[Country, list[City]]:
    """The cities to choose from, in the order of their names."""
    return {
        country: sorted(
            (city for city in library.cities if city.country is country), key=lambda city: city.names[language]
        )
        for country in Country
    }
