"""Phrasings: the questions that teach the understanding, in a text file beside each entry.

Asides are the messages that no entry answers (greetings, thanks, what is out of scope), in files of the same form.

A file has a line `[tag]` for each way of writing (a BCP 47 tag of `Way`) and below it one question a line. Empty lines
and lines that begin with `#` are passed over.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.entry import Phrasing
from knowledge.language import Way

SUFFIX = ".phrasings.txt"
ASIDE = "@"  # begins the label of an aside, which no topic's id can
OUT_OF_SCOPE = ASIDE + "out-of-scope"
SMUGGLING = ASIDE + "smuggling"  # calls for help to break the law


def read_phrasings(path: Path, topic: str) -> tuple[list[Phrasing], list[tuple[int, str]]]:
    """Read the questions of one topic, and the faults of the file as (line, message)."""
    phrasings: list[Phrasing] = []
    faults: list[tuple[int, str]] = []
    way: Way | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            way = next((known for known in Way if known == line[1:-1]), None)
            if way is None:
                faults.append((number, f"{line} is no way of writing; known: {', '.join(Way)}"))
        elif way is not None:
            phrasings.append(Phrasing(topic, way, line, number))
        elif not faults:
            faults.append((number, "a question stands above the first [way of writing]"))
    return phrasings, faults
