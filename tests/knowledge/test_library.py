"""The whole library in memory, complete or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.conversation.turn import Counsel
from knowledge.check import Fault
from knowledge.entry import Category, Entry
from knowledge.language import Way
from knowledge.library import Library, LibraryFaults, load_library
from tests.knowledge.samples import MISSING, facts

TODAY = date(2026, 11, 24)


def entry(topic: str, category: str = "crossings", **changes: object) -> Entry:
    """A valid entry of this id."""
    return Entry.model_validate(facts(id=topic, category=category, **changes))


@pytest.fixture
def library() -> Library:
    """Three entries, two of them on one shelf, one without a place."""
    entries = (entry("taftan"), entry("visa", "documents", crossing=MISSING), entry("gabd"))
    return Library({each.id: each for each in entries}, (), ())


def test_an_entry_is_found_by_its_id(library: Library) -> None:
    assert library["visa"].id == "visa"
    assert library.get("visa") is library["visa"]


def test_an_unknown_id_is_none_or_a_key_error(library: Library) -> None:
    assert library.get("chaman") is None  # a button of last year may name an entry that is gone
    with pytest.raises(KeyError):
        library["chaman"]


def test_a_shelf_holds_its_category_in_order(library: Library) -> None:
    assert [each.id for each in library.shelf(Category.CROSSINGS)] == ["taftan", "gabd"]
    assert [each.id for each in library.shelf(Category.DOCUMENTS)] == ["visa"]
    assert library.shelf(Category.SECTORS) == []


def test_crossings_are_the_entries_that_have_a_place(library: Library) -> None:
    assert [each.id for each in library.crossings()] == ["taftan", "gabd"]


def test_a_library_with_faults_is_not_loaded_and_tells_them_all(tmp_path: Path) -> None:
    (tmp_path / "entries" / "rules").mkdir(parents=True)
    (tmp_path / "entries" / "rules" / "barter.yaml").write_text("[]\n", encoding="utf-8")
    (tmp_path / "shelves.yaml").write_text("rules: [barter]\n", encoding="utf-8")
    with pytest.raises(LibraryFaults) as caught:
        load_library(TODAY, tmp_path)
    assert caught.value.faults == (
        Fault(f"{tmp_path}/entries/rules/barter.phrasings.txt", 1, "the entry has no phrasings: this file is missing"),
        Fault(
            f"{tmp_path}/entries/rules/barter.yaml",
            1,
            "the entry: Input should be a valid dictionary or instance of Entry",
        ),
        Fault(f"{tmp_path}/shelves.yaml", 1, "barter is no entry of the category rules"),
    )
    assert str(caught.value).splitlines() == [str(fault) for fault in caught.value.faults]


def test_an_empty_folder_is_not_an_empty_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryFaults, match="there is no entry in this folder"):
        load_library(TODAY, tmp_path)


def test_an_overdue_review_does_not_stop_the_start() -> None:
    # the longest review is due within years; a service that restarts then still has to answer, with a warning
    library = load_library(date(2040, 1, 1))
    assert all(each.is_stale(date(2040, 1, 1)) for each in library.entries.values())


def test_the_served_library_is_whole(counsel: Counsel) -> None:
    library = counsel.library
    shelved = [each.id for category in Category for each in library.shelf(category)]
    assert sorted(shelved) == sorted(library.entries)
    assert len(library.entries) >= 24
    taught = {(phrasing.topic, phrasing.way) for phrasing in library.phrasings}
    assert taught >= {(topic, way) for topic in library.entries for way in Way}
    assert {each.id for each in library.crossings()} >= {"taftan-mirjaveh", "gabd-rimdan", "mand-pishin"}
