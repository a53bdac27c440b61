"""The whole library in memory: read once, complete or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from knowledge.check import Fault, inspect
from knowledge.checklists import Checklists
from knowledge.cities import City
from knowledge.contacts import Office
from knowledge.entry import Category, Entry, Phrasing
from knowledge.goods import Goods
from knowledge.questions import Question

LIBRARY = Path(__file__).parent


class LibraryFaults(Exception):
    """The library has faults and is not loaded."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True, repr=False)  # a megabyte, in every log and traceback that shows it
class Library:
    """Every entry by its id, and the phrasings that teach the understanding."""

    entries: dict[str, Entry]
    phrasings: tuple[Phrasing, ...]
    questions: tuple[Question, ...] = ()  # by other hands, on which the understanding is measured
    cities: tuple[City, ...] = ()
    offices: tuple[Office, ...] = ()
    checklists: Checklists = field(default_factory=Checklists)
    goods: Goods = field(default_factory=Goods)

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


_STORED: TypeAdapter[Library] = TypeAdapter(Library)


def load_library(today: date, folder: Path = LIBRARY, cache: Path | None = None) -> Library:
    """Read the library; raise `LibraryFaults` with every fault found, so that none is ever half loaded.

    `cache` is a folder where what was found sound is kept, so that it need not be read and checked anew until a file of
    the library, or of the code that checks it, has changed.
    """
    kept = cache / f"library-{_fingerprint(folder)}.json" if cache else None
    if kept and kept.exists():
        return _STORED.validate_json(kept.read_bytes())
    inspection = inspect(folder, today)
    if inspection.errors:
        raise LibraryFaults(inspection.errors)
    library = Library(
        inspection.entries,
        inspection.phrasings,
        inspection.questions,
        inspection.cities,
        inspection.offices,
        inspection.checklists,
        inspection.goods,
    )
    if kept:
        _keep(library, kept)
    return library


def _keep(library: Library, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".unfinished", delete=False) as target:
        target.write(_STORED.dump_json(library))
    Path(target.name).replace(path)  # whole or not at all, also where two processes begin at once
    for former in path.parent.glob("library-*.json"):
        if former != path:
            former.unlink(missing_ok=True)


def _fingerprint(folder: Path) -> str:
    """Changes with every file of the library and with the code that reads it."""
    digest = hashlib.sha256()
    code = sorted(LIBRARY.glob("*.py"))
    content = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".txt", ".tsv"})
    for path in (*code, *content):
        digest.update(f"{path.relative_to(path.anchor)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
