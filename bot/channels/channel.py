"""What every channel is, its limits, and the closed set of ways in which a send can fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from fastapi import APIRouter

from bot.message import Incoming, Outgoing, Purpose
from knowledge.language import Language


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform allows in one message."""

    text: int  # characters, as the platform counts them
    button_data: int  # bytes of UTF-8


class SendError(Exception):
    """A message was not sent."""


class Throttled(SendError):
    """The platform asks to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the platform asks to wait {seconds:g} s")
        self.seconds = seconds


class Unreachable(SendError):
    """The platform did not answer, or not as it should; the message may have arrived all the same."""


class TraderGone(SendError):
    """The trader cannot be written to: he blocked the bot, or the account is no more."""


class Moved(SendError):
    """The chat goes on under another identifier, as a Telegram group does that becomes a supergroup."""

    def __init__(self, identifier: str) -> None:
        super().__init__("the chat has another identifier now")
        self.identifier = identifier


class Refused(SendError):
    """The platform will not take this message, now or later."""


class WindowClosed(SendError):
    """The platform takes nothing but approved templates until the trader writes again; the message can wait for that.

    A kind of its own, because none of the others is true of it: waiting does not help, trying again does not, the
    trader is there, and the message is good (docs/decisions/0013).
    """


class Halted(SendError):
    """The platform takes no message from us, whoever it is for; staff have to act, and meanwhile nothing is tried.

    A kind of its own: as `Throttled` it would be tried all the time, as `Refused` it would cost all messages behind it.
    """


class Progress(StrEnum):
    """What a platform reports of a message that it took."""

    SENT = "sent"
    DELIVERED = "delivered"  # it is on the trader's device
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A platform's report on one of the messages that it took from us."""

    channel: str
    external_id: str
    recipients: tuple[str, ...]  # the identifiers by which it names the trader
    progress: Progress
    failure: SendError | None = None  # where it failed


class TakeReport(Protocol):
    """Takes a report; returns once it is recorded."""

    async def __call__(self, report: Report) -> None: ...


class Receive(Protocol):
    """Takes one incoming message; returns once it is kept and its replies are in the outbox."""

    async def __call__(self, incoming: Incoming) -> None: ...


class Channel(Protocol):
    """A platform that traders write on."""

    @property
    def name(self) -> str:
        """What addresses and log lines call it."""

    @property
    def keeps_mailbox(self) -> bool:
        """Whether traders read from our outbox itself, so that nothing goes out by a platform."""

    @property
    def bot_name(self) -> str | None:
        """What the platform calls our account, for links to it; None where it has none, or did not tell yet."""

    def routes(self, receive: Receive) -> APIRouter:
        """What the platform, or a browser, calls over HTTP."""

    async def connect(self) -> bool:
        """Open what sending needs; return once the platform has answered, however long that takes.

        False where it refuses us for good.
        """

    async def close(self) -> None:
        """Close what `connect` opened."""

    async def run(self, receive: Receive) -> None:
        """Do what the channel does by itself, as polling, until cancelled; return at once where that is nothing."""

    async def acknowledge(self, incoming: Incoming) -> None:
        """Show the trader that his message arrived. Cosmetic: what fails is logged."""

    def arrived(self, identifier: str) -> None:
        """Take note that a mailbox has something new."""

    def send(self, identifier: str, message: Outgoing, already: int, *, bulk: bool = False) -> AsyncIterator[str]:
        """Send the platform messages that one message comes to, without the first `already`; yield the id of each.

        `bulk`: it goes to many, for which platforms have rates, and prices, of their own.
        Raises one of the kinds of `SendError`.
        """


@runtime_checkable
class Windowed(Protocol):
    """A channel that, a while after the trader's last message, takes approved templates alone."""

    @property
    def window(self) -> timedelta:
        """How long after the trader's last message anything may be sent."""

    async def send_template(self, identifier: str, purpose: Purpose, language: Language) -> str:
        """Send the template that asks the trader to read what waits for him; return the platform's id.

        Raises a `SendError`; `Refused` where there is no approved template.
        """
