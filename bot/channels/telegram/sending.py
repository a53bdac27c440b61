"""Our messages as Bot API calls, and the Bot API's errors as ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot import markup
from bot.channels.channel import Limits, Moved, Refused, SendError, Throttled, TraderGone, Unreachable
from bot.channels.telegram.transport import parameters
from bot.message import Outgoing
from bot.wording import shown

# core.telegram.org/bots/api#sendmessage and #inlinekeyboardbutton
LIMITS = Limits(text=4096, button_data=64)
CAPTION = 1024  # UTF-16 units under a document (core.telegram.org/bots/api#senddocument)

#: What Telegram says (400) of a chat that is no more; everything else under 400 concerns the message.
GONE = ("chat not found", "user is deactivated", "user not found", "bot was kicked", "group chat was deactivated")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 code units (core.telegram.org/api/entities#entity-length)."""
    return len(text.encode("utf-16-le")) // 2


async def send(
    bot: telegram.Bot, chat: str, message: Outgoing, already: int, *, paid: bool = False
) -> AsyncIterator[str]:
    """Send the calls that a message comes to, without the first `already`; yield each message id.

    `paid`: beyond 30 a second, for Telegram Stars (core.telegram.org/bots/api#paid-broadcasts). Raises a `SendError`.
    """
    parts = _parts(message)
    for number, part in enumerate(parts):
        if number >= already:
            if message.document and number == len(parts) - 1:
                yield await _send_document(bot, chat, message, part, paid=paid)
            else:
                yield await _send_text(bot, chat, part, paid=paid)
    if message.place and already <= len(parts):
        yield await _send_place(bot, chat, message.place.latitude, message.place.longitude)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one call sends: the same text as HTML and plain, and, under the last one, the buttons."""

    html: str
    plain: str
    keyboard: InlineKeyboardMarkup | None
    fields: dict[str, str]  # others than the text


@lru_cache(maxsize=64)
def _parts(message: Outgoing) -> tuple[_Part, ...]:
    """Lay a message out and encode it; kept, because an announcement goes to thousands."""
    limit = CAPTION if message.document else LIMITS.text
    parts = markup.split(markup.layout(message.text, message.language), limit, utf16_length)
    return tuple(_part(part, _keyboard(message) if part is parts[-1] else None) for part in parts)


def _part(spans: markup.Spans, keyboard: InlineKeyboardMarkup | None) -> _Part:
    fields = {"link_preview_options": NO_PREVIEW.to_json()}
    if keyboard:
        fields["reply_markup"] = keyboard.to_json()
    return _Part(markup.html(spans), markup.plain(spans), keyboard, fields)


async def _send_text(bot: telegram.Bot, chat: str, part: _Part, *, paid: bool) -> str:
    """Send a text.

    Not by `Bot.send_message`: it encodes the same buttons anew for each of a hundred thousand chats, and makes objects
    of what Telegram answers; together that costs as much as the call itself.
    """
    fields = part.fields | {"chat_id": chat} | ({"allow_paid_broadcast": "true"} if paid else {})

    async def call(**text: str) -> str:
        sent: Any = await bot.request.post(f"{bot.base_url}/sendMessage", parameters(**text, **fields))
        return str(sent["message_id"])

    return await _sent(partial(call, text=part.html, parse_mode=ParseMode.HTML), partial(call, text=part.plain))


async def _send_document(bot: telegram.Bot, chat: str, message: Outgoing, part: _Part, *, paid: bool) -> str:
    document = message.document
    assert document is not None

    async def call(caption: str, parse_mode: str | None) -> str:
        sent = await bot.send_document(
            chat,
            InputFile(document.content.encode(), document.name),
            caption,
            parse_mode=parse_mode,
            reply_markup=part.keyboard,
            allow_paid_broadcast=paid or None,
        )
        return str(sent.message_id)

    return await _sent(partial(call, part.html, ParseMode.HTML), partial(call, part.plain, None))


async def _sent(as_html: Callable[[], Awaitable[str]], as_plain: Callable[[], Awaitable[str]]) -> str:
    """Make a call with a text as HTML, or plain where Telegram cannot read that; return the message id."""
    try:
        return await as_html()
    except BadRequest as error:
        if "parse entities" not in error.message.lower():
            raise send_error(error) from error
        try:
            return await as_plain()
        except TelegramError as second:
            raise send_error(second) from second
    except TelegramError as error:
        raise send_error(error) from error


async def _send_place(bot: telegram.Bot, chat: str, latitude: float, longitude: float) -> str:
    try:
        sent = await bot.send_location(chat, latitude, longitude)
    except TelegramError as error:
        raise send_error(error) from error
    return str(sent.message_id)


def _keyboard(message: Outgoing) -> InlineKeyboardMarkup | None:
    if not message.choices:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(shown(choice.label, message.language), callback_data=choice.data) for choice in row]
            for row in message.choices
        ]
    )


def send_error(error: TelegramError) -> SendError:
    """The error of python-telegram-bot as one of the five ways in which a send can fail."""
    match error:
        case RetryAfter():
            pause = error.retry_after
            return Throttled(pause.total_seconds() if isinstance(pause, timedelta) else float(pause))
        case Forbidden():
            return TraderGone(error.message)
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case BadRequest():
            gone = any(words in error.message.lower() for words in GONE)
            return TraderGone(error.message) if gone else Refused(error.message)
        case InvalidToken():
            return Unreachable("Telegram does not know this bot token")
        case NetworkError():
            return Unreachable(error.message)
        case _:
            return Refused(error.message)
