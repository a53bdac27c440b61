"""What a message asks, seen with the one before it: two questions in one, and a question that goes on from the last."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from knowledge.language import Language
from knowledge.script import fold
from knowledge.understanding import Outcome, Understanding

Understand = Callable[[str, Language | None], Understanding]

REMEMBERED = 200  # letters of a question that are kept for the next one to go on from

#: With which words a question goes on from the last one, and how many words it has at most.
GOING_ON = frozenset(
    map(fold, ("and", "what about", "how about", "or", "aur", "phir", "اور", "پھر", "va", "و", "پس", "hala", "حالا"))
)
ASKING_ON = frozenset(map(fold, ("chi", "chetor", "chetore", "چی", "چطور", "چطوره", "ka kya", "کا کیا")))
WORDS = 6

_SEAM = re.compile(r"[?؟\n]+")
QUESTION_WORDS = 3  # a part of a message with fewer is no question of its own
PARTS_READ = 3  # of a message of many: its time is bounded, for everybody else waits


def understood(text: str, last: str | None, expected: Language | None, understand: Understand) -> list[Understanding]:
    """Return what a message asks: one understanding, or two where it holds two questions that can both be answered."""
    if len(both := _questions_in(text, expected, understand)) == 2:
        return both
    whole = understand(text, expected)
    if last and goes_on(text):
        joined = understand(f"{last} {text}", expected)
        if joined.outcome in {Outcome.ANSWER, Outcome.CHOICES}:
            return [replace(joined, text=text, language=whole.language, style=whole.style)]
    return [whole]


def goes_on(text: str) -> bool:
    """Whether a message is short and begins or ends as a question does that goes on from another."""
    words = fold(text).split()
    if not 1 < len(words) <= WORDS:
        return False
    heads = {words[0], " ".join(words[:2])}
    tails = {words[-1], " ".join(words[-2:])}
    return bool(heads & GOING_ON or tails & ASKING_ON)


def _questions_in(text: str, expected: Language | None, understand: Understand) -> list[Understanding]:
    """The first two answered questions of a message that has several parts."""
    parts = [part for part in map(str.strip, _SEAM.split(text)) if len(part.split()) >= QUESTION_WORDS]
    if len(parts) < 2:
        return []
    answered: dict[str, Understanding] = {}
    for part in parts[:PARTS_READ]:
        understanding = understand(part, expected)
        if understanding.outcome is Outcome.ANSWER and understanding.topic:
            answered.setdefault(understanding.topic, understanding)
        if len(answered) == 2:
            break
    return list(answered.values())
