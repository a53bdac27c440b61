"""Introducing two traders: what is offered, who is asked what, and what each learns of the other before and after."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from bot.app import Service
from bot.delivery import introducing
from bot.enquiry import Enquiry, LeadState
from bot.message import Address
from bot.records import introductions, leads, traders
from bot.records.audit import AuditEntry
from bot.records.desks import Desk
from bot.records.introductions import Introduction
from bot.records.leads import EventKind, Lead
from bot.records.staff import Role
from bot.wording import load_voices
from knowledge.cities import Country
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.admin.enquiries import BUYER, SELLER, buyer, seller
from tests.admin.test_lead import said
from tests.conftest import NOW
from tests.officer import Officer, PageSeen
from tests.trader import TelegramTrader

OWN, OTHER = "PK-AGR-2222", "IR-FOD-3333"
PAGE = f"/leads/{OWN}"
SECRETS = {  # what names each, and must not reach the other before both agree
    "seller": ("Gul Example", "Example Fruits", "3001234567", "gul@example.com"),
    "buyer": ("Bahar Namuneh", "9121234567"),
}


@dataclass
class Pair:
    """A seller and a buyer whose leads fit, and an officer of the seller's desk who is signed in."""

    office: Office
    own: Lead
    other: Lead
    browser: Officer

    async def asks(self) -> PageSeen:
        """Open the seller's page and press the button under the first match."""
        return await self.browser.sends(await self.browser.opens(PAGE), "/introduce")

    async def answers(self, lead: Lead, *, agreed: bool) -> None:
        """Answer as a trader by his button would, and send what that comes to."""
        service: Service = self.office.running.service
        async with self.office.sessions.begin() as session:
            introduction = (await session.scalars(select(Introduction))).one()
            assert lead.trader_id
            answered = await introductions.answer(session, introduction.id, lead.trader_id, NOW, agreed=agreed)
            assert answered
            woken = await introducing.conclude(session, answered, NOW, load_voices())
        for address in woken:
            service.intake.wake(address)
        await service.intake.settle()

    def seller(self) -> TelegramTrader:
        """The trader of the lead at hand."""
        return self.office.running.on_telegram(501)

    def buyer(self) -> TelegramTrader:
        """The other one; he writes in Persian."""
        return self.office.running.on_telegram(502)


@pytest.fixture
async def pair(office: Office) -> Pair:
    """Two leads at the general desk."""
    own = await office.lead(OWN, SELLER)
    other = await office.lead(OTHER, BUYER, chat=502, language=Language.FA)
    async with office.sessions() as session:
        desk = (await session.scalars(select(Desk).where(Desk.general))).one()
    await office.member("gul", Role.OFFICER, desk)
    return Pair(office, own, other, await office.signed_in("gul"))


def told(office: Office, chat: int) -> str:
    """Everything that the bot wrote to a chat."""
    calls = office.running.bot_api.calls
    return "\n".join(str(call.get("text", "")) for _, call in calls if str(call.get("chat_id")) == str(chat))


async def test_what_fits_is_shown_with_the_reasons(pair: Pair) -> None:
    shown = said((await pair.browser.opens(PAGE)).html)
    for words in (
        OTHER, "fits very well", "same good: Kinnow", "quantity: 20 of 25 tonnes", "Mashhad", "Iran", "Bahar Namuneh",
    ):  # fmt: skip
        assert words in shown, words


async def test_of_another_desks_lead_only_what_is_needed_is_shown(pair: Pair) -> None:
    quetta = await pair.office.desk()
    async with pair.office.sessions.begin() as session:
        (lead,) = await introductions.hold(session, OTHER)
        lead.desk_id = quetta.id
    page = await pair.browser.opens(PAGE)
    assert "At another desk: Quetta desk" in page.html
    assert "Mashhad" in page.html
    for secret in (*SECRETS["buyer"], f'href="/admin/leads/{OTHER}"'):
        assert secret not in page.html
    assert (await pair.asks()).status == 303
    for secret in SECRETS["buyer"]:
        assert secret not in (await pair.browser.opens(PAGE)).html


