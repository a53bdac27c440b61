"""The work behind the conversation, the same in `serve` and in `work`: sending, announcing, telling the staff."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.announcing import Publisher
from bot.channels.channel import Channel
from bot.channels.web.channel import Web
from bot.channels.whatsapp.limits import ANNOUNCEMENT_RATE
from bot.delivery import names, outbox
from bot.delivery.broadcaster import Broadcaster
from bot.delivery.mailboxes import Mailboxes
from bot.delivery.pace import Pace
from bot.delivery.reports import Reports
from bot.message import Address
from bot.settings import Settings
from bot.wording import Voice
from knowledge.language import Language

log = logging.getLogger(__name__)

FREE_RATE = 30.0  # messages a second to many; above it Telegram wants to be paid (core.telegram.org/bots/faq)
RESTART = 5.0  # seconds before a background task that fell is started again

Start = Callable[[], Awaitable[None]]


def open_channels(
    settings: Settings,
    sessions: async_sessionmaker[AsyncSession],
    voices: dict[Language, Voice],
    now: Callable[[], datetime],
    stack: AsyncExitStack,
) -> list[Channel]:
    """The channels that the settings turn on; the browser's is always there, as the first. `stack` closes them."""
    secure = (settings.public_url or "").startswith("https://")
    channels: list[Channel] = [Web(sessions, outbox.delivered_to, voices, secure=secure)]
    if settings.telegram_bot_token:
        from bot.channels.telegram.channel import Telegram  # noqa: PLC0415  (half a second and 37 MB: with a token only)

        telegram = Telegram(
            settings.telegram_bot_token.get_secret_value(),
            settings.telegram_api_url,
            settings.telegram_webhook_secret,
            settings.public_url,
            voices,
            paid=settings.telegram_rate > FREE_RATE,
        )
        channels.append(telegram)
    if settings.whatsapp_token:
        channels.append(_open_whatsapp(settings, sessions, voices, now, stack))
    return channels


def _open_whatsapp(
    settings: Settings,
    sessions: async_sessionmaker[AsyncSession],
    voices: dict[Language, Voice],
    now: Callable[[], datetime],
    stack: AsyncExitStack,
) -> Channel:
    from bot.channels.whatsapp.channel import Account, WhatsApp  # noqa: PLC0415  (a second and 16 MB: with a token only)

    async def recognise(address: Address, alias: str | None) -> Address:
        async with sessions.begin() as session:
            return await names.recognise(session, address, alias)

    async def move(before: Iterable[str], after: Address) -> bool:
        async with sessions.begin() as session:
            return await names.move(session, before, after)

    reports = Reports(sessions, now)
    whatsapp = WhatsApp(Account.of(settings), voices, recognise, move, reports.record)
    stack.push_async_callback(reports.close)
    return whatsapp


def rates(settings: Settings) -> dict[str, Pace]:
    """How fast announcements go out on each channel that has a limit."""
    return {"telegram": Pace(settings.telegram_rate), "whatsapp": Pace(ANNOUNCEMENT_RATE)}


def announcing(
    engine: AsyncEngine,
    channels: Sequence[Channel],
    paces: dict[str, Pace],
    voices: dict[Language, Voice],
    now: Callable[[], datetime],
    approval_above: int,
) -> list[tuple[str, Start]]:
    """The tasks that bring announcements to their readers."""
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    tasks: list[tuple[str, Start]] = [("publisher", Publisher(sessions, voices, now, approval_above).run)]
    for channel in channels:
        if channel.keeps_mailbox:
            tasks.append((f"{channel.name} mailboxes", Mailboxes(sessions, channel, now).run))
        else:
            broadcaster = Broadcaster(engine, channel, paces[channel.name], now)
            tasks.append((f"{channel.name} broadcaster", _connected(channel, broadcaster.run)))
    return tasks


def _connected(channel: Channel, start: Start) -> Start:
    async def run() -> None:
        if await channel.connect():
            await start()

    return run


@asynccontextmanager
async def kept_up(tasks: Sequence[tuple[str, Start]]) -> AsyncIterator[None]:
    """Run tasks for the block; one that falls is logged and started again, one that ends has ended."""
    running = [asyncio.create_task(_keep_up(name, start)) for name, start in tasks]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _keep_up(name: str, start: Start) -> None:
    while True:
        try:
            await start()
        except Exception:  # the edge of a background task: the others go on
            log.exception("a background task fell and is started again", extra={"task": name})
            await asyncio.sleep(RESTART)
        else:
            return
