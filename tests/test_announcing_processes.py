"""Announcements by real processes: killed, doubled, stopped, cut off from the database, with clocks of other zones.

SAUDAGAR_SEED repeats the moments of the kills, SAUDAGAR_OUTAGE sets for how many seconds the database is away (12).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from benchmarks.subscribers import CHAT, fill, schedule
from bot.delivery.broadcaster import SLOTS
from bot.records import database
from tests.conftest import ROOT
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.postgres import Postgres

RECIPIENTS = 5_000
KILLS = 20
RATE = 1_000  # messages a second, the most that Telegram sells
PATIENCE = 120.0  # seconds until all is sent
SILENCE = 0.2  # seconds after which nothing is left in the sockets of a dead process
AHEAD = 4  # workers that are kept ready for the next kills
#: `saudagar work`, stopped by itself once all is imported, so that the one after the next kill begins at once.
HELD = """
import os, signal
import bot.app, bot.channels.telegram.channel
from bot.__main__ import app
os.kill(os.getpid(), signal.SIGSTOP)
app(["work"])
"""
EVERYONE = {str(CHAT + number) for number in range(RECIPIENTS)}


@dataclass
class Worker:
    """A `saudagar work`."""

    process: asyncio.subprocess.Process
    sends: asyncio.Event = field(default_factory=asyncio.Event)  # it is the one that sends
    said: str = ""

    async def listen(self) -> None:
        """Read what it logs, until it ends."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said += line.decode()
            if b"this process sends announcements" in line:
                self.sends.set()

    async def begin(self) -> None:
        """Let it go on once it has stopped by itself."""
        async with asyncio.timeout(PATIENCE):
            while not self._is_stopped():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        self.process.send_signal(signal.SIGCONT)

    def _is_stopped(self) -> bool:
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        return stat.rpartition(")")[2].split()[0] == "T"

    async def end(self, number: signal.Signals) -> int:
        """End it by a signal; return its exit code."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 20)


@asynccontextmanager
async def works(address: str, bot_api: BotApi, *, held: bool = False, **settings: str) -> AsyncIterator[Worker]:
    """A `saudagar work` until the block ends, if it lives so long; it may not be ready yet, or be `held`."""
    arguments = ["-c", HELD] if held else ["-m", "bot", "work"]
    environment = {
        **os.environ, "DATA_DIR": str(ROOT / "data"), "DATABASE_URL": address, "TELEGRAM_RATE": str(RATE),
        "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": bot_api.address,
        "ANNOUNCE_APPROVAL_ABOVE": "1000000", **settings,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    worker = Worker(process)
    listening = asyncio.create_task(worker.listen())
    try:
        yield worker
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


def got(bot_api: BotApi, since: int = 0) -> Counter[str]:
    """How many messages each chat got, from a call on."""
    return Counter(parameters["chat_id"] for name, parameters in bot_api.calls[since:] if name == "sendMessage")


async def reached(bot_api: BotApi, calls: int) -> None:
    """Wait until the Bot API has taken in so many calls."""
    async with bot_api.changed:
        await asyncio.wait_for(bot_api.changed.wait_for(lambda: len(bot_api.calls) >= calls), PATIENCE)


async def fell_silent(bot_api: BotApi) -> None:
    """Wait until the Bot API has read what the sockets of a dead process still held."""
    async with bot_api.changed:
        while True:
            try:
                await asyncio.wait_for(bot_api.changed.wait(), SILENCE)
            except TimeoutError:
                return


def column(address: str, query: str) -> list[str]:
    """The first column of what the database answers."""
    with psycopg.connect(address, autocommit=True) as connection:
        return [row[0] for row in connection.execute(query.encode())]


async def everyone_got_it(address: str, bot_api: BotApi) -> None:
    """Wait until every broadcast is done, and see that nothing was lost."""
    async with asyncio.timeout(PATIENCE):
        while set(column(address, "SELECT state FROM broadcasts")) != {"done"}:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert Counter(column(address, "SELECT state FROM recipients")) == {"sent": RECIPIENTS}
    assert set(got(bot_api)) == EVERYONE


def sent_twice(bot_api: BotApi) -> int:
    """How many messages were sent that had been sent before."""
    received = got(bot_api)
    return received.total() - len(received)


@pytest.fixture
def announced(database_address: str) -> str:
    """A database with an announcement that is due, and those who want to hear it."""
    fill(database_address, RECIPIENTS)
    schedule(database_address)
    return database_address


async def test_20_kills_lose_nothing_and_repeat_only_what_was_in_flight(announced: str, bot_api: BotApi) -> None:
    seed = int(os.environ.get("SAUDAGAR_SEED") or random.randrange(10**6))  # noqa: S311
    # on a busy machine some leave between a moment and its kill: the last worker must have something left to send
    moments = sorted(random.Random(seed).sample(range(1, RECIPIENTS * 3 // 4), KILLS))  # noqa: S311
    gaps = [later - sooner for sooner, later in pairwise([0, *moments])]  # messages that each may send
    in_flight: list[int] = []  # at each kill: taken in by the Bot API, not recorded
    begun = 0  # calls before the one that is killed next
    async with AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(works(announced, bot_api, held=True)) for _ in range(AHEAD)]
        for gap in gaps:
            worker = workers.pop(0)
            await worker.begin()
            workers.append(await stack.enter_async_context(works(announced, bot_api, held=True)))
            await reached(bot_api, begun + 1 + gap)  # it greets first
            assert await worker.end(signal.SIGKILL) == -signal.SIGKILL
            await fell_silent(bot_api)
            recorded = set(column(announced, "SELECT identifier FROM recipients WHERE state = 'sent'"))
            in_flight.append(len(set(got(bot_api, begun)) - recorded))
            begun = len(bot_api.calls)
            # the leases of the dead run out
            column(announced, "UPDATE recipients SET due_at = now() WHERE state = 'sending' RETURNING identifier")
        await workers[0].begin()
        await everyone_got_it(announced, bot_api)
    twice = sent_twice(bot_api)
    print(
        f"\nseed {seed}: killed after {gaps} calls each, in flight {in_flight}, {sum(in_flight)} in all; twice {twice}"
    )
    assert max(in_flight) <= SLOTS
    assert twice <= sum(in_flight)


async def test_two_workers_send_nothing_twice(announced: str, bot_api: BotApi) -> None:
    async with works(announced, bot_api) as one, works(announced, bot_api) as other:
        await everyone_got_it(announced, bot_api)
        assert one.sends.is_set() != other.sends.is_set()
    assert sent_twice(bot_api) == 0


async def test_what_is_stopped_by_sigterm_leaves_nothing_to_be_repeated(announced: str, bot_api: BotApi) -> None:
    async with works(announced, bot_api) as first, works(announced, bot_api) as second:
        await reached(bot_api, RECIPIENTS // 3)
        sender, heir = (first, second) if first.sends.is_set() else (second, first)
        assert await sender.end(signal.SIGTERM) == 128 + signal.SIGTERM
        assert column(announced, "SELECT identifier FROM recipients WHERE state = 'sending' AND lease IS NULL") == []
        await everyone_got_it(announced, bot_api)
        assert heir.sends.is_set()
        assert "Unclosed" not in sender.said
    assert sent_twice(bot_api) == 0


async def test_a_database_that_is_away_is_waited_for(bot_api: BotApi) -> None:
    outage = float(os.environ.get("SAUDAGAR_OUTAGE") or 12)  # seconds
    with tempfile.TemporaryDirectory(prefix="saudagar-", ignore_cleanup_errors=True) as name:
        server = Postgres(Path(name))
        address = server.address
        database.migrate(address)
        fill(address, RECIPIENTS)
        schedule(address)
        async with works(address, bot_api) as one, works(address, bot_api) as other:
            await reached(bot_api, RECIPIENTS // 3)
            server.stop_at_once()
            await asyncio.sleep(outage)  # what is tested is that time passes
            assert len(got(bot_api)) < RECIPIENTS
            server.start()
            await everyone_got_it(address, bot_api)
            assert one.process.returncode is None
            assert other.process.returncode is None
            print(f"\n{outage:g} s without the database: sent twice {sent_twice(bot_api)}")
        assert sent_twice(bot_api) == 0


async def test_zones_of_process_and_database_change_nothing(database_address: str, bot_api: BotApi) -> None:
    fill(database_address, 3)
    hour = datetime.now(ZoneInfo("Asia/Karachi")).hour
    with psycopg.connect(database_address, autocommit=True) as connection:
        connection.execute(
            "UPDATE traders SET zone = 'Asia/Karachi', quiet_from = %s, quiet_until = %s WHERE identifier = %s",
            [hour, (hour + 2) % 24, str(CHAT)],
        )
    missed, soon = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(seconds=6)
    for due in (missed, soon):
        schedule(database_address, due)
    for zone, database_zone in (("Pacific/Kiritimati", "America/St_Johns"), ("America/Adak", "Asia/Tehran")):
        set_zone(database_address, database_zone)
        async with works(database_address, bot_api, TZ=zone):
            async with asyncio.timeout(PATIENCE):
                while "waiting" in column(database_address, "SELECT state FROM broadcasts"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
                while sum(got(bot_api).values()) < 4:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await fell_silent(bot_api)
    assert got(bot_api) == {str(CHAT + 1): 2, str(CHAT + 2): 2}
    assert column(database_address, "SELECT id FROM broadcasts WHERE started_at < due_at") == []
    quiet = datetime.now(ZoneInfo("Asia/Karachi")).replace(minute=0, second=0, microsecond=0)
    ends = column(database_address, "SELECT extract(epoch FROM due_at) FROM recipients WHERE state = 'queued'")
    assert {round((float(end) - quiet.timestamp()) / 3600) for end in ends} <= {1, 2}  # the hour may have turned


def set_zone(address: str, zone: str) -> None:
    """Let connections to a database begin in another zone."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET timezone = '{zone}'".encode())
