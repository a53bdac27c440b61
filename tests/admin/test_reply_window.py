"""Writing to a trader on WhatsApp: the time that is left, and what the pages offer once it has passed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.app import build
from bot.conversation.turn import Counsel
from bot.delivery import halts
from bot.delivery.outbox import Delivery, DeliveryState
from bot.message import Address
from bot.records import leads, traders
from bot.records.desks import Desk
from bot.records.leads import Sender
from bot.records.questions import Question
from bot.records.staff import Role
from bot.settings import Settings
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.admin.enquiries import SELLER
from tests.admin.test_lead import said
from tests.conftest import NOW, serving
from tests.officer import Officer, PageSeen
from tests.servers.bot_api import BotApi
from tests.servers.graph_api import GraphApi
from tests.trader import WhatsAppTrader

REFERENCE = "PK-AGR-2222"
PAGE = f"/leads/{REFERENCE}"
APPROVED = {"name": "saudagar_lead_update_1", "language": "en", "status": "APPROVED"}


@dataclass
class Desktop:
    """An office with WhatsApp, one lead of a trader there, an officer, and a clock that stands until it is moved."""

    office: Office
    browser: Officer
    trader: WhatsAppTrader
    graph_api: GraphApi
    hours: list[datetime] = field(default_factory=lambda: [NOW])

    async def passes(self, hours: int) -> None:
        """Put the clock on; the officer has to sign in again."""
        self.hours[0] += timedelta(hours=hours)
        self.browser = await self.office.signed_in("gul")

    async def replies(self, text: str) -> PageSeen:
        """Fill the reply box of the page and send it."""
        return await self.browser.sends(await self.browser.opens(PAGE), "/reply", text=text)

    async def until(self, state: DeliveryState) -> Delivery:
        """Wait until a message is in this state."""
        async with asyncio.timeout(15):
            while True:
                async with self.office.sessions() as session:
                    found: Delivery | None = await session.scalar(select(Delivery).where(Delivery.state == state))
                    if found:
                        return found
                await asyncio.sleep(0.02)


@pytest.fixture
async def desktop(
    counsel: Counsel, database_address: str, bot_api: BotApi, graph_api: GraphApi, whatsapp_settings: Settings
) -> AsyncIterator[Desktop]:
    hours = [NOW]
    graph_api.clock = lambda: hours[0].timestamp()  # noqa: PLW0108  (of another hour each time)
    service = build(whatsapp_settings, counsel, database_address, now=lambda: hours[0])
    async with serving(service, bot_api, graph_api) as running:
        office = Office(running, service.sessions)
        trader = running.on_whatsapp()
        await trader.types("/language")
        await trader.reads("Choose your language")
        await running.service.intake.settle()
        async with office.sessions.begin() as session:
            held = await traders.hold(session, Address("whatsapp", trader.number or ""), NOW)
            assert await leads.open_lead(session, Sender(held.id, "whatsapp", Language.EN), REFERENCE, SELLER, NOW)
            desk = (await session.scalars(select(Desk).where(Desk.general))).one()
        await office.member("gul", Role.OFFICER, desk)
        try:
            yield Desktop(office, await office.signed_in("gul"), trader, graph_api, hours)
        finally:
            for officer in office.officers:
                await officer.closes()


async def test_within_the_window_the_time_left_is_shown(desktop: Desktop) -> None:
    await desktop.passes(3)
    shown = said((await desktop.browser.opens(PAGE)).html)
    assert "WhatsApp takes what you write until" in shown
    assert "in 21 hours" in shown
    assert (await desktop.replies("We have a buyer.")).location == f"/admin{PAGE}?done=sent"
    await desktop.trader.reads("We have a buyer.")


async def test_after_it_the_text_waits_and_the_template_goes_out(desktop: Desktop) -> None:
    desktop.graph_api.templates.append(APPROVED)
    await desktop.passes(24)
    page = said((await desktop.browser.opens(PAGE)).html)
    assert "too long ago for WhatsApp" in page
    assert "Ask him to read it" in page
    assert (await desktop.replies("We have a buyer.")).location == f"/admin{PAGE}?done=kept"
    assert "kept for the trader" in (await desktop.browser.opens(f"{PAGE}?done=kept")).html
    await desktop.trader.reads("template saudagar_lead_update_1")
    await desktop.until(DeliveryState.WAITING)
    assert "he was asked to, and has not read it yet" in (await desktop.browser.opens(f"{PAGE}/timeline")).html
    await desktop.trader.taps("Read it")
    await desktop.trader.reads("We have a buyer.")


async def test_a_template_that_is_not_approved_is_shown_with_the_platforms_reason(desktop: Desktop) -> None:
    await desktop.passes(24)
    await desktop.replies("We have a buyer.")
    await desktop.until(DeliveryState.WAITING)
    shown = said((await desktop.browser.opens(f"{PAGE}/timeline")).html)
    assert "asking him to did not succeed" in shown
    assert "132001" in shown


async def test_the_page_of_a_question_says_it_too(desktop: Desktop) -> None:
    await desktop.trader.types("🙂")
    await desktop.trader.reads("keep your question for the staff")
    async with desktop.office.sessions() as session:
        question = (await session.scalars(select(Question.id))).one()
    await desktop.passes(24)
    assert "too long ago for WhatsApp" in (await desktop.browser.opens(f"/questions/{question}")).html


async def test_the_overview_says_that_a_channel_takes_nothing(desktop: Desktop) -> None:
    assert "takes no message from us" not in (await desktop.browser.opens("/")).html
    async with desktop.office.sessions.begin() as session:
        await halts.halt(session, "whatsapp", "131048: SpamRateLimitHit", NOW)
    shown = said((await desktop.browser.opens("/")).html)
    assert "WhatsApp takes no message from us since" in shown
    assert "131048: SpamRateLimitHit" in shown
