"""Questions a second through `saudagar ask --json -`, as a program that pipes them would see it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from statistics import median

from benchmarks.figures import heading, line
from benchmarks.processes import ROOT, SAUDAGAR, data_folder, end_on_sigterm, environment, questions

ROUNDS = 3


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    asked = questions()
    heading(f"`saudagar ask --json -`: {len(asked):,} questions, median of {ROUNDS} rounds")
    with data_folder() as folder:
        rounds = [_ask(asked, str(folder)) for _ in range(ROUNDS)]
    starts, totals = zip(*rounds, strict=True)
    rates = [(len(asked) - 1) / (total - start) for start, total in rounds]
    line("start, until the first answer", f"{median(starts):.2f} s")
    line("questions a second, start excluded", f"{median(rates):.0f}", f"{min(rates):.0f} to {max(rates):.0f}")
    line("questions a second, start included", f"{len(asked) / median(totals):.0f}", f"{median(totals):.2f} s in all")


def _ask(asked: list[str], data_dir: str) -> tuple[float, float]:
    """Ask everything; return the seconds until the first answer, and until the process had ended."""
    start = time.monotonic()
    process = subprocess.Popen(  # noqa: S603
        [SAUDAGAR, "ask", "--json", "-"], env=environment(DATA_DIR=data_dir), cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(asked[0] + "\n")
        process.stdin.flush()
        answers = [process.stdout.readline()]
        first = time.monotonic() - start
        # while we read: a full pipe would stop both sides
        writing = threading.Thread(target=_write, args=(process, asked[1:]))
        writing.start()
        answers += process.stdout.readlines()
        writing.join()
        process.wait()
        total = time.monotonic() - start
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if [json.loads(answer)["text"] for answer in answers] != asked:
        raise RuntimeError("the answers are not those to the questions, in their order")
    return first, total


def _write(process: subprocess.Popen[str], asked: list[str]) -> None:
    assert process.stdin is not None
    process.stdin.writelines(question + "\n" for question in asked)
    process.stdin.close()


if __name__ == "__main__":
    main()
