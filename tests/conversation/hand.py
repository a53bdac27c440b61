"""A trader's hand: what he does as incoming messages, and what he sees of a reply."""

from __future__ import annotations

from bot import markup
from bot.channels.telegram.sending import LIMITS, utf16_length
from bot.conversation.conversation import converse
from bot.conversation.draft import Draft
from bot.conversation.tracking import followed
from bot.conversation.turn import MEMORY, Counsel, EnquirySent, Event, Memory, Turn
from bot.enquiry import Enquiry, Progress
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


class Talk:
    """A conversation of one trader: what he types and taps, with all that is remembered of him in between."""

    def __init__(self, counsel: Counsel, language: Language, memory: Memory | None = None) -> None:
        self._counsel = counsel
        self.voice = counsel.voices[language]
        self.memory = memory or Memory(language, welcomed=True)
        self.enquiries: tuple[Progress, ...] = ()
        self.turn = Turn(self.memory, ())
        self.events: list[Event] = []

    def types(self, text: str, *, edited: bool = False) -> Talk:
        """Type a message."""
        return self.receives(typed(text, edited=edited))

    def taps(self, label: str) -> Talk:
        """Tap the button of the last replies that shows this message of the catalogue, or these very words."""
        said = {label, self.voice.say(label)}
        (choice,) = [choice for choice in self.offered if choice.label in said]
        return self.receives(tapped(choice.data))

    def sends(self, data: str) -> Talk:
        """Tap a button, be it one of an old message."""
        return self.receives(tapped(data))

    @property
    def offered(self) -> list[Choice]:
        """The buttons of the last replies."""
        return [choice for reply in self.turn.replies for choice in buttons(reply)]

    @property
    def read(self) -> str:
        """What the last replies say."""
        return "\n\n".join(map(seen, self.turn.replies))

    @property
    def draft(self) -> Draft:
        """The enquiry that is being written."""
        assert self.memory.enquiring
        return self.memory.enquiring

    @property
    def sent(self) -> Enquiry:
        """The one enquiry that was sent."""
        (enquiry,) = [event.enquiry for event in self.events if isinstance(event, EnquirySent)]
        return enquiry

    def receives(self, incoming: Incoming) -> Talk:
        """Whatever else the trader sends."""
        self.turn = converse(self.memory, incoming, self._counsel, self.enquiries)
        assert_sound(self.turn)
        self.events += self.turn.events
        self.enquiries = followed(self.enquiries, self.turn.events)
        stored = MEMORY.dump_json(self.turn.memory, exclude_defaults=True)
        self.memory = MEMORY.validate_json(stored)
        assert self.memory == self.turn.memory  # nothing is lost between two messages
        return self
