"""The processes that a benchmark measures: started on free ports of loopback, gone when the block ends."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.questions import read_all_questions

ROOT = Path(__file__).parent.parent
SAUDAGAR = Path(sys.executable).with_name("saudagar")
PUBLIC_URL = "https://saudagar.invalid"  # nobody calls it: the benchmark delivers to the port itself
TOKEN = "7012345678:AAF-fake-token-of-the-benchmarks-0001"  # noqa: S105
PATIENCE = 30.0  # seconds for a process to begin, or to end


def questions() -> list[str]:
    """Every question on which the understanding is measured, the languages mixed in a fixed order."""
    texts = [question.text for question in read_all_questions(ROOT / "knowledge" / "evaluation")]
    return [text for start in range(37) for text in texts[start::37]]


def environment(**settings: str) -> dict[str, str]:
    """What a process may know of its surroundings: neither a proxy nor a setting of the operator's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", **settings}


def end_on_sigterm() -> None:
    """Let SIGTERM end a benchmark as Ctrl-C does, with everything cleaned up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def running(
    arguments: list[str], log: Path, folder: Path, settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process until the block ends; in a session of its own, so that Ctrl-C reaches the benchmark first."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder,
            env=environment(**settings), start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def said(process: subprocess.Popen[bytes], log: Path, pattern: str) -> re.Match[str]:
    """Wait until a process says something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if match := re.search(pattern, log.read_text(encoding="utf-8", errors="replace")):
            return match
        time.sleep(0.002)
    raise RuntimeError(f"{process.args!r} did not say {pattern!r}:\n{log.read_text(encoding='utf-8')[-2000:]}")


@contextmanager
def data_folder() -> Iterator[Path]:
    """A temporary data folder with the learned models, which are learned first if need be, and no database yet."""
    warm = environment(DATA_DIR=str(ROOT / "data"))
    subprocess.run([SAUDAGAR, "ask", "--json", "barter"], env=warm, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    with tempfile.TemporaryDirectory(prefix="saudagar-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shutil.copytree(ROOT / "data" / "understanding", folder / "understanding")
        try:
            yield folder
        finally:
            # nothing may cut short the removal of database and folder
            before = signal.signal(signal.SIGINT, signal.SIG_IGN), signal.signal(signal.SIGTERM, signal.SIG_IGN)
            _stop_database(folder / "postgres" / "postmaster.pid")
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


def _stop_database(pid_file: Path) -> None:
    """Stop the embedded database where its service, killed or cut short, has left it running."""
    if not pid_file.exists():
        return
    try:
        os.kill(int(pid_file.read_text(encoding="utf-8").split()[0]), signal.SIGINT)  # PostgreSQL's “fast shutdown”
    except ProcessLookupError:
        return
    end = time.monotonic() + PATIENCE
    while pid_file.exists() and time.monotonic() < end:
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Serving:
    """A `saudagar serve` that serves."""

    pid: int
    address: str
    announced: float  # seconds from its start until it said where it listens
    answered: float  # seconds from its start until its first page was served
    log: Path

    @property
    def faults(self) -> list[str]:
        """What it logged as a warning or an error."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if " WARNING " in line or " ERROR " in line]


@contextmanager
def serving(folder: Path, api: str, **others: str) -> Iterator[Serving]:
    """`saudagar serve` with the embedded database of a folder and a Telegram webhook, until the block ends."""
    settings = {
        "PORT": "0", "DATA_DIR": str(folder), "PUBLIC_URL": PUBLIC_URL,
        "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api, **others,
    }  # fmt: skip
    log = folder / "serve.log"
    start = time.monotonic()
    with running([str(SAUDAGAR), "serve"], log, folder, settings) as process:
        port = said(process, log, r"Browser chat +on +http://127\.0\.0\.1:(\d+)\n")[1]
        announced = time.monotonic() - start
        _open_page(int(port))
        yield Serving(process.pid, f"http://127.0.0.1:{port}", announced, time.monotonic() - start, log)


def _open_page(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    if status != http.HTTPStatus.OK:
        raise RuntimeError(f"the page of the browser chat was answered with {status}")


@contextmanager
def module(name: str, folder: Path, **settings: str) -> Iterator[tuple[int, str]]:
    """A module of the benchmarks as a process that prints its address; its id and that address."""
    log = folder / f"{name}.log"
    with running([sys.executable, "-m", f"benchmarks.{name}"], log, ROOT, settings) as process:
        yield process.pid, said(process, log, r"(http://127\.0\.0\.1:\d+)\n")[1]
