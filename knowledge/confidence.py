"""How far the best topic may be trusted: the probability that it is the right one, for a stranger's question.

A model's own probabilities are those of texts like the ones it learned from. This one is learned (in `training`) on the
questions of `knowledge/evaluation`, by authors whose words the model never saw, out-of-scope ones among them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from knowledge.model import Floats, Model, softmax
from knowledge.phrasings import ASIDE, OUT_OF_SCOPE


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the model makes of one text."""

    topics: tuple[tuple[str, float], ...]  # with their probabilities, best first
    aside: str  # the best aside
    aside_probability: float
    evidence: Floats


def rank(model: Model, text: str) -> Ranking:
    """Rank the topics for a text, and gather the evidence for and against the first."""
    scores, shares = model.scores(text)
    probabilities = softmax(scores / model.temperature)
    order = np.argsort(-scores)
    topics = [place for place in order if not model.classes[place].startswith(ASIDE)]
    aside = next(place for place in order if model.classes[place].startswith(ASIDE))
    first, second = topics[0], topics[1]
    out_of_scope = model.classes.index(OUT_OF_SCOPE)
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
        tuple((model.classes[place], float(probabilities[place])) for place in topics),
        model.classes[aside],
        float(probabilities[aside]),
        np.asarray(evidence, np.float32),
    )


def confidence(ranking: Ranking, coefficients: Floats) -> float:
    """The probability that the first topic is the right one."""
    return 1.0 / (1.0 + math.exp(-float(ranking.evidence @ coefficients)))
