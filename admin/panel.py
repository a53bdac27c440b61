"""What every page of the panel draws on, built once and handed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.message import Address
from bot.wording import Voice
from knowledge.language import Language
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Panel:
    """The parts of the panel."""

    sessions: async_sessionmaker[AsyncSession]
    library: Library
    voices: dict[Language, Voice]  # the panel's own words, for the staff
    trader_voices: dict[Language, Voice]  # the bot's words, for what the staff send to traders
    now: Callable[[], datetime]
    wake: Callable[[Address], None]  # send what was put into the outbox for a chat, once it is committed
    secure: bool  # whether browsers reach us by https, so that cookies may insist on it
    public_url: str | None  # of this service, for links that leave the panel
    bot_name: Callable[[], str | None]  # of the Telegram bot, without @; None while it is not known
    channels: frozenset[str]  # that are switched on
    windows: Mapping[str, timedelta]  # by channel that has one: how long after a trader's word he may be written to
    mail: bool  # whether an SMTP server is set, so that digests can be chosen
    approval_above: int  # readers of an announcement above which a second admin has to approve it
