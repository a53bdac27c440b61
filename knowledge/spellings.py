"""Names and their misspellings: which of many names stand in a text, fast enough to ask at every message."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Generic, NamedTuple, TypeVar

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from knowledge.script import SOUNDS, fold, skeleton

NAME_WORDS = 5  # of the longest name: "accounting and tax advice"
WORDS_READ = 80  # of a text
CONSONANTS = 3  # that a name has at least where its vowels may vary: til is not tale
VOWELS_MAY_VARY = 6  # letters that such a name has at least
SAME_CONSONANTS = 80.0  # of 100: how alike (rapidfuzz ratio) it must be to the name
SLIP_LETTERS = {True: 8, False: 7}  # letters of a name, Latin or not, in which one may be wrong: parking is not packing
TWO_SLIPS = 13  # letters of a name in which two may be wrong
SAME_WORD = 82.0  # of 100: how alike each word of a name of several must be: "kharide berenj" is not "khorde berenj"
WORD_LETTERS = 4  # letters that a word of several has at least where it may be misspelt: "se irani" is not "seb irani"
JOINED = 7  # letters of a name whose words may be joined or parted otherwise: "and a" is not "anda"
PART_LETTERS = 3  # letters that each part then has at least: "contract or" is not "contractor"
STEM_LETTERS = 4  # that remain at least where an ending is taken off: tile is not til
LAST_STEM = 3  # and of the last word of several

#: What both languages and English put behind a name: plurals, ezafe, oblique cases. Longer ones first.
ENDINGS = ("haye", "ha", "on", "en", "es", "ye", "s", "e", "i", "های", "ها", "ون", "ین", "ی")

_BARRIER = "|"  # stands between words that punctuation parts; no folded word is it
_PARTING = re.compile(r"[,،;؛/+&|•\n()]+|\s[-–—]\s")
_SAME_SOUND = str.maketrans(
    {letter: letters[0] for letters in SOUNDS.values() for letter in letters[1:] if letter not in "خغق"} | {"ح": "ه"}
)
_VOWELS = str.maketrans("eyow", "iiuu")  # one letter for vowels that Latin letters write now so, now so

Owner = TypeVar("Owner")
Words = tuple[str, ...]


class Spelling(NamedTuple):
    """A name as it is compared."""

    words: str  # folded
    bones: str  # the skeletons under which it is found, apart by spaces; none where its letters must be right


def spelling(name: str) -> Spelling:
    """Fold a name and take its consonants; slow beside finding it, so do it once."""
    folded = fold(name)
    joined = folded.replace(" ", "")
    if not joined.isascii() or len(joined) < VOWELS_MAY_VARY:
        return Spelling(folded, "")
    bones = {skeleton(joined), skeleton(folded).replace(" ", "")}
    return Spelling(folded, " ".join(sorted(each for each in bones if len(each) >= CONSONANTS)))


@dataclass(frozen=True, slots=True)
class Found(Generic[Owner]):
    """A name that stands in a text, and the words that are it."""

    owner: Owner
    start: int
    end: int  # one past the last word


def words_of(text: str) -> list[str]:
    """The folded words of a text, with a barrier where punctuation parts them."""
    parts = [fold(part).split() for part in _PARTING.split(text)]
    return [word for part in parts for word in (*part, _BARRIER)][:-1][:WORDS_READ]


class Spellings(Generic[Owner]):
    """Names, each with what it is the name of, to be found in texts."""

    def __init__(self, names: Iterable[tuple[Spelling, Owner]]) -> None:
        self._exact: dict[str, Owner] = {}
        self._sounds: dict[str, Owner] = {}
        self._single: set[str] = set()  # names of one word
        self._shapes: dict[str, list[Words]] = defaultdict(list)  # of the others: how their words are parted
        self._bones: dict[str, list[str]] = defaultdict(list)
        self._edges: dict[str, list[str]] = defaultdict(list)
        self._initials: set[str] = set()  # of the words of each name
        self._longest = 1
        for name, owner in names:
            self._learn(name, owner)

    def _learn(self, name: Spelling, owner: Owner) -> None:
        words = tuple(name.words.split())
        joined = "".join(words)
        if len(words) == 1:
            self._single.add(joined)
        else:
            self._shapes[joined].append(words)
        self._initials.add(_initials(words))
        self._longest = max(self._longest, min(len(words), NAME_WORDS))
        if self._exact.setdefault(joined, owner) is not owner:
            return
        for bones in name.bones.split():
            self._bones[bones].append(joined)
        if not joined.isascii():
            self._sounds.setdefault(joined.translate(_SAME_SOUND), owner)
        if len(joined) >= SLIP_LETTERS[joined.isascii()]:
            for edge in _edges(joined):
                self._edges[edge].append(joined)

    def find(self, words: list[str]) -> Iterator[Found[Owner]]:
        """The names in the folded words of a text, from its beginning; the longest that fits wins."""
        bones: dict[str, str] = {}  # of the words met so far: taking them is what costs
        start = stop = 0
        while start < len(words):
            if start >= stop:
                stop = words.index(_BARRIER, start) if _BARRIER in words[start:] else len(words)
            for end in range(min(start + self._longest, stop), start, -1):
                owner = self._owner(tuple(words[start:end]), bones)
                if owner is not None:
                    yield Found(owner, start, end)
                    start = end
                    break
            else:
                start += 1

    def _owner(self, words: Words, bones: dict[str, str]) -> Owner | None:
        written = "".join(words)
        may_join = len(words) == 1 or (len(written) >= JOINED and min(map(len, words)) >= PART_LETTERS)
        if written in self._exact and (may_join or self._parted_alike(written, words)):
            return self._exact[written]
        if may_join and not written.isascii() and len(written) >= STEM_LETTERS:
            owner = self._sounds.get(written.translate(_SAME_SOUND))
            if owner is not None:
                return owner
        if _initials(words) not in self._initials:  # most words end here, before anything is compared
            return None
        name = self._without_ending(words, written) or self._likest(words, written, bones)
        return self._exact[name] if name else None

    def _parted_alike(self, name: str, words: Words) -> bool:
        """Whether a name has as many words as these, each like its counterpart."""
        if len(words) == 1:
            return name in self._single
        shapes = self._shapes.get(name, ())
        return any(len(shape) == len(words) and all(map(_same_word, shape, words)) for shape in shapes)

    def _without_ending(self, words: Words, written: str) -> str | None:
        if not written.endswith(ENDINGS):
            return None
        for ending in ENDINGS:
            stem = written.removesuffix(ending)
            whole = stem != written and len(stem) >= STEM_LETTERS
            if whole and stem in self._exact and len(words[-1]) - len(ending) >= LAST_STEM:
                return stem if self._parted_alike(stem, words) else None
        return None

    def _likest(self, words: Words, written: str, bones: dict[str, str]) -> str | None:
        if len(written) < VOWELS_MAY_VARY:
            return None
        if written.isascii():
            bones |= {word: skeleton(word) for word in words if word not in bones}
        consonants = "".join(bones.get(word, "") for word in words)
        alike = [name for name in self._bones.get(consonants, ()) if _same_but_vowels(name, written)]
        for edge in _edges(written):
            alike += [
                name
                for name in self._edges.get(edge, ())
                if OSA.distance(name, written, score_cutoff=_slips(name)) <= _slips(name)
            ]
        alike = [name for name in alike if name[0] == written[0] and self._parted_alike(name, words)]
        return max(alike, key=lambda name: fuzz.ratio(name, written), default=None)


def _initials(words: Words) -> str:
    return "".join(word[0] for word in words)


def _same_word(one: str, other: str) -> bool:
    if one == other:
        return True
    return min(len(one), len(other)) >= WORD_LETTERS and one[0] == other[0] and fuzz.ratio(one, other) >= SAME_WORD


def _same_but_vowels(name: str, written: str) -> bool:
    """Whether two words of the same consonants are alike, too; a short one begins alike: better is not butter."""
    begins = len(name) >= SLIP_LETTERS[True] or name[:2].translate(_VOWELS) == written[:2].translate(_VOWELS)
    return begins and fuzz.ratio(name, written) >= SAME_CONSONANTS


@cache  # of names alone
def _slips(name: str) -> int:
    return 2 if len(name) >= TWO_SLIPS else 1


def _edges(word: str) -> tuple[str, str]:
    """Where to look for a word in which a letter may be wrong: it leaves the beginning whole, or the end."""
    return "^" + word[:4], word[-4:] + "$"
