"""The three languages, the five ways in which they are written, and telling them apart."""

from __future__ import annotations

from enum import StrEnum

import regex

_ARABIC = regex.compile(r"\p{Arabic}")
_LATIN = regex.compile(r"\p{Latin}")


class Language(StrEnum):
    """A language that the service speaks, by its ISO 639-1 code."""

    EN = "en"
    UR = "ur"
    FA = "fa"

    @property
    def right_to_left(self) -> bool:
        """Whether its own script runs from right to left."""
        return self is not Language.EN


class Style(StrEnum):
    """The letters that a question is written in: the language's own, or Latin ones."""

    SCRIPT = "script"
    LATIN = "latin"


class Way(StrEnum):
    """A way of writing, by its BCP 47 tag: a language with the letters used for it."""

    EN = "en"
    UR = "ur"
    UR_LATN = "ur-Latn"
    FA = "fa"
    FA_LATN = "fa-Latn"

    @property
    def language(self) -> Language:
        """The language that is written in this way."""
        return Language(self.value.partition("-")[0])

    @property
    def style(self) -> Style:
        """Latin letters for English, Roman Urdu and Finglish; else the language's own script."""
        return Style.LATIN if self is Way.EN or self.value.endswith("Latn") else Style.SCRIPT


def style_of(text: str) -> Style | None:
    """The letters that a text is written in; None where it has both kinds, or neither."""
    own, latin = _ARABIC.search(text), _LATIN.search(text)
    if bool(own) == bool(latin):
        return None
    return Style.SCRIPT if own else Style.LATIN
