"""A trader's hand: what he does as incoming messages, and what he sees of a reply."""

from __future__ import annotations

from bot import markup
from bot.channels.telegram.sending import LIMITS, utf16_length
from bot.conversation.turn import Counsel, Turn
from bot.message import OUTGOING, Address, Choice, Incoming, Kind, Outgoing
from knowledge.language import Language

TRADER = Address("telegram", "501")
UPDATE = "u" * 16  # as long as the id of an update can be: that of a browser

ISOLATES = str.maketrans("", "", "\u2068\u2069")


def typed(text: str, client: str | None = None, *, edited: bool = False, update: str = UPDATE) -> Incoming:
    """A message."""
    return Incoming(TRADER, update, text=text, client_language=client, edited=edited)


def tapped(data: str, client: str | None = None, *, update: str = UPDATE) -> Incoming:
    """A tap on a button."""
    return Incoming(TRADER, update, Kind.TAP, data=data, client_language=client)


def shown(reply: Outgoing) -> str:
    """The text as a channel sends it."""
    return "".join(span.text for span in markup.layout(reply.text, reply.language))


def seen(reply: Outgoing) -> str:
    """The text as it is read: without the isolates, which no eye sees."""
    return shown(reply).translate(ISOLATES)


def buttons(reply: Outgoing) -> list[Choice]:
    """Its buttons, row after row."""
    return [choice for row in reply.choices for choice in row]


def labels(reply: Outgoing) -> list[str]:
    """What its buttons show."""
    return [choice.label for choice in buttons(reply)]


def old_button(language: Language, counsel: Counsel) -> str:
    """What a button that leads nowhere is answered with."""
    return counsel.voices[language].say("This button is from an old message and leads nowhere now. Here is the menu:")


def assert_sound(turn: Turn) -> None:
    """What holds for every turn: a reply, none empty, each fit for the tightest channel and for the outbox."""
    assert turn.replies
    for reply in turn.replies:
        text = shown(reply)
        assert text.translate(ISOLATES).strip()
        assert utf16_length(text) <= LIMITS.text
        assert all(reply.choices)  # no row without a button
        for choice in buttons(reply):
            assert choice.label.strip()
            assert 0 < len(choice.data.encode()) <= LIMITS.button_data
        assert OUTGOING.validate_json(OUTGOING.dump_json(reply)) == reply
