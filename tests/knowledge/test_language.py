"""The languages and the ways of writing them."""

from __future__ import annotations

import pytest

from knowledge.language import Language, Style, Way

WAYS = [
    pytest.param("en", Language.EN, Style.LATIN, id="English"),
    pytest.param("ur", Language.UR, Style.SCRIPT, id="Urdu"),
    pytest.param("ur-Latn", Language.UR, Style.LATIN, id="Roman Urdu"),
    pytest.param("fa", Language.FA, Style.SCRIPT, id="Persian"),
    pytest.param("fa-Latn", Language.FA, Style.LATIN, id="Finglish"),
]


@pytest.mark.parametrize(("tag", "language", "style"), WAYS)
def test_a_tag_names_a_language_and_its_letters(tag: str, language: Language, style: Style) -> None:
    assert Way(tag).language is language
    assert Way(tag).style is style


def test_every_way_of_writing_is_in_the_table() -> None:
    assert [row.values[0] for row in WAYS] == list(Way)


@pytest.mark.parametrize("tag", ["EN", "ur-latn", "ps", "", "fa_Latn"])
def test_another_tag_is_no_way_of_writing(tag: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Way"):
        Way(tag)


def test_urdu_and_persian_run_from_right_to_left_and_english_does_not() -> None:
    assert {language for language in Language if language.right_to_left} == {Language.UR, Language.FA}
