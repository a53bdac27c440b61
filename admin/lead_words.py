"""What the lead page calls obstacles, reasons and deliveries, in the reader's words."""

from __future__ import annotations

from decimal import Decimal

from admin import labels
from admin.matching import (
    Quantities,
    Reason,
    SameChapter,
    SameDestination,
    SameGood,
    SameOrigin,
    SimilarWords,
)
from admin.pages import Reader
from bot.conversation.enquiry_words import town_name
from bot.delivery import windows
from bot.delivery.introducing import Hindrance
from bot.delivery.outbox import Delivery, DeliveryState
from bot.delivery.writing import Obstacle
from bot.enquiry import Town, Unit
from knowledge.library import Library


def obstacle(reader: Reader, obstacle: Obstacle) -> str:
    """Why the bot cannot write to a trader."""
    return {
        Obstacle.FORGOTTEN: reader.say("The trader wanted to be forgotten: the bot cannot write to him any more."),
        Obstacle.WITHDRAWN: reader.say("The trader withdrew this enquiry. Please do not write to him or call him."),
        Obstacle.NOT_IN_CHAT: reader.say(
            "The trader does not want to be written to in the chat. Use telephone or e-mail."
        ),
        Obstacle.GONE: reader.say("The trader blocked the bot or closed the chat. Use telephone or e-mail."),
    }[obstacle]


def hindrance(reader: Reader, hindrance: Hindrance) -> str:
    """Why two leads cannot be introduced."""
    return {
        Hindrance.NO_DEAL: reader.say("These two do not want opposite things from the two countries."),
        Hindrance.SAME_TRADER: reader.say("Both enquiries are of the same trader."),
        Hindrance.NOT_OPEN: reader.say("One of the two enquiries is not open any more."),
        Hindrance.UNREACHABLE: reader.say("The trader of this enquiry cannot be asked in the chat."),
        Hindrance.OTHER_UNREACHABLE: reader.say("The other trader cannot be asked in the chat."),
    }[hindrance]


def amount(reader: Reader, quantity: Decimal, unit: Unit | None) -> str:
    """A quantity with its unit."""
    number = reader.voice.shown(f"{quantity.normalize():,f}")
    return f"{number} {labels.unit(reader.voice, unit)}" if unit else number


def town(reader: Reader, library: Library, town: Town) -> str:
    """A place in the reader's language, with what the trader wrote where that is something else."""
    name = town_name(town, reader.voice, library)
    return name if name == town.name else f"{name} ({town.name})"


def chapter(reader: Reader, library: Library, number: str) -> str:
    """A chapter of the Harmonized System with its name."""
    found = library.goods.chapter(number)
    return reader.voice.shown(f"{number} {found.names[reader.language]}" if found else number)


def good(reader: Reader, library: Library, good: str) -> str:
    """The name of a good or service."""
    found = library.goods.get(good)
    return found.names[reader.language] if found else good


def reason(reader: Reader, library: Library, reason: Reason) -> str:
    """Why two leads fit."""
    match reason:
        case SameGood(good=name):
            return reader.say("same good: {good}", good=good(reader, library, name))
        case SameChapter(chapter=number):
            return reader.say("same HS chapter: {chapter}", chapter=chapter(reader, library, number))
        case SimilarWords():
            return reader.say("described in similar words")
        case Quantities(smaller=smaller, larger=larger, unit=unit):
            part = reader.voice.shown(f"{smaller.normalize():,f}")
            return reader.say("quantity: {part} of {whole}", part=part, whole=amount(reader, larger, unit))
        case SameOrigin(town=place):
            return reader.say("from {town}, as wanted", town=town_name(place, reader.voice, library))
        case SameDestination(town=place):
            return reader.say("to {town}, as wanted", town=town_name(place, reader.voice, library))


def strength(reader: Reader, score: float) -> str:
    """How well two leads fit, in a word."""
    if score >= 0.75:
        return reader.say("fits very well")
    return reader.say("fits well") if score >= 0.55 else reader.say("may fit")


def delivery(reader: Reader, delivery: Delivery) -> str:
    """How far a message to a trader has come."""
    match delivery.state:
        case DeliveryState.QUEUED | DeliveryState.SENDING if delivery.error:
            return reader.say("Waiting, the last attempt failed")
        case DeliveryState.QUEUED | DeliveryState.SENDING:
            return reader.say("Waiting to be sent")
        case DeliveryState.SENT:
            return reader.say("Sent")
        case DeliveryState.DELIVERED:
            return reader.say("Delivered")
        case DeliveryState.READ:
            return reader.say("Read")
        case DeliveryState.WAITING:
            return waiting(reader, delivery.error)
        case DeliveryState.FAILED:
            return reader.say("Not delivered")
        case DeliveryState.GONE:
            return reader.say("Not delivered: the trader cannot be reached in this chat any more")


def untold(delivery: Delivery) -> str:
    """What is known of a message's fate and not said by `delivery`, in the platform's words; empty for nothing."""
    return "" if delivery.state is DeliveryState.SENT else untold_reason(delivery.error)


_WAITS = frozenset({windows.WAITS, windows.WAITS_ASKED, windows.WAITS_UNASKED, windows.WAITS_UNWANTED})


def untold_reason(reason: str | None) -> str:
    """What a reason says beyond `waiting`, in the platform's words; empty for nothing."""
    return "" if reason is None or reason in _WAITS else reason


def waiting(reader: Reader, reason: str | None) -> str:
    """Why a message waits for its trader to write."""
    match reason:
        case windows.WAITS:
            return reader.say("Kept until he writes: he was asked to, and has not read it yet")
        case windows.WAITS_ASKED:
            return reader.say("Kept until he writes: he was asked to with an earlier message")
        case windows.WAITS_UNASKED:
            return reader.say("Kept until he writes: for this kind of message he cannot be asked to")
        case windows.WAITS_UNWANTED:
            return reader.say("Kept until he writes: he wants no announcements, so he was not asked to")
        case _:
            return reader.say("Kept until he writes: asking him to did not succeed")


def channel(reader: Reader, channel: str) -> str:
    """The channel on which a trader writes."""
    names = {"telegram": reader.say("Telegram"), "web": reader.say("Browser chat"), "whatsapp": reader.say("WhatsApp")}
    return names.get(channel, channel)
