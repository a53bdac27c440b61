"""Labels cut to what WhatsApp shows: never through a letter with its marks, never through an isolate."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bot.channels.whatsapp.limits import length
from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE

_GRAPHEME = regex.compile(r"\X")
ELLIPSIS = "…"


def one_line(text: str) -> str:
    """The text without line breaks and repeated spaces."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """Cut a label to at most `limit` UTF-16 units, whole graphemes and “…” where something is missing.

    An isolate that the cut would leave open is closed; one of which nothing is left goes with its mark.
    """
    text = one_line(text)
    if length(text) <= limit:
        return text
    kept: list[str] = []
    used = depth = 0
    for grapheme in _GRAPHEME.findall(text):
        deeper = depth + grapheme.count(FIRST_STRONG_ISOLATE) - grapheme.count(POP_ISOLATE)
        if used + length(grapheme) + length(ELLIPSIS) + max(deeper, 0) > limit:
            break
        kept.append(grapheme)
        used, depth = used + length(grapheme), max(deeper, 0)
    while kept and (not kept[-1].strip() or kept[-1] == FIRST_STRONG_ISOLATE):
        depth -= kept.pop() == FIRST_STRONG_ISOLATE
    return "".join(kept) + POP_ISOLATE * depth + ELLIPSIS


def distinct(labels: Sequence[str], limit: int) -> list[str]:
    """The labels shortened, none empty and no two alike: what would be is numbered."""
    seen: set[str] = set()
    found: list[str] = []
    for label in labels:
        short = shorten(label, limit) or ELLIPSIS
        number = 2
        while short in seen:
            mark = f" {number}"
            short = shorten(label, limit - length(mark)) + mark
            number += 1
        seen.add(short)
        found.append(short)
    return found
