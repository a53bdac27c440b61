"""Introductions: asked once a pair, answered by the two traders alone, settled by both or by one refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.enquiry import Enquiry, LeadState, Want
from bot.message import Address
from bot.records import introductions, leads, traders
from bot.records.introductions import Introduction, IntroductionState
from bot.records.leads import EventKind, Lead, Sender
from bot.records.staff import Role, StaffMember
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from tests.admin.enquiries import BUYER, SELLER, buyer, seller
from tests.conftest import NOW

Sessions = async_sessionmaker[AsyncSession]
LATER = NOW + timedelta(hours=1)


async def sent(session: AsyncSession, reference: str, enquiry: Enquiry, chat: int) -> Lead:
    trader = await traders.hold(session, Address("telegram", str(chat)), NOW)
    lead = await leads.open_lead(session, Sender(trader.id, "telegram", Language.EN), reference, enquiry, NOW)
    assert lead
    return lead


async def introduced(session: AsyncSession) -> tuple[Introduction, Lead, Lead]:
    """A seller and a buyer who were asked by Gul."""
    own, other = await sent(session, "PK-AGR-2222", SELLER, 501), await sent(session, "IR-FOD-3333", BUYER, 502)
    gul = StaffMember(login="gul", name="Gul", role=Role.OFFICER, language=Language.EN, created_at=NOW)
    session.add(gul)
    await session.flush()
    asked = await introductions.ask(session, own, other, gul.id, NOW)
    assert asked
    return asked, own, other


async def details(session: AsyncSession, lead: Lead) -> list[Any]:
    return [event.details for event in await leads.events_of(session, lead.id) if event.kind is EventKind.INTRODUCTION]


async def test_a_pair_is_asked_once_whichever_comes_first(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        asked, own, other = await introduced(session)
        assert asked.state is IntroductionState.ASKED
        assert asked.staff_id
        assert await introductions.ask(session, other, own, asked.staff_id, LATER) is None
        assert await details(session, own) == [{"with": other.reference, "state": "asked"}]
        assert await details(session, other) == [{"with": own.reference, "state": "asked"}]


@pytest.mark.parametrize("first", ["own", "other"])
async def test_both_agree_in_either_order_and_are_matched(sessions: Sessions, first: str) -> None:
    async with sessions.begin() as session:
        asked, own, other = await introduced(session)
        one, two = (own, other) if first == "own" else (other, own)
        assert one.trader_id
        assert two.trader_id
        answered = await introductions.answer(session, asked.id, one.trader_id, NOW, agreed=True)
        assert answered
        assert answered.introduction.state is IntroductionState.ASKED
        assert (answered.own.id, answered.other.id) == (one.id, two.id)
        assert (await session.get_one(Lead, one.id)).state is LeadState.NEW
        answered = await introductions.answer(session, asked.id, two.trader_id, LATER, agreed=True)
        assert answered
        assert answered.introduction.state is IntroductionState.AGREED
        assert (answered.own.id, answered.other.id) == (two.id, one.id)
    async with sessions() as session:
        assert set(await session.scalars(select(Lead.state))) == {LeadState.MATCHED}
        assert [each["state"] for each in await details(session, own)] == ["asked", "asked", "agreed"]
        assert [each.get("by") for each in await details(session, other)] == [None, one.reference, two.reference]


async def test_a_refusal_ends_it_also_after_an_agreement(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        asked, own, other = await introduced(session)
        assert own.trader_id
        assert other.trader_id
        assert await introductions.answer(session, asked.id, own.trader_id, NOW, agreed=True)
        refused = await introductions.answer(session, asked.id, own.trader_id, NOW, agreed=False)
        assert refused
        assert refused.introduction.state is IntroductionState.REFUSED
        assert await introductions.answer(session, asked.id, other.trader_id, NOW, agreed=True) is None
        assert (await session.get_one(Lead, own.id)).state is LeadState.NEW


async def test_what_is_no_answer(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        asked, own, _ = await introduced(session)
        assert own.trader_id
        stranger = await traders.hold(session, Address("telegram", "503"), NOW)
        assert await introductions.answer(session, asked.id, stranger.id, NOW, agreed=True) is None
        assert await introductions.answer(session, asked.id + 1, own.trader_id, NOW, agreed=True) is None
        assert await introductions.answer(session, asked.id, own.trader_id, NOW, agreed=True)
        assert await introductions.answer(session, asked.id, own.trader_id, NOW, agreed=True) is None, "a second tap"
        assert len(await details(session, own)) == 2


async def test_a_withdrawn_lead_is_introduced_no_more(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        asked, own, other = await introduced(session)
        assert own.trader_id
        assert other.trader_id
        assert await leads.withdraw(session, own.trader_id, own.reference, NOW)
        assert await introductions.answer(session, asked.id, other.trader_id, NOW, agreed=True) is None


async def test_candidates_want_the_opposite_in_the_other_country_nearest_kinds_of_goods_first(
    sessions: Sessions,
) -> None:
    no_good = {"good": None, "chapter": None}
    rows = {
        "IR-AGR-2222": buyer(**no_good, sector=Sector.AGRICULTURE),
        "IR-FOD-3333": buyer(good="apple"),
        "IR-FOD-4444": BUYER,
        "IR-FOD-5555": buyer(**no_good),  # nothing in common
        "IR-FOD-6666": buyer(want=Want.SELL),
        "PK-FOD-7777": buyer(country=Country.PAKISTAN),
        "IR-FOD-8888": BUYER,  # closed below
        "IR-FOD-9999": BUYER,  # of the seller himself, below
    }
    async with sessions.begin() as session:
        own = await sent(session, "PK-AGR-2222", SELLER, 501)
        for number, (reference, enquiry) in enumerate(rows.items()):
            await sent(session, reference, enquiry, 501 if reference == "IR-FOD-9999" else 600 + number)
        (closed,) = await introductions.hold(session, "IR-FOD-8888")
        await leads.change_state(session, closed, LeadState.CLOSED, NOW, staff_id=None)
        await session.flush()
        found = await introductions.candidates(session, own)
        assert [lead.reference for lead in found] == ["IR-FOD-4444", "IR-FOD-3333", "IR-AGR-2222"]
        assert [lead.reference for lead in await introductions.candidates(session, own, limit=1)] == ["IR-FOD-4444"]


async def test_a_lead_without_good_finds_those_of_its_sector(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        own = await sent(session, "PK-AGR-2222", seller(good=None, chapter=None), 501)
        await sent(session, "IR-FOD-3333", buyer(good=None, chapter=None), 502)
        await sent(session, "IR-AGR-4444", buyer(good=None, chapter=None, sector=Sector.AGRICULTURE), 503)
        assert [lead.reference for lead in await introductions.candidates(session, own)] == ["IR-AGR-4444"]
