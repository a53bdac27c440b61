"""What a benchmark measures in a process of its own: python -m benchmarks.publishing publish|turn

It prints `ready`, does it, and prints how many seconds that took. `publish` fixes the recipients of what is due, `turn`
claims, “sends” by a channel that answers at once, and records until nothing is open any more.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator

import uvloop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from bot.announcing import Publisher
from bot.channels.telegram.channel import Telegram
from bot.counsel import utc_now
from bot.delivery.broadcaster import Broadcaster
from bot.delivery.pace import Pace
from bot.message import Outgoing
from bot.records import database, staff  # noqa: F401  (announcements refer to the table of the staff)
from bot.wording import load_voices

LIFTED = 100_000  # messages a second: no limit


class Instant(Telegram):
    """A platform that takes everything at once."""

    async def send(
        self,
        identifier: str,  # noqa: ARG002
        message: Outgoing,  # noqa: ARG002
        already: int,  # noqa: ARG002
        *,
        bulk: bool = False,  # noqa: ARG002
    ) -> AsyncIterator[str]:
        """Take a message."""
        yield "1"


async def publish(address: str) -> None:
    """Fix the recipients of what is due."""
    engine = database.open_engine(address)
    publisher = Publisher(async_sessionmaker(engine, expire_on_commit=False), load_voices(), utc_now)
    while await publisher.publish_next():
        pass
    await engine.dispose()


async def turn(address: str) -> None:
    """Claim and record until nothing is open any more."""
    engine = database.open_engine(address)
    channel = Instant("1:a", "http://127.0.0.1:1", "secret", None, {})
    task = asyncio.create_task(Broadcaster(engine, channel, Pace(LIFTED), utc_now).run())
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while await connection.scalar(text("SELECT count(*) FROM broadcasts WHERE state = 'sending'")):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await engine.dispose()


if __name__ == "__main__":
    print("ready", flush=True)
    time.sleep(1)
    began = time.monotonic()
    uvloop.run({"publish": publish, "turn": turn}[sys.argv[1]](os.environ["DATABASE_URL"]))
    print(time.monotonic() - began, flush=True)
