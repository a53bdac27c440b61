"""The typed entry: what it takes, what it refuses, and where it says the fault is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.entry import Entry, Phrasing
from knowledge.language import Language, Way
from tests.knowledge.samples import MISSING, facts


def test_a_complete_entry_is_taken() -> None:
    entry = Entry.model_validate(facts())
    assert entry.id == "taftan-mirjaveh"
    assert entry.answer[Language.FA] == "سر مرز."
    assert entry.title[Language.UR] == "تفتان"
    assert entry.title[Language.EN] == "Taftan"
    assert entry.crossing is not None
    assert (entry.crossing.latitude, entry.crossing.longitude) == (28.97736, 61.55005)


def test_an_entry_without_a_crossing_is_taken() -> None:
    assert Entry.model_validate(facts(crossing=MISSING)).crossing is None


def test_white_space_around_texts_is_dropped() -> None:
    entry = Entry.model_validate(facts(title__en="  Taftan \n", scope="\tWhere. ", keywords=[" Taftan "]))
    assert (entry.title.en, entry.scope, entry.keywords) == ("Taftan", "Where.", ("Taftan",))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, None, id="the page shows none"),
        pytest.param(date(2025, 1, 13), "2025-01-13", id="YAML reads a day as a date"),
        pytest.param(2025, "2025", id="YAML reads a year as a number"),
        pytest.param("2025-09", "2025-09", id="month"),
        pytest.param("2025-09-30", "2025-09-30", id="quoted day"),
    ],
)
def test_a_source_is_dated_as_exactly_as_its_page(value: object, expected: str | None) -> None:
    assert Entry.model_validate(facts(sources__0__date=value)).sources[0].date == expected


@pytest.mark.parametrize(
    ("changes", "location"),
    [
        *(
            pytest.param({key: MISSING}, (key,), id=f"no {key}")
            for key in ("id", "category", "title", "scope", "answer", "keywords", "related", "sources")
        ),
        *(
            pytest.param({key: MISSING}, (key,), id=f"no {key}")
            for key in ("verified", "reviewed", "review_after", "volatile")
        ),
        *(pytest.param({f"answer__{tag}": MISSING}, ("answer", tag), id=f"no answer in {tag}") for tag in Language),
        *(pytest.param({f"answer__{tag}": " \n"}, ("answer", tag), id=f"blank answer in {tag}") for tag in Language),
        *(pytest.param({f"title__{tag}": ""}, ("title", tag), id=f"empty title in {tag}") for tag in Language),
        pytest.param({"answer__de": "An der Grenze."}, ("answer", "de"), id="fourth language"),
        pytest.param({"phone": "141"}, ("phone",), id="unknown key"),
        pytest.param({"crossing__gate": 1}, ("crossing", "gate"), id="unknown key of the crossing"),
        pytest.param({"sources__0__author": "A"}, ("sources", 0, "author"), id="unknown key of a source"),
        pytest.param({"id": "Taftan"}, ("id",), id="capital in the id"),
        pytest.param({"id": "taftan--mirjaveh"}, ("id",), id="two hyphens in the id"),
        pytest.param({"id": "-taftan"}, ("id",), id="hyphen first"),
        pytest.param({"id": "@greeting"}, ("id",), id="an aside's label as id"),
        pytest.param({"id": "ask:open"}, ("id",), id="colon, which parts the data of a button"),
        pytest.param({"id": "a" * 37}, ("id",), id="id that no button's 64 bytes could hold"),
        pytest.param({"category": "borders"}, ("category",), id="unknown category"),
        pytest.param({"keywords": ["Taftan", ""]}, ("keywords", 1), id="empty keyword"),
        pytest.param({"sources": []}, ("sources",), id="no source"),
        pytest.param({"sources__0__url": "dawn.com"}, ("sources", 0, "url"), id="address without scheme"),
        pytest.param({"sources__0__url": "file:///etc/passwd"}, ("sources", 0, "url"), id="address of a file"),
        pytest.param({"sources__0__date": "January 2025"}, ("sources", 0, "date"), id="source date in words"),
        pytest.param({"sources__0__date": "2025-02-29"}, ("sources", 0, "date"), id="no such day"),
        pytest.param({"sources__0__date": "2025-13"}, ("sources", 0, "date"), id="no such month"),
        pytest.param({"sources__0__date": "2025-1-3"}, ("sources", 0, "date"), id="source date of one digit"),
        pytest.param({"sources__0__date": True}, ("sources", 0, "date"), id="source date yes"),
        pytest.param({"sources__0__date": MISSING}, ("sources", 0, "date"), id="source date left out, not null"),
        pytest.param({"sources__0__publisher": ""}, ("sources", 0, "publisher"), id="source of nobody"),
        pytest.param({"verified": "soon"}, ("verified",), id="verified on no day"),
        pytest.param({"reviewed": ""}, ("reviewed",), id="signed off by nobody"),
        pytest.param({"volatile": "perhaps"}, ("volatile",), id="volatile perhaps"),
        pytest.param({"crossing__latitude": 90.01}, ("crossing", "latitude"), id="north of the pole"),
        pytest.param({"crossing__latitude": -90.01}, ("crossing", "latitude"), id="south of the pole"),
        pytest.param({"crossing__longitude": 180.01}, ("crossing", "longitude"), id="beyond the date line"),
        pytest.param({"crossing__longitude": -180.01}, ("crossing", "longitude"), id="before the date line"),
        pytest.param({"crossing__latitude": float("nan")}, ("crossing", "latitude"), id="latitude that is no number"),
        pytest.param({"crossing__names": []}, ("crossing", "names"), id="crossing without a name"),
    ],
)
def test_a_fault_is_refused_and_located(changes: dict[str, Any], location: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        Entry.model_validate(facts(**changes))
    assert [problem["loc"] for problem in caught.value.errors()] == [location]


def test_a_fault_in_the_only_source_is_not_told_as_a_missing_source_too() -> None:
    with pytest.raises(ValidationError) as caught:
        Entry.model_validate(facts(sources__0__url="dawn.com"))
    assert [problem["loc"] for problem in caught.value.errors()] == [("sources", 0, "url")]


def test_all_faults_of_an_entry_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        Entry.model_validate(facts(id="X", scope="", crossing__town={"en": "Pishin"}))
    assert [problem["loc"] for problem in caught.value.errors()] == [
        ("id",),
        ("scope",),
        ("crossing", "town", "ur"),
        ("crossing", "town", "fa"),
    ]


def test_an_entry_cannot_be_changed_once_read() -> None:
    entry = Entry.model_validate(facts())
    with pytest.raises(ValidationError, match="frozen"):
        entry.verified = date(2030, 1, 1)  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        entry.answer.en = "Another answer."  # type: ignore[misc]


@pytest.mark.parametrize(
    ("on", "stale"),
    [
        pytest.param(date(2027, 1, 30), False, id="the day before"),
        pytest.param(date(2027, 1, 31), False, id="the last day itself"),
        pytest.param(date(2027, 2, 1), True, id="the day after"),
    ],
)
def test_an_entry_is_stale_from_the_day_after_its_review_was_due(on: date, stale: bool) -> None:
    assert Entry.model_validate(facts()).is_stale(on) is stale


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)), st.integers(1, 3000))
@settings(max_examples=100)
def test_what_is_stale_stays_stale(due: date, days: int) -> None:
    entry = Entry.model_validate(facts(review_after=due))
    assert entry.is_stale(due + timedelta(days))
    assert not entry.is_stale(due - timedelta(days))


def test_a_phrasing_is_a_value() -> None:
    assert Phrasing("taftan", Way.EN, "open?", 4) == Phrasing("taftan", Way.EN, "open?", 4)
    assert len({Phrasing("taftan", Way.EN, "open?", 4), Phrasing("taftan", Way.UR, "open?", 4)}) == 2
