"""Log lines: an event and its ids on one line, and no secret of those who talk too much."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest

from bot.logs import LineFormatter
from tests.conftest import ROOT


def written(script: str) -> list[str]:
    """The lines that a process of its own writes: `configure` takes the root logger, which here is pytest's."""
    script = "import logging\nfrom bot.logs import configure\n" + script
    done = subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_a_line_has_time_level_logger_event_and_ids() -> None:
    (line,) = written(
        """configure("INFO")
logging.getLogger("bot.delivery.drain").info("message sent", extra={"delivery": 7, "channel": "telegram"})"""
    )
    expected = (
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO bot\.delivery\.drain: message sent delivery=7 channel=telegram"
    )
    assert re.fullmatch(expected, line)


def test_a_line_without_ids_ends_with_its_event() -> None:
    record = logging.makeLogRecord({"name": "bot", "levelname": "INFO", "msg": "started %s", "args": ("now",)})
    assert LineFormatter().format(record).endswith("INFO bot: started now")


def test_what_uvicorn_adds_for_colour_is_no_id() -> None:
    record = logging.makeLogRecord({"name": "uvicorn", "msg": "up", "color_message": "\033[1mup", "taskName": "Task-1"})
    assert LineFormatter().format(record).endswith("uvicorn: up")


def test_an_error_keeps_its_traceback_below_its_ids() -> None:
    lines = written(
        """configure("INFO")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("bot").exception("it fell", extra={"update": "9"})"""
    )
    assert lines[0].endswith("ERROR bot: it fell update=9")
    assert lines[-1] == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("level", "events"),
    [
        pytest.param("DEBUG", ["debug", "info", "error"], id="debug"),
        pytest.param("INFO", ["info", "error"], id="info"),
        pytest.param("ERROR", ["error"], id="error"),
    ],
)
def test_lines_below_the_level_are_left_out(level: str, events: list[str]) -> None:
    lines = written(
        f"""configure("{level}")
for event in ("debug", "info", "error"):
    getattr(logging.getLogger("bot"), event)(event)"""
    )
    assert [line.rpartition(" ")[2] for line in lines] == events


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
@pytest.mark.parametrize(
    "logger",
    ["httpx", "httpcore.connection", "telegram.Bot", "telegram.ext.ExtBot", "aiohttp.access", "alembic.runtime"],
)
def test_libraries_that_log_addresses_with_the_token_are_not_heard_at_any_level(level: str, logger: str) -> None:
    lines = written(
        f"""configure("{level}")
logging.getLogger("{logger}").info("POST https://api.telegram.org/bot123456:ABC/sendMessage")
logging.getLogger("{logger}").debug("text: whose truck is this")
logging.getLogger("{logger}").warning("a warning is heard")"""
    )
    assert [line.partition(": ")[2] for line in lines] == ["a warning is heard"]


def test_configuring_twice_writes_each_line_once() -> None:
    assert len(written('configure("INFO")\nconfigure("INFO")\nlogging.getLogger("bot").info("up")')) == 1
