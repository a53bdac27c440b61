"""Our messages as Bot API calls, and the Bot API's errors as ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
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
from bot.channels.channel import Limits, Refused, SendError, Throttled, TraderGone, Unreachable
from bot.message import Outgoing
from bot.wording import shown

# core.telegram.org/bots/api#sendmessage and #inlinekeyboardbutton
LIMITS = Limits(text=4096, button_data=64)

#: What Telegram says (400) of a chat that is no more; everything else under 400 concerns the message.
GONE = ("chat not found", "user is deactivated", "user not found", "bot was kicked", "group chat was deactivated")

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 code units (core.telegram.org/api/entities#entity-length)."""
    return len(text.encode("utf-16-le")) // 2


async def send(bot: telegram.Bot, chat: str, message: Outgoing, already: int) -> AsyncIterator[str]:
    """Send the calls that a message comes to, without the first `already`; yield each message id.

    Raises a `SendError`.
    """
    parts = markup.split(markup.layout(message.text, message.language), LIMITS.text, utf16_length)
    for number, part in enumerate(parts):
        if number >= already:
            keyboard = _keyboard(message) if number == len(parts) - 1 else None
            yield await _send_text(bot, chat, part, keyboard)
    if message.place and already <= len(parts):
        yield await _send_place(bot, chat, message.place.latitude, message.place.longitude)


async def _send_text(bot: telegram.Bot, chat: str, part: markup.Spans, keyboard: InlineKeyboardMarkup | None) -> str:
    try:
        sent = await bot.send_message(
            chat, markup.html(part), ParseMode.HTML, link_preview_options=NO_PREVIEW, reply_markup=keyboard
        )
    except BadRequest as error:
        if "parse entities" not in error.message.lower():
            raise send_error(error) from error
        try:
            sent = await bot.send_message(
                chat, markup.plain(part), link_preview_options=NO_PREVIEW, reply_markup=keyboard
            )
        except TelegramError as second:
            raise send_error(second) from second
    except TelegramError as error:
        raise send_error(error) from error
    return str(sent.message_id)


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
    """The error of python-telegram-bot as one of the four ways in which a send can fail."""
    match error:
        case RetryAfter():
            pause = error.retry_after
            return Throttled(pause.total_seconds() if isinstance(pause, timedelta) else float(pause))
        case Forbidden():
            return TraderGone(error.message)
        case ChatMigrated():
            return Refused(f"the group is now {error.new_chat_id}")
        case BadRequest():
            gone = any(words in error.message.lower() for words in GONE)
            return TraderGone(error.message) if gone else Refused(error.message)
        case InvalidToken():
            return Unreachable("Telegram does not know this bot token")
        case NetworkError():
            return Unreachable(error.message)
        case _:
            return Refused(error.message)
