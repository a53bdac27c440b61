"""A linear model over features: scores, learned weights, its file. Learning stands in `training`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from knowledge.features import Extractor, Keys

Floats = NDArray[np.float32]

# Measured: of 58 million weights 3 million are left, and as many questions are ranked right.
LEAST_WEIGHT = 0.02  # a smaller one is left out
CLASSES_A_FEATURE = 64  # with a weight: what speaks for or against more tells little apart


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features of one family with their rarity; keys alone are kept, a tenth of the memory of the names."""

    keys: Keys  # ascending
    rarity: Floats  # inverse document frequency, one a feature

    def weigh(self, found: Keys) -> tuple[NDArray[np.intp], Floats, float]:
        """The places of the known features, their weights (TF-IDF, damped counts, of length 1), the share known."""
        keys, times = np.unique(found, return_counts=True)
        if not len(keys) or not len(self.keys):
            return np.empty(0, np.intp), np.empty(0, np.float32), 0.0
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[places] == keys
        places = places[known]
        weights = (1.0 + np.log(times[known])) * self.rarity[places]
        norm = float(np.sqrt(weights @ weights)) or 1.0
        return places, np.asarray(weights / norm, np.float32), len(places) / len(keys)


def thinned(weights: Floats | csr_array) -> csr_array:
    """Weights (features × classes) that matter: not next to nothing, and of each feature's the largest.

    A score then costs hardly more for many more topics (docs/decisions/0015).
    """
    kept = csr_array(weights, copy=True)
    kept.data[np.abs(kept.data) < LEAST_WEIGHT] = 0
    for start, end in pairwise(kept.indptr):
        if end - start > CLASSES_A_FEATURE:
            row = kept.data[start:end]
            row[np.argpartition(np.abs(row), -CLASSES_A_FEATURE)[:-CLASSES_A_FEATURE]] = 0
    kept.eliminate_zeros()
    return kept


@dataclass(frozen=True, slots=True)
class Model:
    """Classes ranked by the weighted sum of a text's features."""

    classes: tuple[str, ...]
    extract: Extractor
    vocabularies: tuple[Vocabulary, ...]
    weights: csr_array  # features × classes, the families below one another
    bias: Floats
    temperature: float  # divides the scores before they become probabilities; learned on questions held out

    def scores(self, text: str) -> tuple[Floats, tuple[float, ...]]:
        """One score a class, higher fits better; and of each family the share of the text's features that are known."""
        values, places, shares = [], [], []
        start = 0
        for keys, vocabulary in zip(self.extract(text), self.vocabularies, strict=True):
            known, weights, share = vocabulary.weigh(keys)
            places.append(start + known)
            start += len(vocabulary.keys)
            values.append(weights)
            shares.append(share)
        return self.bias + np.concatenate(values) @ self.weights[np.concatenate(places)], tuple(shares)

    def probabilities(self, text: str) -> Floats:
        """One probability a class, in their order; together 1."""
        return softmax(self.scores(text)[0] / self.temperature)


def softmax(scores: Floats) -> Floats:
    """Probabilities in proportion to the exponentials of the scores, along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def save(models: Sequence[Model], confidence: Floats, path: Path) -> None:
    """Write models, and the coefficients of the confidence in the first, to one file: whole or not at all."""
    arrays: dict[str, NDArray[np.generic]] = {"confidence": confidence}
    for number, model in enumerate(models):
        head = json.dumps({"classes": model.classes, "temperature": model.temperature})
        arrays[f"{number}.head"] = np.frombuffer(head.encode(), np.uint8)
        arrays[f"{number}.bias"] = model.bias
        for family, vocabulary in enumerate(model.vocabularies):
            arrays[f"{number}.keys.{family}"] = vocabulary.keys
            arrays[f"{number}.rarity.{family}"] = vocabulary.rarity
        for part in ("data", "indices", "indptr"):
            arrays[f"{number}.weights.{part}"] = getattr(model.weights, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    # each process has a file of its own until it is whole: two may learn at the same time
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".unfinished", delete=False) as target:
        try:
            np.savez(target, allow_pickle=False, **arrays)
        except BaseException:
            Path(target.name).unlink()
            raise
    Path(target.name).replace(path)


def load(path: Path, extractors: Sequence[Extractor]) -> tuple[list[Model], Floats]:
    """Read what `save` wrote: the models, one an extractor, and the coefficients of the confidence."""
    models = []
    with np.load(path, allow_pickle=False) as arrays:
        for number, extract in enumerate(extractors):
            head = json.loads(arrays[f"{number}.head"].tobytes())
            families = range(sum(name.startswith(f"{number}.keys.") for name in arrays.files))
            vocabularies = tuple(
                Vocabulary(arrays[f"{number}.keys.{f}"], arrays[f"{number}.rarity.{f}"]) for f in families
            )
            bias = arrays[f"{number}.bias"]
            parts = tuple(arrays[f"{number}.weights.{part}"] for part in ("data", "indices", "indptr"))
            weights = csr_array(parts, shape=(len(parts[-1]) - 1, len(bias)))
            models.append(Model(tuple(head["classes"]), extract, vocabularies, weights, bias, head["temperature"]))
        confidence = arrays["confidence"]
    return models, confidence
