"""The service as a process: ready soon, gone cleanly, and nothing lost when it is killed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from tests.conftest import ROOT
from tests.servers.bot_api import TOKEN, BotApi, Failure
from tests.trader import TelegramTrader


@asynccontextmanager
async def process(database_address: str, bot_api: BotApi) -> AsyncIterator[asyncio.subprocess.Process]:
    """`saudagar serve` until the block ends; it has said that it listens."""
    environment = {
        **os.environ,
        "PORT": "0",
        "DATA_DIR": str(ROOT / "data"),  # the learned models
        "DATABASE_URL": database_address,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": bot_api.address,
    }
    serve = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    assert serve.stderr is not None
    said = ""
    while "Stop with Ctrl-C" not in said:
        line = await asyncio.wait_for(serve.stderr.readline(), 30)
        assert line, said
        said += line.decode()
    assert re.search(r"Browser chat +on +http://127.0.0.1:\d+", said)
    reading = asyncio.create_task(serve.stderr.read())  # a full pipe would stop it
    try:
        yield serve
    finally:
        if serve.returncode is None:
            serve.kill()
        await serve.wait()
        await reading


async def test_it_stops_cleanly_on_sigterm(database_address: str, bot_api: BotApi) -> None:
    async with process(database_address, bot_api) as serve:
        trader = TelegramTrader(bot_api, 501)
        await trader.types("barter trade")
        await trader.reads("Barter")
        serve.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(serve.wait(), 10) == 128 + signal.SIGTERM


async def test_a_killed_process_loses_no_reply(database_address: str, bot_api: BotApi) -> None:
    async with process(database_address, bot_api) as serve:
        bot_api.scripted["sendMessage"].extend([Failure(delay=30)] * 20)
        for chat in range(20):
            await TelegramTrader(bot_api, chat + 1).types("/menu")
        with psycopg.connect(database_address, autocommit=True) as connection:
            async with asyncio.timeout(10):
                while connection.execute("SELECT count(*) FROM deliveries").fetchone() != (20,):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        serve.kill()
        await serve.wait()
        bot_api.scripted["sendMessage"].clear()
        with psycopg.connect(database_address, autocommit=True) as connection:  # the leases of the dead run out
            connection.execute("UPDATE deliveries SET due_at = now() - interval '1 second'")
    async with process(database_address, bot_api), bot_api.changed:
        await asyncio.wait_for(bot_api.changed.wait_for(lambda: _answered(bot_api) == set(range(1, 21))), 20)


def _answered(bot_api: BotApi) -> set[int]:
    return {int(call["chat_id"]) for call in bot_api.made("sendMessage")}
