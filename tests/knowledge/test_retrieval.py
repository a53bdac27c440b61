"""Learned models and their cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.entry import Phrasing
from knowledge.features import topic_features, way_features
from knowledge.language import Way
from knowledge.model import load, save
from knowledge.questions import Question
from knowledge.retrieval import Models, models_for
from tests.knowledge.samples import PHRASINGS, QUESTIONS, library
from tests.knowledge.test_model import disk_of

OTHER = (*PHRASINGS[:-1], replace(PHRASINGS[-1], text="khaste nabashid dust"))


def learned(
    phrasings: tuple[Phrasing, ...], cache: Path, questions: tuple[Question, ...] = QUESTIONS
) -> tuple[Models, list[str]]:
    """The models, and what the operator was told on the way."""
    told: list[str] = []
    return models_for(library(phrasings, questions), cache, told.append), told


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that learning PHRASINGS leaves."""
    cache = tmp_path_factory.mktemp("kept")
    learned(PHRASINGS, cache)
    (path,) = cache.glob("*.npz")
    return path


@pytest.fixture
def cache(kept: Path, tmp_path: Path) -> Path:
    """A folder in which the models of PHRASINGS are kept already."""
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    return tmp_path


def test_what_was_learned_tells_topics_and_ways_of_writing_apart(kept: Path) -> None:
    models, _ = learned(PHRASINGS, kept.parent)
    assert sorted(models.topics.classes) == ["@greeting", "@out-of-scope", "taftan", "visa"]
    assert sorted(models.ways.classes) == sorted(Way)
    for phrasing in PHRASINGS:
        assert models.topics.classes[models.topics.probabilities(phrasing.text).argmax()] == phrasing.topic
        assert models.ways.classes[models.ways.probabilities(phrasing.text).argmax()] == phrasing.way
    # nobody taught these
    assert models.topics.classes[models.topics.probabilities("تفتان مرز").argmax()] == "taftan"
    assert models.topics.classes[models.topics.probabilities("wiza cheghadr").argmax()] == "visa"


def test_the_operator_is_told_before_learning_begins(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    models_for(library(), tmp_path, lambda line: told.append((line, len([*tmp_path.glob("*.npz")]))))
    assert told == [("Learning from 85 phrasings; this is done once for each change of the library …", 0)]


def test_nothing_is_learned_where_nothing_has_changed(cache: Path) -> None:
    (path,) = cache.glob("*.npz")
    before = path.stat()
    _, told = learned(PHRASINGS, cache)
    assert told == []
    assert [each.name for each in cache.glob("*.npz")] == [path.name]
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_what_is_kept_is_what_is_used(cache: Path) -> None:
    (path,) = cache.glob("*.npz")
    # marks the kept file, so that models learned anew would be told from it
    kept, coefficients = load(path, [topic_features, way_features])
    save([replace(one, temperature=7.25) for one in kept], coefficients, path)
    models, _ = learned(PHRASINGS, cache)
    assert (models.topics.temperature, models.ways.temperature) == (7.25, 7.25)


@pytest.mark.parametrize(
    "phrasings",
    [
        pytest.param(OTHER, id="a question changed"),
        pytest.param((*PHRASINGS, replace(PHRASINGS[0], text="taftan gate")), id="a question more"),
        pytest.param(PHRASINGS[1:], id="a question less"),
        pytest.param((replace(PHRASINGS[0], topic="visa"), *PHRASINGS[1:]), id="a question of another topic"),
        pytest.param((replace(PHRASINGS[0], way=Way.UR_LATN), *PHRASINGS[1:]), id="written in another way"),
    ],
)
def test_a_change_of_the_phrasings_is_learned_and_the_former_file_removed(
    cache: Path, phrasings: tuple[Phrasing, ...]
) -> None:
    (former,) = cache.glob("*.npz")
    (cache / "0123456789abcdef.npz").write_bytes(b"of a library before that")
    _, told = learned(phrasings, cache)
    assert len(told) == 1
    (path,) = cache.glob("*.npz")
    assert path.name != former.name
    assert learned(phrasings, cache)[1] == []


@pytest.mark.parametrize(
    "questions",
    [
        pytest.param(QUESTIONS[1:], id="a question less"),
        pytest.param((replace(QUESTIONS[0], text="taftan?"), *QUESTIONS[1:]), id="another text"),
        pytest.param((replace(QUESTIONS[0], topics=frozenset()), *QUESTIONS[1:]), id="out of scope after all"),
    ],
)
def test_a_change_of_the_questions_that_measure_is_learned(cache: Path, questions: tuple[Question, ...]) -> None:
    (former,) = cache.glob("*.npz")
    _, told = learned(PHRASINGS, cache, questions)
    assert len(told) == 1
    assert not former.exists()


def test_another_line_of_the_file_is_no_change(cache: Path) -> None:
    # an empty line or a comment above a question teaches nothing
    _, told = learned(tuple(replace(phrasing, line=phrasing.line + 7) for phrasing in PHRASINGS), cache)
    assert told == []


def test_files_of_others_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    learned(PHRASINGS, tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_half_written_file_of_a_crash_is_not_used(kept: Path, tmp_path: Path) -> None:
    half = kept.read_bytes()[: kept.stat().st_size // 2]
    (tmp_path / kept.name).with_suffix(".unfinished").write_bytes(half)
    models, told = learned(PHRASINGS, tmp_path)
    assert len(told) == 1
    assert models.topics.classes == ("@greeting", "@out-of-scope", "taftan", "visa")
    assert [each.name for each in tmp_path.glob("*.npz")] == [kept.name]
    assert learned(PHRASINGS, tmp_path)[1] == []


def test_a_disk_that_is_full_keeps_the_former_models_and_the_next_start_learns(cache: Path) -> None:
    (former,) = cache.glob("*.npz")
    with disk_of(2_000), pytest.raises(OSError, match="File too large"):
        learned(OTHER, cache)
    assert [*cache.glob("*.npz")] == [former]
    assert learned(PHRASINGS, cache)[1] == []
    models, told = learned(OTHER, cache)
    assert len(told) == 1
    assert np.isfinite(models.topics.probabilities("taftan")).all()
