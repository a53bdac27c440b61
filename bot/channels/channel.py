"""What every channel is, its limits, and the closed set of ways in which a send can fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter

from bot.message import Incoming, Outgoing


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


class Refused(SendError):
    """The platform will not take this message, now or later."""


class Receive(Protocol):
    """Takes one incoming message; returns once it is kept and its replies are in the outbox."""

    async def __call__(self, incoming: Incoming) -> None: ...


class Channel(Protocol):
    """A platform that traders write on."""

    @property
    def name(self) -> str:
        """What addresses and log lines call it."""

    def routes(self, receive: Receive) -> APIRouter:
        """What the platform, or a browser, calls over HTTP."""

    async def acknowledge(self, incoming: Incoming) -> None:
        """Show the trader that his message arrived. Cosmetic: what fails is logged."""

    def send(self, identifier: str, message: Outgoing, already: int) -> AsyncIterator[str]:
        """Send the platform messages that one message comes to, without the first `already`; yield the id of each.

        Raises one of the four kinds of `SendError`.
        """
