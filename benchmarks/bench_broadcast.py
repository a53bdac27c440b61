"""Broadcasts: fanning out, sending with and without a limit, beside bare loops; and replies during a broadcast.

Without arguments everything in small sizes (some minutes); `full` takes large ones (a
quarter of an hour); the name of a function below measures that alone, `full` behind it.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
import psycopg

from benchmarks import subscribers
from benchmarks.figures import cpu_seconds, heading, line, memory, percentile
from benchmarks.load import update, webhook_secret
from benchmarks.processes import (
    ROOT,
    TOKEN,
    data_folder,
    end_on_sigterm,
    environment,
    module,
    questions,
    running,
    serving,
)
from bot.channels.telegram.channel import WEBHOOK_PATH
from bot.records import database

WAYS = ("raw", "aiogram", "ptb", "saudagar")
FREE = 30  # messages a second that Telegram gives away
SETTLED = 0.25  # seconds between two looks at what a process uses


@contextmanager
def server() -> Iterator[tuple[Path, str, str]]:
    """A folder, an embedded PostgreSQL in it and a light Bot API, until the block ends."""
    with TemporaryDirectory(prefix="saudagar-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        address = database.embedded_address(folder)
        with module("bot_api", folder) as (_, api):
            yield folder, address, api


def arrivals(api: str) -> list[float]:
    """When the Bot API took a message in, of all since the last look; forgotten there."""
    with urllib.request.urlopen(f"{api}/results") as answer:  # noqa: S310
        found: dict[str, list[float]] = json.load(answer)["arrivals"]
    return sorted(at for times in found.values() for at in times)


def fan_out(full: bool) -> None:
    """Recipients fixed a second, what they take on disk, and what it costs the process in memory."""
    heading("Fanning out: recipients fixed in one transaction")
    with server() as (folder, address, _):
        for number in (100_000, 1_000_000) if full else (100_000,):
            with subscribers.own_database(address, f"fan_out_{number}") as own:
                subscribers.fill(own, number)
                before = subscribers.size(own)
                subscribers.schedule(own)
                seconds, peak, start = _measured_child(folder, own, "publish")
                line(f"{number:,}: recipients a second", f"{number / seconds:,.0f}", f"{seconds:.1f} s in all")
                line(f"{number:,}: memory of the process before / at most", f"{start:.0f} / {peak:.0f} MB")
                tables = subscribers.size(own, "recipients")
                line(
                    f"{number:,}: recipients with indexes",
                    f"{tables:,.0f} MB",
                    f"{tables * 1e6 / number:.0f} bytes each",
                )
                line(f"{number:,}: the database before / after", f"{before:,.0f} / {subscribers.size(own):,.0f} MB")


def turnover(full: bool) -> None:
    """Claiming and recording alone, with sends that cost nothing: what a million recipients is reckoned from."""
    heading("Claiming and recording without HTTP (each send answers at once)")
    number = 300_000 if full else 50_000
    with server() as (folder, address, _), subscribers.own_database(address, "turnover") as own:
        subscribers.fill(own, number)
        subscribers.schedule(own)
        subscribers.publish(own)
        seconds, peak, start = _measured_child(folder, own, "turn")
        line(f"{number:,}: recorded a second", f"{number / seconds:,.0f}", f"{seconds:.0f} s in all")
        line(f"{number:,}: memory of the process before / at most", f"{start:.0f} / {peak:.0f} MB")
        with psycopg.connect(own) as connection:
            marks = connection.execute(
                "SELECT extract(epoch FROM percentile_disc(0.1) WITHIN GROUP (ORDER BY sent_at) - min(sent_at)), "
                "extract(epoch FROM max(sent_at) - percentile_disc(0.9) WITHIN GROUP (ORDER BY sent_at)) "
                "FROM recipients"
            ).fetchone()
            assert marks is not None
        line("  its first and its last tenth", f"{marks[0]:.1f} / {marks[1]:.1f} s")
        tables = subscribers.size(own, "recipients")
        line(
            f"{number:,}: recipients with indexes, afterwards",
            f"{tables:,.0f} MB",
            f"{tables * 1e6 / number:.0f} bytes each",
        )


def _measured_child(folder: Path, address: str, what: str) -> tuple[float, float, float]:
    """Seconds that a process of `benchmarks.publishing` needed, and its resident memory at most and before, in MB."""
    log = folder / f"{what}.log"
    arguments = [sys.executable, "-m", "benchmarks.publishing", what]
    with running(arguments, log, ROOT, {"DATABASE_URL": address}) as process:
        peak = start = 0.0
        while process.poll() is None:
            try:
                peak = max(peak, memory(process.pid)[0])
            except (OSError, ValueError, KeyError):
                break  # it ends
            if "ready" in log.read_text(encoding="utf-8") and not start:
                start = peak
            time.sleep(SETTLED)
        process.wait()
    return float(log.read_text(encoding="utf-8").split()[-1]), peak, start


def lifted(full: bool) -> None:
    """Messages a second with the limit lifted, beside bare loops that keep nothing, to the same Bot API."""
    number, rounds = (8_000, 3) if full else (4_000, 2)
    heading(f"Sending without a limit: {number:,} chats, 100 at once, median of {rounds} rounds in turn")
    with server() as (_, address, api), subscribers.own_database(address, "lifted") as own:
        subscribers.fill(own, number)
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                if way == "saudagar":
                    subscribers.schedule(own)
                    subscribers.publish(own)
                found[way].append(_one_round(way, number // 4 if way == "ptb" else number, api, own))
        for way in WAYS:
            rates = [rate for rate, _ in found[way]]
            cost = median(cpu for _, cpu in found[way])
            line(f"{way}: messages a second", f"{median(rates):,.0f}", f"{min(rates):,.0f} to {max(rates):,.0f}")
            line(f"{way}: CPU of its process, a message", f"{cost * 1000:.2f} ms", "its start included")
        for way in WAYS[:-1]:
            ratio = median(ours[0] / theirs[0] for ours, theirs in zip(found["saudagar"], found[way], strict=True))
            line(f"saudagar / {way}", f"{ratio:.2f}")
        with psycopg.connect(own) as connection:
            (states,) = connection.execute(
                "SELECT jsonb_object_agg(state, n) FROM (SELECT state, count(*) AS n FROM recipients GROUP BY 1) AS s"
            ).fetchone() or ({},)
        line("recorded as", json.dumps(states))


def _one_round(way: str, number: int, api: str, address: str) -> tuple[float, float]:
    """Messages a second from the first to the last arrival, and seconds of CPU a message."""
    arrivals(api)
    given = environment(TELEGRAM_API_URL=api, TELEGRAM_BOT_TOKEN=TOKEN, DATABASE_URL=address)
    arguments = [sys.executable, "-m", "benchmarks.senders", way, str(number)]
    with subprocess.Popen(arguments, env=given, cwd=ROOT) as process:  # noqa: S603
        used = 0.0
        while process.poll() is None:
            used = max(used, _cpu(process.pid))
            time.sleep(0.02)
    times = arrivals(api)
    assert len(times) == number, (way, len(times))
    return (number - 1) / (times[-1] - times[0]), used / number


def _cpu(pid: int) -> float:
    try:
        return cpu_seconds(pid)
    except (OSError, IndexError):
        return 0.0  # it has just ended


def steady(full: bool) -> None:
    """The share of the allowed rate that is used, and the most that any second saw, as the Bot API saw it."""
    for rate, number in ((1000, 20_000 if full else 5_000), (FREE, 10_000 if full else 900)):
        heading(f"Sending {number:,} at {rate} a second")
        with server() as (folder, address, api), subscribers.own_database(address, "steady") as own:
            subscribers.fill(own, number)
            subscribers.schedule(own)
            with _working(folder, own, api, rate) as pid:
                peak = _wait_until_done(own, pid)
            times = arrivals(api)
        most = max(bisect_left(times, start + 1) - place for place, start in enumerate(times))
        share = (len(times) - 1) / (times[-1] - times[0]) / rate
        line("share of the allowed rate", f"{share:.2%}", f"{len(times):,} messages")
        line("the most in any second", f"{most}", f"of {rate}")
        line("memory of the worker: a tenth sent / at most", f"{peak[0]:.0f} / {peak[1]:.0f} MB")


@contextmanager
def _working(folder: Path, address: str, api: str, rate: int) -> Iterator[int]:
    """A `saudagar work` until the block ends."""
    settings = {
        "DATABASE_URL": address, "TELEGRAM_RATE": str(rate), "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api,
        "ANNOUNCE_APPROVAL_ABOVE": "10000000",
        "DATA_DIR": str(folder),
    }  # fmt: skip
    with running([sys.executable, "-m", "bot", "work"], folder / "work.log", ROOT, settings) as process:
        yield process.pid


def _wait_until_done(address: str, pid: int) -> tuple[float, float]:
    """Wait until every broadcast is done; resident memory of a process when a tenth was sent and at most, in MB."""
    early = most = 0.0
    with psycopg.connect(address, autocommit=True) as connection:
        while True:
            row = connection.execute(
                "SELECT count(*) FILTER (WHERE state = 'sent'), count(*) FROM recipients"
            ).fetchone()
            assert row is not None
            most = max(most, memory(pid)[0])
            if not early and row[1] and row[0] * 10 >= row[1]:
                early = most
            if row[1] and row[0] == row[1]:
                return early, most
            time.sleep(0.5)


def replies(full: bool) -> None:
    """How long a trader waits for his reply, without and during a broadcast of the same process, in turn."""
    seconds, rounds = (12, 3) if full else (8, 2)
    for rate in (FREE, 300):
        heading(
            f"Replies while {rate} announcements a second leave: 4 updates a second, {rounds} rounds of {seconds} s"
        )
        with (
            data_folder() as folder,
            module("bot_api", folder) as (_, api),
            serving(folder, api, TELEGRAM_RATE=str(rate), ANNOUNCE_APPROVAL_ABOVE="10000000") as saudagar,
        ):
            address = database.embedded_address(folder)
            subscribers.fill(address, rate * (seconds + 12))
            secret = webhook_secret(api)
            webhook = saudagar.address + WEBHOOK_PATH
            texts = questions()
            _latencies(webhook, api, secret, texts[:20])
            found: dict[bool, list[float]] = {False: [], True: []}
            for _ in range(rounds):
                found[False] += _latencies(webhook, api, secret, texts[: 4 * seconds])
                subscribers.schedule(address)
                _wait_for_sending(address)
                found[True] += _latencies(webhook, api, secret, texts[: 4 * seconds])
                _drop_open(address)
            for broadcast, times in found.items():
                name = "during a broadcast" if broadcast else "without one"
                both = f"{percentile(times, 0.5) * 1000:.0f} / {percentile(times, 0.99) * 1000:.0f} ms"
                line(f"reply p50 / p99, {name}", both, f"{len(times)} replies")
            ratios = [percentile(found[True], share) / percentile(found[False], share) for share in (0.5, 0.99)]
            line("during / without, p50 and p99", f"{ratios[0]:.2f} / {ratios[1]:.2f}")


def _wait_for_sending(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        while not connection.execute("SELECT 1 FROM recipients WHERE sent_at > now() - interval '1 second'").fetchone():
            time.sleep(0.1)


def _drop_open(address: str) -> None:
    """Let the broadcast be over."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("UPDATE recipients SET state = 'cancelled' WHERE state = 'queued'")
    time.sleep(2)


