"""The whole library in memory: read once, complete or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from knowledge.check import Fault, inspect
from knowledge.checklists import Checklists
from knowledge.cities import City
from knowledge.contacts import Office
from knowledge.entry import Category, Entry, Phrasing
from knowledge.questions import Question

LIBRARY = Path(__file__).parent


class LibraryFaults(Exception):
    """The library has faults and is not loaded."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Library:
    """Every entry by its id, and the phrasings that teach the understanding."""

    entries: dict[str, Entry]
    phrasings: tuple[Phrasing, ...]
    questions: tuple[Question, ...] = ()  # by other hands, on which the understanding is measured
    cities: tuple[City, ...] = ()
    offices: tuple[Office, ...] = ()
    checklists: Checklists = field(default_factory=Checklists)

    def __getitem__(self, topic: str) -> Entry:
        return self.entries[topic]

    def get(self, topic: str) -> Entry | None:
        """The entry of this id, or None."""
        return self.entries.get(topic)

    def shelf(self, category: Category) -> list[Entry]:
        """The entries of a category, in the order of its shelf."""
        return [entry for entry in self.entries.values() if entry.category is category]

    def crossings(self) -> list[Entry]:
        """The entries of border crossings whose place is known."""
        return [entry for entry in self.entries.values() if entry.crossing]


def load_library(today: date, folder: Path = LIBRARY) -> Library:
    """Read the library; raise `LibraryFaults` with every fault found, so that none is ever half loaded."""
    inspection = inspect(folder, today)
    if inspection.errors:
        raise LibraryFaults(inspection.errors)
    return Library(
        inspection.entries,
        inspection.phrasings,
        inspection.questions,
        inspection.cities,
        inspection.offices,
        inspection.checklists,
    )
