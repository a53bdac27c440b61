"""Border crossings and cities on the map: which one a text names, how far it is, which crossing lies between two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from haversine import haversine
from rapidfuzz import fuzz

from knowledge.cities import City
from knowledge.entry import Entry, Traffic
from knowledge.library import Library
from knowledge.script import fold, skeleton

SPELLING = 84.0  # of 100: how alike (rapidfuzz ratio) a misspelt name and the name must be
CITY_SPELLING = 88.0  # the same for a city in Urdu or Persian letters: ایرانه is not ایرانشهر
CITY_VOWELS = 85.0  # the same in Latin letters, where its consonants must be right: karahi is not Karachi
NAME_LETTERS = 6  # a shorter name must be spelt right: khak is not Kuhak, mandi not Mand
SAME_CONSONANTS = 80.0  # as SPELLING, for a Latin word whose consonants are those of the name
VOWELS_MAY_VARY = 5  # letters that such a name has at least
MORE_LETTERS = 3  # by which a misspelt name may be longer or shorter
CONSONANTS = 3  # and consonants: khak has both of Kuhak's
NAME_WORDS = 3  # the longest name: Dera Ghazi Khan
WORDS_READ = 60  # of a text, to look for cities
WORDS_ALONE = 8  # a text of more says more than the name of a city
HARDLY_LONGER = 0.15  # by which part a second crossing may be farther to be worth a word


def nearest(library: Library, latitude: float, longitude: float) -> list[tuple[Entry, float]]:
    """The crossings by their distance from a point, nearest first, in kilometres as the crow flies."""
    distances = [(entry, _straight(entry, latitude, longitude)) for entry in library.crossings()]
    return sorted(distances, key=lambda pair: pair[1])


def nearest_to_city(library: Library, city: City) -> list[tuple[Entry, float]]:
    """The crossings by their distance from a city, as `nearest` has them."""
    return nearest(library, city.latitude, city.longitude)


def _straight(entry: Entry, latitude: float, longitude: float) -> float:
    assert entry.crossing is not None
    return float(haversine((latitude, longitude), (entry.crossing.latitude, entry.crossing.longitude)))


@dataclass(frozen=True, slots=True)
class Between:
    """A crossing on the way between two cities, and how far it is from each, in kilometres as the crow flies."""

    crossing: Entry
    start: float
    end: float

    @property
    def total(self) -> float:
        """Both distances together."""
        return self.start + self.end


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The crossing with the least way between two cities, and the next one where that is hardly longer."""

    best: Between
    runner_up: Between | None


def suggest_crossing(library: Library, start: City, end: City) -> Suggestion | None:
    """Weigh the crossings that take trucks by straight lines alone; None where the cities are of one country."""
    ways = sorted(
        (
            Between(
                entry,
                _straight(entry, start.latitude, start.longitude),
                _straight(entry, end.latitude, end.longitude),
            )
            for entry in library.crossings()
            if entry.crossing and Traffic.TRUCKS in entry.crossing.passes
        ),
        key=lambda way: way.total,
    )
    if start.country is end.country or not ways:
        return None
    best, *others = ways
    close = others and others[0].total <= best.total * (1 + HARDLY_LONGER)
    return Suggestion(best, others[0] if close else None)


def crossing_named(library: Library, text: str) -> Entry | None:
    """The crossing whose place a text names, in any spelling; None where it names none, or two."""
    words = fold(text).split()
    named = [
        entry
        for entry in library.crossings()
        if entry.crossing and any(_same_name(name, word) for name in entry.crossing.names for word in words)
    ]
    return named[0] if len(named) == 1 else None


def city_named(library: Library, text: str) -> City | None:
    """The city that a text names, in any spelling; None where it names none, or two."""
    named = cities_named(library, text)
    return named[0] if len(named) == 1 else None


def cities_named(library: Library, text: str) -> list[City]:
    """The cities that a text names, in any spelling, each once, in its order."""
    found, _ = _cities_and_rest(library, fold(text).split()[:WORDS_READ], alone=False)
    return found


def city_alone(library: Library, text: str) -> City | None:
    """The one city of a text that says hardly more than its name."""
    words = fold(text).split()
    if len(words) > WORDS_ALONE:
        return None
    found, rest = _cities_and_rest(library, words, alone=True)
    return found[0] if len(found) == 1 and _SAYS_LITTLE.issuperset(rest) else None


#: Words beside a city's name that ask for nothing: "I am in Quetta", "Quetta se", "az Zahedan", "نزدیک زاهدان".
_SAYS_LITTLE = frozenset(
    fold(
        """
        i am m im in at from to near now city here is it the
        main mein me mai se tak ka ke ki ko hun hoon hu ho hai hain abhi shehr shahr qareeb
        az dar be ta hastam man nazdik nazdike shahre alan
        میں سے تک کا کے کی کو ہوں ہے ہیں شہر قریب ابھی
        از در به تا هستم من نزدیک شهر الان
        """
    ).split()
)


def _cities_and_rest(library: Library, words: list[str], *, alone: bool) -> tuple[list[City], list[str]]:
    found: dict[str, City] = {}
    rest = []
    start = 0
    while start < len(words):
        for length in range(min(NAME_WORDS, len(words) - start), 0, -1):
            city = _city_written(library, "".join(words[start : start + length]), alone=alone)
            if city:
                found[city.id] = city
                start += length
                break
        else:
            rest.append(words[start])
            start += 1
    return list(found.values()), rest


def _city_written(library: Library, written: str, *, alone: bool) -> City | None:
    """The city whose name these letters are; spaces inside a name are as traders type them, or do not."""
    for city in library.cities:
        if any(_joined(name) == written for name in city.spellings(alone=alone)):
            return city
    likeness, best = max(((_likeness(city, written), city.id) for city in library.cities), default=(0.0, ""))
    return next(city for city in library.cities if city.id == best) if likeness else None


def _likeness(city: City, written: str) -> float:
    """How alike, of 100, a misspelt name is; 0 where it is another word.

    Only the names are compared, not the further spellings: these are near to too many words.
    """
    names = {_joined(name) for name in (city.names.en, city.names.ur, city.names.fa)}
    return max((_misspelt(name, written) for name in names if len(name) >= NAME_LETTERS), default=0.0)


def _misspelt(name: str, written: str) -> float:
    if abs(len(name) - len(written)) > MORE_LETTERS:
        return 0.0
    alike = fuzz.ratio(name, written)
    if written.isascii():
        known = alike >= CITY_VOWELS and _consonants(name) == skeleton(written)
    else:
        known = alike >= CITY_SPELLING
    return alike if known else 0.0


def _same_name(name: str, word: str) -> bool:
    folded = _folded(name)
    if abs(len(folded) - len(word)) > MORE_LETTERS:  # most words end here, before anything is compared
        return False
    if folded == word or (len(folded) >= NAME_LETTERS and fuzz.ratio(folded, word) >= SPELLING):
        return True
    if not word.isascii():  # who writes Urdu or Persian letters writes their vowels as they are
        return False
    return (
        len(folded) >= VOWELS_MAY_VARY
        and len(_consonants(name)) >= CONSONANTS
        and fuzz.ratio(folded, word) >= SAME_CONSONANTS
        and _consonants(name) == skeleton(word)
    )


@lru_cache(maxsize=2048)  # names of the library alone, not words of traders
def _folded(name: str) -> str:
    return fold(name)


@lru_cache(maxsize=2048)
def _joined(name: str) -> str:
    return fold(name).replace(" ", "")


@lru_cache(maxsize=2048)
def _consonants(name: str) -> str:
    return skeleton(name)
