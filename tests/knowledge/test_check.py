"""Every fault of a library, told as a compiler would: file, line, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from knowledge.check import PHRASINGS, Fault, inspect
from knowledge.entry import ANSWER_LETTERS
from knowledge.language import Way
from knowledge.library import LIBRARY

TODAY = date(2026, 11, 24)

TAFTAN = """\
id: taftan
category: crossings
title:
  en: Taftan crossing
  ur: تفتان بارڈر
  fa: مرز تفتان
scope: Where it lies.
answer:
  en: Open since {2025-01-13}, 1,500 trucks; see https://fbr.gov.pk/taftan or call 141.
  ur: یہ {2025-01-13} سے کھلا ہے، ۱٬۵۰۰ ٹرک؛ https://fbr.gov.pk/taftan یا 141
  fa: از {2025-01-13} باز است، ۱٬۵۰۰ کامیون؛ https://fbr.gov.pk/taftan یا ۱۴۱
keywords: [Taftan, تفتان]
related: [visa]
sources:
  - publisher: Dawn
    title: Taftan reopens
    date: 2025-01-13
    url: https://www.dawn.com/news/1
verified: 2026-11-01
reviewed: null
review_after: 2027-01-31
volatile: true
crossing:
  latitude: 28.97736
  longitude: 61.55005
  names: [Taftan]
  town: null
"""

VISA = """\
id: visa
category: documents
title:
  en: Visa
  ur: ویزا
  fa: روادید
scope: How to get one.
answer:
  en: |
    **Ask the embassy.**

    1. Fill in the *form*.
    2. Pay 60 dollars.
  ur: |
    **سفارت سے پوچھیں۔**

    1. *فارم* بھریں۔
    2. ۶۰ ڈالر دیں۔
  fa: |
    **از سفارت بپرسید.**

    1. *فرم* را پر کنید.
    2. ۶۰ دلار بپردازید.
keywords: []
related: []
sources:
  - publisher: Embassy
    title: Visas
    date: null
    url: https://example.org/visas
verified: 2026-11-24
reviewed: null
review_after: 2026-11-24
volatile: false
"""

SHELVES = """\
# The order of the menu.
documents:
  - visa
crossings:
  - taftan
