"""One chat at a time: whoever asks first is served first, and other chats go on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.message import Address


class Chats:
    """A fair lock for each chat that is busy; nothing is kept of a chat that is not."""

    def __init__(self) -> None:
        self._busy: dict[Address, tuple[asyncio.Lock, int]] = {}  # the lock, and how many hold or want it

    @asynccontextmanager
    async def turn(self, address: Address) -> AsyncIterator[None]:
        """Wait until all who asked for this chat before have done, and keep it for the block."""
        lock, wanted = self._busy.get(address, (asyncio.Lock(), 0))
        self._busy[address] = (lock, wanted + 1)
        try:
            async with lock:
                yield
        finally:
            lock, wanted = self._busy.pop(address)
            if wanted > 1:
                self._busy[address] = (lock, wanted - 1)
