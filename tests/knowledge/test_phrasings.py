"""The form of a phrasings file."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.entry import Phrasing
from knowledge.language import Way
from knowledge.phrasings import read_phrasings


def read(folder: Path, text: str) -> list[Phrasing]:
    """What a file of this text holds, as phrasings of the topic taftan."""
    path = folder / "taftan.phrasings.txt"
    path.write_bytes(text.encode())
    phrasings, faults = read_phrasings(path, "taftan")
    assert faults == []
    return phrasings


def test_each_question_has_its_topic_its_way_of_writing_and_its_line(tmp_path: Path) -> None:
    text = "# notes\n\n[en]\nis taftan open\n  # more notes\n\t where is it  \n[fa-Latn]\n\ntaftan baze?\n[en]\nagain\n"
    assert read(tmp_path, text) == [
        Phrasing("taftan", Way.EN, "is taftan open", 4),
        Phrasing("taftan", Way.EN, "where is it", 6),
        Phrasing("taftan", Way.FA_LATN, "taftan baze?", 9),
        Phrasing("taftan", Way.EN, "again", 11),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("\n  \n# only notes\n", id="notes"),
        pytest.param("[en]\n[ur]\n", id="headings"),
    ],
)
def test_a_file_without_questions_has_no_phrasings(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == []


def test_lines_may_end_as_windows_ends_them(tmp_path: Path) -> None:
    assert read(tmp_path, "[ur]\r\nبارڈر کھلا ہے\r\n") == [Phrasing("taftan", Way.UR, "بارڈر کھلا ہے", 2)]


def test_brackets_inside_a_question_are_no_heading(tmp_path: Path) -> None:
    assert [phrasing.text for phrasing in read(tmp_path, "[en]\n[SRO] what is it\nwhat is [SRO]")] == [
        "[SRO] what is it",
        "what is [SRO]",
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param(
            "\n[english]\nhello\n",
            2,
            "[english] is no way of writing; known: en, ur, ur-Latn, fa, fa-Latn",
            id="unknown way",
        ),
        pytest.param("[]\n", 1, "[] is no way of writing; known: en, ur, ur-Latn, fa, fa-Latn", id="empty heading"),
        pytest.param(
            "[en]\nhi\n[ur-latn]\n",
            3,
            "[ur-latn] is no way of writing; known: en, ur, ur-Latn, fa, fa-Latn",
            id="small letter",
        ),
        pytest.param(
            "# notes\n\nhello\n[en]\n", 3, "a question stands above the first [way of writing]", id="above the first"
        ),
    ],
)
def test_a_line_without_a_place_is_told_with_its_number(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "taftan.phrasings.txt"
    path.write_text(text, encoding="utf-8")
    assert read_phrasings(path, "taftan")[1] == [(line, message)]


def test_every_line_without_a_place_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "taftan.phrasings.txt"
    path.write_text("lost\n[xx]\nwhat\n[en]\nhello\n[yy]\n", encoding="utf-8")
    phrasings, faults = read_phrasings(path, "taftan")
    assert [phrasing.text for phrasing in phrasings] == ["hello"]
    assert [line for line, _ in faults] == [1, 2, 6]
