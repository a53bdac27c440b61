"""How long `saudagar serve` takes to start and how much memory it holds, against the targets."""

from __future__ import annotations

from itertools import cycle, islice
from statistics import median

from benchmarks.figures import heading, line, memory
from benchmarks.load import deliver, webhook_secret
from benchmarks.processes import data_folder, end_on_sigterm, module, questions, serving
from bot.channels.telegram.channel import WEBHOOK_PATH

STARTS = 3
UPDATES = 2000
LOAD = 25.0  # seconds that the updates may take: on a busy machine they become fewer
TIME_TARGET = 3.0  # seconds
MEMORY_TARGET = 200.0  # MB


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    heading(f"Start and memory of `saudagar serve`: median of {STARTS} starts, models learned, database there")
    announced, answered = [], []
    with data_folder() as folder, module("bot_api", folder) as (_, api):
        with serving(folder, api) as service:
            line("the very first start, database made", f"{service.answered:.2f} s")
        for start in range(STARTS):
            with serving(folder, api) as service:
                announced.append(service.announced)
                answered.append(service.answered)
                if start == STARTS - 1:
                    _against("says where it listens", median(announced), TIME_TARGET, "s")
                    _against("first page served", median(answered), TIME_TARGET, "s", _spread(answered))
                    _measure_memory(service.pid, service.address, api)


def _measure_memory(pid: int, address: str, api: str) -> None:
    secret = webhook_secret(api)
    _report_memory("right after the start", memory(pid))
    texts = list(islice(cycle(questions()), UPDATES))
    load = deliver(address + WEBHOOK_PATH, api, pid, texts, secret, seconds=LOAD)
    _report_memory(f"after {load.updates:,} updates", memory(pid))


def _report_memory(when: str, measured: tuple[float, float]) -> None:
    for kind, megabytes in zip(("RSS", "PSS"), measured, strict=True):
        _against(f"{kind} {when}", megabytes, MEMORY_TARGET, "MB")


def _spread(values: list[float]) -> str:
    return f", {min(values):.2f} to {max(values):.2f}"


def _against(name: str, measured: float, target: float, unit: str, note: str = "") -> None:
    verdict = "met" if measured <= target else "MISSED"
    figure = f"{measured:.2f} {unit}" if unit == "s" else f"{measured:.0f} {unit}"
    line(name, figure, f"target {target:.0f} {unit}: {verdict}{note}")


if __name__ == "__main__":
    main()
