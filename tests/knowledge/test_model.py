"""The linear model: scores, probabilities, and its file."""

from __future__ import annotations

import math
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from bot.conversation.turn import Counsel
from knowledge.features import Features, keys_of, topic_features, way_features
from knowledge.library import LIBRARY
from knowledge.model import CLASSES_A_FEATURE, Floats, Model, Vocabulary, load, save, softmax, thinned

SAFE = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=80)
COEFFICIENTS = np.asarray([0.1, -2.5, 3e-8], np.float32)  # of the confidence; nothing here depends on them


def letters(text: str) -> Features:
    """One family: the letters."""
    return (keys_of(text),)


def both(text: str) -> Features:
    """Two families: the letters, and the words."""
    return keys_of(text), keys_of(text.split())


def known(names: list[str], rarity: Floats) -> Vocabulary:
    """A vocabulary of these features."""
    keys = keys_of(names)
    order = np.argsort(keys)
    return Vocabulary(keys[order], rarity[order])


def in_order(names: list[str], rows: Floats) -> Floats:
    """Rows in the order in which a vocabulary keeps the features."""
    return np.asarray(rows[np.argsort(keys_of(names))], np.float32)


def model(seed: int = 0, classes: int = 5, size: int = 1) -> Model:
    """A model of random weights that knows the letters a–j and two words; `size` features more that no text has."""
    chance = np.random.default_rng(seed)
    names = [*"abcdefghij", *map(str, range(10, 10 + size))]
    return Model(
        classes=tuple(f"topic-{number}" for number in range(classes)),
        extract=both,
        vocabularies=(
            known(names, chance.uniform(1, 5, 10 + size).astype(np.float32)),
            known(["ab", "سلام"], chance.uniform(1, 5, 2).astype(np.float32)),
        ),
        weights=csr_array(chance.normal(size=(10 + size + 2, classes)).astype(np.float32)),
        bias=chance.normal(size=classes).astype(np.float32),
        temperature=0.37,
    )


def test_a_feature_weighs_by_its_rarity_and_its_damped_count() -> None:
    vocabulary = known(["a", "b"], np.asarray([1.0, 2.0], np.float32))
    places, weights, share = vocabulary.weigh(keys_of(["a", "unknown", "a", "b", "c", "a", "unknown"]))
    raw = {"a": 1.0 + math.log(3), "b": 2.0}
    length = math.hypot(*raw.values())
    found = dict(zip(vocabulary.keys[places].tolist(), weights.tolist(), strict=True))
    assert found == pytest.approx({int(keys_of([name])[0]): weight / length for name, weight in raw.items()})
    assert share == 0.5  # two of four features


@pytest.mark.parametrize(
    ("names", "text"), [(["a"], "xyz"), (["a"], ""), ([], "a")], ids=["unknown", "no text", "no vocabulary"]
)
def test_nothing_known_weighs_nothing(names: list[str], text: str) -> None:
    places, weights, share = known(names, np.ones(len(names), np.float32)).weigh(keys_of(text))
    assert (len(places), len(weights), share) == (0, 0, 0.0)


def test_weights_next_to_nothing_are_left_out_and_the_others_kept_exactly() -> None:
    weights = np.asarray([[0.5, -0.019, 0.021], [0.0, 0.001, 0.0], [-0.03, 0.02, 7.0]], np.float32)
    kept = thinned(weights)
    assert kept.toarray() == pytest.approx(np.asarray([[0.5, 0, 0.021], [0, 0, 0], [-0.03, 0.02, 7.0]], np.float32))
    assert kept.nnz == 5


def test_a_feature_keeps_the_largest_of_many_weights_whatever_their_sign() -> None:
    chance = np.random.default_rng(7)
    weights = (chance.permutation(500) + 1.0).astype(np.float32) * chance.choice([-1, 1], 500).astype(np.float32)
    given_weights = csr_array(np.stack([weights, np.where(np.arange(500) < 3, weights, 0)]))
    kept = thinned(given_weights)
    assert given_weights.nnz == 503  # what was handed over is as it was
    assert set(kept[[0]].data) == set(weights[np.abs(weights) > 500 - CLASSES_A_FEATURE])
    assert set(kept[[1]].data) == set(weights[:3])


def test_scores_are_the_bias_and_the_weighted_features_of_each_family_with_the_share_known() -> None:
    rows = np.asarray([[1, 10], [3, 30]], np.float32)
    one = Model(
        classes=("x", "y"),
        extract=both,
        vocabularies=(known(["a", "b"], np.ones(2, np.float32)), known(["ab"], np.ones(1, np.float32))),
        weights=csr_array(np.concatenate([in_order(["a", "b"], rows), np.asarray([[100, 200]], np.float32)])),
        bias=np.asarray([0.5, -0.5], np.float32),
        temperature=2.0,
    )
    # both letters once: each weighs 1/√2; the word alone in its family weighs 1
    scores, shares = one.scores("ab")
    assert scores == pytest.approx([0.5 + 4 / math.sqrt(2) + 100, -0.5 + 40 / math.sqrt(2) + 200])
    assert shares == (1.0, 1.0)
    scores, shares = one.scores("a x")
    assert scores == pytest.approx([1.5, 9.5])
    assert shares == pytest.approx((1 / 3, 0.0))  # of a, x and the space
    for _ in range(2):  # the model's own bias is not added to
        assert one.scores("")[0] == pytest.approx([0.5, -0.5])
    power = math.exp(0.5)  # (0.5 - -0.5) / 2
    assert one.probabilities("") == pytest.approx([power / (1 + power), 1 / (1 + power)])


