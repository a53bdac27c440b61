"""Ways to send one text to many chats, each a process: what is measured, and its yardsticks.

As a program: python -m benchmarks.senders WAY NUMBER, where WAY is `raw` (aiohttp), `ptb` (python-telegram-bot on its
default transport), `aiogram` or `saudagar` (its broadcaster with the limit lifted, until nothing is open any more).
The bare ones keep nothing. All make the same call: HTML, no link preview, three buttons.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import uvloop
from sqlalchemy import text

from benchmarks.subscribers import CHAT, TEXTS
from bot.channels.telegram.channel import Telegram
from bot.counsel import utc_now
from bot.delivery.broadcaster import Broadcaster
from bot.delivery.pace import Pace
from bot.records import database
from bot.wording import load_voices

AT_ONCE = 100  # as the broadcaster has it
LIFTED = 100_000  # messages a second: no limit
HTML = [
    f"<b>📢 Announcement</b>\n\n{TEXTS[language]}" for language in ("en", "ur", "fa")
]  # in turn, as the traders are
BUTTONS = (("⚙️ My subjects", "subscribe:subjects"), ("🔕 Send me none", "settle:stop"), ("Menu", "menu:main"))

Send = Callable[[int], Awaitable[object]]


async def share_out(number: int, send: Send) -> None:
    """Send to so many chats, so many at once."""

    async def work(chats: Iterator[int]) -> None:
        for chat in chats:
            await send(chat)

    chats = iter(range(CHAT, CHAT + number))
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work(chats))


async def raw(number: int, api: str, token: str) -> None:
    """Post forms by aiohttp."""
    keyboard = ", ".join(f'[{{"text": "{label}", "callback_data": "{data}"}}]' for label, data in BUTTONS)
    fields = {
        "parse_mode": "HTML", "link_preview_options": '{"is_disabled": true}',
        "reply_markup": f'{{"inline_keyboard": [{keyboard}]}}',
    }  # fmt: skip
    url = f"{api}/bot{token}/sendMessage"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def send(chat: int) -> None:
            async with session.post(url, data={"chat_id": str(chat), "text": HTML[chat % 3], **fields}) as response:
                await response.json()

        await share_out(number, send)


async def ptb(number: int, api: str, token: str) -> None:
    """Call python-telegram-bot on its default transport."""
    from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions  # noqa: PLC0415
    from telegram.request import HTTPXRequest  # noqa: PLC0415

    preview = LinkPreviewOptions(is_disabled=True)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)] for label, data in BUTTONS])
    async with Bot(token, base_url=f"{api}/bot", request=HTTPXRequest(connection_pool_size=AT_ONCE)) as bot:
        await share_out(
            number,
            lambda chat: bot.send_message(
                chat, HTML[chat % 3], "HTML", link_preview_options=preview, reply_markup=keyboard
            ),
        )


async def aiogram(number: int, api: str, token: str) -> None:
    """Call aiogram."""
    from aiogram import Bot  # noqa: PLC0415
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415
    from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions  # noqa: PLC0415

    preview = LinkPreviewOptions(is_disabled=True)
    rows = [[InlineKeyboardButton(text=label, callback_data=data)] for label, data in BUTTONS]
    keyboard = InlineKeyboardMarkup(inline_keyboard=rows)
    async with Bot(token, AiohttpSession(api=TelegramAPIServer.from_base(api), limit=AT_ONCE)) as bot:
        await share_out(
            number,
            lambda chat: bot.send_message(
                chat, HTML[chat % 3], parse_mode="HTML", link_preview_options=preview, reply_markup=keyboard
            ),
        )


async def saudagar(_: int, api: str, token: str) -> None:
    """Run the broadcaster until it has nothing to do any more."""
    engine = database.open_engine(os.environ["DATABASE_URL"])
    channel = Telegram(token, api, "secret", None, load_voices(), paid=False)
    await channel.connect()
    task = asyncio.create_task(Broadcaster(engine, channel, Pace(LIFTED), utc_now).run())
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while await connection.scalar(text("SELECT count(*) FROM broadcasts WHERE state = 'sending'")):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await channel.close()
    await engine.dispose()


WAYS: dict[str, Callable[[int, str, str], Awaitable[None]]] = {
    "raw": raw, "ptb": ptb, "aiogram": aiogram, "saudagar": saudagar,
}  # fmt: skip


async def main(way: str, number: int) -> None:
    """Send, and say when that is done."""
    await WAYS[way](number, os.environ["TELEGRAM_API_URL"], os.environ["TELEGRAM_BOT_TOKEN"])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