async def test_both_are_asked_in_their_language_and_neither_learns_who_the_other_is(pair: Pair) -> None:
    assert (await pair.asks()).location == f"/admin{PAGE}?done=asked"
    question = await pair.seller().reads("has found a trader who may fit")
    assert "Kinnow" in question.text
    assert "25,000" in question.text
    assert "Mashhad" in question.text
    assert len(question.buttons) == 2
    asked = await pair.buyer().reads(OTHER)
    assert "کینو" in asked.text
    for secret in SECRETS["buyer"]:
        assert secret not in told(pair.office, 501)
    for secret in SECRETS["seller"]:
        assert secret not in told(pair.office, 502)
    shown = said((await pair.browser.opens(PAGE)).html)
    assert "Asked, not both have answered" in shown
    assert "The trader of this enquiry has not answered yet." in shown
    assert "The other trader has not answered yet." in shown
    assert "The bot asked the trader about being introduced to" in shown
    async with pair.office.sessions() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "lead.introduced"))).one()
    assert (entry.subject, entry.details) == (OWN, {"to": OTHER})


async def test_what_the_trader_typed_is_no_part_of_the_question_to_the_other(pair: Pair) -> None:
    await pair.office.lead("IR-FOD-4444", buyer(product="call Bahar Namuneh 9121234567", good=None), chat=503)
    page = await pair.browser.opens(PAGE)
    form = page.form("/introduce").fields | {"other": "IR-FOD-4444"}
    assert (await pair.browser.posts(f"{PAGE}/introduce", form)).status == 303
    question = await pair.seller().reads("has found a trader who may fit")
    assert "fruit" in question.text.lower()
    for secret in SECRETS["buyer"]:
        assert secret not in question.text


@pytest.mark.parametrize("first", ["seller", "buyer"])
async def test_both_agree_and_each_gets_the_others_card(pair: Pair, first: str) -> None:
    await pair.asks()
    order = (pair.own, pair.other) if first == "seller" else (pair.other, pair.own)
    await pair.answers(order[0], agreed=True)
    assert not any(secret in told(pair.office, 501) for secret in SECRETS["buyer"])
    assert not any(secret in told(pair.office, 502) for secret in SECRETS["seller"])
    shown = said((await pair.browser.opens(PAGE)).html)
    assert ("The trader of this enquiry agreed on" in shown) is (first == "seller")
    assert ("The other trader agreed on" in shown) is (first == "buyer")
    await pair.answers(order[1], agreed=True)
    card = await pair.seller().reads("You are introduced")
    assert "Bahar Namuneh" in card.text
    assert "+98 912 123 4567" in card.text
    assert "25,000" in card.text
    others_card = await pair.buyer().reads("Gul Example")
    assert "20,000" not in others_card.text
    async with pair.office.sessions() as session:
        assert set(await session.scalars(select(Lead.state))) == {LeadState.MATCHED}
    shown = said((await pair.browser.opens(PAGE)).html)
    assert "Both agreed, cards sent" in shown
    assert f"The bot sent the trader the card of {OTHER}" in shown


async def test_the_buttons_under_the_question_lead_to_the_cards(pair: Pair) -> None:
    await pair.asks()
    seller, other = pair.seller(), pair.buyer()
    await seller.reads("has found a trader who may fit")
    await other.reads(OTHER)
    await seller.taps("Yes, introduce us")
    await seller.reads("If the other trader agrees as well")
    await other.taps("بله")
    await seller.reads("Bahar Namuneh")
    await other.reads("Gul Example")


@pytest.mark.parametrize("refuses", ["seller", "buyer"])
async def test_a_refusal_ends_it_and_names_are_never_shown(pair: Pair, refuses: str) -> None:
    await pair.asks()
    lead = pair.own if refuses == "seller" else pair.other
    await pair.answers(lead, agreed=False)
    hears = 502 if refuses == "seller" else 501
    news = await pair.office.running.on_telegram(hears).reads(OTHER if refuses == "seller" else OWN)
    assert news
    assert told(pair.office, hears).count("\n") > told(pair.office, 1003 - hears).count("\n"), "the other alone is told"
    assert not any(secret in told(pair.office, 501) for secret in SECRETS["buyer"])
    assert not any(secret in told(pair.office, 502) for secret in SECRETS["seller"])
    page = await pair.browser.opens(PAGE)
    assert "does not want to be introduced" in said(page.html)
    assert not [form for form in page.forms if form.action.endswith("/introduce")]


