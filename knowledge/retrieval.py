"""The learned models of a library: taken from the cache where it has not changed, learned anew where it has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fasteners import InterProcessLock

from knowledge import features, model, script
from knowledge.library import Library
from knowledge.model import Floats, Model

_EXTRACTORS = (features.topic_features, features.way_features)


@dataclass(frozen=True, slots=True)
class Models:
    """What tells topics and asides apart, what tells ways of writing apart, and how far the first is to be trusted."""

    topics: Model
    ways: Model
    confidence: Floats


def models_for(library: Library, cache: Path, announce: Callable[[str], None]) -> Models:
    """Return the models that a library's phrasings teach.

    `cache` is the folder where they are kept; `announce` is told of a slow step before it begins. Files of former
    libraries are removed.
    """
    phrasings = library.phrasings
    path = cache / f"{_fingerprint(library)}.npz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        # of processes that start together one learns, and the others wait for what it leaves
        with InterProcessLock(cache / "learning.lock"):
            if not path.exists():
                announce(
                    f"Learning from {len(phrasings):,} phrasings; this is done once for each change of the library …"
                )
                _learn(library, path)
                for former in cache.glob("*.npz"):
                    if former != path:
                        former.unlink(missing_ok=True)
    (topics, ways), confidence = model.load(path, _EXTRACTORS)
    return Models(topics, ways, confidence)


def _learn(library: Library, path: Path) -> None:
    from knowledge import training  # noqa: PLC0415  (scikit-learn costs a second and 80 MB: only when needed)

    texts = [phrasing.text for phrasing in library.phrasings]
    topics = training.learn(texts, [phrasing.topic for phrasing in library.phrasings], features.topic_features)
    ways = training.learn(texts, [phrasing.way for phrasing in library.phrasings], features.way_features)
    topics = training.calibrated_topics(topics, library.questions)
    ways = training.calibrated_ways(ways, library.questions)
    model.save((topics, ways), training.learn_confidence(topics, library.questions), path)


def _fingerprint(library: Library) -> str:
    """Changes with what is learned from, and with the code that learns from it."""
    digest = hashlib.sha256()
    for name in ("script", "features", "model", "confidence", "training"):
        digest.update(Path(script.__file__).with_name(f"{name}.py").read_bytes())
    taught = [(phrasing.topic, phrasing.way, phrasing.text) for phrasing in library.phrasings]
    asked = [(sorted(question.topics), question.text) for question in library.questions]
    digest.update(json.dumps((taught, asked)).encode())
    return digest.hexdigest()[:16]
