"""The composition root: builds every part once and hands it on by argument."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.pages import ROOT
from admin.panel import Panel
from admin.site import build_site
from bot.background import Start, announcing, kept_up, open_channels, rates
from bot.channels.channel import Windowed
from bot.conversation.turn import Counsel
from bot.counsel import Announce, utc_now
from bot.delivery.drain import Drain
from bot.intake import Intake
from bot.notices.mail_server import MailServer
from bot.notices.notices import Notices
from bot.notices.words import Means
from bot.records import database
from bot.settings import Settings
from bot.wording import load_voices

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that one process runs."""

    web: FastAPI
    intake: Intake
    drain: Drain
    sessions: async_sessionmaker[AsyncSession]


def prepare_database(settings: Settings, announce: Announce) -> str:
    """Start the embedded database where no other is set, bring the tables up to date, and return its address."""
    address = settings.database_url
    if address is None:
        if not (settings.data_dir / "postgres").exists():
            announce("Setting up the embedded database …")
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        address = database.embedded_address(settings.data_dir)
    database.migrate(address)
    return address


def build(settings: Settings, counsel: Counsel, address: str, now: Callable[[], datetime] = utc_now) -> Service:
    """Build the service on a database whose tables are up to date."""
    closing = AsyncExitStack()
    engine = database.open_engine(address)
    closing.push_async_callback(engine.dispose)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    channels = open_channels(settings, sessions, counsel.voices, now, closing)
    paces = rates(settings)
    drain = Drain(sessions, {channel.name: channel for channel in channels}, now, paces)
    mail = mail_server(settings)
    panel_voices = load_voices(domain="admin")
    leads_url = f"{settings.public_url.rstrip('/')}{ROOT}/leads/" if settings.public_url else None
    means = Means(panel_voices, counsel.voices, counsel.library, leads_url, mails=mail is not None)
    intake = Intake(sessions, counsel, drain, means, now)
    notices = Notices(sessions, means, mail, intake.wake, now)

    tasks: list[tuple[str, Start]] = [
        ("drain", drain.run),
        ("notices", notices.run),
        *announcing(engine, channels, paces, counsel.voices, now, settings.announce_approval_above),
        *((channel.name, partial(channel.run, intake.receive)) for channel in channels),
    ]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with closing:
            for channel in channels:
                closing.push_async_callback(channel.close)
            closing.push_async_callback(intake.settle)
            await closing.enter_async_context(kept_up(tasks))
            yield

    app = FastAPI(title="Saudagar", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    for channel in channels:
        app.include_router(channel.routes(intake.receive))
    panel = Panel(
        sessions=sessions,
        library=counsel.library,
        voices=panel_voices,
        trader_voices=counsel.voices,
        now=now,
        wake=intake.wake,
        secure=(settings.public_url or "").startswith("https://"),
        public_url=settings.public_url,
        bot_name=lambda: next((channel.bot_name for channel in channels if channel.bot_name), None),
        channels=frozenset(channel.name for channel in channels),
        windows={channel.name: channel.window for channel in channels if isinstance(channel, Windowed)},
        mail=mail is not None,
        approval_above=settings.announce_approval_above,
    )
    app.mount(ROOT, build_site(panel))
    return Service(app, intake, drain, sessions)


def mail_server(settings: Settings) -> MailServer | None:
    """The mail server of the settings; raise ValueError with what is wrong with them."""
    if settings.smtp_url is None:
        return None
    return MailServer.parse(settings.smtp_url.get_secret_value(), settings.mail_from)


async def work(settings: Settings, address: str, now: Callable[[], datetime] = utc_now) -> int:
    """Send what waits, announce, and tell the staff, without serving, until a signal ends it; return its number.

    Any number of these run beside `serve`: what one process does the others leave alone.
    """
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _end, ended, number)
    voices = load_voices()
    async with AsyncExitStack() as stack:
        engine = database.open_engine(address)
        stack.push_async_callback(engine.dispose)
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        channels = open_channels(settings, sessions, voices, now, stack)
        paces = rates(settings)
        drain = Drain(sessions, {channel.name: channel for channel in channels}, now, paces)
        tasks = [
            ("drain", drain.run),
            *announcing(engine, channels, paces, voices, now, settings.announce_approval_above),
        ]
        for channel in channels:
            stack.push_async_callback(channel.close)
        await stack.enter_async_context(kept_up(tasks))
        return await ended


def _end(ended: asyncio.Future[int], number: int) -> None:
    if not ended.done():
        ended.set_result(number)
