"""Fills a database with traders who subscribed, and lets announcements go out to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from sqlalchemy.ext.asyncio import async_sessionmaker

from bot.announcing import Publisher
from bot.counsel import utc_now
from bot.records import database, staff  # noqa: F401  (announcements refer to the table of the staff)
from bot.wording import load_voices

CHAT = 1_000_001  # the first subscriber's; the others follow
TEXTS = {
    "en": "The **Joint Economic Commission** meets in Islamabad; the agenda has barter trade and the Taftan crossing. "
    "Traders who want to be heard write to their chamber until the end of the month.",
    "ur": "**مشترکہ اقتصادی کمیشن** کا اجلاس اسلام آباد میں ہو رہا ہے؛ ایجنڈے میں بارٹر تجارت اور تفتان شامل ہیں۔",
    "fa": "**کمیسیون مشترک اقتصادی** در اسلام‌آباد برگزار می‌شود؛ تجارت تهاتری و گذرگاه تفتان در دستور کار است.",
}

_TRADERS = """
    INSERT INTO traders (channel, identifier, memory, announcements, first_seen_at, last_seen_at, zone)
    SELECT 'telegram', (%(chat)s + n)::text,
           jsonb_build_object('language', (ARRAY['en', 'ur', 'fa'])[1 + n %% 3], 'welcomed', true), true, now(), now(),
           CASE WHEN n %% 3 = 2 THEN 'Asia/Tehran' ELSE 'Asia/Karachi' END
    FROM generate_series(0, %(number)s - 1) AS n
"""
_SUBSCRIPTIONS = """
    INSERT INTO subscriptions (trader_id, subject, since)
    SELECT id, subject, now() FROM traders, unnest(%(subjects)s::text[]) AS subject
"""
_ANNOUNCEMENT = """
    INSERT INTO announcements (state, title, texts, stand_ins, subjects, languages, countries, channels, event_zone,
                               reminders, created_at, changed_at)
    VALUES ('scheduled', 'benchmark', %s, '{}', '{policy}', '{}', '{}', '{}', 'Asia/Karachi', false, now(), now())
    RETURNING id
"""
_BROADCAST = """
    INSERT INTO broadcasts (announcement_id, occasion, state, due_at) VALUES (%s, 'news', 'waiting', %s)
"""


def fill(address: str, number: int) -> None:
    """Make so many traders on Telegram who want to hear of trade policy and of a sector."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_TRADERS, {"chat": CHAT, "number": number})
        connection.execute(_SUBSCRIPTIONS, {"subjects": ["policy", "sector:livestock"]})
        connection.execute("VACUUM ANALYZE")


def schedule(address: str, due: datetime | None = None) -> None:
    """Let an announcement be due at an hour, or now."""
    with psycopg.connect(address) as connection:
        row = connection.execute(_ANNOUNCEMENT, [json.dumps(TEXTS)]).fetchone()
        assert row is not None
        connection.execute(_BROADCAST, [*row, due or utc_now()])


def publish(address: str) -> None:
    """Fix the recipients of what is due."""

    async def run() -> None:
        engine = database.open_engine(address)
        publisher = Publisher(async_sessionmaker(engine, expire_on_commit=False), load_voices(), utc_now)
        while await publisher.publish_next():
            pass
        await engine.dispose()

    asyncio.run(run())


@contextmanager
def own_database(server: str, name: str) -> Iterator[str]:
    """An empty database with our tables on a server, dropped when the block ends."""
    address = server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        database.migrate(address)
        yield address
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def size(address: str, *tables: str) -> float:
    """Megabytes of tables with their indexes; of the whole database where none is named."""
    with psycopg.connect(address) as connection:
        if not tables:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        else:
            row = connection.execute(
                "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name", [list(tables)]
            ).fetchone()
    assert row is not None
    return float(row[0]) / 1e6


def server(folder: Path) -> str:
    """The address of an embedded PostgreSQL in a folder."""
    return database.embedded_address(folder)
