"""What is counted of questions by other hands, and what is held out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge import evaluation, training
from knowledge.entry import Phrasing
from knowledge.evaluation import evaluate, evaluate_across_authors, expected_calibration_error
from knowledge.features import topic_features, way_features
from knowledge.language import Language, Style, Way
from knowledge.questions import Question
from knowledge.retrieval import Models
from knowledge.understanding import Outcome, Understanding
from tests.knowledge.samples import PHRASINGS, QUESTIONS

TEXTS = [phrasing.text for phrasing in PHRASINGS]


@pytest.fixture(scope="module")
def models() -> Models:
    """Models of PHRASINGS."""
    topics = training.learn(TEXTS, [phrasing.topic for phrasing in PHRASINGS], topic_features)
    ways = training.learn(TEXTS, [phrasing.way for phrasing in PHRASINGS], way_features)
    return Models(topics, ways, training.learn_confidence(topics, QUESTIONS))


def test_learning_twice_learns_the_same() -> None:
    first, second = (training.learn(TEXTS, [one.topic for one in PHRASINGS], topic_features) for _ in range(2))
    assert (first.weights != second.weights).nnz == 0
    assert first.bias.tolist() == second.bias.tolist()


def understood(outcome: Outcome, topic: str | None = None, *choices: str) -> Understanding:
    return Understanding("?", outcome, topic, choices, Language.UR, Style.LATIN, 0.9)


@pytest.mark.parametrize(
    ("right", "understanding", "best", "counted"),
    [
        pytest.param({"visa"}, understood(Outcome.ANSWER, "visa"), "visa", (1, 1, 1, 0, 0), id="answered right"),
        pytest.param({"visa"}, understood(Outcome.ANSWER, "taftan"), "taftan", (0, 0, 0, 1, 0), id="answered wrong"),
        pytest.param(
            {"visa"}, understood(Outcome.CHOICES, None, "taftan", "visa"), "taftan", (0, 0, 1, 0, 0), id="offered"
        ),
        pytest.param({"visa"}, understood(Outcome.CHOICES, None, "taftan"), "visa", (1, 0, 0, 0, 0), id="not offered"),
        pytest.param({"visa"}, understood(Outcome.NO_ANSWER), "visa", (1, 0, 0, 0, 0), id="not dared"),
        pytest.param(
            {"visa", "taftan"}, understood(Outcome.ANSWER, "taftan"), "taftan", (1, 1, 1, 0, 0), id="two right"
        ),
        pytest.param((), understood(Outcome.ANSWER, "visa"), "visa", (0, 0, 0, 0, 1), id="outside, answered"),
        pytest.param((), understood(Outcome.CHOICES, None, "visa"), "visa", (0, 0, 0, 0, 0), id="outside, offered"),
    ],
)
def test_each_question_counts_as_what_became_of_it(
    right: set[str], understanding: Understanding, best: str, counted: tuple[int, ...]
) -> None:
    question = Question("ur-Latn", frozenset(right), "?", "a.tsv", 2)
    tally = evaluate(lambda _: understanding, lambda _: best, [question]).by_style["all"]
    assert counted == (
        tally.first_right, tally.answered_right, tally.offered_right, tally.answered_wrong, tally.outside_answered
    )  # fmt: skip
    assert (tally.told, tally.language_right) == (1, 1)


def test_the_calibration_error_is_the_distance_of_what_is_said_and_what_is() -> None:
    assert expected_calibration_error([(0.95, True)] * 19 + [(0.95, False)]) == pytest.approx(0.0)
    assert expected_calibration_error([(0.85, False)] * 3 + [(0.15, False)]) == pytest.approx((0.85 * 3 + 0.15) / 4)


def test_a_table_is_judged_by_a_confidence_that_did_not_see_it(models: Models) -> None:
    mine = [replace(question, file="mine.tsv") for question in QUESTIONS]
    yours = [replace(question, file="yours.tsv") for question in QUESTIONS[2:]]
    report = evaluate_across_authors(models, [*mine, *yours])
    assert (report.by_style["all"].in_scope, report.by_style["all"].outside) == (6, 6)
    changed = [replace(question, topics=frozenset()) if question.in_scope else question for question in yours[1:]]
    other = evaluate_across_authors(models, [*mine, yours[0], *changed])
    # what became of my questions hangs on yours alone, and the other way about
    assert other.calibration_error != report.calibration_error


def test_a_way_of_writing_is_asked_of_a_model_that_never_saw_it() -> None:
    taught = {"visa": "جغجغ", "taftan": "ژکژک"}  # words of which no other way knows a piece
    alone = tuple(Phrasing(topic, Way.FA, word, 99) for topic, word in taught.items())
    questions = [Question("fa", frozenset({topic}), word, "a.tsv", 2) for topic, word in taught.items()]
    assert dict(evaluation.across_ways((*PHRASINGS, *alone), questions)) == {Way.FA: 0.5}  # it can but guess the same


def test_the_table_has_a_line_for_each_way(models: Models) -> None:
    report = evaluate(
        lambda _: understood(Outcome.NO_ANSWER), lambda text: evaluation.first_topic(models.topics, text), QUESTIONS
    )
    lines = evaluation.as_table(report).splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["ur-Latn", "all", "fa", "en"]
