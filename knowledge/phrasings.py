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


class PhrasingsFault(ValueError):
    """A line of a phrasings file cannot be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_phrasings(path: Path, topic: str) -> list[Phrasing]:
    """Read the questions of one topic; raise `PhrasingsFault` at the first line that has no place."""
    phrasings: list[Phrasing] = []
    way: Way | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            try:
                way = Way(line[1:-1])
            except ValueError:
                raise PhrasingsFault(number, f"{line} is no way of writing; known: {', '.join(Way)}") from None
        elif way is None:
            raise PhrasingsFault(number, "a question stands above the first [way of writing]")
        else:
            phrasings.append(Phrasing(topic, way, line, number))
    return phrasings
