"""Broadcasts on Telegram: every answer of the Bot API ends as it should, and what goes to many says so."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import text

from benchmarks.subscribers import fill, schedule
from bot.announcing import Publisher
from bot.channels.telegram.channel import Telegram
from bot.counsel import utc_now
from bot.delivery.broadcaster import Broadcaster
from bot.delivery.pace import Pace
from bot.records import database
from tests.delivery.test_broadcasts import VOICES, Sessions
from tests.servers.bot_api import TOKEN, BotApi, Failure


async def broadcast(address: str, sessions: Sessions, bot_api: BotApi, number: int, *, paid: bool = False) -> None:
    """Announce to so many chats, until nothing is open any more."""
    fill(address, number)
    schedule(address)
    await Publisher(sessions, VOICES, utc_now).publish_next()
    engine = database.open_engine(address)
    channel = Telegram(TOKEN, bot_api.address, "secret", None, VOICES, paid=paid)
    await channel.connect()
    task = asyncio.create_task(Broadcaster(engine, channel, Pace(100), utc_now).run())
    try:
        async with asyncio.timeout(30):
            while await states(sessions, "broadcasts") != {"done": 1}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await channel.close()
        await engine.dispose()


async def states(sessions: Sessions, table: str) -> Counter[str]:
    """How many rows of a table are in which state."""
    async with sessions() as session:
        return Counter(await session.scalars(text(f"SELECT state FROM {table}")))  # noqa: S608


async def test_each_answer_ends_as_it_should(database_address: str, sessions: Sessions, bot_api: BotApi) -> None:
    bot_api.scripted["sendMessage"].extend(
        [
            Failure.refusal(429, "Too Many Requests: retry after 1", retry_after=1),
            Failure.refusal(502, "Bad Gateway"),
            Failure(cut=True),
            Failure.refusal(403, "Forbidden: bot was blocked by the user"),
            Failure.refusal(400, "Bad Request: chat not found"),
            Failure.refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1005),
            Failure.refusal(400, "Bad Request: message is too long"),
        ]
    )
    await broadcast(database_address, sessions, bot_api, 10)
    assert await states(sessions, "recipients") == {"sent": 7, "gone": 2, "failed": 1}
    got = Counter(call["chat_id"] for call in bot_api.made("sendMessage"))
    assert sorted(got.values()) == [1] * 6 + [2]  # the platform took it and did not say so
    assert got["-1005"] == 1
    async with sessions() as session:
        gone = await session.scalar(text("SELECT count(*) FROM traders WHERE gone_at IS NOT NULL"))
        moved = await session.scalar(text("SELECT count(*) FROM traders WHERE identifier = '-1005'"))
    assert (gone, moved) == (2, 1)


@pytest.mark.parametrize(("paid", "said"), [(True, "true"), (False, None)])
async def test_what_is_faster_than_free_says_that_it_is_paid(
    database_address: str, sessions: Sessions, bot_api: BotApi, *, paid: bool, said: str | None
) -> None:
    await broadcast(database_address, sessions, bot_api, 3, paid=paid)
    assert [call.get("allow_paid_broadcast") for call in bot_api.made("sendMessage")] == [said] * 3
