"""Webhook updates a second, replies sent, beside a bare python-telegram-bot echo in the same run."""

from __future__ import annotations

from itertools import cycle, islice
from statistics import median

from benchmarks import echo
from benchmarks.figures import heading, line, percentile
from benchmarks.load import Round, deliver, webhook_secret
from benchmarks.processes import TOKEN, data_folder, end_on_sigterm, module, questions, serving
from bot.channels.telegram.channel import WEBHOOK_PATH

ROUNDS = 3
UPDATES = 800  # a round
ALONE = 50  # updates over one connection


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    texts = list(islice(cycle(questions()), UPDATES))
    heading(f"Webhook: up to {UPDATES} updates of distinct chats a round, 50 connections, median of {ROUNDS} rounds")
    with data_folder() as folder, module("bot_api", folder) as (_, api), serving(folder, api) as saudagar:
        secret = webhook_secret(api)
        ours = saudagar.address + WEBHOOK_PATH
        with module("echo", folder, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=api) as (echo_pid, echo_address):
            theirs = echo_address + echo.WEBHOOK_PATH
            deliver(ours, api, saudagar.pid, texts[:ALONE], secret)  # connections opened, code warm
            deliver(theirs, api, echo_pid, texts[:ALONE])
            pairs = [
                (deliver(ours, api, saudagar.pid, texts, secret), deliver(theirs, api, echo_pid, texts))
                for _ in range(ROUNDS)
            ]
            alone = deliver(ours, api, saudagar.pid, texts[:ALONE], secret, connections=1)
            echo_alone = deliver(theirs, api, echo_pid, texts[:ALONE], connections=1)
        _report("saudagar", [pair[0] for pair in pairs], alone)
        _report("echo", [pair[1] for pair in pairs], echo_alone)
        ratio = median(mine.rate / bare.rate for mine, bare in pairs)
        line("saudagar / echo, updates", f"{ratio:.2f}")
        messages = median(mine.rate * mine.calls / (bare.rate * bare.calls) for mine, bare in pairs)
        line("saudagar / echo, Bot API calls", f"{messages:.2f}")
        line("warnings and errors logged by saudagar", f"{len(saudagar.faults)}", "".join(saudagar.faults[:1]))


def _report(name: str, rounds: list[Round], alone: Round) -> None:
    counts = "/".join(str(item.updates) for item in rounds)
    spread = f"{counts} updates, {min(item.rate for item in rounds):.0f} to {max(item.rate for item in rounds):.0f}"
    line(f"{name}: updates a second", f"{median(item.rate for item in rounds):.0f}", spread)
    sent = f"{rounds[0].messages:.2f} messages, {rounds[0].calls:.2f} Bot API calls an update"
    line(f"{name}: CPU of its process, an update", f"{median(item.cpu for item in rounds) * 1000:.2f} ms", sent)
    for connections, measured in ((50, rounds), (1, [alone])):
        latencies = [latency * 1000 for item in measured for latency in item.latencies]
        both = f"{percentile(latencies, 0.5):.0f} / {percentile(latencies, 0.99):.0f} ms"
        line(f"{name}: reply p50 / p99, {connections} at once", both)


if __name__ == "__main__":
    main()
