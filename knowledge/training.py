"""Learning the model from phrasings; imported only when the library has changed, for scikit-learn is heavy."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from knowledge.confidence import rank
from knowledge.features import Extractor, Features
from knowledge.model import Floats, Model, Vocabulary, softmax, thinned
from knowledge.phrasings import ASIDE
from knowledge.questions import Question

TOLERANCE = 0.1  # liblinear's own; scikit-learn's is a thousandth, takes a quarter longer and ranks the same


def learn(texts: Sequence[str], labels: Sequence[str], extract: Extractor) -> Model:
    """Learn to tell the labels of texts apart; its probabilities are to be trusted once it is `calibrated`."""
    features = [extract(text) for text in texts]
    vocabularies = tuple(_vocabulary(features, family) for family in range(len(features[0])))
    matrix = hstack([_matrix(features, family, vocabulary) for family, vocabulary in enumerate(vocabularies)], "csr")
    machine = LinearSVC(C=0.25, tol=TOLERANCE, class_weight="balanced", random_state=0)
    machine.fit(matrix, np.asarray(labels))
    return Model(
        classes=tuple(str(name) for name in machine.classes_),
        extract=extract,
        vocabularies=vocabularies,
        weights=thinned(np.asarray(machine.coef_.T, np.float32)),
        bias=np.asarray(machine.intercept_, np.float32),
        temperature=1.0,
    )


def calibrated_topics(model: Model, questions: Sequence[Question]) -> Model:
    """Let the probabilities of topics state how often they are right, on questions that were not learned from."""
    asides = {name for name in model.classes if name.startswith(ASIDE)}
    return _calibrated(model, [(question.text, question.topics or asides) for question in questions])


def calibrated_ways(model: Model, questions: Sequence[Question]) -> Model:
    """The same for ways of writing; questions in two languages say nothing of them."""
    return _calibrated(model, [(question.text, {question.style}) for question in questions])


def _calibrated(model: Model, examples: Sequence[tuple[str, Collection[str]]]) -> Model:
    """The model with the divisor of its scores under which they are least surprised by what was right (log loss)."""
    right = np.asarray([[name in names for name in model.classes] for _, names in examples])
    told = right.any(axis=1)
    scores = np.stack([model.scores(text)[0] for text, _ in examples])[told]
    right = right[told]

    def surprise(logarithm: float) -> float:
        probabilities = softmax(scores / np.float32(math.exp(logarithm)))
        return float(-np.log((probabilities * right).sum(axis=1) + 1e-9).mean())

    return replace(model, temperature=math.exp(minimize_scalar(surprise, bounds=(-4.0, 2.0), method="bounded").x))


def learn_confidence(model: Model, questions: Sequence[Question]) -> Floats:
    """Learn, on questions that the model did not learn from, when its first topic is right (see `confidence`)."""
    rankings = [rank(model, question.text) for question in questions]
    evidence = np.stack([ranking.evidence for ranking in rankings])
    right = [ranking.topics[0] in question.topics for ranking, question in zip(rankings, questions, strict=True)]
    spread = evidence.std(axis=0)
    spread[spread == 0] = 1.0
    judge = LogisticRegression(fit_intercept=False, max_iter=1000).fit(evidence / spread, right)
    return np.asarray(judge.coef_[0] / spread, np.float32)


def _vocabulary(features: Sequence[Features], family: int) -> Vocabulary:
    keys, texts = np.unique(np.concatenate([np.unique(text[family]) for text in features]), return_counts=True)
    return Vocabulary(keys, np.asarray(np.log((1 + len(features)) / (1 + texts)) + 1, np.float32))


def _matrix(features: Sequence[Features], family: int, vocabulary: Vocabulary) -> csr_matrix:
    weighed = [vocabulary.weigh(text[family]) for text in features]
    lengths = [len(places) for places, _, _ in weighed]
    return csr_matrix(
        (
            np.concatenate([values for _, values, _ in weighed]),
            np.concatenate([places for places, _, _ in weighed]),
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(len(features), len(vocabulary.keys)),
        dtype=np.float32,
    )
