"""Learning the model from phrasings; imported only when the library has changed, for scikit-learn is heavy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from knowledge.confidence import rank
from knowledge.features import Extractor, Features
from knowledge.model import Floats, Model, Vocabulary, Weights, keys_of, softmax
from knowledge.questions import Question

FOLDS = 5  # one part in so many is held out once, to learn how far scores may be trusted


def learn(texts: Sequence[str], labels: Sequence[str], extract: Extractor) -> Model:
    """Learn to tell the labels of texts apart. Every label needs at least `FOLDS` texts."""
    features = [extract(text) for text in texts]
    vocabularies = tuple(_vocabulary(features, family) for family in range(len(features[0])))
    matrix = hstack([_matrix(features, family, vocabulary) for family, vocabulary in enumerate(vocabularies)], "csr")
    answers = np.asarray(labels)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    known, held_out = next(folds.split(matrix, answers))
    with ThreadPoolExecutor(2) as pool:  # liblinear leaves the interpreter free while it works
        whole = pool.submit(_fit, matrix, answers)
        partial = pool.submit(_fit, matrix[known], answers[known])
        classifier, judge = whole.result(), partial.result()
    classes = [str(name) for name in classifier.classes_]
    truth = np.asarray([classes.index(answers[place]) for place in held_out])
    ends = np.cumsum([len(vocabulary.keys) for vocabulary in vocabularies])[:-1]
    coefficients = np.asarray(classifier.coef_.T, np.float32)
    return Model(
        classes=tuple(classes),
        extract=extract,
        vocabularies=vocabularies,
        weights=tuple(map(Weights.of, np.split(coefficients, ends))),
        bias=np.asarray(classifier.intercept_, np.float32),
        temperature=_temperature(judge.decision_function(matrix[held_out]).astype(np.float32), truth),
    )


def learn_confidence(model: Model, questions: Sequence[Question]) -> Floats:
    """Learn, on questions that the model did not learn from, when its first topic is right (see `confidence`)."""
    rankings = [rank(model, question.text) for question in questions]
    evidence = np.stack([ranking.evidence for ranking in rankings])
    right = [ranking.topics[0][0] in question.topics for ranking, question in zip(rankings, questions, strict=True)]
    spread = evidence.std(axis=0)
    spread[spread == 0] = 1.0
    judge = LogisticRegression(fit_intercept=False, max_iter=1000).fit(evidence / spread, right)
    return np.asarray(judge.coef_[0] / spread, np.float32)


def _fit(matrix: csr_matrix, labels: NDArray[np.str_]) -> LinearSVC:
    return LinearSVC(C=0.25, class_weight="balanced", random_state=0).fit(matrix, labels)


def _vocabulary(features: Sequence[Features], family: int) -> Vocabulary:
    documents: Counter[str] = Counter()
    for text in features:
        documents.update(text[family].keys())
    names = list(documents)
    keys, first = np.unique(keys_of(names), return_index=True)
    rarity = [math.log((1 + len(features)) / (1 + documents[names[place]])) + 1 for place in first]
    return Vocabulary(keys, np.asarray(rarity, np.float32))


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


def _temperature(scores: Floats, truth: NDArray[np.int_]) -> float:
    """The divisor under which the held-out scores state their own hit rate best (least log loss)."""

    def loss(logarithm: float) -> float:
        probabilities = softmax(scores / np.float32(math.exp(logarithm)))
        return float(-np.log(probabilities[np.arange(len(truth)), truth] + 1e-9).mean())

    return math.exp(minimize_scalar(loss, bounds=(-4.0, 2.0), method="bounded").x)
