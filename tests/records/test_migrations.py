"""The migrations give exactly the tables that the models describe."""

from __future__ import annotations

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from bot.delivery import broadcasts, halts, outbox  # noqa: F401  (their tables belong to the metadata)
from bot.records import (  # noqa: F401
    announcements,
    audit,
    database,
    introductions,
    leads,
    questions,
    saved_views,
    traders,
    updates,
)
from bot.records.base import Record
from tests.conftest import named


def test_migrated_tables_are_those_of_the_models(database_address: str) -> None:
    engine = create_engine(database.driver_address(database_address))
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        difference = compare_metadata(MigrationContext.configure(connection), Record.metadata)
    engine.dispose()
    assert tables == {"alembic_version", *Record.metadata.tables}
    assert difference == []


def test_migrating_twice_changes_nothing(database_address: str) -> None:
    database.migrate(database_address)


def test_an_empty_database_is_migrated_from_nothing(server_address: str) -> None:
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE from_nothing")
        try:
            database.migrate(named(server_address, "from_nothing"))
        finally:
            connection.execute("DROP DATABASE from_nothing WITH (FORCE)")
