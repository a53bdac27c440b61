"""Fills an empty database with leads of a trade that goes on since two years, and with staff to look at them.

As a program, it makes the embedded database of a data folder and fills that: python -m benchmarks.leads FOLDER NUMBER
"""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg

from admin.passwords import hash_password
from bot.enquiry import REFERENCE_ALPHABET
from bot.records import database
from bot.records.leads import lexemes

LOGIN, PASSWORD = "bench", "one hundred thousand leads"
DESKS = 8  # beside the general one
GOODS = (
    ("basmati rice", "rice", "agriculture"), ("باسمتی چاول", "rice", "agriculture"), ("برنج باسماتی", "rice", "food"),
    ("kinnow", "kinnow", "agriculture"), ("کینو", "kinnow", "agriculture"), ("نارنگی کینو", "kinnow", "agriculture"),
    ("saffron", None, "food"), ("زعفران نگین", None, "food"), ("zafran", None, "food"),
    ("bitumen 60/70", None, "energy"), ("قیر", None, "energy"), ("LPG", None, "energy"),
    ("zinda bakray", None, "livestock"), ("دنبے", None, "livestock"), ("گوسفند زنده", None, "livestock"),
    ("cotton yarn", None, "textiles"), ("نخ پنبه", None, "textiles"), ("تولیے", None, "textiles"),
    ("truck from Quetta to Zahedan", None, "logistics"), ("حمل بار با تریلی", None, "logistics"),
    ("ٹرک کرایہ", None, "logistics"), ("iron ore", None, "minerals"), ("سنگ مرمر", None, "minerals"),
    ("software for a customs agent", None, "it"), ("پسته اکبری", None, "food"), ("khajoor mazafati", None, "food"),
)  # fmt: skip
PEOPLE = (
    ("Gul Khan", "Gul Traders"), ("گل خان", None), ("رضا نمونه", "بازرگانی نمونه"), ("Sample Ahmad", None),
    ("مریم نمونہ", "نمونہ انٹرپرائزز"), ("Nemune Co", "Nemune Tejarat"), ("زهرا آزمایشی", None),
)  # fmt: skip
TOWNS = (
    ("Quetta", "quetta", "PK"), ("کوئٹہ", "quetta", "PK"), ("karachi", "karachi", "PK"), ("لاہور", "lahore", "PK"),
    ("Zahedan", "zahedan", "IR"), ("زاهدان", "zahedan", "IR"), ("مشهد", "mashhad", "IR"), ("tehran", "tehran", "IR"),
)  # fmt: skip

