"""A channel of the tests' own: keeps what it is given, and fails as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter

from bot.channels.channel import Receive, SendError
from bot.message import Incoming, Outgoing


class Recording:
    """Each failure is raised once, before anything is sent."""

    name = "recording"
    keeps_mailbox = False
    bot_name = None

    def __init__(self) -> None:
        self.sent: list[tuple[str, Outgoing]] = []
        self.failures: list[SendError] = []
        self.failures_to: dict[str, list[SendError]] = {}  # the same, of one identifier
        self.gates: dict[str, asyncio.Event] = {}  # identifier → what a send to it waits for

    def routes(self, receive: Receive) -> APIRouter:
        raise NotImplementedError

    async def connect(self) -> bool:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def run(self, receive: Receive) -> None:
        raise NotImplementedError

    def arrived(self, identifier: str) -> None:
        raise NotImplementedError

    async def acknowledge(self, incoming: Incoming) -> None:
        raise NotImplementedError

    async def send(
        self,
        identifier: str,
        message: Outgoing,
        already: int,  # noqa: ARG002
        *,
        bulk: bool = False,  # noqa: ARG002
    ) -> AsyncIterator[str]:
        if gate := self.gates.get(identifier):
            await gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        if self.failures_to.get(identifier):
            raise self.failures_to[identifier].pop(0)
        self.sent.append((identifier, message))
        yield f"{len(self.sent)}"
