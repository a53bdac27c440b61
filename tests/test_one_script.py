"""One conversation on Telegram, WhatsApp, in the browser and in the terminal: all read and are offered the same."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace

import pytest
import regex

from bot.channels import terminal
from bot.conversation.conversation import converse
from bot.conversation.turn import Counsel, Memory
from bot.message import Incoming, Kind, Place
from tests.conftest import Running
from tests.trader import Inbox, TelegramTrader, WebTrader, WhatsAppTrader

Act = str | tuple[float, float]  # a text, "tap:<label>", or a place

SCRIPT: tuple[Act, ...] = (
    "/start",
    "tap:Borders",
    "tap:Taftan",
    "tap:👎",
    "barter trade kaise karte hain bhai",
    "mirjave ta key baze",
    (29.49, 60.86),
    "/language",
    "tap:English",
    "who won the cricket match yesterday",
    "/papers",
    "tap:From Pakistan to Iran",
    "tap:Rice and grain",
    "/stop",
    "tap:Allow them again",
    "/nonsense",
)


def letters(shown: str) -> str:
    """The letters and digits that a reader sees, without markup and addresses."""
    text = html.unescape(regex.sub(r"<[^>]+>", "", shown))
    return "".join(regex.findall(r"[\p{L}\p{N}]", regex.sub(r"\(?https?://[^\s)]+\)?", "", text)))


def offer(data: str) -> str:
    """A button's data without the id of the update that it is about."""
    return regex.sub(r"^(ask:\w+):[^:]+:", r"\1:", data)


Read = list[tuple[str, list[str]]]  # what is read, and what is offered under it


def in_the_terminal(counsel: Counsel) -> Iterator[Read]:
    """What comes of each act."""
    memory = Memory()
    offered: dict[str, str] = {}
    for number, act in enumerate(SCRIPT):
        incoming = Incoming(terminal.ADDRESS, f"{number}", client_language="en")
        if isinstance(act, tuple):
            incoming = replace(incoming, kind=Kind.PLACE, place=Place(*act))
        elif act.startswith("tap:"):
            data = next(data for label, data in reversed(offered.items()) if act.removeprefix("tap:") in label)
            incoming = replace(incoming, kind=Kind.TAP, data=data)
        else:
            incoming = replace(incoming, text=act)
        turn = converse(memory, incoming, counsel)
        memory = turn.memory
        read: Read = []
        for reply in turn.replies:
            choices = [choice for row in reply.choices for choice in row]
            for choice in choices:
                offered.pop(choice.label, None)
                offered[choice.label] = choice.data
            bare = replace(reply, choices=(), place=None)
            read.append((letters(terminal.write(bare, first=1)[0]), [offer(choice.data) for choice in choices]))
        yield read


def since(inbox: Inbox, start: int) -> Read:
    """What a trader got since then; a pin is not read."""
    replies = [reply for reply in inbox.replies[start:] if reply.place is None]
    return [(letters(reply.text), [offer(data) for data in reply.buttons.values()]) for reply in replies]


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "web"])
async def test_the_same_script_has_the_same_outcome(on_all_channels: Running, counsel: Counsel, channel: str) -> None:
    trader: TelegramTrader | WhatsAppTrader | WebTrader
    if channel == "web":
        trader = await on_all_channels.on_web()
    else:
        trader = on_all_channels.on_telegram() if channel == "telegram" else on_all_channels.on_whatsapp()
    for act, expected in zip(SCRIPT, in_the_terminal(counsel), strict=True):
        start = len(trader.inbox.replies)
        if isinstance(act, tuple):
            await trader.shares(*act)
        elif act.startswith("tap:"):
            await trader.taps(act.removeprefix("tap:"))
        else:
            await trader.types(act)
        got = await everything(on_all_channels, trader, start, expected)
        assert "".join(text for text, _ in got) == "".join(text for text, _ in expected)
        assert [data for _, offered in got for data in offered] == [data for _, offered in expected for data in offered]


async def everything(
    running: Running, trader: TelegramTrader | WhatsAppTrader | WebTrader, start: int, expected: Read
) -> Read:
    """What the trader has once all is there."""
    for _ in expected:
        await trader.reads("")
    await running.service.intake.settle()
    if not isinstance(trader, WebTrader):
        trader._collect()
    trader.inbox.read = len(trader.inbox.replies)
    return since(trader.inbox, start)
