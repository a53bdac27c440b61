"""The customer service window: a trader's message opens it for a while; after that templates alone pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.channels.channel import Channel, Refused, WindowClosed, Windowed
from bot.delivery import outbox
from bot.message import Address, Outgoing, Purpose
from bot.records.traders import Trader

#: Why a message waits; the panel has words of its own for each.
WAITS = "waits for the trader to write; a template asked him to"
WAITS_UNASKED = "waits for the trader to write; it is of no kind that has a template"
WAITS_ASKED = "waits for the trader to write; a template asked him to, with an earlier message"
WAITS_UNWANTED = "waits for the trader to write; he never asked for announcements himself, so no template is sent"


class Claimed(Protocol):
    """A message that this process may send, be it a reply or one of many."""

    @property
    def address(self) -> Address: ...

    @property
    def message(self) -> Outgoing: ...

    @property
    def heard_at(self) -> datetime | None:
        """The trader's last word; None where he is just being answered."""

    @property
    def closed_at(self) -> datetime | None:
        """When the channel said that it takes nothing but templates."""

    @property
    def opted_in(self) -> bool:
        """Whether the trader asked for announcements himself."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What came of asking a trader to write."""

    reason: str  # why the message waits
    template_id: str | None = None  # the channel's id of the template that asks him


def check(channel: Channel, claim: Claimed, now: datetime) -> None:
    """Raise WindowClosed where it is known beforehand that the channel would not take a message."""
    if not isinstance(channel, Windowed) or claim.heard_at is None:
        return
    told = claim.closed_at is not None and claim.closed_at >= claim.heard_at
    if told or now - claim.heard_at >= channel.window:
        raise WindowClosed("his last message is too long ago")


async def ask_to_write(
    channel: Channel, sessions: async_sessionmaker[AsyncSession], claim: Claimed, now: datetime
) -> Asking:
    """Ask a trader, by the template of a message's purpose, to write, where there is one and he may get it.

    Raises the kinds of `SendError` that are about more than the template.
    """
    assert isinstance(channel, Windowed), "only a channel with a window can close it"
    purpose = claim.message.purpose
    if purpose is None:
        return Asking(WAITS_UNASKED)
    if purpose is Purpose.ANNOUNCEMENT and not claim.opted_in:
        return Asking(WAITS_UNWANTED)
    async with sessions() as session:
        if await outbox.is_asked(session, claim.address, since=now - channel.window):
            return Asking(WAITS_ASKED)
    try:
        template = await channel.send_template(claim.address.identifier, purpose, claim.message.language)
    except Refused as error:
        return Asking(f"waits for the trader to write; the template was refused: {error}")
    return Asking(WAITS, template)


def closes_at(trader: Trader, windows: Mapping[str, timedelta]) -> datetime | None:
    """When the channel of a trader begins to take templates alone for him; None where it has no window."""
    window = windows.get(trader.channel)
    return trader.last_seen_at + window if window else None
