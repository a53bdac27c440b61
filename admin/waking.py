"""Sends what a page put into the outbox, once its transaction is committed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from admin.panel import Panel
from bot.message import Address


def wake_after_commit(database: AsyncSession, panel: Panel, addresses: Iterable[Address]) -> None:
    """Send at once what waits for these chats, as soon as the transaction is committed; nothing where it is not."""

    def wake(_: object) -> None:
        for address in dict.fromkeys(addresses):
            panel.wake(address)

    event.listen(database.sync_session, "after_commit", wake, once=True)
