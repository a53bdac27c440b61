"""The composition root: builds every part once and hands it on by argument."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.pages import ROOT
from admin.panel import Panel
from admin.site import build_site
from bot.channels.channel import Channel
from bot.channels.web.channel import Web
from bot.conversation.turn import Counsel
from bot.counsel import Announce, utc_now
from bot.delivery import outbox
from bot.delivery.drain import Drain
from bot.intake import Intake
from bot.notices.mail_server import MailServer
from bot.notices.notices import Notices
from bot.notices.words import Means
from bot.records import database
from bot.settings import Settings
from bot.wording import load_voices

if TYPE_CHECKING:
    from bot.channels.telegram.channel import Telegram

log = logging.getLogger(__name__)

RESTART = 5.0  # seconds before a background task that fell is started again


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
    engine = database.open_engine(address)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    secure = (settings.public_url or "").startswith("https://")
    web = Web(sessions, outbox.delivered_to, counsel.voices, secure=secure)
    telegram: Telegram | None = None
    if settings.telegram_bot_token:
        from bot.channels.telegram.channel import Telegram  # noqa: PLC0415  (half a second and 37 MB: with a token only)

        telegram = Telegram(
            settings.telegram_bot_token.get_secret_value(),
            settings.telegram_api_url,
            settings.telegram_webhook_secret,
            settings.public_url,
            counsel.voices,
        )
    channels: list[Channel] = [web, telegram] if telegram else [web]
    drain = Drain(sessions, {channel.name: channel for channel in channels}, now)
    mail = mail_server(settings)
    panel_voices = load_voices(domain="admin")
    leads_url = f"{settings.public_url.rstrip('/')}{ROOT}/leads/" if settings.public_url else None
    means = Means(panel_voices, counsel.voices, counsel.library, leads_url, mails=mail is not None)
    intake = Intake(sessions, counsel, drain, means, now)
    notices = Notices(sessions, means, mail, intake.wake, now)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(engine.dispose)
            stack.push_async_callback(intake.settle)
            work: list[tuple[str, Callable[[], Awaitable[None]]]] = [
                ("drain", drain.run),
                ("notices", notices.run),
            ]
            if telegram:
                work.append(("telegram", lambda: telegram.run(intake.receive)))
            stack.push_async_callback(_cancel, [asyncio.create_task(_keep_up(name, start)) for name, start in work])
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
        secure=secure,
        public_url=settings.public_url,
        bot_name=lambda: telegram.bot_name if telegram else None,
        mail=mail is not None,
    )
    app.mount(ROOT, build_site(panel))
    return Service(app, intake, drain, sessions)


def mail_server(settings: Settings) -> MailServer | None:
    """The mail server of the settings; raise ValueError with what is wrong with them."""
    if settings.smtp_url is None:
        return None
    return MailServer.parse(settings.smtp_url.get_secret_value(), settings.mail_from)


async def _keep_up(name: str, start: Callable[[], Awaitable[None]]) -> None:
    """Run a background task; one that falls is logged and started again, one that ends has ended."""
    while True:
        try:
            await start()
        except Exception:  # the edge of a background task: the others go on
            log.exception("a background task fell and is started again", extra={"task": name})
            await asyncio.sleep(RESTART)
        else:
            return


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
