"""An enquiry through the whole service: from the trader's sentence to the desk, and back."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversation.turn import Counsel
from bot.delivery.drain import Drain
from bot.enquiry import LeadState
from bot.intake import Intake
from bot.message import Address, Incoming, Kind
from bot.records import leads
from bot.records.leads import Lead
from tests.conftest import NOW, Running
from tests.recording import Recording
from tests.test_intake import means_of
from tests.trader import Trader

Sessions = async_sessionmaker[AsyncSession]


async def leaves_an_enquiry(trader: Trader) -> str:
    """Type an enquiry as a trader would; return its reference."""
    await trader.types("I want to sell 20 tons of kinnow from Sargodha to Mashhad")
    await trader.reads("In which city is your business?")
    await trader.types("Sargodha")
    await trader.reads("Your name")
    await trader.types("Gul Sample")
    await trader.reads("company")
    await trader.taps("Skip")
    await trader.reads("reach you")
    await trader.types("0300 1234567")
    await trader.reads("e-mail address, too")
    await trader.taps("Skip")
    await trader.reads("Do you agree?")
    await trader.taps("✅")
    reply = await trader.reads("PK-AGR-")
    return reply.text[reply.text.index("PK-AGR-") :][:11]


async def on_telegram(running: Running) -> Trader:
    return running.on_telegram()


async def on_web(running: Running) -> Trader:
    return await running.on_web()


@pytest.mark.parametrize("arrives", [on_telegram, on_web], ids=["telegram", "web"])
async def test_an_enquiry_reaches_its_desk_and_is_withdrawn(running: Running, arrives: Callable[..., Any]) -> None:
    trader = await arrives(running)
    reference = await leaves_an_enquiry(trader)
    async with running.service.sessions() as session:
        lead = await leads.by_reference(session, reference)
    assert lead is not None
    assert (lead.good, lead.origin_city, lead.destination_city) == ("kinnow", "sargodha", "mashhad")
    assert lead.quantity == 20
    assert (lead.phone, lead.state) == ("+923001234567", LeadState.NEW)
    await trader.types("/enquiries")
    await trader.reads(reference)
    await trader.taps(reference)
    await trader.reads("the chamber has not begun yet")
    await trader.taps("Withdraw")
    await trader.reads("ithdraw")
    await trader.taps("Yes")
    await trader.reads("withdrawn")
    async with running.service.sessions() as session:
        assert await session.scalar(select(Lead.state).where(Lead.reference == reference)) is LeadState.WITHDRAWN


async def test_to_be_forgotten_withdraws_and_empties_the_enquiry(running: Running) -> None:
    trader = running.on_telegram()
    reference = await leaves_an_enquiry(trader)
    await trader.types("/forget")
    await trader.reads("delete")
    await trader.taps("Yes")
    await trader.reads("deleted")
    async with running.service.sessions() as session:
        lead = await leads.by_reference(session, reference)
        assert lead is not None
        words = await session.scalar(select(Lead.words))
    assert (lead.name, lead.phone, lead.trader_id, lead.state) == ("", None, None, LeadState.WITHDRAWN)
    assert "gul" not in str(words)


async def test_a_reference_that_is_taken_is_drawn_again(sessions: Sessions, counsel: Counsel) -> None:
    letters = itertools.chain(["2222", "2222", "3333"], itertools.repeat("4444"))
    channel = Recording()
    drain = Drain(sessions, {channel.name: channel}, lambda: NOW)
    drawn = replace(counsel, letters=lambda: next(letters))
    intake = Intake(sessions, drawn, drain, means_of(counsel), lambda: NOW)
    for chat in ("1", "2"):
        await leaves_by_intake(intake, channel, Address("recording", chat))
    async with sessions() as session:
        references = (await session.scalars(select(Lead.reference).order_by(Lead.id))).all()
    assert references == ["PK-AGR-2222", "PK-AGR-3333"]


async def leaves_by_intake(intake: Intake, channel: Recording, address: Address) -> None:
    """Leave an enquiry on the channel of the tests."""
    said = (
        "I want to sell 20 tons of kinnow from Sargodha to Mashhad",
        "Sargodha",
        "Gul Sample",
        "skip",
        "0300 1234567",
        "skip",
    )
    for number, text in enumerate(said):
        await intake.receive(Incoming(address, f"{number}", text=text))
    await intake.settle()
    buttons = [choice for _, message in channel.sent for row in message.choices for choice in row]
    (agree,) = {choice.data for choice in buttons if "✅" in choice.label and choice.data.startswith("enquire:")}
    await intake.receive(Incoming(address, "agree", Kind.TAP, data=agree))
    await intake.settle()
