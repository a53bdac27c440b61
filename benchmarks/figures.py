"""Figures of a run: percentiles, what a process costs, and the machine that they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, its threads included and its children not."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK  # utime and stime, proc_pid_stat(5)


def memory(pid: int) -> tuple[float, float]:
    """Resident memory of a process in MB: RSS, and PSS (what it shares counted by halves, thirds, …)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
    return kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6


def heading(title: str) -> None:
    """Say what is measured, when and on what."""
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"\n{title}")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load average {load}, ", end="")
    print(f"Python {platform.python_version()}", flush=True)


def line(name: str, value: str, note: str = "") -> None:
    """Print one figure."""
    print(f"  {name:<46} {value:>14}  {note}".rstrip(), flush=True)