async def test_who_was_asked_is_not_asked_again(pair: Pair) -> None:
    page = await pair.browser.opens(PAGE)
    await pair.asks()
    again = await pair.browser.sends(page, "/introduce")
    assert (again.status, "asked before" in again.html) == (409, True)
    async with pair.office.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Introduction)) == 1


@pytest.mark.parametrize(
    ("how", "words"),
    [
        pytest.param("withdrawn", "not open any more", id="withdrawn"),
        pytest.param("forgotten", "not open any more", id="forgotten"),
        pytest.param("gone", "The other trader cannot be asked in the chat", id="gone"),
        pytest.param("not in chat", "The other trader cannot be asked in the chat", id="not in chat"),
        pytest.param("own gone", "The trader of this enquiry cannot be asked in the chat", id="own trader gone"),
        pytest.param("same trader", "of the same trader", id="same trader"),
    ],
)
async def test_what_cannot_be_introduced_is_said_plainly(pair: Pair, how: str, words: str) -> None:
    page = await pair.browser.opens(PAGE)
    async with pair.office.sessions.begin() as session:
        own, other = sorted(await introductions.hold(session, OWN, OTHER), key=lambda lead: lead.reference != OWN)
        assert own.trader_id
        assert other.trader_id
        match how:
            case "withdrawn":
                await leads.withdraw(session, other.trader_id, OTHER, NOW)
            case "forgotten":
                trader = other.trader_id
                await leads.forget(session, trader, NOW)
                await traders.forget(session, trader)
            case "gone":
                await traders.mark_gone(session, Address("telegram", "502"), NOW)
            case "own gone":
                await traders.mark_gone(session, Address("telegram", "501"), NOW)
            case "not in chat":
                other.in_chat = False
            case "same trader":
                other.trader_id = own.trader_id
    seen = await pair.browser.sends(page, "/introduce")
    assert (seen.status, words in seen.html) == (409, True)
    async with pair.office.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Introduction)) == 0


@pytest.mark.parametrize(
    "enquiry",
    [
        pytest.param(seller(), id="another seller"),
        pytest.param(buyer(country=Country.PAKISTAN), id="of the same country"),
    ],
)
async def test_what_makes_no_deal_is_refused(pair: Pair, enquiry: Enquiry) -> None:
    await pair.office.lead("IR-FOD-5555", enquiry, chat=505)
    form = (await pair.browser.opens(PAGE)).form("/introduce").fields
    for other in ("IR-FOD-5555", OWN, "IR-FOD-9999"):
        assert (await pair.browser.posts(f"{PAGE}/introduce", form | {"other": other})).status == 409
    async with pair.office.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Introduction)) == 0


async def test_an_introduction_whose_lead_was_closed_is_shown_as_ended(pair: Pair) -> None:
    await pair.asks()
    async with pair.office.sessions.begin() as session:
        (other,) = await introductions.hold(session, OTHER)
        await leads.change_state(session, other, LeadState.CLOSED, NOW, staff_id=None)
    assert "Ended: one of the two enquiries is not open any more." in said((await pair.browser.opens(PAGE)).html)


async def test_two_officers_who_introduce_the_same_pair_at_once_ask_once(pair: Pair) -> None:
    there = await pair.browser.opens(PAGE)
    back = await pair.browser.opens(f"/leads/{OTHER}")
    seen = await asyncio.gather(pair.browser.sends(there, "/introduce"), pair.browser.sends(back, "/introduce"))
    assert sorted(each.status for each in seen) == [303, 409]
    async with pair.office.sessions() as session:
        events = await leads.events_of(session, pair.own.id)
    assert [event.kind for event in events].count(EventKind.INTRODUCTION) == 1