rules: []
"""

T = "entries/crossings/taftan.yaml"
T_ASKED = "entries/crossings/taftan.phrasings.txt"
V = "entries/documents/visa.yaml"
V_ASKED = "entries/documents/visa.phrasings.txt"
OTHER_ASKED = "entries/documents/other.phrasings.txt"
G_ASKED = "asides/greeting.phrasings.txt"


def questions(topic: str) -> str:
    """Just as many questions as are needed; the heading of each way stands on line 1, 7, 13, 19 and 25."""
    return "".join(f"[{way}]\n" + "".join(f"{topic} {way} {number}\n" for number in range(PHRASINGS)) for way in Way)


FILES = {
    T: TAFTAN,
    V: VISA,
    T_ASKED: questions("taftan"),
    V_ASKED: questions("visa"),
    G_ASKED: questions("hello"),
    "shelves.yaml": SHELVES,
}

#: One change to a file of the library: the file, what is taken out (None: all), what is put in (None: no file is left).
Change = tuple[str, str | None, str | bytes | None]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small library without a fault."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def change(library: Path, changes: Iterable[Change]) -> None:
    """Break the library."""
    for name, old, new in changes:
        path = library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if new is None:
            path.unlink()
        elif isinstance(new, bytes):
            path.write_bytes(new)
        elif old is None:
            path.write_text(new, encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
            assert old in text, "the row would break nothing"
            path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(library: Path, today: date = TODAY) -> list[str]:
    """The faults as they are printed, files as they lie in the library, in the order of the report."""
    return [str(fault).replace(f"{library}/", "") for fault in inspect(library, today).faults]


def test_a_valid_library_has_no_fault(library: Path) -> None:
    inspection = inspect(library, TODAY)
    assert inspection.faults == ()
    assert list(inspection.entries) == ["visa", "taftan"]  # as on the shelves, not as in the folders
    assert len(inspection.phrasings) == 3 * 5 * PHRASINGS
    assert {phrasing.topic for phrasing in inspection.phrasings} == {"taftan", "visa", "@greeting"}


def test_the_library_that_is_served_has_no_error() -> None:
    assert inspect(LIBRARY, TODAY).errors == []


NO_MAPPING = "the entry: Input should be a valid dictionary or instance of Entry"
UNREADABLE = "taftan is no entry of the category crossings"  # what the shelves say of an entry that cannot be read

ONE_FAULT = [
    # the file is no entry
    pytest.param([(T, "title:", "title: [")], [f"{T}:5: not YAML: did not find expected ',' or ']'"], id="not YAML"),
    pytest.param(
        [(T, None, b"id: taftan\n\xff\n")],
        [f"{T}:1: not YAML in UTF-8: 'utf-8' codec can't decode byte 0xff in position 11: invalid start byte"],
        id="not UTF-8",
    ),
    pytest.param([(T, None, "")], [f"{T}:1: {NO_MAPPING}"], id="empty file"),
    pytest.param(
        [(T, None, "- id\n- taftan\n")],
        [f"{T}:1: {NO_MAPPING}"],
        id="a list",
    ),
    # a value is missing, too much or of the wrong kind: the line is that of the value, or of what should hold it
    pytest.param([(T, "reviewed: null\n", "")], [f"{T}:1: reviewed: Field required"], id="key missing"),
    pytest.param([(T, "  ur: تفتان بارڈر\n", "")], [f"{T}:3: title.ur: Field required"], id="language missing"),
    pytest.param(
        [(T, "volatile: true", "volatile: true\nphone: 141")],
        [f"{T}:23: phone: Extra inputs are not permitted"],
        id="unknown key",
    ),
    pytest.param(
        [(T, "  fa: مرز تفتان", "  fa: ''")],
        [f"{T}:6: title.fa: String should have at least 1 character"],
        id="empty text",
    ),
    pytest.param(
        [(T, "category: crossings", "category: borders")],
        [f"{T}:2: category: Input should be 'crossings', 'documents', 'rules', 'sectors' or 'institutions'"],
        id="unknown category",
    ),
    pytest.param(
        [(T, "latitude: 28.97736", "latitude: 128.97736")],
        [f"{T}:24: crossing.latitude: Input should be less than or equal to 90"],
        id="latitude beyond the pole",
    ),
    pytest.param(
        [(T, "volatile: true", "volatile: sometimes")],
        [f"{T}:22: volatile: Input should be a valid boolean, unable to interpret input"],
        id="neither yes nor no",
    ),
]

IN_ENTRY = [
    pytest.param(
        [("entries/documents/other.yaml", None, VISA), (OTHER_ASKED, None, "")],
        # the file that comes first in the folder has the id; both files tell where to look
        [
            "entries/documents/other.yaml:1: id visa in a file named other.yaml",
            *(f"{OTHER_ASKED}:1: 0 phrasings in {way}, at least 5 are needed" for way in sorted(Way)),
            f"{V}:1: id visa is taken by entries/documents/other.yaml",
        ],
        id="id taken",
    ),
    pytest.param(
        [
            ("entries/documents/visa.yaml", None, VISA.replace("id: visa", "id: pass")),
            ("shelves.yaml", "visa", "pass"),
            (T, "[visa]", "[pass]"),
        ],
        [f"{V}:1: id pass in a file named visa.yaml"],
        id="id is not the file's name",
    ),
    pytest.param(
        [(V, "category: documents", "category: rules"), ("shelves.yaml", None, "rules: [visa]\ncrossings: [taftan]\n")],
        [f"{V}:2: category rules in folder documents"],
        id="category is not the folder's name",
    ),
    pytest.param(
        [(T, "[visa]", "[visa, zahedan]")], [f"{T}:13: related: zahedan is no entry"], id="related to nothing"
    ),
    pytest.param(
        [(T, "[visa]", "\n  - visa\n  - taftan")],
        [f"{T}:15: related: taftan is the entry itself"],
        id="related to itself",
    ),
    pytest.param(
        [(T, "verified: 2026-11-01", "verified: 2026-11-25")],
        [f"{T}:19: verified on 2026-11-25, a day to come"],
        id="verified tomorrow",
    ),
    pytest.param(
        [(T, "review_after: 2027-01-31", "review_after: 2026-10-31")],
        [f"{T}:21: review_after lies before verified"],
        id="to be reviewed before it was verified",
    ),
    pytest.param(
        [(T, "review_after: 2027-01-31", "review_after: 2026-11-23")],
        [f"{T}:21: warning: review was due by 2026-11-23"],
        id="review due yesterday",
    ),
    pytest.param(
        [(T, "باز است", "باز است" + "ا" * 1550)],
        [f"{T}:11: answer.fa has 1,621 letters, 1,500 are allowed"],
        id="answer too long",
    ),
    pytest.param(
        [(T, "{2025-01-13} سے", "{2025-02-29} سے")],
        [
            f"{T}:8: answer.en lacks what another language states: {{2025-02-29}}",
            f"{T}:8: answer.fa lacks what another language states: {{2025-02-29}}",
            f"{T}:8: answer.ur lacks what another language states: {{2025-01-13}}",
            f"{T}:10: answer.ur has a date that is none: day is out of range for month",
        ],
        id="a day that no month has",
    ),
    pytest.param(
        [(T, "Open since {2025-01-13}", "Open {soon}, since {2025-01-13}")],
        [f"{T}:9: answer.en has a brace that is no date; dates are written {{2025-01-13}} or {{2025-09}}"],
        id="a brace that is no date",
    ),
    pytest.param(
        [(T, "or call 141", "or call 141}")],
        [f"{T}:9: answer.en has a brace that is no date; dates are written {{2025-01-13}} or {{2025-09}}"],
        id="a brace alone",
    ),
]

MARKUP = [
    pytest.param("`141`", "code_inline", id="code"),
    pytest.param("![map](https://fbr.gov.pk/map.png)", "image", id="image"),
    pytest.param("<b>141</b>", "html_inline", id="HTML in a line"),
    pytest.param("\n\n    <div>\n    141\n    </div>", "html_block", id="HTML"),
    pytest.param("\n\n    ---", "hr", id="rule"),
    pytest.param("\n\n    ```\n    141\n    ```", "fence", id="fenced code"),
    pytest.param("\n\n        141", "code_block", id="indented code"),
]

FACTS = [
    # what the English answer says instead of "call 141", which language lacks what
    pytest.param("call 142", ["en: 141", "fa: 142", "ur: 142"], id="another number"),
    pytest.param("call", ["en: 141"], id="a number missing"),
    pytest.param("call 141 or 0854-222", ["fa: 0854, 222", "ur: 0854, 222"], id="two numbers too much"),
    pytest.param("call 141, 12:30", ["fa: 12:30", "ur: 12:30"], id="an hour"),
    pytest.param("call 141, 2.5", ["fa: 2.5", "ur: 2.5"], id="a fraction"),
    pytest.param("call 141 (since {2025-03})", ["fa: {2025-03}", "ur: {2025-03}"], id="a month"),
    pytest.param("call 141, info@fbr.gov.pk.", ["fa: info@fbr.gov.pk", "ur: info@fbr.gov.pk"], id="a mail address"),
    pytest.param("call 141, http://a.pk/1", ["fa: http://a.pk/1", "ur: http://a.pk/1"], id="another page"),
]

IN_QUESTIONS = [
    pytest.param(
        [(T_ASKED, None, None)], [f"{T_ASKED}:1: the entry has no phrasings: this file is missing"], id="file missing"
    ),
    pytest.param(
        [("entries/documents/pass.phrasings.txt", None, questions("pass"))],
        ["entries/documents/pass.phrasings.txt:1: there is no entry of this name beside it"],
        id="file without an entry",
    ),
    pytest.param(
        [(T_ASKED, "[fa-Latn]", "[fa-latn]")],
        [f"{T_ASKED}:25: [fa-latn] is no way of writing; known: en, ur, ur-Latn, fa, fa-Latn"],
        id="unknown way of writing",
    ),
    pytest.param(
        [(G_ASKED, "[en]", "# hi\nhi")],
        [f"{G_ASKED}:2: a question stands above the first [way of writing]"],
        id="question above the first way of writing",
    ),
    pytest.param(
        [(T_ASKED, "taftan ur-Latn 3\ntaftan ur-Latn 4\n", "")],
        [f"{T_ASKED}:1: 3 phrasings in ur-Latn, at least 5 are needed"],
        id="too few in a way of writing",
    ),
    pytest.param(
        [(G_ASKED, None, "[en]\n" + "".join(f"hello {number}\n" for number in range(9)))],
        [f"{G_ASKED}:1: 0 phrasings in {way}, at least 5 are needed" for way in ("fa", "fa-Latn", "ur", "ur-Latn")],
        id="an aside in one way of writing",
    ),
    pytest.param(
        [(T_ASKED, "[ur]", "🙂؟\n[ur]")],
        [f"{T_ASKED}:7: a phrasing without a letter or digit"],
        id="a question of signs",
    ),
    pytest.param(
        [(V_ASKED, "[ur]", "Taftan,  EN 3?\n[ur]")],
        [f"{V_ASKED}:7: the phrasing “Taftan,  EN 3?” stands at {T_ASKED}:5 already"],
        id="a question of two topics, spelt otherwise",
    ),
    pytest.param(
        [(V_ASKED, "[ur]", "visa en 2\n[ur]")],
        [f"{V_ASKED}:7: the phrasing “visa en 2” stands at {V_ASKED}:4 already"],
        id="a question twice in one file",
    ),
    pytest.param(
        [(G_ASKED, "hello fa 4", "visa fa 4")],
        [f"{G_ASKED}:24: the phrasing “visa fa 4” stands at {V_ASKED}:24 already"],
        id="a question that is an aside, too",
    ),
]

ON_SHELVES = [
    pytest.param(
        [("shelves.yaml", "  - visa", "  - visa\n  - pass")],
        ["shelves.yaml:4: pass is no entry of the category documents"],
        id="no such entry",
    ),
    pytest.param(
        [("shelves.yaml", "rules: []", "rules: [taftan]")],
        ["shelves.yaml:6: taftan is no entry of the category rules"],
        id="on a second shelf",
    ),
    pytest.param(
        [("shelves.yaml", "rules: []", "borders: [taftan]")],
        ["shelves.yaml:6: borders: Input should be 'crossings', 'documents', 'rules', 'sectors' or 'institutions'"],
        id="on a shelf that is none",
    ),
    pytest.param(
        [("shelves.yaml", "  - visa", "  - visa\n  - visa")],
        ["shelves.yaml:4: visa stands on its shelf twice"],
        id="twice on its shelf",
    ),
    pytest.param(
        [("shelves.yaml", "documents:\n  - visa\n", "")],
        ["shelves.yaml:1: the entry visa is missing"],
        id="on no shelf",
    ),
]


ROWS = "style\ttopic\talso\ttext\n"
ASKED = "evaluation/strangers.tsv"

IN_EVALUATION = [
    pytest.param(
        [(ASKED, None, ROWS + "en\ttaftan\tvisa,pass\tmay i pass\nur\tzahedan\t\twhere\nen\t-\t\tcricket\n")],
        [f"{ASKED}:2: pass is no entry", f"{ASKED}:3: zahedan is no entry"],
        id="right for an entry that is none",
    ),
    pytest.param(
        [(ASKED, None, ROWS + "en\ttaftan\t\tTaftan EN 3!\n")],
        [f"{ASKED}:2: the question stands at {T_ASKED}:5, to be learned from"],
        id="measured on what was learned",
    ),
    pytest.param(
        [(ASKED, None, ROWS + "en\ttaftan\t\tok now\nen\ttaftan\n")],
        [f"{ASKED}:3: the columns are style, topic, also, text"],
        id="a row with two columns",
    ),
]


@pytest.mark.parametrize(("changes", "faults"), [*IN_EVALUATION, *IN_ENTRY, *IN_QUESTIONS, *ON_SHELVES])
def test_one_broken_thing_is_told_with_its_file_and_line_and_nothing_else_is(
    library: Path, changes: list[Change], faults: list[str]
) -> None:
    change(library, changes)
    assert told(library) == sorted(faults, key=_place)


@pytest.mark.parametrize(("changes", "faults"), ONE_FAULT)
def test_an_entry_that_cannot_be_read_is_told_and_missed_where_it_is_named(
    library: Path, changes: list[Change], faults: list[str]
) -> None:
    change(library, changes)
    assert told(library) == [*faults, f"shelves.yaml:5: {UNREADABLE}"]


def _place(fault: str) -> tuple[str, int, str]:
    file, line, message = fault.split(":", 2)
    return file, int(line), message


@pytest.mark.parametrize(("markup", "name"), MARKUP)
def test_markup_that_a_channel_cannot_show_is_told(library: Path, markup: str, name: str) -> None:
    change(library, [(V, "    2. Pay 60 dollars.", "    2. Pay 60 dollars.\n\n    Go." + markup)])
    # what stands in an address or as a number counts as a fact, too; only the markup is looked at here
    faults = [fault for fault in told(library) if "lacks what" not in fault]
    assert faults
    assert set(faults) == {f"{V}:9: answer.en has markup that not every channel can show: {name}"}


@pytest.mark.parametrize(
    ("markup", "name"), [pytest.param("# Go", "heading", id="heading"), pytest.param("> Go", "blockquote", id="quote")]
)
def test_a_piece_of_markup_is_told_once(library: Path, markup: str, name: str) -> None:
    change(library, [(V, "    2. Pay 60 dollars.", f"    2. Pay 60 dollars.\n\n    {markup}")])
    assert told(library) == [f"{V}:9: answer.en has markup that not every channel can show: {name}"]


@pytest.mark.parametrize(("instead", "lacking"), FACTS)
def test_a_fact_that_not_every_language_states_is_told(library: Path, instead: str, lacking: list[str]) -> None:
    change(library, [(T, "call 141", instead)])
    assert told(library) == [
        f"{T}:8: answer.{language} lacks what another language states: {missing}"
        for language, missing in (row.split(": ", 1) for row in lacking)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("یا 141", "یا ۱۴۱", id="digits of either script"),
        pytest.param("۱٬۵۰۰ ٹرک", "1,500 ٹرک", id="separator of either script"),
        pytest.param("taftan or call 141", "taftan, or call (141)", id="punctuation around"),
        pytest.param(
            "https://fbr.gov.pk/taftan or", "[the office](https://fbr.gov.pk/taftan) or", id="address in a link"
        ),
        pytest.param("or call 141.", "or call 141, not the old 141.", id="how often it is said"),
    ],
)
def test_how_a_fact_is_written_does_not_matter(library: Path, old: str, new: str) -> None:
    change(library, [(T, old, new)])
    assert told(library) == []


@pytest.mark.parametrize("mark", ["۔", "،", "؛", "؟"])
def test_punctuation_of_urdu_behind_an_address_is_no_part_of_it(library: Path, mark: str) -> None:
    change(library, [(T, "https://fbr.gov.pk/taftan یا 141", f"141 یا https://fbr.gov.pk/taftan{mark}")])
    assert told(library) == []


def test_numbers_of_a_list_are_no_facts(library: Path) -> None:
    change(library, [(V, "    2. Pay 60 dollars.", "    2. Pay 60 dollars.\n    3. Wait.")])
    assert told(library) == []


@pytest.mark.parametrize(
    ("letters", "faults"),
    [
        pytest.param(ANSWER_LETTERS, [], id="as many as are allowed"),
        pytest.param(
            ANSWER_LETTERS + 1, [f"{V}:14: answer.ur has 1,501 letters, 1,500 are allowed"], id="one more than allowed"
        ),
    ],
)
def test_the_longest_answer_is_allowed_and_a_longer_one_is_not(library: Path, letters: int, faults: list[str]) -> None:
    old = VISA[VISA.index("  ur: |") : VISA.index("  fa: |")]
    change(library, [(V, old, f"  ur: ۶۰{'ڈ' * (letters - 2)}\n")])
    # the block of the English answer now ends on line 13, so that the Urdu one stands on line 14
    assert told(library) == faults


@pytest.mark.parametrize(
    ("today", "warned"),
    [
        pytest.param(date(2026, 11, 24), False, id="on the last day"),
        pytest.param(date(2026, 11, 25), True, id="a day later"),
    ],
)
def test_an_overdue_review_warns_and_stops_nothing(library: Path, today: date, warned: bool) -> None:
    inspection = inspect(library, today)
    assert inspection.errors == []
    assert [fault.warning for fault in inspection.faults] == ([True] if warned else [])
    assert list(inspection.entries) == ["visa", "taftan"]


def test_a_warning_beside_an_error_does_not_count_as_one(library: Path) -> None:
    change(library, [(T, "related: [visa]", "related: [zahedan]")])
    inspection = inspect(library, date(2026, 11, 25))
    assert [fault.message for fault in inspection.errors] == ["related: zahedan is no entry"]
    assert [fault.message for fault in inspection.faults if fault.warning] == ["review was due by 2026-11-24"]


def test_all_faults_are_found_in_one_run_and_told_by_file_and_line(library: Path) -> None:
    change(
        library,
        [
            (T, "related: [visa]", "related: [zahedan]"),
            (T, "verified: 2026-11-01", "verified: 2026-12-01"),
            (T, "Open since", "Open <i>since"),
            (V, "title:\n  en: Visa", "title:\n  en: ''"),
            (V, "volatile: false", "volatile: false\nextra: 1"),
            (T_ASKED, "taftan fa 4\n", ""),
            (G_ASKED, "[ur]", "[xx]"),
            ("entries/rules/lost.phrasings.txt", None, ""),
            ("shelves.yaml", "rules: []", "rules: [barter]"),
        ],
    )
    assert told(library) == [
        f"{G_ASKED}:7: [xx] is no way of writing; known: en, ur, ur-Latn, fa, fa-Latn",
        f"{T_ASKED}:1: 4 phrasings in fa, at least 5 are needed",
        f"{T}:9: answer.en has markup that not every channel can show: html_inline",
        f"{T}:13: related: zahedan is no entry",
        f"{T}:19: verified on 2026-12-01, a day to come",
        f"{V}:4: title.en: String should have at least 1 character",
        f"{V}:35: extra: Extra inputs are not permitted",
        "entries/rules/lost.phrasings.txt:1: there is no entry of this name beside it",
        "shelves.yaml:3: visa is no entry of the category documents",
        "shelves.yaml:6: barter is no entry of the category rules",
    ]


def test_an_entry_without_a_place_in_the_shelves_is_not_shown(library: Path) -> None:
    change(library, [("shelves.yaml", "documents:\n  - visa\n", "")])
    assert list(inspect(library, TODAY).entries) == ["taftan"]


def test_a_folder_without_an_entry_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    (tmp_path / "shelves.yaml").write_text("rules: []\n", encoding="utf-8")
    assert told(tmp_path) == ["entries:1: there is no entry in this folder"]


def test_a_folder_that_does_not_exist_is_told_and_does_not_raise(tmp_path: Path) -> None:
    faults = told(tmp_path / "nowhere")
    assert faults[0] == "entries:1: there is no entry in this folder"
    assert faults[1].startswith("shelves.yaml:1: cannot be read: ")
    assert len(faults) == 2


@pytest.mark.parametrize(
    "text", [pytest.param("rules: [", id="not YAML"), pytest.param("\x07", id="a control character")]
)
def test_shelves_that_cannot_be_read_are_told(library: Path, text: str) -> None:
    change(library, [("shelves.yaml", None, text)])
    (fault,) = told(library)
    assert fault.startswith("shelves.yaml:1: cannot be read: ")
    assert "\n" not in fault


def test_a_fault_of_a_source_is_told_on_the_line_of_its_value(library: Path) -> None:
    change(library, [(T, "url: https://www.dawn.com/news/1", "url: dawn.com")])
    assert f"{T}:18: sources.0.url: Input should be a valid URL, relative URL without a base" in told(library)


def test_an_error_comes_before_the_next_line_and_a_warning_says_so() -> None:
    error, warning = Fault("a.yaml", 9, "broken"), Fault("a.yaml", 10, "old", warning=True)
    assert sorted([warning, error]) == [error, warning]  # 9 before 10, as numbers go
    assert (str(error), str(warning)) == ("a.yaml:9: broken", "a.yaml:10: warning: old")


LEFT_BEHIND = [
    pytest.param(
        [(T, "verified: 2026-11-01", "verified: 2026-11-31")],
        f"{T}:19: ",
        id="a date that no calendar has",
    ),
    pytest.param(
        [(T, "    date: 2025-01-13", "    date: 2025-13-01")],
        f"{T}:17: ",
        id="a source's date that no calendar has",
    ),
    pytest.param(
        [(T_ASKED, None, b"[en]\n\xff\n")],
        f"{T_ASKED}:",
        id="questions not in UTF-8",
    ),
    pytest.param(
        [("shelves.yaml", None, b"rules: []\n\xff\n")],
        "shelves.yaml:",
        id="shelves not in UTF-8",
    ),
    pytest.param(
        [("shelves.yaml", "rules: []", "rules:")],
        None,
        id="a shelf with nothing behind its colon is empty",
    ),
    pytest.param(
        [("shelves.yaml", None, "- visa\n- taftan\n")],
        "shelves.yaml:1: ",
        id="shelves that are a list",
    ),
    pytest.param(
        [(ASKED, None, b"style\ttopic\talso\ttext\n\xff\n")],
        "evaluation:1: ",
        id="evaluation not in UTF-8",
    ),
    pytest.param([("shelves.yaml", None, "")], "shelves.yaml:1: ", id="empty shelves"),
    pytest.param(
        [("shelves.yaml", "  - visa", "  - visa: 1")],
        "shelves.yaml:3: ",
        id="a mapping on a shelf",
    ),
]


@pytest.mark.parametrize(("changes", "beginning"), LEFT_BEHIND)
def test_what_an_editor_may_leave_behind_is_told_and_does_not_raise(
    library: Path, changes: list[Change], beginning: str | None
) -> None:
    change(library, changes)
    faults = told(library)
    assert faults == [] if beginning is None else any(fault.startswith(beginning) for fault in faults)


def test_the_questions_of_a_broken_entry_are_checked_in_the_same_run(library: Path) -> None:
    change(library, [(T, "volatile: true\n", ""), (T_ASKED, "[ur]", "[xx]")])
    assert any(fault.startswith(f"{T_ASKED}:7: [xx] is no way of writing") for fault in told(library))


def test_every_faulty_line_of_a_phrasings_file_is_told_in_the_same_run(library: Path) -> None:
    change(library, [(T_ASKED, "[ur]", "[xx]"), (T_ASKED, "[fa]", "[yy]")])
    assert [_place(fault)[1] for fault in told(library) if "no way of writing" in fault] == [7, 19]
