"""Choices as reply buttons, as a list, or as pages of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pywa.types.callback import Button, Section, SectionList, SectionRow

from bot.channels.whatsapp.limits import BUTTONS, LIST, length
from bot.channels.whatsapp.shortening import distinct, one_line, shorten
from bot.message import Choice, Outgoing
from bot.wording import Voice, shown


def pages(message: Outgoing) -> list[list[Choice]]:
    """The choices of a message, as many on a page as one message of WhatsApp takes; each data once.

    All pages are sent at once: nothing has to be remembered, and a tap on an old page is still understood.
    """
    once = {choice.data: choice for row in message.choices for choice in row}
    labelled = [Choice(one_line(shown(choice.label, message.language)), data) for data, choice in once.items()]
    return [labelled[start : start + LIST.rows] for start in range(0, len(labelled), LIST.rows)]


def fits_buttons(page: Sequence[Choice], body: str) -> bool:
    """Whether reply buttons show a page whole: few, each label short, and so is the text above."""
    return (
        len(page) <= BUTTONS.count
        and all(length(choice.label) <= BUTTONS.title for choice in page)
        and length(body) <= BUTTONS.body
    )


def interactive(page: Sequence[Choice], body: str, voice: Voice) -> dict[str, Any]:
    """The `interactive` object of a message with these choices under a text."""
    if fits_buttons(page, body):
        titles = distinct([choice.label for choice in page], BUTTONS.title)
        buttons = [Button(title, choice.data).to_dict() for title, choice in zip(titles, page, strict=True)]
        return {"type": "button", "body": {"text": body}, "action": {"buttons": buttons}}
    return {"type": "list", "body": {"text": body}, "action": _list(page, voice).to_dict()}


def _list(page: Sequence[Choice], voice: Voice) -> SectionList:
    titles = distinct([choice.label for choice in page], LIST.title)
    rows = [
        # a title that lost words has all of them, as far as they fit, in the line below
        SectionRow(title, choice.data, None if title == choice.label else shorten(choice.label, LIST.description))
        for title, choice in zip(titles, page, strict=True)
    ]
    opener = shorten(voice.shown(voice.say("Choose")), LIST.opener)
    return SectionList(opener, [Section(shorten(voice.shown(voice.say("Choose")), LIST.title), rows)])
