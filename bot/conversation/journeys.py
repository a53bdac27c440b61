"""From where to where: the places that a message names with its "se", "tak", "az", "be", "from", "to"."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.amounts import Word, words_of
from bot.enquiry import Town
from knowledge.cities import City, Country
from knowledge.library import Library
from knowledge.places import NAME_WORDS, city_named
from knowledge.script import fold

TOWN_LETTERS = 80  # of a place that we do not know


@dataclass(frozen=True, slots=True)
class Journey:
    """Where goods come from and where they go, as far as a message says it."""

    origin: Town | None = None
    destination: Town | None = None

    def __bool__(self) -> bool:
        return bool(self.origin or self.destination)


NOWHERE = Journey()


def _set(words: str) -> frozenset[str]:
    return frozenset(map(fold, words.split()))


_FROM_BEFORE = _set("from az از")
_TO_BEFORE = _set("to ta be till upto به تا")
_FROM_BEHIND = {"se", "sey", "say"}
_FROM_URDU = "سے"  # written exactly so: folded it is the Persian سی (thirty)
_TO_BEHIND = _set("tak tk ko کو تک bhejna bhejni bhejne bhejnay بھیجنا بھیجنی بھیجنے")

#: The countries themselves, as traders write them.
COUNTRIES: dict[Country, frozenset[str]] = {
    Country.PAKISTAN: _set("pakistan pakestan pak پاکستان"),
    Country.IRAN: _set("iran irn eran ایران"),
}


def journey_in(text: str, library: Library, *, asked: bool = False) -> Journey:
    """The origin and destination that a text names by their markers; `asked`: also places that we do not know."""
    words = words_of(text)
    origin = destination = None
    behind_origin = 0
    for place, word in enumerate(words):
        if word.text in _FROM_BEFORE:
            origin = origin or _place_behind(words, place, library, text, asked=asked)
            behind_origin = behind_origin or place + 1
        elif word.text in _FROM_BEHIND or word.written == _FROM_URDU:
            origin = origin or _place_before(words, place, library, text, asked=asked)
            behind_origin = behind_origin or place + 1
        elif word.text in _TO_BEFORE:
            destination = destination or _place_behind(words, place, library, text, asked=asked)
        elif word.text in _TO_BEHIND:
            destination = destination or _place_before(words, place, library, text, asked=asked)
    if origin and not destination:  # "Quetta se Mashhad", "az Zahedan Quetta"
        rest = [word for word in words[behind_origin:] if fold(origin.name) != word.text]
        destination = _known(" ".join(word.written for word in rest), library)
        if destination is None and asked and rest and words[behind_origin - 1].text not in _FROM_BEFORE:
            destination = _unknown(rest[:NAME_WORDS], text)
    return Journey(origin, destination if destination != origin else None)


def town_of(city: City, written: str) -> Town:
    """A city of the library under the name that the trader gave it."""
    return Town(written[:TOWN_LETTERS], city.id)


def country_named(text: str) -> Country | None:
    """The country that a text names, where it names one."""
    words = {word.text for word in words_of(text)}
    named = [country for country, names in COUNTRIES.items() if names & words]
    return named[0] if len(named) == 1 else None


def _place_behind(words: list[Word], place: int, library: Library, text: str, *, asked: bool) -> Town | None:
    return _place(words[place + 1 : place + 1 + NAME_WORDS], library, text, asked=asked, first=True)


def _place_before(words: list[Word], place: int, library: Library, text: str, *, asked: bool) -> Town | None:
    return _place(words[max(place - NAME_WORDS, 0) : place], library, text, asked=asked, first=False)


def _place(words: list[Word], library: Library, text: str, *, asked: bool, first: bool) -> Town | None:
    """The place of a few words that stand behind (`first`) or before a marker: the longest name next to it."""
    for length in range(len(words), 0, -1):
        nearest = words[:length] if first else words[-length:]
        if town := _exactly(nearest, library, text):
            return town
    if not asked or not words:
        return None
    return _unknown(words[:1] if first else words[-1:], text)


def _exactly(words: list[Word], library: Library, text: str) -> Town | None:
    written = text[words[0].start : words[-1].end]
    if len(words) == 1 and country_named(written):
        return Town(written)
    city = city_named(library, written)
    if city is None or (len(words) > 1 and city_named(library, text[words[0].start : words[-2].end])):
        return None  # the name stands in fewer words already
    if len(words) > 1 and city_named(library, text[words[1].start : words[-1].end]):
        return None
    return town_of(city, written)


def _known(text: str, library: Library) -> Town | None:
    if city := city_named(library, text):
        return Town(text[:TOWN_LETTERS] if len(text.split()) <= 1 else _written(city, text, library), city.id)
    word = next((word.written for word in words_of(text) if country_named(word.written)), None)
    return Town(word) if word else None


def _written(city: City, text: str, library: Library) -> str:
    """The words of a text that name a city, as they are written."""
    words = text.split()
    for length in range(1, NAME_WORDS + 1):
        for start in range(len(words) - length + 1):
            part = " ".join(words[start : start + length])
            if city_named(library, part) == city:
                return part
    return text


def _unknown(words: list[Word], text: str) -> Town | None:
    written = [word for word in words if not word.is_number]
    return Town(text[written[0].start : written[-1].end][:TOWN_LETTERS]) if written else None
