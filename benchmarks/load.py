"""Updates as Telegram delivers them to a webhook, and how long each chat waits for its reply."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from benchmarks.figures import cpu_seconds, percentile

CONNECTIONS = 50  # at once
QUIET = 0.3  # seconds without a message after which a round is over
PATIENCE = 20.0  # seconds for the last reply
ENOUGH = 4.0  # seconds after which a round begins no further update, so that a busy machine ends it too
CHAT = itertools.count(100_001)  # no chat is used twice, so that every update has a trader of its own


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of updates came to."""

    updates: int
    rate: float  # updates a second, until the last message had arrived
    latencies: list[float]  # seconds from the update until the first message to its chat
    messages: float  # an update
    calls: float  # an update; those that are no messages ("typing …") included
    cpu: float  # seconds of the bot's own process, an update

    def latency(self, share: float) -> float:
        """Milliseconds within which this share of the chats had its reply."""
        return percentile(self.latencies, share) * 1000


def deliver(
    webhook: str,
    api: str,
    pid: int,
    texts: Sequence[str],
    secret: str = "",
    connections: int = CONNECTIONS,
    seconds: float = ENOUGH,
) -> Round:
    """Deliver one update a text, each from a chat of its own, until the seconds are over; wait for the replies."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
    return asyncio.run(_deliver(webhook, api, pid, texts, headers, connections, seconds))


def webhook_secret(api: str) -> str:
    """The secret with which the bot has registered its webhook."""

    async def ask() -> str:
        async with aiohttp.ClientSession() as session, session.get(f"{api}/secret") as response:
            return await response.text()

    return asyncio.run(ask())


async def _deliver(
    webhook: str,
    api: str,
    pid: int,
    texts: Sequence[str],
    headers: dict[str, str],
    connections: int,
    seconds: float,
) -> Round:
    updates = [_update(chat, text) for chat, text in zip(CHAT, texts, strict=False)]
    sent: dict[str, float] = {}
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        async with session.get(f"{api}/results") as response:
            await response.read()  # of what was before
        waiting = iter(updates)
        used, start = cpu_seconds(pid), time.monotonic()
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(_post(session, webhook, waiting, sent, start + seconds))
        await _settled(session, api, len(sent))
        used = cpu_seconds(pid) - used
        async with session.get(f"{api}/results") as response:
            results = await response.json()
    arrivals: dict[str, list[float]] = results["arrivals"]
    count = len(sent)
    last = max(max(times) for times in arrivals.values())
    latencies = [arrivals[chat][0] - at for chat, at in sent.items()]
    messages = sum(map(len, arrivals.values())) / count
    return Round(count, count / (last - start), latencies, messages, results["calls"] / count, used / count)


async def _post(
    session: aiohttp.ClientSession,
    webhook: str,
    waiting: Iterator[tuple[str, bytes]],
    sent: dict[str, float],
    end: float,
) -> None:
    while time.monotonic() < end and (update := next(waiting, None)):
        chat, body = update
        sent[chat] = time.monotonic()
        async with session.post(webhook, data=body) as response:
            response.raise_for_status()


async def _settled(session: aiohttp.ClientSession, api: str, chats: int) -> None:
    before, since, end = [0, 0], time.monotonic(), time.monotonic() + PATIENCE
    while before[0] < chats or time.monotonic() < since + QUIET:
        if time.monotonic() > end:
            raise RuntimeError(f"{chats - before[0]} of {chats} chats got no reply")
        await asyncio.sleep(0.02)
        async with session.get(f"{api}/counts") as response:
            counts = await response.json()
        if counts != before:
            before, since = counts, time.monotonic()


def update(text: str) -> tuple[str, bytes]:
    """A text from a chat of its own, with the number of that chat."""
    return _update(next(CHAT), text)


def _update(chat: int, text: str) -> tuple[str, bytes]:
    person: dict[str, Any] = {"id": chat, "first_name": "Trader"}
    message = {
        "message_id": 1, "date": int(time.time()), "text": text,
        "from": {**person, "is_bot": False, "language_code": "en"}, "chat": {**person, "type": "private"},
    }  # fmt: skip
    return str(chat), json.dumps({"update_id": chat, "message": message}).encode()
