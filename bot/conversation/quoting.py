"""Words of people put into our Markdown: shown as they were written, never read as markup."""

from __future__ import annotations

import re

_MARKUP = re.compile(
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"
)  # what CommonMark lets a backslash take the meaning from
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)  # controls, and what turns the direction


def one_line(text: str, letters: int) -> str:
    """The text on one line, without invisible controls, cut to so many letters."""
    return " ".join(_UNSEEN.sub(" ", text).split())[:letters].strip()


def quoted(text: str) -> str:
    """A line of somebody's words, safe in Markdown."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(_UNSEEN.sub(" ", text).split()))


def quoted_lines(text: str) -> str:
    """Somebody's words with their line breaks, safe in Markdown."""
    lines = [quoted(line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
