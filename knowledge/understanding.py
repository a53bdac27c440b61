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
    aside: float = 0.50  # a message is taken for small talk, or for out of scope
    talk_words: int = 5  # a message of so many words is more than small talk


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of one message."""

    text: str
    outcome: Outcome
    topic: str | None  # the one that answers it
    choices: tuple[str, ...]  # topics to offer, best first
    language: Language
    style: Style
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
        way = self._way(text, expected)
        if not fold(text):
            return Understanding(text, Outcome.NO_ANSWER, None, (), expected or way.language, way.style, 0.0)
        probabilities = self._models.topics.probabilities(text)
        ranked = [
            (self._models.topics.classes[place], float(probabilities[place])) for place in np.argsort(-probabilities)
        ]
        outcome, topic, choices, confidence, smalltalk = self._decide(text, ranked)
        return Understanding(text, outcome, topic, choices, way.language, way.style, confidence, smalltalk)

    def _decide(
        self, text: str, ranked: list[tuple[str, float]]
    ) -> tuple[Outcome, str | None, tuple[str, ...], float, str | None]:
        limits = self._thresholds
        topics = [(label, probability) for label, probability in ranked if not label.startswith(ASIDE)]
        (first, best), (label, confidence) = topics[0], ranked[0]
        if best >= limits.answer:
            return Outcome.ANSWER, first, (), best, None
        if label in SMALLTALK and len(text.split()) >= limits.talk_words:
            # a greeting before a question: what remains without the greeting decides
            topics = [(topic, probability / (1.0 - confidence)) for topic, probability in topics]
            if topics[0][1] >= limits.answer:
                return Outcome.ANSWER, topics[0][0], (), topics[0][1], None
        elif label.startswith(ASIDE) and confidence >= limits.aside:
            if label in SMALLTALK:
                return Outcome.SMALLTALK, None, (), confidence, label.removeprefix(ASIDE)
            return Outcome.NO_ANSWER, None, (), best, None
        offered = [(topic, probability) for topic, probability in topics[:CHOICES] if probability >= limits.offered]
        if sum(probability for _, probability in offered) >= limits.choices:
            return Outcome.CHOICES, None, tuple(topic for topic, _ in offered), best, None
        return Outcome.NO_ANSWER, None, (), best, None

    def _way(self, text: str, expected: Language | None) -> Way:
        """The way of writing; the fewer the words, the more the trader's own language counts."""
        words = len(text.split())
        trust = next((trust for most, trust in OWN_LANGUAGE if words <= most), OWN_LANGUAGE_AT_LEAST)
        ways = [Way(name) for name in self._models.ways.classes]
        probabilities = self._models.ways.probabilities(text)
        weighed = [
            (float(probability) * (trust if way.language is expected else 1.0), way)
            for probability, way in zip(probabilities, ways, strict=True)
        ]
        return max(weighed)[1]


#: How many times the trader's own language counts in a message of at most so many words, and in a longer one.
OWN_LANGUAGE = ((2, 30.0), (4, 6.0))
OWN_LANGUAGE_AT_LEAST = 2.0

#: Labels of the asides that get a short reply of their own; every other aside is out of scope.
SMALLTALK = frozenset(
    ASIDE + kind for kind in ("greeting", "thanks", "farewell", "identity", "insult", "acknowledgement")
)
