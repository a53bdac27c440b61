"""The panel's inbox at 100,000 leads: how long each of its views takes, and how fast an export is at which memory."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from benchmarks.figures import heading, line, memory, percentile
from benchmarks.leads import LOGIN, PASSWORD
from benchmarks.processes import ROOT, SAUDAGAR, data_folder, end_on_sigterm, environment, running, said

LEADS = 100_000
REQUESTS = 25  # of each view, one after another
TARGET = 100.0  # ms

#: A page of the panel with a member's bar and nothing else on it.
EMPTY = "/admin/leads/PK-AGR-0000"
VIEWS = {
    "newest first": "",
    "the last page that is reached": "page=200",
    "oldest first": "sort=oldest",
    "by promise": "sort=promise",
    "last changed first, page 150": "sort=changed&page=150",
    "new and contacted, food": "state=new&state=contacted&sector=food",
    "five filters, few leads": "state=declined&sector=it&country=IR&want=partner&assignee=nobody",
    "mine, by promise, page 20": "assignee=me&state=new&state=contacted&sort=promise&page=20",
    "overdue": "overdue=1&sort=promise",
    "search: زعفران": f"search={quote('زعفران')}",
    "search: zafran zahdan, last changed": "search=zafran+zahdan&sort=changed",
    "search: the end of a telephone number": "search=0300+1200077",
    "search: nothing found": "search=xylophone",
}


class Browser:
    """A connection that is signed in and kept open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        form = urlencode({"login": LOGIN, "password": PASSWORD})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/admin/sign-in", form, kind)
        response = self._connection.getresponse()
        response.read()
        self._headers = {"Cookie": (response.headers["Set-Cookie"] or "").partition(";")[0]}

    def opens(self, path: str, status: int = 200) -> bytes:
        """Open a page; raise RuntimeError where it is answered otherwise than expected."""
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != status:
            raise RuntimeError(f"{path} was answered with {response.status}")
        return body

    def takes(self, path: str) -> tuple[int, float]:
        """Download a file; its bytes, and the seconds until it begins."""
        start = time.monotonic()
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        begun, size = time.monotonic() - start, 0
        while part := response.read(65_536):
            size += len(part)
        return size, begun


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    heading(f"The panel's inbox: {LEADS:,} leads at 9 desks seen by an admin, pages of 50, {REQUESTS} requests a view")
    with data_folder() as folder:
        _fill(folder)
        with _serving(folder) as (pid, port):
            browser = Browser(port)
            empty = _times(browser, EMPTY, 404)
            line("a page with nothing on it, p50 / p95", _both(empty))
            for name, query in VIEWS.items():
                times = _times(browser, f"/admin/leads?{query}")
                verdict = "met" if percentile(times, 0.5) <= TARGET else "MISSED"
                ratio = percentile(times, 0.5) / percentile(empty, 0.5)
                line(f"{name}, p50 / p95", _both(times), f"{ratio:.1f} times the empty page; {TARGET:.0f} ms {verdict}")
            for kind in ("csv", "xlsx"):
                _export(browser, pid, kind)


def _fill(folder: Path) -> None:
    start = time.monotonic()
    arguments = [sys.executable, "-m", "benchmarks.leads", str(folder), str(LEADS)]
    subprocess.run(arguments, cwd=ROOT, env=environment(), check=True)  # noqa: S603
    line("database made and filled", f"{time.monotonic() - start:.1f} s")


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[int, int]]:
    """`saudagar serve` on that database: its process and its port."""
    log = folder / "serve.log"
    with running([str(SAUDAGAR), "serve"], log, folder, {"PORT": "0", "DATA_DIR": str(folder)}) as process:
        yield process.pid, int(said(process, log, r"Browser chat +on +http://127\.0\.0\.1:(\d+)\n")[1])


def _times(browser: Browser, path: str, status: int = 200) -> list[float]:
    """Milliseconds of each request; the first ones, which warm everything up, are not counted."""
    times = []
    for _ in range(REQUESTS + 3):
        start = time.monotonic()
        browser.opens(path, status)
        times.append((time.monotonic() - start) * 1000)
    return times[3:]


def _both(times: list[float]) -> str:
    return f"{percentile(times, 0.5):.0f} / {percentile(times, 0.95):.0f} ms"


def _export(browser: Browser, pid: int, kind: str) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # the peak counts anew, proc_pid_clear_refs(5)
    before, start = memory(pid)[0], time.monotonic()
    size, begun = browser.takes(f"/admin/leads/export?format={kind}")
    seconds = time.monotonic() - start
    line(
        f"export as {kind}: leads a second",
        f"{LEADS / seconds:,.0f}",
        f"{size / 1e6:.1f} MB, begins after {begun:.1f} s",
    )
    line(f"export as {kind}: memory before / at its peak", f"{before:.0f} / {_peak(pid):.0f} MB")


def _peak(pid: int) -> float:
    """The highest resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
