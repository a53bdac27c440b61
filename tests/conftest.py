"""Fixtures: one PostgreSQL a run, an empty database a test, the real library, the whole service on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import hypothesis
import psycopg
import pytest
import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.app import Service, build
from bot.conversation.turn import Counsel
from bot.counsel import build_counsel
from bot.records import database
from bot.settings import Settings
from knowledge.library import load_library
from tests.servers import graph_api as graph
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.graph_api import GraphApi
from tests.trader import TelegramTrader, WebTrader, WhatsAppTrader

hypothesis.settings.register_profile("busy machine", deadline=None)  # time is measured in benchmarks/
hypothesis.settings.load_profile("busy machine")

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, processes and browsers, lest one worker be left with it in the end."""
    items.sort(key=lambda item: not any(word in item.path.name for word in ("processes", "browser", "day")))


@pytest.fixture(scope="session")
def counsel() -> Counsel:
    """The real library with its learned models, at a fixed hour; the models are kept in the data folder."""
    return build_counsel(load_library(NOW.date()), ROOT / "data", print, now=lambda: NOW)


@pytest.fixture(scope="session")
def server_address() -> Iterator[str]:
    """The address of a PostgreSQL of this run.

    Not below pytest's own folder: another run that starts meanwhile closes that to the server's user.
    """
    with tempfile.TemporaryDirectory(prefix="saudagar-", ignore_cleanup_errors=True) as folder:
        address = database.embedded_address(Path(folder))
        with psycopg.connect(address, autocommit=True) as connection:
            for care in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the run
                connection.execute(f"ALTER SYSTEM SET {care} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address


@pytest.fixture(scope="session")
def template(server_address: str) -> str:
    """The name of a database whose tables are up to date, to be copied."""
    name = "template_saudagar"
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    database.migrate(named(server_address, name))
    return name


@pytest.fixture
def database_address(server_address: str, template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    name = "test_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield named(server_address, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def named(address: str, name: str) -> str:
    """The address of another database on the same server."""
    return address.replace("/postgres?", f"/{name}?")


@pytest.fixture
async def sessions(database_address: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions on the test's database."""
    engine = database.open_engine(database_address)
    yield async_sessionmaker(engine, expire_on_commit=False)
    await engine.dispose()


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    """A Bot API on loopback; a call that breaks the protocol fails the test."""
    api = BotApi()
    await api.start()
    yield api
    await api.stop()
    assert api.faults == []


@pytest.fixture
async def graph_api() -> AsyncIterator[GraphApi]:
    """A Graph API on loopback; a call that breaks a published limit fails the test."""
    api = GraphApi()
    await api.start()
    yield api
    await api.stop()
    assert api.faults == []


@dataclass(frozen=True)
class Running:
    """A service that serves."""

    service: Service
    address: str
    bot_api: BotApi
    browser: aiohttp.ClientSession
    graph_api: GraphApi | None = None

    def on_whatsapp(self, number: str = "923001234567") -> WhatsAppTrader:
        """A person on WhatsApp."""
        assert self.graph_api is not None
        return WhatsAppTrader(self.graph_api, self.address, self.browser, number)

    def on_telegram(self, chat: int = 501, language: str | None = "en") -> TelegramTrader:
        """A person on Telegram."""
        return TelegramTrader(self.bot_api, chat, language)

    async def on_web(self, language: str = "en") -> WebTrader:
        """A person with a browser that has the page open."""
        trader = WebTrader(self.address, self.browser, language)
        await trader.opens()
        return trader


@asynccontextmanager
async def serving(service: Service, bot_api: BotApi, graph_api: GraphApi | None = None) -> AsyncIterator[Running]:
    """Serve on a free port until the block ends."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(service.web, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            yield Running(service, address, bot_api, browser, graph_api)
    finally:
        server.should_exit = True
        await task


@pytest.fixture
def settings(bot_api: BotApi, tmp_path: Path) -> Settings:
    """Settings of a service that polls the Bot API of the test."""
    return Settings(_env_file=None, data_dir=tmp_path, telegram_bot_token=TOKEN, telegram_api_url=bot_api.address)


@pytest.fixture
def whatsapp_settings(settings: Settings, graph_api: GraphApi) -> Settings:
    """The same with WhatsApp, whose Graph API is that of the test."""
    return Settings(
        _env_file=None,
        data_dir=settings.data_dir,
        telegram_bot_token=settings.telegram_bot_token,
        telegram_api_url=settings.telegram_api_url,
        whatsapp_token=graph.TOKEN,
        whatsapp_phone_id=graph.PHONE_ID,
        whatsapp_app_secret=graph.APP_SECRET,
        whatsapp_verify_token=graph.VERIFY_TOKEN,
        whatsapp_api_url=graph_api.address,
    )


@pytest.fixture
async def on_all_channels(
    whatsapp_settings: Settings, counsel: Counsel, database_address: str, bot_api: BotApi, graph_api: GraphApi
) -> AsyncIterator[Running]:
    """The whole service, with WhatsApp."""
    async with serving(build(whatsapp_settings, counsel, database_address), bot_api, graph_api) as run:
        yield run


@pytest.fixture
async def running(
    settings: Settings, counsel: Counsel, database_address: str, bot_api: BotApi
) -> AsyncIterator[Running]:
    """The whole service, polling."""
    async with serving(build(settings, counsel, database_address), bot_api) as run:
        yield run
