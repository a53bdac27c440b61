"""The learned models of a library: taken from the cache where it has not changed, learned anew where it has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knowledge import features, model, script
from knowledge.entry import Phrasing
from knowledge.model import Model

_EXTRACTORS = (features.topic_features, features.way_features)


@dataclass(frozen=True, slots=True)
class Models:
    """What tells topics and asides apart, and what tells ways of writing apart."""

    topics: Model
    ways: Model


def models_for(phrasings: tuple[Phrasing, ...], cache: Path, announce: Callable[[str], None]) -> Models:
    """Return the models that these phrasings teach.

    `cache` is the folder where they are kept; `announce` is told of a slow step before it begins. Files of former
    libraries are removed.
    """
    path = cache / f"{_fingerprint(phrasings)}.npz"
    if not path.exists():
        announce(f"Learning from {len(phrasings):,} phrasings; this is done once for each change of the library …")
        _learn(phrasings, path)
        for former in cache.glob("*.npz"):
            if former != path:
                former.unlink(missing_ok=True)
    return Models(*model.load(path, _EXTRACTORS))


def _learn(phrasings: tuple[Phrasing, ...], path: Path) -> None:
    from knowledge.training import learn  # noqa: PLC0415  (scikit-learn costs a second and 80 MB: only when needed)

    texts = [phrasing.text for phrasing in phrasings]
    topics = learn(texts, [phrasing.topic for phrasing in phrasings], features.topic_features)
    ways = learn(texts, [phrasing.way for phrasing in phrasings], features.way_features)
    model.save((topics, ways), path)


def _fingerprint(phrasings: tuple[Phrasing, ...]) -> str:
    """Changes with the phrasings and with the code that learns from them."""
    digest = hashlib.sha256()
    for name in ("script", "features", "model", "training"):
        digest.update(Path(script.__file__).with_name(f"{name}.py").read_bytes())
    digest.update(json.dumps([(phrasing.topic, phrasing.way, phrasing.text) for phrasing in phrasings]).encode())
    return digest.hexdigest()[:16]
