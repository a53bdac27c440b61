"""The messages of the platform that one of our messages comes to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot import markup
from bot.channels.whatsapp import choices
from bot.channels.whatsapp.limits import BUTTONS, LIST, length
from bot.channels.whatsapp.rendering import texts
from bot.message import Choice, Document, Outgoing
from bot.wording import Voice

Content = dict[str, Any]
Part = tuple[str, Content | Document]  # the type of a message, and its content or what is to be uploaded for it


def parts(message: Outgoing, voice: Voice) -> Iterator[Part]:
    """Yield text, choices, pin and file, in the order in which they are sent; the same ones at a second attempt."""
    pages = choices.pages(message)
    bodies = texts(markup.layout(message.text, message.language))
    last = bodies.pop() if pages and bodies else ""
    for body in bodies:
        yield "text", {"body": body, "preview_url": False}
    if pages:
        yield from _choosing(pages, last, voice)
    if message.place:
        yield "location", {"latitude": message.place.latitude, "longitude": message.place.longitude}
    if message.document:
        yield "document", message.document


def _choosing(pages: list[list[Choice]], body: str, voice: Voice) -> Iterator[Part]:
    """The pages, the first under the text, or under its end where the whole is longer than may stand over buttons."""
    choose = voice.say("Choose")
    head, body = _parted(body, BUTTONS.body if choices.fits_buttons(pages[0], "") else LIST.body)
    if head:
        yield "text", {"body": head, "preview_url": False}
    for number, page in enumerate(pages):
        above = (body or choose) if number == 0 else voice.shown(f"{choose} ({number + 1}/{len(pages)})")
        yield "interactive", choices.interactive(page, above, voice)


def _parted(body: str, most: int) -> tuple[str, str]:
    """What goes ahead, and the longest end of whole paragraphs, or lines, that is no longer than `most`.

    Marks never run over a line, so that both parts keep theirs.
    """
    if length(body) <= most:
        return "", body
    for seam in ("\n\n", "\n"):
        pieces = body.split(seam)
        for number in range(1, len(pieces)):
            end = seam.join(pieces[number:])
            if length(end) <= most:
                return seam.join(pieces[:number]).rstrip(), end.strip()
    return body, ""
