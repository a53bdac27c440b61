"""What traders do on Telegram, as incoming messages."""

from __future__ import annotations

import logging
from typing import Any

import telegram
from pydantic import BaseModel, ValidationError
from telegram.constants import ChatType, MessageType
from telegram.helpers import effective_message_type

from bot.message import Address, Incoming, Kind, Place

log = logging.getLogger(__name__)

NAME = "telegram"

#: The updates that we ask Telegram for (core.telegram.org/bots/api#update).
ALLOWED_UPDATES = ("message", "edited_message", "callback_query")

KINDS: dict[str, Kind] = {
    MessageType.TEXT: Kind.TEXT,
    MessageType.LOCATION: Kind.PLACE,
    MessageType.VENUE: Kind.PLACE,
    MessageType.VOICE: Kind.VOICE,
    MessageType.AUDIO: Kind.VOICE,
    MessageType.VIDEO_NOTE: Kind.VOICE,
    MessageType.PHOTO: Kind.PICTURE,
    MessageType.VIDEO: Kind.PICTURE,
    MessageType.ANIMATION: Kind.PICTURE,
    MessageType.STICKER: Kind.STICKER,
    MessageType.CONTACT: Kind.CONTACT,
    MessageType.DOCUMENT: Kind.DOCUMENT,
}


def read_body(body: Any, bot: telegram.Bot | None) -> Incoming | None:
    """Return what an update says, from its JSON; None where there is nobody to answer, or nothing to be read at all.

    Telegram adds fields and kinds as it likes, and a server of one's own may be older than the library: a message that
    the library cannot read is still a message, and whoever sent it is told that we cannot read it.
    """
    try:
        update = telegram.Update.de_json(body, bot)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        log.error("an update that the library cannot read", extra={"error": type(error).__name__})
        return _salvaged(body)
    return read(update) if update else None


class _Chat(BaseModel):
    id: int
    type: str


class _Message(BaseModel):
    chat: _Chat


class _Update(BaseModel):
    update_id: int
    message: _Message


def _salvaged(body: Any) -> Incoming | None:
    """The sender of a private message that could not be read, so that he gets a reply."""
    try:
        update = _Update.model_validate(body)
    except ValidationError:
        return None
    if update.message.chat.type != ChatType.PRIVATE:
        return None
    return Incoming(Address(NAME, str(update.message.chat.id)), str(update.update_id), Kind.UNSUPPORTED)


def read(update: telegram.Update) -> Incoming | None:
    """Return what an update says; None where there is nobody to answer.

    In a group only text is for us: an answer to each sticker or to each new member would be noise.
    """
    if update.callback_query:
        return _tap(update, update.callback_query)
    message = update.message or update.edited_message
    if message is None:
        return None
    kind = KINDS.get(effective_message_type(message) or "", Kind.UNSUPPORTED)
    text = message.text or message.caption or ""
    if message.chat.type != ChatType.PRIVATE and not text:
        return None
    location = message.location or (message.venue.location if message.venue else None)
    return Incoming(
        address=Address(NAME, str(message.chat.id)),
        id=str(update.update_id),
        kind=kind,
        text=text,
        place=Place(location.latitude, location.longitude) if location else None,
        client_language=message.from_user.language_code if message.from_user else None,
        edited=update.edited_message is not None,
    )


def _tap(update: telegram.Update, query: telegram.CallbackQuery) -> Incoming:
    chat = query.message.chat.id if query.message else query.from_user.id
    return Incoming(
        address=Address(NAME, str(chat)),
        id=str(update.update_id),
        kind=Kind.TAP,
        data=query.data or "",
        client_language=query.from_user.language_code,
        receipt=query.id,
    )