@given(SAFE)
@settings(max_examples=200)
def test_probabilities_sum_to_one(text: str) -> None:
    probabilities = model().probabilities(text)
    assert probabilities.shape == (5,)
    assert (probabilities >= 0).all()
    assert float(probabilities.sum()) == pytest.approx(1.0, abs=1e-5)


@given(SAFE)
@settings(max_examples=100)
def test_the_higher_score_has_the_higher_probability(text: str) -> None:
    one = model(3)
    assert one.probabilities(text).argmax() == one.scores(text)[0].argmax()


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param([0.0, 0.0], [0.5, 0.5], id="equal"),
        pytest.param([math.log(3), 0.0], [0.75, 0.25], id="three to one"),
        pytest.param([1e4, 0.0], [1.0, 0.0], id="so large that its exponential is none"),
        pytest.param([-1e4, -1e4], [0.5, 0.5], id="so small that all exponentials are nought"),
        pytest.param([[0.0, 0.0], [math.log(3), 0.0]], [[0.5, 0.5], [0.75, 0.25]], id="row by row"),
    ],
)
def test_softmax_is_in_proportion_to_exponentials(scores: list[float], expected: list[float]) -> None:
    assert softmax(np.asarray(scores, np.float32)) == pytest.approx(np.asarray(expected), abs=1e-6)


def test_saving_and_loading_keeps_everything_exactly(tmp_path: Path) -> None:
    two = model(2, classes=3)
    before = (model(1), replace(two, extract=letters, vocabularies=two.vocabularies[:1], weights=two.weights[:11]))
    save(before, COEFFICIENTS, tmp_path / "models.npz")
    after, coefficients = load(tmp_path / "models.npz", [both, letters])
    assert np.array_equal(coefficients, COEFFICIENTS)
    assert len(after) == 2
    for old, new in zip(before, after, strict=True):
        assert (new.classes, new.extract, new.temperature) == (old.classes, old.extract, old.temperature)
        assert len(new.vocabularies) == len(old.vocabularies)
        for text in ("", "abba ab", "سلام", "j" * 30):
            assert np.array_equal(new.scores(text)[0], old.scores(text)[0])
            assert new.scores(text)[1] == old.scores(text)[1]


def test_saving_makes_the_folder_and_leaves_one_file(tmp_path: Path) -> None:
    save([model()], COEFFICIENTS, tmp_path / "deep" / "er" / "models.npz")
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["models.npz"]


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """A disk on which no file grows beyond `size` bytes: what a full one does in the midst of writing."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_disk_that_is_full_leaves_no_model_behind(tmp_path: Path) -> None:
    path = tmp_path / "models.npz"
    with disk_of(20_000), pytest.raises(OSError, match="File too large"):
        save([model(size=100_000)], COEFFICIENTS, path)
    assert not path.exists()
    save([model()], COEFFICIENTS, path)  # the rest of the first attempt is in nobody's way
    assert len(load(path, [both])[0]) == 1


def test_a_disk_that_is_full_leaves_the_former_model_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "models.npz"
    save([model(1)], COEFFICIENTS, path)
    with disk_of(20_000), pytest.raises(OSError, match="File too large"):
        save([model(2, size=100_000)], COEFFICIENTS, path)
    ((loaded,), _) = load(path, [both])
    assert np.array_equal(loaded.bias, model(1).bias)


def test_a_disk_that_is_full_is_not_filled_further_by_what_was_left_unfinished(tmp_path: Path) -> None:
    with disk_of(20_000), pytest.raises(OSError, match="File too large"):
        save([model(size=100_000)], COEFFICIENTS, tmp_path / "models.npz")
    assert [*tmp_path.iterdir()] == []


def test_processes_that_save_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    # two services that start after a change of the library learn and save at the same time; threads meet more surely
    path = tmp_path / "models.npz"
    large = model(size=200_000)
    ready = threading.Barrier(4)
    failures: list[OSError] = []

    def saving() -> None:
        ready.wait()
        try:
            save([large], COEFFICIENTS, path)
        except OSError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=saving) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        raise failure
    assert len(load(path, [both])[0]) == 1


def test_a_file_is_read_without_running_what_it_holds(tmp_path: Path) -> None:
    # a pickle in the data folder would run as the service
    path = tmp_path / "models.npz"
    np.savez(path, allow_pickle=True, **{"0.head": np.asarray([{"classes": ["x"]}], object)})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load(path, [both])


def test_the_served_models_are_certain_of_no_more_than_everything(counsel: Counsel) -> None:
    del counsel  # it has learned the models, and keeps them here
    (path,) = (LIBRARY.parent / "data" / "understanding").glob("*.npz")
    for served in load(path, [topic_features, way_features])[0]:
        for text in ("taftan khula hai", "🙂", "", "مرز باز است؟"):
            assert float(served.probabilities(text).sum()) == pytest.approx(1.0, abs=1e-4)
        assert 0 < served.temperature < 10
