"""How far the best topic may be trusted: the probability that it is the right one, for a stranger's question.

A model's own probabilities are those of texts like the ones it learned from. This one is learned (in `training`) on the
questions of `knowledge/evaluation`, by authors whose words the model never saw, out-of-scope ones among them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.model import Floats, Model, softmax
from knowledge.phrasings import ASIDE, OUT_OF_SCOPE

CHOICES = 3  # topics that are offered at most, and so ranked


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the model makes of one text."""

    topics: tuple[str, ...]  # the first few, best first
    aside: str  # the best aside
    aside_probability: float
    evidence: Floats


def rank(model: Model, text: str) -> Ranking:
    """Rank the topics for a text, and gather the evidence for and against the first."""
    scores, shares = model.scores(text)
    probabilities = softmax(scores / model.temperature)
    topics, asides, out_of_scope = _kinds(model.classes)
    best = topics[np.argsort(-scores[topics], kind="stable")[:CHOICES]]
    aside = asides[np.argmax(scores[asides])]
    first, second = best[0], best[1]
    # small talk is left out of the evidence: a greeting in front of a question says nothing against its topic
    serious = float(probabilities[topics].sum() + probabilities[out_of_scope]) or 1.0
    evidence = (
        scores[first],
        scores[first] - scores[second],
        scores[out_of_scope],
        *shares,
        math.log1p(len(text.split())),
        probabilities[first] / serious,
        probabilities[out_of_scope] / serious,
        1.0,
    )
    return Ranking(
        tuple(model.classes[place] for place in best),
        model.classes[aside],
        float(probabilities[aside]),
        np.asarray(evidence, np.float32),
    )


@lru_cache(maxsize=4)
def _kinds(classes: tuple[str, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """The places of the topics, those of the asides, and the one of what is out of scope."""
    aside = np.asarray([name.startswith(ASIDE) for name in classes])
    return np.flatnonzero(~aside), np.flatnonzero(aside), classes.index(OUT_OF_SCOPE)


def confidence(ranking: Ranking, coefficients: Floats) -> float:
    """The probability that the first topic is the right one."""
    return 1.0 / (1.0 + math.exp(-float(ranking.evidence @ coefficients)))
