"""A panel on loopback with an empty database, and staff to sign in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.passwords import hash_password
from bot.app import build
from bot.conversation.turn import Counsel
from bot.enquiry import Enquiry
from bot.message import Address
from bot.records import leads, traders
from bot.records.desks import Desk, DeskStaff
from bot.records.leads import Lead, Sender
from bot.records.staff import Role, StaffMember
from bot.settings import Settings
from knowledge.language import Language
from tests.conftest import NOW, Running, serving
from tests.officer import PASSWORD, Officer
from tests.servers.bot_api import BotApi

PASSWORD_HASH = hash_password(PASSWORD)  # once a run: it is slow on purpose


@dataclass
class Office:
    """The panel, its database, and those who work there."""

    running: Running
    sessions: async_sessionmaker[AsyncSession]
    officers: list[Officer] = field(default_factory=list)

    async def desk(self, name: str = "Quetta desk", hours: int = 48) -> Desk:
        """Open a desk."""
        async with self.sessions.begin() as session:
            desk = Desk(name_en=name, name_ur="کوئٹہ ڈیسک", name_fa="میز کویته", answer_within=hours)
            session.add(desk)
        return desk

    async def member(
        self, login: str, role: Role = Role.OFFICER, *at: Desk, language: Language = Language.EN
    ) -> StaffMember:
        """Add a member with the password of the tests, at these desks."""
        async with self.sessions.begin() as session:
            member = StaffMember(
                login=login, name=login.title(), role=role, language=language, password_hash=PASSWORD_HASH,
                created_at=NOW,
            )  # fmt: skip
            session.add(member)
            await session.flush()
            session.add_all(DeskStaff(desk_id=desk.id, staff_id=member.id) for desk in at)
        return member

    async def browser(self) -> Officer:
        """A browser in which nobody is signed in."""
        officer = Officer(self.running.address)
        self.officers.append(officer)
        return officer

    async def signed_in(self, login: str) -> Officer:
        """A browser in which a member is signed in."""
        officer = await self.browser()
        seen = await officer.signs_in(login)
        assert seen.status == 303, seen.html
        return officer

    async def lead(self, reference: str, enquiry: Enquiry, chat: int = 501, language: Language = Language.EN) -> Lead:
        """Leave an enquiry as a trader on Telegram would."""
        async with self.sessions.begin() as session:
            trader = await traders.hold(session, Address("telegram", str(chat)), NOW)
            await traders.remember(session, trader.id, {**trader.memory, "has_enquiries": True})
            lead = await leads.open_lead(session, Sender(trader.id, "telegram", language), reference, enquiry, NOW)
            assert lead is not None
        return lead


@asynccontextmanager
async def opened(
    settings: Settings, counsel: Counsel, address: str, bot_api: BotApi, now: Callable[[], datetime]
) -> AsyncIterator[Office]:
    """A panel that serves for the block, its bot connected to the Bot API of the test."""
    service = build(settings, counsel, address, now=now)
    async with serving(service, bot_api) as running:
        office = Office(running, service.sessions)
        try:
            yield office
        finally:
            for officer in office.officers:
                await officer.closes()


@pytest.fixture
async def office(counsel: Counsel, database_address: str, bot_api: BotApi, settings: Settings) -> AsyncIterator[Office]:
    """A panel whose clock stands."""
    async with opened(settings, counsel, database_address, bot_api, lambda: NOW) as office:
        yield office


@pytest.fixture
async def office_by_day(
    counsel: Counsel, database_address: str, bot_api: BotApi, settings: Settings
) -> AsyncIterator[Office]:
    """A panel whose clock goes."""
    began = monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=monotonic() - began)

    async with opened(settings, counsel, database_address, bot_api, now) as office:
        yield office
