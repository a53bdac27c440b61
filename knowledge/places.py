"""Border crossings on the map: the nearest one, and the one that a question names."""

from __future__ import annotations

from haversine import haversine
from rapidfuzz import fuzz

from knowledge.entry import Entry
from knowledge.library import Library
from knowledge.script import fold, skeleton

SPELLING = 84.0  # of 100: how alike (rapidfuzz ratio) a misspelt name and the name must be
NAME_LETTERS = 6  # a shorter name must be spelt right: khak is not Kuhak, mandi not Mand
SAME_CONSONANTS = 80.0  # as SPELLING, for a Latin word whose consonants are those of the name
VOWELS_MAY_VARY = 5  # letters that such a name has at least


def nearest(library: Library, latitude: float, longitude: float) -> list[tuple[Entry, float]]:
    """The crossings by their distance from a point, nearest first, in kilometres as the crow flies."""
    distances = [
        (entry, haversine((latitude, longitude), (entry.crossing.latitude, entry.crossing.longitude)))
        for entry in library.crossings()
        if entry.crossing
    ]
    return sorted(distances, key=lambda pair: pair[1])


def crossing_named(library: Library, text: str) -> Entry | None:
    """The crossing whose place a text names, in any spelling; None where it names none, or two."""
    words = fold(text).split()
    named = [
        entry
        for entry in library.crossings()
        if entry.crossing and any(_same_name(name, word) for name in entry.crossing.names for word in words)
    ]
    return named[0] if len(named) == 1 else None


def _same_name(name: str, word: str) -> bool:
    folded = fold(name)
    if folded == word or (len(folded) >= NAME_LETTERS and fuzz.ratio(folded, word) >= SPELLING):
        return True
    if not word.isascii():  # who writes Urdu or Persian letters writes their vowels as they are
        return False
    return (
        len(folded) >= VOWELS_MAY_VARY
        and skeleton(name) == skeleton(word)
        and fuzz.ratio(folded, word) >= SAME_CONSONANTS
    )