_LEADS = """
INSERT INTO leads (reference, channel, language, want, sector, product, good, quantity, unit, origin, origin_city,
    country, city, city_id, company, name, phone, in_chat, consent_at, state, desk_id, assignee_id, sent_at,
    promised_at, reminded_at, overdue_at, answered_at, heard_at, changed_at, words)
SELECT reference, 'telegram', (ARRAY['en', 'ur', 'fa'])[1 + n %% 3], want, goods.sector, goods.product, goods.good,
    1 + n %% 400, 'tonne', towns.name, towns.city, towns.country, towns.name, towns.city, people.company, people.name,
    phone, true, sent_at, state, desks.id, CASE WHEN n %% 5 > 1 THEN staff.id END, sent_at,
    sent_at + interval '48 hours', now(), now(),
    CASE WHEN state <> 'new' THEN sent_at + interval '1 hour' * (n %% 60) END,
    CASE WHEN n %% 7 = 0 THEN sent_at + interval '2 hours' END, sent_at + interval '1 hour' * (n %% 90),
    array_to_tsvector(goods.words || people.words || towns.words || regexp_split_to_array(lower(reference), '-')
        || ('<' || reverse(substr(phone, 2))))
FROM (
    SELECT n, now() - interval '10 minutes' * n AS sent_at, '+9230012' || lpad(n::text, 5, '0') AS phone,
        CASE WHEN n < %(leads)s / 50 AND n %% 3 > 0 THEN 'new' WHEN n %% 20 = 0 THEN 'new'
            ELSE (ARRAY['contacted', 'closed', 'matched', 'closed', 'declined', 'closed', 'withdrawn'])[1 + n %% 7]
        END AS state,
        (ARRAY['buy', 'sell', 'sell', 'buy', 'partner', 'need_service', 'offer_service'])[1 + abs(hashint8(n)) %% 7]
            AS want,
        'PK-AGR-' || (SELECT string_agg(
            substr(%(alphabet)s::text, (1 + (n * 514229 >> (letter * 5)) %% 32)::int, 1), '')
            FROM generate_series(0, 3) AS letter) AS reference,
        1 + n * 7919 %% %(desks)s AS desk, 1 + abs(hashint8(n * 3)) %% %(goods)s AS good,
        1 + n * 1299709 %% %(people)s AS person,
        1 + n * 15485863 %% %(towns)s AS town, 1 + n * 32452843 %% 4 AS taker
    FROM generate_series(1::bigint, %(leads)s) AS n
) AS drawn
JOIN goods ON goods.place = drawn.good JOIN people ON people.place = person JOIN towns ON towns.place = town
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM desks) AS desks ON desks.place = desk
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM staff) AS staff ON staff.place = taker
"""
_EVENTS = """
INSERT INTO lead_events (lead_id, at, kind, text, details)
SELECT id, sent_at, 'sent', '', '{}'::jsonb FROM leads UNION ALL
SELECT id, answered_at, 'to_trader', 'salaam', '{}' FROM leads WHERE answered_at IS NOT NULL
"""


def fill(address: str, leads: int) -> None:
    """Make desks, staff (one admin, officers) and this many leads."""
    with psycopg.connect(address) as connection:
        connection.execute(
            "INSERT INTO desks (name_en, name_ur, name_fa, answer_within, general) "
            "SELECT 'Desk ' || n, 'ڈیسک ' || n, 'میز ' || n, 48, false FROM generate_series(1, %s) AS n",
            [DESKS],
        )
        connection.execute(
            "INSERT INTO staff (login, name, role, language, timezone, password_hash, notices, active, created_at) "
            "SELECT login, login, role, 'en', 'Asia/Karachi', %s, 'none', true, now() FROM (VALUES (%s, 'admin'), "
            "('officer', 'officer'), ('officer2', 'officer'), ('officer3', 'officer')) AS given (login, role)",
            [hash_password(PASSWORD), LOGIN],
        )
        connection.execute(
            "INSERT INTO desk_staff (desk_id, staff_id) SELECT desks.id, staff.id FROM desks, staff "
            "WHERE role = 'officer' AND mod(desks.id, 4) = 0"
        )
        _draw_from(connection, "goods", "product text, good text, sector text", GOODS, texts=2)
        _draw_from(connection, "people", "name text, company text", PEOPLE, texts=2)
        _draw_from(connection, "towns", "name text, city text, country text", TOWNS, texts=2)
        sizes = {"goods": len(GOODS), "people": len(PEOPLE), "towns": len(TOWNS), "desks": DESKS + 1}
        connection.execute(_LEADS, sizes | {"leads": leads, "alphabet": REFERENCE_ALPHABET})
        connection.execute(_EVENTS)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _draw_from(
    connection: psycopg.Connection, table: str, columns: str, rows: tuple[tuple[str | None, ...], ...], texts: int
) -> None:
    """Make a table of what leads are drawn from, with the words by which the first columns are found."""
    connection.execute(f"CREATE TEMP TABLE {table} (place bigint, {columns}, words text[])")
    for place, row in enumerate(rows, 1):
        marks = ", ".join(["%s"] * (len(row) + 2))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", [place, *row, lexemes(*row[:texts])])  # noqa: S608


if __name__ == "__main__":
    home = database.embedded_address(Path(sys.argv[1]))
    database.migrate(home)
    fill(home, int(sys.argv[2]))
