"""What a message asks for: an answer, a choice of topics, nothing that the library knows, or small talk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from knowledge.language import Language, Style, Way
from knowledge.phrasings import ASIDE
from knowledge.retrieval import Models
from knowledge.script import fold

CHOICES = 3  # topics that are offered at most


class Outcome(StrEnum):
    """What becomes of a message."""

    ANSWER = "answer"
    CHOICES = "choices"
    NO_ANSWER = "no_answer"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on something is done; one table for every decision."""

    answer: float = 0.60  # the first topic is answered
    choices: float = 0.40  # the topics together are offered
    offered: float = 0.05  # a topic is among those offered
    aside: float = 0.50  # a message is taken for small talk
    language: float = 3.0  # the trader's own language counts this many times in a message that could be either


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of one message."""

    text: str
    outcome: Outcome
    topic: str | None  # the one that answers it
    choices: tuple[str, ...]  # topics to offer, best first
    language: Language
    style: Style
    certain: bool  # whether the language shows in the message itself, whatever the trader's own is
    confidence: float  # the probability of the topic or small talk taken; of the best topic where none was
    smalltalk: str | None = None  # its kind: greeting, thanks, …

    def as_json(self) -> dict[str, Any]:
        """The fields that `saudagar ask --json` promises."""
        return {
            "text": self.text,
            "outcome": self.outcome.value,
            "topic": self.topic,
            "choices": list(self.choices),
            "language": self.language.value,
            "style": self.style.value,
            "confidence": round(self.confidence, 4),
        }


class Understander:
    """Understands one message at a time; keeps nothing between them."""

    def __init__(self, models: Models, thresholds: Thresholds | None = None) -> None:
        self._models = models
        self._thresholds = thresholds or Thresholds()

    def understand(self, text: str, expected: Language | None = None) -> Understanding:
        """Find what a message asks for; `expected` is the trader's language, where it is known."""
        way, certain = self._way(text, expected)
        if not fold(text):
            return Understanding(text, Outcome.NO_ANSWER, None, (), way.language, way.style, certain, 0.0)
        probabilities = self._models.topics.probabilities(text)
        ranked = [
            (self._models.topics.classes[place], float(probabilities[place])) for place in np.argsort(-probabilities)
        ]
        outcome, topic, choices, confidence, smalltalk = self._decide(ranked)
        return Understanding(text, outcome, topic, choices, way.language, way.style, certain, confidence, smalltalk)

    def _decide(
        self, ranked: list[tuple[str, float]]
    ) -> tuple[Outcome, str | None, tuple[str, ...], float, str | None]:
        limits = self._thresholds
        topics = [(label, probability) for label, probability in ranked if not label.startswith(ASIDE)]
        (first, best), (label, confidence) = topics[0], ranked[0]
        if best >= limits.answer:
            return Outcome.ANSWER, first, (), best, None
        if label.startswith(ASIDE) and confidence >= limits.aside:
            if label in SMALLTALK:
                return Outcome.SMALLTALK, None, (), confidence, label.removeprefix(ASIDE)
            return Outcome.NO_ANSWER, None, (), best, None
        offered = [(topic, probability) for topic, probability in topics[:CHOICES] if probability >= limits.offered]
        if sum(probability for _, probability in offered) >= limits.choices:
            return Outcome.CHOICES, None, tuple(topic for topic, _ in offered), best, None
        return Outcome.NO_ANSWER, None, (), best, None

    def _way(self, text: str, expected: Language | None) -> tuple[Way, bool]:
        """The way of writing, and whether the message itself shows its language beyond doubt."""
        ways = [Way(name) for name in self._models.ways.classes]
        probabilities = self._models.ways.probabilities(text)
        own = max(zip(probabilities, ways, strict=True))
        weighed = [
            (probability * (self._thresholds.language if way.language is expected else 1.0), way)
            for probability, way in zip(probabilities, ways, strict=True)
        ]
        best = max(weighed)
        return best[1], bool(own[1].language is best[1].language and own[0] >= 0.9)


#: Labels of the asides that get a short reply of their own; every other aside is out of scope.
SMALLTALK = frozenset(
    ASIDE + kind for kind in ("greeting", "thanks", "farewell", "identity", "insult", "acknowledgement")
)
