"""The conversation in a terminal: no database, no account; numbers tap buttons."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from bot import markup
from bot.message import Address, Choice, Incoming, Kind, Outgoing
from bot.wording import shown

NAME = "terminal"
ADDRESS = Address(NAME, "you")


def read(lines: Iterator[str], offered: Sequence[Choice], client_language: str | None) -> Iterator[Incoming]:
    """Each line as an incoming message; a line that is the number of an offered button taps it."""
    for number, line in zip(itertools.count(1), lines, strict=False):
        text = line.strip()
        if text.isdecimal() and 1 <= int(text) <= len(offered):
            yield Incoming(ADDRESS, str(number), Kind.TAP, data=offered[int(text) - 1].data)
        else:
            yield Incoming(ADDRESS, str(number), Kind.TEXT, text, client_language=client_language)


def write(message: Outgoing, first: int) -> tuple[str, list[Choice]]:
    """A message as terminal text, its buttons numbered from `first`; and the buttons."""
    lines = [markup.plain(markup.layout(message.text, message.language))]
    if message.place:
        lines.append(f"📍 geo:{message.place.latitude},{message.place.longitude}")
    if message.document:
        lines.append(f"📎 {message.document.name} ({len(message.document.content.encode())} B)")
    choices = [choice for row in message.choices for choice in row]
    lines += [f"  [{number}] {shown(choice.label, message.language)}" for number, choice in enumerate(choices, first)]
    return "\n".join(lines), choices