def _latencies(webhook: str, api: str, secret: str, texts: Sequence[str]) -> list[float]:
    """Seconds until the first message to each chat, of updates that come four a second."""
    return asyncio.run(_paced(webhook, api, secret, texts))


async def _paced(webhook: str, api: str, secret: str, texts: Sequence[str]) -> list[float]:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
    sent: dict[str, float] = {}
    async with aiohttp.ClientSession(headers=headers) as session, asyncio.TaskGroup() as group:
        for text in texts:
            chat, body = update(text)
            sent[chat] = time.monotonic()
            group.create_task(_post(session, webhook, body))
            await asyncio.sleep(0.25)
    await asyncio.sleep(1.5)
    async with aiohttp.ClientSession() as session, session.get(f"{api}/results") as response:
        arrived: dict[str, list[float]] = (await response.json())["arrivals"]
    return [min(arrived[chat]) - at for chat, at in sent.items()]


async def _post(session: aiohttp.ClientSession, webhook: str, body: bytes) -> None:
    async with session.post(webhook, data=body) as response:
        response.raise_for_status()


FUNCTIONS: dict[str, Callable[[bool], None]] = {
    "fan_out": fan_out, "turnover": turnover, "lifted": lifted, "steady": steady, "replies": replies,
}  # fmt: skip


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    names = [name for name in sys.argv[1:] if name in FUNCTIONS] or list(FUNCTIONS)
    for name in names:
        FUNCTIONS[name]("full" in sys.argv)


if __name__ == "__main__":
    main()
