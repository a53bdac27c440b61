"""What the model sees of a question: pieces of its consonant skeleton, of its letters, and its words."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge.script import compose, fold, skeleton

Keys = NDArray[np.uint32]
#: Of each family the keys, as often as they occur; each family is weighted and normalised by itself.
Features = tuple[Keys, ...]
Extractor = Callable[[str], Features]

LETTERS_READ = 600  # of a long message: a trader asks at its beginning, and time is bounded
WORD_KEPT = 20  # letters of a word whose pieces are kept for the next time; a longer one is no word
NO_KEYS = np.empty(0, np.uint32)


def keys_of(names: Sequence[str]) -> Keys:
    """The key of each feature: its CRC-32. Two of 300,000 features that share one are rare, and harm little."""
    return np.fromiter((zlib.crc32(name.encode()) for name in names), np.uint32, len(names))


def pieces(text: str, sizes: tuple[int, ...]) -> Keys:
    """The runs of `sizes` letters of each word, word ends marked by a space."""
    return np.concatenate(
        [NO_KEYS, *((_kept if len(word) <= WORD_KEPT else _pieces_of)(word, sizes) for word in text.split())]
    )


def _pieces_of(word: str, sizes: tuple[int, ...]) -> Keys:
    marked = f" {word} "
    return keys_of([marked[start : start + size] for size in sizes for start in range(max(1, len(marked) - size + 1))])


_kept = lru_cache(maxsize=16384)(_pieces_of)  # some thousands of words make up most of what is asked: a few MB


def words(text: str) -> Keys:
    """Each word, and each pair of neighbours."""
    sequence = text.split()
    return keys_of([*sequence, *map(" ".join, pairwise(sequence))])


def topic_features(text: str) -> Features:
    """Features that tell topics apart, whichever way a question is written in."""
    folded = fold(text[:LETTERS_READ])
    bones = skeleton(folded)
    return (pieces(bones, (2, 3, 4, 5)), words(bones), pieces(folded, (2, 3, 4, 5)), words(folded))


def way_features(text: str) -> Features:
    """Features that tell ways of writing apart: the very letters, since folding hides what is Urdu and what Persian."""
    composed = compose(text[:LETTERS_READ])
    return (pieces(composed, (1, 2, 3, 4)), keys_of(composed.split()))
