"""Offices: numbers that can ring, and the same particulars as the answers that print them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.conversation.turn import Counsel
from knowledge.contacts import Office
from tests.knowledge.test_check import FILES, Change, V, change, told

CONTACTS = "contacts.yaml"

OFFICE = """\
- id: embassy
  topic: visa
  name: {en: Embassy, ur: سفارت, fa: سفارت}
  country: IR
  phones: ["+982166941388"]
  email: a@mofa.gov.pk
  source:
    publisher: Embassy
    url: https://example.org/visas
  verified: 2026-11-24
"""

ANSWERED = [  # the answers of the entry print what the office has, each language in its own way
    (V, "**Ask the embassy.**", "**Ask the embassy,** +98 21 6694 1388, a@mofa.gov.pk."),
    (V, "**سفارت سے پوچھیں۔**", "**سفارت سے پوچھیں۔** +98 21 6694 1388، a@mofa.gov.pk"),
    (V, "**از سفارت بپرسید.**", "**از سفارت بپرسید.** +98 21 6694 1388، a@mofa.gov.pk"),
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small library with an office that its entry prints."""
    for name, text in (FILES | {CONTACTS: OFFICE}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    change(tmp_path, ANSWERED)
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(CONTACTS, None, None)], [], id="a library without offices"),
        pytest.param(
            [(CONTACTS, "+982166941388", "+982166941389")],
            [
                f"{CONTACTS}:1: embassy: the answer of visa does not print +982166941389",
                f"{CONTACTS}:1: no office has +982166941388, which the answer of visa prints",
            ],
            id="another number",
        ),
        pytest.param(
            [(CONTACTS, '  phones: ["+982166941388"]\n', "")],
            [f"{CONTACTS}:1: no office has +982166941388, which the answer of visa prints"],
            id="a number left out",
        ),
        pytest.param(
            [(CONTACTS, "  email: a@", "  email: b@")],
            [f"{CONTACTS}:1: embassy: the answer of visa does not print b@mofa.gov.pk"],
            id="another mail address",
        ),
        pytest.param(
            [(CONTACTS, "a@mofa.gov.pk\n", "a@mofa.gov.pk\n  website: mofa.gov.pk\n")],
            [f"{CONTACTS}:1: embassy: the answer of visa does not print mofa.gov.pk"],
            id="the host of the mail is no site",
        ),
        pytest.param(
            [(CONTACTS, "/visas", "/else")],
            [f"{CONTACTS}:1: embassy: https://example.org/else is no source of visa"],
            id="another page",
        ),
        pytest.param(
            [(CONTACTS, "topic: visa", "topic: pass")],
            [f"{CONTACTS}:1: embassy: pass is no entry"],
            id="no entry",
        ),
        pytest.param(
            [(CONTACTS, "country: IR\n", "country: IR\n  city: tehran\n")],
            [f"{CONTACTS}:1: embassy: tehran is no city of IR in cities.yaml"],
            id="no city",
        ),
        pytest.param([(CONTACTS, OFFICE, OFFICE + OFFICE)], [f"{CONTACTS}:11: embassy stands here twice"], id="twice"),
        pytest.param(
            [(CONTACTS, "verified: 2026-11-24", "verified: 2026-11-25")],
            [f"{CONTACTS}:10: verified on 2026-11-25, a day to come"],
            id="verified tomorrow",
        ),
        pytest.param(
            [(CONTACTS, "+982166941388", "021 66941388")],
            [
                f"{CONTACTS}:5: 0.phones.0: Value error, 021 66941388 is no telephone number: "
                "(0) Missing or invalid default region."
            ],
            id="a number without its country",
        ),
    ],
)
def test_a_fault_of_the_contacts_is_told_with_its_file_and_line(
    library: Path, changes: Iterable[Change], faults: list[str]
) -> None:
    change(library, changes)
    assert told(library) == faults


def office(**changes: Any) -> Office:
    """A valid office, changed."""
    values: dict[str, Any] = {
        "id": "embassy",
        "topic": "visa",
        "name": {"en": "Embassy", "ur": "سفارت", "fa": "سفارت"},
        "country": "IR",
        "source": {"publisher": "Embassy", "url": "https://example.org/visas"},
        "verified": date(2026, 11, 24),
    }
    return Office.model_validate(values | changes)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        pytest.param("+98 21 6694 1388", "not written as E.164", id="spaces"),
        pytest.param("+9821669413881388", "no exchange gives out", id="too long"),
        pytest.param("+98216", "no exchange gives out", id="too short"),
        pytest.param("+92519207887", "rings in PK, not in IR", id="the other country"),
        pytest.param("embassy", "is no telephone number", id="a word"),
    ],
)
def test_a_number_that_cannot_be_rung_is_refused(number: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        office(phones=[number])


@given(st.text(max_size=20))
def test_no_text_is_too_strange_to_be_refused_as_a_number(number: str) -> None:
    with pytest.raises(ValidationError) as caught:  # random letters are never a number of Iran as E.164 writes it
        office(phones=[number])
    assert caught.value.error_count() == 1


def test_the_offices_of_the_library_are_those_of_its_three_entries(counsel: Counsel) -> None:
    offices = counsel.library.offices
    assert {each.topic for each in offices} == {"pakistan-contacts", "iran-contacts", "embassies"}
    assert sum(len(each.phones) for each in offices) >= 10
    doubtful = {each.id for each in offices if each.doubtful}
    assert {"pakistan-single-window", "karachi-chamber", "tehran-chamber"} <= doubtful  # the entries say: confirm
    assert "fbr-helpline" not in doubtful
