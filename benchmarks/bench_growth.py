"""Understanding with many more topics than there are: the served weights, repeated under new names.

What it costs is true to size; which topic comes first is not, and is not asked. 8,100 topics want 1 GB.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, hstack

from benchmarks.figures import heading, line, percentile
from benchmarks.processes import ROOT, end_on_sigterm, questions
from bot.counsel import utc_now
from knowledge.library import load_library
from knowledge.model import Model, thinned
from knowledge.phrasings import ASIDE
from knowledge.retrieval import Models, models_for
from knowledge.understanding import Understander

TIMES = (1, 10, 100)
ASKED = 300  # questions


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    models = models_for(load_library(utc_now().date()), ROOT / "data" / "understanding", print)
    asked = questions()[:ASKED]
    heading(f"Growth: {len(asked)} questions, one call of `understand` each")
    first = 0.0
    for times in TIMES:
        topics = grown(models.topics, times)
        understand = Understander(Models(topics, models.ways, models.confidence)).understand
        spent = []
        for question in asked:
            start = time.perf_counter()
            understand(question)
            spent.append((time.perf_counter() - start) * 1000)
        p50, p99 = percentile(spent, 0.5), percentile(spent, 0.99)
        first = first or p50
        size = (topics.weights.data.nbytes + topics.weights.indices.nbytes) / 1e6
        note = f"p99 {p99:.1f} ms, {p50 / first:.1f} times as long; weights {size:,.0f} MB"
        line(f"{sum(not name.startswith(ASIDE) for name in topics.classes):,} topics, p50", f"{p50:.2f} ms", note)


def grown(model: Model, times: int) -> Model:
    """The model with each class so many times; the asides keep their names once."""
    classes = tuple(
        name if copy == 0 else f"{name.removeprefix(ASIDE)}-{copy}" for copy in range(times) for name in model.classes
    )
    weights = thinned(csr_array(hstack([model.weights] * times)))
    return replace(model, classes=classes, weights=weights, bias=np.tile(model.bias, times))


if __name__ == "__main__":
    main()
