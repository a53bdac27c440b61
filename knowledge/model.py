"""A linear model over features: scores, learned weights, its file. Learning stands in `training`."""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.features import Extractor

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features of one family with their rarity."""

    positions: dict[str, int]
    rarity: Floats  # inverse document frequency, one a feature

    def weigh(self, counts: Counter[str]) -> tuple[list[int], list[float]]:
        """The positions of the known features and their weights, of length 1 together (TF-IDF, damped counts)."""
        known = [
            (position, count) for name, count in counts.items() if (position := self.positions.get(name)) is not None
        ]
        positions = [position for position, _ in known]
        weights = [(1.0 + math.log(count)) * float(self.rarity[position]) for position, count in known]
        norm = math.sqrt(sum(weight * weight for weight in weights)) or 1.0
        return positions, [weight / norm for weight in weights]


@dataclass(frozen=True, slots=True)
class Model:
    """Classes ranked by the weighted sum of a text's features."""

    classes: tuple[str, ...]
    extract: Extractor
    vocabularies: tuple[Vocabulary, ...]
    weights: tuple[NDArray[np.float16], ...]  # one a family, features × classes; half precision halves the memory
    bias: Floats
    temperature: float  # divides the scores before they become probabilities; learned on questions held out

    def scores(self, text: str) -> Floats:
        """One score a class; higher fits better."""
        total = self.bias.copy()
        for counts, vocabulary, weights in zip(self.extract(text), self.vocabularies, self.weights, strict=True):
            positions, values = vocabulary.weigh(counts)
            if positions:
                total += np.asarray(values, np.float32) @ weights[positions].astype(np.float32)
        return total

    def probabilities(self, text: str) -> Floats:
        """One probability a class, in their order; together 1."""
        return softmax(self.scores(text) / self.temperature)


def softmax(scores: Floats) -> Floats:
    """Probabilities in proportion to the exponentials of the scores, along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def save(models: Sequence[Model], path: Path) -> None:
    """Write models to one file, whole or not at all."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for number, model in enumerate(models):
        head = {
            "classes": model.classes,
            "temperature": model.temperature,
            "features": [list(vocabulary.positions) for vocabulary in model.vocabularies],
        }
        arrays[f"{number}.head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
        arrays[f"{number}.bias"] = model.bias
        for family, (vocabulary, weights) in enumerate(zip(model.vocabularies, model.weights, strict=True)):
            arrays[f"{number}.rarity.{family}"] = vocabulary.rarity
            arrays[f"{number}.weights.{family}"] = weights
    path.parent.mkdir(parents=True, exist_ok=True)
    # each process has a file of its own until it is whole: two may learn at the same time
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".unfinished", delete=False) as target:
        np.savez(target, allow_pickle=False, **arrays)
    Path(target.name).replace(path)


def load(path: Path, extractors: Sequence[Extractor]) -> list[Model]:
    """Read the models that `save` wrote, one an extractor."""
    models = []
    with np.load(path, allow_pickle=False) as arrays:
        for number, extract in enumerate(extractors):
            head = json.loads(arrays[f"{number}.head"].tobytes())
            vocabularies = tuple(
                Vocabulary({name: place for place, name in enumerate(names)}, arrays[f"{number}.rarity.{family}"])
                for family, names in enumerate(head["features"])
            )
            weights = tuple(arrays[f"{number}.weights.{family}"] for family in range(len(vocabularies)))
            bias = arrays[f"{number}.bias"]
            models.append(Model(tuple(head["classes"]), extract, vocabularies, weights, bias, head["temperature"]))
    return models
