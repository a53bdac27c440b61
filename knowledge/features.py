"""What the model sees of a question: pieces of its consonant skeleton, of its letters, and its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

from knowledge.script import compose, fold, skeleton

Features = tuple[Counter[str], ...]  # one counter a family; each family is weighted and normalised by itself
Extractor = Callable[[str], Features]

LETTERS_READ = 600  # of a long message: a trader asks at its beginning, and time is bounded


def pieces(text: str, sizes: tuple[int, ...]) -> Iterable[str]:
    """The runs of `sizes` letters of each word, word ends marked by a space."""
    for word in text.split():
        yield from _pieces_of_word(word, sizes)


@lru_cache(maxsize=4096)  # a few thousand words make up most of what is asked
def _pieces_of_word(word: str, sizes: tuple[int, ...]) -> tuple[str, ...]:
    marked = f" {word} "
    return tuple(marked[start : start + size] for size in sizes for start in range(max(1, len(marked) - size + 1)))


def words(text: str) -> Iterable[str]:
    """Each word, and each pair of neighbours."""
    sequence = text.split()
    yield from sequence
    yield from map(" ".join, pairwise(sequence))


def topic_features(text: str) -> Features:
    """Features that tell topics apart, whichever way a question is written in."""
    folded = fold(text[:LETTERS_READ])
    bones = skeleton(folded)
    return (
        Counter(pieces(bones, (2, 3, 4, 5))),
        Counter(words(bones)),
        Counter(pieces(folded, (2, 3, 4, 5))),
        Counter(words(folded)),
    )


def way_features(text: str) -> Features:
    """Features that tell ways of writing apart: the very letters, since folding hides what is Urdu and what Persian."""
    composed = compose(text[:LETTERS_READ])
    return (Counter(pieces(composed, (1, 2, 3, 4))), Counter(composed.split()))
