"""What a message asks for: an answer, a choice of topics, nothing that the library knows, or small talk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from knowledge import forgery
from knowledge.confidence import Ranking, confidence, rank
from knowledge.language import Language, Style, Way, style_of
from knowledge.phrasings import ASIDE, SMUGGLING
from knowledge.retrieval import Models
from knowledge.script import fold


class Outcome(StrEnum):
    """What becomes of a message."""

    ANSWER = "answer"
    CHOICES = "choices"
    NO_ANSWER = "no_answer"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence on something is done; one table for every decision. Measured in docs/understanding.md."""

    answer: float = 0.87  # the first topic is answered
    choices: float = 0.15  # the first topics are offered
    smalltalk: float = 0.50  # a message is taken for small talk (its probability)
    smuggling: float = 0.30  # a message is taken for a call for help to break the law (its probability)
    outside: float = 0.50  # one that is not answered is said to be outside the field (its probability)
    bare: float = 0.40  # a word or two are offered topics unless an aside is as probable
    bare_words: int = 2
    talk_words: int = 5  # a message of so many words is more than small talk if a topic is sure


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of one message."""

    text: str
    outcome: Outcome
    topic: str | None  # the one that answers it
    choices: tuple[str, ...]  # topics to offer, best first
    language: Language
    style: Style
    confidence: float  # the probability that the best topic, or the small talk taken, is right
    smalltalk: str | None = None  # its kind: greeting, thanks, …
    aside: str | None = None  # the label of the aside that decided, where it was not small talk

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
        unreadable = len(fold(text)) < 2  # nothing to read, or a single letter
        way = self._way(text, expected, words=0 if unreadable else len(text.split()))
        if unreadable:
            return Understanding(text, Outcome.NO_ANSWER, None, (), way.language, way.style, 0.0)
        ranking = rank(self._models.topics, text)
        sure = confidence(ranking, self._models.confidence)
        certain = ranking.aside_probability >= self._thresholds.smuggling
        if ranking.aside == SMUGGLING and (certain or forgery.is_wanted(text)):
            legal = tuple(topic for topic in LEGAL_WAY if topic in self._models.topics.classes)
            return Understanding(text, Outcome.CHOICES, None, legal, way.language, way.style, sure, aside=SMUGGLING)
        outcome, topic, choices, smalltalk = self._decide(text, ranking, sure)
        if outcome is Outcome.SMALLTALK:
            sure = ranking.aside_probability
        outside = outcome is Outcome.NO_ANSWER and ranking.aside_probability >= self._thresholds.outside
        aside = ranking.aside if outside else None
        return Understanding(text, outcome, topic, choices, way.language, way.style, sure, smalltalk, aside)

    def _decide(
        self, text: str, ranking: Ranking, sure: float
    ) -> tuple[Outcome, str | None, tuple[str, ...], str | None]:
        limits = self._thresholds
        talk = ranking.aside in SMALLTALK and ranking.aside_probability >= limits.smalltalk
        if talk and len(text.split()) < limits.talk_words:
            return Outcome.SMALLTALK, None, (), ranking.aside.removeprefix(ASIDE)
        if sure >= limits.answer:
            return Outcome.ANSWER, ranking.topics[0], (), None
        if talk:
            return Outcome.SMALLTALK, None, (), ranking.aside.removeprefix(ASIDE)
        bare = len(text.split()) <= limits.bare_words and ranking.aside_probability < limits.bare
        if sure >= limits.choices or bare:
            return Outcome.CHOICES, None, ranking.topics, None
        return Outcome.NO_ANSWER, None, (), None

    def _way(self, text: str, expected: Language | None, words: int) -> Way:
        """The way of writing; the fewer the words, the more the trader's own language counts."""
        trust = next((trust for most, trust in OWN_LANGUAGE if words <= most), OWN_LANGUAGE_AT_LEAST)
        style = style_of(text)
        probabilities = self._models.ways.probabilities(text)
        weighed = [
            (float(probability) * (trust if way.language is expected else 1.0), way)
            for probability, way in zip(probabilities, map(Way, self._models.ways.classes), strict=True)
            if style in {None, way.style}
        ]
        return max(weighed)[1]


#: How many times the trader's own language counts in a message of at most so many words, and in a longer one.
OWN_LANGUAGE = ((0, 1e9), (2, 30.0), (4, 5.0))
OWN_LANGUAGE_AT_LEAST = 2.0

#: What a call for help to break the law is answered with.
LEGAL_WAY = ("legalise-trade", "smuggling-penalties")

#: Labels of the asides that get a short reply of their own; every other aside is out of scope.
SMALLTALK = frozenset(
    ASIDE + kind for kind in ("greeting", "thanks", "farewell", "identity", "insult", "acknowledgement")
)
