"""A chamber: its desks, its staff, leads that come in, a mail server, and a clock that stands until it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.delivery.outbox import Delivery
from bot.enquiry import Enquiry, Town, Unit, Want
from bot.markup import layout, plain
from bot.message import OUTGOING, Address
from bot.notices.mail_server import MailServer
from bot.notices.notices import Notices
from bot.notices.words import Means
from bot.records import leads, traders
from bot.records.desks import Desk, DeskStaff
from bot.records.leads import Lead, Sender
from bot.records.staff import Notices as Choice
from bot.records.staff import Role, StaffMember
from bot.wording import load_voices
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from knowledge.library import load_library
from tests.conftest import NOW
from tests.servers.smtp import SmtpServer

Sessions = async_sessionmaker[AsyncSession]

LEADS = "https://saudagar.example/admin/leads/"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time

    def passes(self, **duration: float) -> None:
        """Move it on."""
        self.time += timedelta(**duration)


def rice(product: str = "Basmati rice", **changes: object) -> Enquiry:
    """An enquiry from Lahore whose product is anything."""
    given: dict[str, object] = {
        "want": Want.SELL, "sector": Sector.AGRICULTURE, "product": product, "country": Country.PAKISTAN,
        "city": Town("lahor", "lahore"), "name": "Sample Trader", "consent_at": NOW, "quantity": Decimal(25),
        "unit": Unit.TONNE, "phone": "+923001234567", "email": "trader@traders.example",
    }  # fmt: skip
    return Enquiry(**{**given, **changes})  # type: ignore[arg-type]  # a table of fields


@dataclass
class Chamber:
    """Desks and staff on a database of their own."""

    sessions: Sessions
    means: Means
    server: SmtpServer
    clock: Clock = field(default_factory=Clock)
    woken: list[Address] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def notices(self) -> Notices:
        """The work of one process."""
        server = MailServer.parse(f"smtp://127.0.0.1:{self.server.port}", "Saudagar <bot@chamber.example>")
        return Notices(self.sessions, self.means, server, self.woken.append, self.clock)

    async def desk(self, name: str, hours: int = 48) -> Desk:
        """Open a desk."""
        async with self.sessions.begin() as session:
            desk = Desk(name_en=name, name_ur="ڈیسک", name_fa="میز", answer_within=hours)
            session.add(desk)
        return desk

    async def member(
        self,
        login: str,
        *at: Desk,
        told: Choice = Choice.TELEGRAM,
        language: Language = Language.EN,
        role: Role = Role.OFFICER,
        **columns: object,
    ) -> StaffMember:
        """Add a member at these desks; his chat and his mailbox bear his login."""
        given: dict[str, object] = {
            "login": login, "name": login.title(), "role": role, "language": language, "notices": told,
            "email": f"{login}@chamber.example", "notice_channel": "telegram", "notice_identifier": login,
            "created_at": self.clock(),
        }  # fmt: skip
        async with self.sessions.begin() as session:
            member = StaffMember(**(given | columns))
            session.add(member)
            await session.flush()
            session.add_all(DeskStaff(desk_id=desk.id, staff_id=member.id) for desk in at)
        return member

    async def lead(self, desk: Desk, enquiry: Enquiry | None = None, **columns: object) -> Lead:
        """Let an enquiry come to a desk now."""
        async with self.sessions.begin() as session:
            number = next(self.numbers)
            trader = await traders.hold(session, Address("telegram", f"{number}"), self.clock())
            reference = f"PK-AGR-{number:04}"
            lead = await leads.open_lead(
                session, Sender(trader.id, "telegram", Language.EN), reference, enquiry or rice(), self.clock()
            )
            assert lead is not None
            lead.desk_id, lead.promised_at = desk.id, self.clock() + timedelta(hours=desk.answer_within)
            for name, value in columns.items():
                setattr(lead, name, value)
        return lead

    async def changes(self, lead: Lead, **columns: object) -> None:
        """Change a lead that is there."""
        async with self.sessions.begin() as session:
            held = await session.get_one(Lead, lead.id)
            for name, value in columns.items():
                setattr(held, name, value)

    async def told(self) -> dict[str, list[str]]:
        """What waits in the outbox, by chat, as plain text without invisible isolates."""
        async with self.sessions() as session:
            rows = (await session.scalars(select(Delivery).order_by(Delivery.id))).all()
        found: dict[str, list[str]] = {}
        for row in rows:
            message = OUTGOING.validate_python(row.message)
            shown = plain(layout(message.text, message.language)).translate(ISOLATES)
            found.setdefault(row.identifier, []).append(shown)
        return found


ISOLATES = str.maketrans("", "", "\u2068\u2069")


@pytest.fixture(scope="session")
def means() -> Means:
    """The real library and catalogues, with a public address."""
    return Means(load_voices(domain="admin"), load_voices(), load_library(NOW.date()), LEADS, mails=True)


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    """A mail server that takes everything, without encryption or sign-in."""
    server = SmtpServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def chamber(sessions: Sessions, means: Means, server: SmtpServer) -> Chamber:
    """An empty chamber with its general desk alone."""
    return Chamber(sessions, means, server)
