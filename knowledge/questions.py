"""Questions by other hands, each with the topic that answers it: what the understanding is measured on.

A file of `knowledge/evaluation` is a table with tabs: style, topic, also, text. `style` is a way of writing or "mixed";
`topic` is an id, or "-" for a question out of scope; `also` names topics that are as right, with commas.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

OUTSIDE = "-"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the topics that are right for it; none where it is out of scope."""

    style: str
    topics: frozenset[str]
    text: str
    file: str
    line: int

    @property
    def in_scope(self) -> bool:
        """Whether the library has an answer to it."""
        return bool(self.topics)


def read_questions(path: Path) -> list[Question]:
    """Read one table; raise ValueError with file and line where a row has not its four columns."""
    questions = []
    with path.open(encoding="utf-8", newline="") as source:
        for number, row in enumerate(csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
            if set(row) != {"style", "topic", "also", "text"} or None in row.values():
                raise ValueError(f"{path}:{number}: the columns are style, topic, also, text")
            topics = {row["topic"], *row["also"].split(",")} - {"", OUTSIDE}
            questions.append(Question(row["style"], frozenset(map(str.strip, topics)), row["text"], str(path), number))
    return questions


def read_all_questions(folder: Path) -> list[Question]:
    """Read every table of a folder."""
    return [question for path in sorted(folder.glob("*.tsv")) for question in read_questions(path)]
