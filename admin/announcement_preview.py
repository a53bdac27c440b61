"""What readers of each language will see, as Telegram shows it and as WhatsApp does. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from admin import announcement_audience
from bot import markup
from bot.announcing import compose
from bot.delivery.broadcasts import Occasion
from bot.markup import Span, Spans
from bot.message import Outgoing
from bot.records.announcements import Announcement
from bot.wording import Voice, shown
from knowledge.language import Language

#: UTF-16 units of one message, on Telegram (core.telegram.org/bots/api#sendmessage) as on WhatsApp
#: (developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages).
MESSAGE = 4096

# WhatsApp's reply buttons: messages/interactive-reply-buttons-messages. What does not fit is a list behind one button.
BUTTONS = 3
BUTTON = 20  # UTF-16 units of a label
ABOVE_BUTTONS = 1024  # UTF-16 units of the text above them


@dataclass(frozen=True, slots=True)
class Look:
    """A message as one platform shows it."""

    platform: str
    bubbles: tuple[Spans, ...]
    buttons: tuple[tuple[str, ...], ...]  # rows
    listed: bool = False  # whether the buttons are behind another one


@dataclass(frozen=True, slots=True)
class Sight:
    """What readers of one language get."""

    reader: Language
    language: Language | None  # of the text; None where they get nothing
    undecided: bool
    looks: tuple[Look, ...] = ()


def sights(announcement: Announcement, voices: dict[Language, Voice]) -> Iterator[Sight]:
    """Yield what readers get, language by language."""
    open_questions = announcement_audience.undecided(announcement)
    for reader in [Language(code) for code in announcement.languages] or list(Language):
        written = announcement.text_for(reader)
        message = compose(announcement, Occasion.NEWS, reader, voices)
        if message and written:
            looks = (on_telegram(message), on_whatsapp(message))
            yield Sight(reader, written[0], reader in open_questions, looks)
        else:
            yield Sight(reader, None, reader in open_questions)


def on_telegram(message: Outgoing) -> Look:
    """A message as Telegram shows it."""
    parts = markup.split(markup.layout(message.text, message.language), MESSAGE, _length)
    return Look("telegram", tuple(parts), tuple(_labels(message)))


def on_whatsapp(message: Outgoing) -> Look:
    """A message as WhatsApp shows it."""
    spans = _on_whatsapp(markup.layout(message.text, message.language))
    parts = markup.split(spans, MESSAGE, _length)
    labels = [label for row in _labels(message) for label in row]
    last = "".join(span.text for span in parts[-1]) if parts else ""
    fits = len(labels) <= BUTTONS and all(_length(label) <= BUTTON for label in labels)
    listed = not fits or _length(last) > ABOVE_BUTTONS
    return Look("whatsapp", tuple(parts), tuple((label,) for label in labels), listed)


def _on_whatsapp(spans: Spans) -> Spans:
    """Links as text with the address behind it; marks touching a letter are none (faq.whatsapp.com/539178204879377)."""
    flat = [_with_address(span) for span in spans]
    text = "".join(span.text for span in flat)
    found, at = [], 0
    for span in flat:
        end = at + len(span.text)
        touches = text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()
        found.append(replace(span, bold=False, italic=False) if touches else span)
        at = end
    return tuple(found)


def _with_address(span: Span) -> Span:
    if not span.link:
        return span
    return replace(span, text=span.text if span.link == span.text else f"{span.text} ({span.link})", link=None)


def _labels(message: Outgoing) -> Iterator[tuple[str, ...]]:
    for row in message.choices:
        yield tuple(shown(choice.label, message.language) for choice in row)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
