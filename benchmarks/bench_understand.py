"""One call of `Understander.understand`, beside one comparison with all phrasings by rapidfuzz."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

from rapidfuzz import fuzz, process

from benchmarks.figures import heading, line, percentile
from benchmarks.processes import ROOT, end_on_sigterm, questions
from bot.counsel import utc_now
from knowledge.library import load_library
from knowledge.retrieval import models_for
from knowledge.understanding import Understander

ROUNDS = 3
COMPARED = 100  # questions for the yardstick, which is slow


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    asked = questions()
    heading(f"Understanding: {len(asked):,} questions, one call each, median of {ROUNDS} rounds")
    library = load_library(utc_now().date())
    understand = Understander(models_for(library, ROOT / "data" / "understanding", print)).understand
    phrasings = [phrasing.text for phrasing in library.phrasings]

    def compare(question: str) -> object:
        return process.extractOne(question, phrasings, scorer=fuzz.WRatio)

    understand(asked[0])
    rounds = [(_milliseconds(understand, asked), _milliseconds(compare, asked[:COMPARED])) for _ in range(ROUNDS)]
    for share, name in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
        line(f"understand, {name}", f"{median(percentile(ours, share) for ours, _ in rounds):.2f} ms")
    yardstick = median(percentile(theirs, 0.5) for _, theirs in rounds)
    line("rapidfuzz extractOne WRatio, p50", f"{yardstick:.2f} ms", f"{len(phrasings):,} phrasings")
    # the same questions on both sides
    ratios = [percentile(theirs, 0.5) / percentile(ours[:COMPARED], 0.5) for ours, theirs in rounds]
    line("rapidfuzz / understand, p50", f"{median(ratios):.1f}", f"times; {min(ratios):.1f} to {max(ratios):.1f}")


def _milliseconds(call: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    spent = []
    for question in asked:
        start = time.perf_counter()
        call(question)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


if __name__ == "__main__":
    main()
