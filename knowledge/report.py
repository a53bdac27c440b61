"""The state of the library, for those who keep it: what is old, what may change soon, how much was taught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from knowledge.language import Way
from knowledge.library import Library

SOON = timedelta(days=14)  # before a review is due


def report(library: Library, today: date) -> Iterator[str]:
    """Yield the report line by line: totals first, then what wants work, the most urgent first."""
    entries = list(library.entries.values())
    taught = Counter((phrasing.topic, phrasing.way) for phrasing in library.phrasings)
    by_way = Counter(phrasing.way for phrasing in library.phrasings if phrasing.topic in library.entries)
    yield f"{len(entries)} entries, {sum(by_way.values()):,} phrasings ({_counts(by_way)})"
    unsigned = sum(not entry.reviewed for entry in entries)
    yield f"{sum(entry.volatile for entry in entries)} are volatile; {unsigned} were signed by no officer yet"
    undated = sum(source.date is None for entry in entries for source in entry.sources)
    yield f"{sum(len(entry.sources) for entry in entries)} sources, {undated} of them without a date"
    for entry in sorted(entries, key=lambda entry: entry.review_after):
        if entry.is_stale(today):
            yield f"STALE     {entry.id}: review was due by {entry.review_after}"
        elif entry.is_stale(today + SOON):
            yield f"due soon  {entry.id}: review by {entry.review_after}"
    for entry in entries:
        if all(source.date is None for source in entry.sources):
            yield f"undated   {entry.id}: no source of it shows a date"
    least = min(taught[entry.id, way] for entry in entries for way in Way)
    yield f"fewest phrasings in one way of writing: {least}"
    for entry in entries:
        counts = {way: taught[entry.id, way] for way in Way}
        yield f"{entry.id:32} {_counts(counts)}  review by {entry.review_after}{'  volatile' if entry.volatile else ''}"


def _counts(counts: dict[Way, int] | Counter[Way]) -> str:
    return ", ".join(f"{way} {counts[way]}" for way in Way)
