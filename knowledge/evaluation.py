"""How well strangers' questions are understood: the figures, by way of writing, and where they go wrong."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from knowledge.entry import Phrasing
from knowledge.features import topic_features
from knowledge.language import Language, Way
from knowledge.model import Model
from knowledge.phrasings import ASIDE
from knowledge.questions import Question
from knowledge.retrieval import Models
from knowledge.understanding import Outcome, Understander, Understanding

BINS = 10  # of confidence, over which the calibration error is taken
OVERALL = "all"


@dataclass
class Tally:
    """Counts over the questions of one way of writing."""

    in_scope: int = 0
    first_right: int = 0  # the best topic, whatever was done with it
    answered_right: int = 0
    answered_wrong: int = 0
    offered_right: int = 0  # answered right, or among the topics offered
    outside: int = 0
    outside_answered: int = 0
    told: int = 0  # questions whose language is known
    language_right: int = 0

    def figures(self) -> dict[str, float | int]:
        """The counts as shares; 0 where there is nothing to share."""
        scope, outside, told = max(1, self.in_scope), max(1, self.outside), max(1, self.told)
        return {
            "in_scope": self.in_scope,
            "first_right": self.first_right / scope,
            "answered_right": self.answered_right / scope,
            "right_or_offered": self.offered_right / scope,
            "wrong_and_confident": self.answered_wrong / scope,
            "out_of_scope": self.outside,
            "out_of_scope_answered": self.outside_answered / outside,
            "language_right": self.language_right / told,
        }


@dataclass
class Report:
    """The figures of one evaluation."""

    by_style: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)  # (right, taken) → how often
    calibration_error: float = 0.0  # expected: mean distance of confidence and hit rate, weighted by bin

    def as_json(self) -> dict[str, Any]:
        """Everything, for a program."""
        return {
            "by_style": {style: tally.figures() | {"counts": asdict(tally)} for style, tally in self.by_style.items()},
            "confusions": [[*pair, count] for pair, count in self.confusions.most_common(40)],
            "expected_calibration_error": self.calibration_error,
        }


def evaluate(
    understand: Callable[[str], Understanding], best_topic: Callable[[str], str], questions: Iterable[Question]
) -> Report:
    """Ask every question and count. `best_topic` gives the first topic, also where it is not sure enough to answer."""
    return _report((question, understand(question.text), best_topic(question.text)) for question in questions)


def evaluate_across_authors(models: Models, questions: Sequence[Question]) -> Report:
    """The same, each table of questions with a confidence that was learned on the other tables alone."""
    from knowledge import training  # noqa: PLC0415  (scikit-learn: see retrieval)

    def asked() -> Iterator[tuple[Question, Understanding, str]]:
        for file in sorted({question.file for question in questions}):
            others = [question for question in questions if question.file != file]
            topics = training.calibrated_topics(models.topics, others)
            ways = training.calibrated_ways(models.ways, others)
            understander = Understander(Models(topics, ways, training.learn_confidence(topics, others)))
            for question in questions:
                if question.file == file:
                    yield question, understander.understand(question.text), first_topic(topics, question.text)

    return _report(asked())


def _report(asked: Iterable[tuple[Question, Understanding, str]]) -> Report:
    report = Report()
    trusted: list[tuple[float, bool]] = []
    for question, understanding, best in asked:
        for tally in (report.by_style[question.style], report.by_style[OVERALL]):
            _count(tally, question, understanding, best)
        if understanding.outcome is not Outcome.SMALLTALK:
            trusted.append((understanding.confidence, best in question.topics))
        if question.in_scope and best not in question.topics:
            report.confusions[min(question.topics), best] += 1
    report.calibration_error = expected_calibration_error(trusted)
    return report


def _count(tally: Tally, question: Question, understanding: Understanding, best: str) -> None:
    answered = understanding.outcome is Outcome.ANSWER
    if question.in_scope:
        tally.in_scope += 1
        tally.first_right += best in question.topics
        tally.answered_right += understanding.topic in question.topics
        tally.answered_wrong += answered and understanding.topic not in question.topics
        offered = {understanding.topic, *understanding.choices}
        tally.offered_right += bool(offered & question.topics)
    else:
        tally.outside += 1
        tally.outside_answered += answered
    if language := _language(question.style):
        tally.told += 1
        tally.language_right += understanding.language is language


def _language(style: str) -> Language | None:
    return Way(style).language if style in set(Way) else None  # a mixed question has no one language


def expected_calibration_error(trusted: Sequence[tuple[float, bool]]) -> float:
    """Mean distance between confidence and hit rate over `BINS` equal bins, weighted by their sizes."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in trusted:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    error = 0.0
    for members in bins.values():
        confidence = sum(sure for sure, _ in members) / len(members)
        hits = sum(right for _, right in members) / len(members)
        error += abs(confidence - hits) * len(members) / len(trusted)
    return error


def curve(phrasings: Sequence[Phrasing], questions: Sequence[Question]) -> Iterator[tuple[int, float]]:
    """Learn from an eighth, a quarter, a half and all phrasings; yield their number and the share first right."""
    from knowledge.training import learn  # noqa: PLC0415  (scikit-learn: see retrieval)

    by_topic: dict[str, list[Phrasing]] = defaultdict(list)
    for phrasing in random.Random(0).sample(phrasings, len(phrasings)):  # noqa: S311  (a sample, no secret)
        by_topic[phrasing.topic].append(phrasing)
    asked = [question for question in questions if question.in_scope]
    for part in (8, 4, 2, 1):
        taught = [phrasing for all_of in by_topic.values() for phrasing in all_of[: max(5, len(all_of) // part)]]
        model = learn([one.text for one in taught], [one.topic for one in taught], topic_features)
        right = sum(first_topic(model, question.text) in question.topics for question in asked)
        yield len(taught), right / len(asked)


def across_ways(phrasings: Sequence[Phrasing], questions: Sequence[Question]) -> Iterator[tuple[Way, float]]:
    """For each way of writing, the share first right of a model that was taught in the other ways alone."""
    from knowledge.training import learn  # noqa: PLC0415  (scikit-learn: see retrieval)

    for way in Way:
        taught = [phrasing for phrasing in phrasings if phrasing.way is not way]
        asked = [question for question in questions if question.in_scope and question.style == way]
        if not asked:
            continue
        model = learn([one.text for one in taught], [one.topic for one in taught], topic_features)
        yield way, sum(first_topic(model, question.text) in question.topics for question in asked) / len(asked)


def first_topic(model: Model, text: str) -> str:
    """The topic that a model puts first, asides passed over."""
    scores, _ = model.scores(text)
    places = [place for place, name in enumerate(model.classes) if not name.startswith(ASIDE)]
    return model.classes[max(places, key=lambda place: float(scores[place]))]


def as_table(report: Report) -> str:
    """The figures for a person."""
    lines = [
        f"{'':8} {'questions':>9} {'first right':>11} {'or offered':>10} {'wrong, sure':>11} "
        f"{'outside':>7} {'answered':>8} {'language':>8}"
    ]
    for style, tally in report.by_style.items():
        f = tally.figures()
        lines.append(
            f"{style:8} {f['in_scope']:9} {f['first_right']:11.1%} {f['right_or_offered']:10.1%} "
            f"{f['wrong_and_confident']:11.1%} {f['out_of_scope']:7} {f['out_of_scope_answered']:8.1%} "
            f"{f['language_right']:8.1%}"
        )
    lines.append(f"expected calibration error {report.calibration_error:.3f}")
    lines += [f"{count:3} × {right} taken for {taken}" for (right, taken), count in report.confusions.most_common(15)]
    return "\n".join(lines)
