"""The page of a lead: what it shows, what staff do there, what reaches the trader, what is said where nothing can."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.timeline import Look
from bot.delivery.outbox import Delivery, DeliveryState
from bot.enquiry import LeadState
from bot.message import Address
from bot.records import leads, traders
from bot.records.audit import AuditEntry
from bot.records.desks import Desk
from bot.records.leads import EventKind, Lead, LeadEvent
from bot.records.staff import Role, StaffMember
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.admin.enquiries import SELLER, seller
from tests.conftest import NOW
from tests.officer import Officer, PageSeen
from tests.servers.bot_api import Failure

REFERENCE = "PK-AGR-2222"
PAGE = f"/leads/{REFERENCE}"


@dataclass
class Work:
    """An office with one lead at its general desk, and an officer of that desk who is signed in."""

    office: Office
    desk: Desk
    gul: StaffMember
    browser: Officer

    async def lead(self) -> Lead:
        """The lead as it stands."""
        async with self.office.sessions() as session:
            lead = await leads.by_reference(session, REFERENCE)
        assert lead
        return lead

    async def events(self, *kinds: EventKind) -> list[LeadEvent]:
        """What happened to it."""
        async with self.office.sessions() as session:
            events = await leads.events_of(session, (await self.lead()).id)
        return [event for event in events if event.kind in kinds]

    async def audited(self) -> list[str]:
        """What was written down of the officers' changes."""
        async with self.office.sessions() as session:
            query = select(AuditEntry.action).where(AuditEntry.subject == REFERENCE).order_by(AuditEntry.id)
            return list(await session.scalars(query))

    async def changes(self, action: str, **fields: str) -> PageSeen:
        """Open the page, fill one of its forms, and send it."""
        return await self.browser.sends(await self.browser.opens(PAGE), action, **fields)


@pytest.fixture
async def work(office: Office) -> Work:
    """A lead of a trader on Telegram, at the general desk."""
    await office.lead(REFERENCE, SELLER)
    async with office.sessions() as session:
        desk = (await session.scalars(select(Desk).where(Desk.general))).one()
    gul = await office.member("gul", Role.OFFICER, desk)
    return Work(office, desk, gul, await office.signed_in("gul"))


def said(html: str) -> str:
    """A page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_the_page_shows_the_enquiry(work: Work) -> None:
    seen = await work.browser.opens(PAGE)
    assert seen.status == 200
    for shown in (
        "kinnow, first grade", "20 tonnes", "Gul Example", "Example Fruits", "Sargodha", "Pakistan", "Agriculture",
        "+92 300 1234567", 'href="tel:+923001234567"', 'href="mailto:gul@example.com"', "Telegram", "English",
        "08 Fruit", "General desk", "nobody yet", "The enquiry came in, to this desk: General desk",
    ):  # fmt: skip
        assert shown in seen.html, shown


@pytest.mark.parametrize(
    ("hours", "answered", "shown"), [(1, False, False), (49, False, True), (49, True, False)]
)  # of the 48 that are promised
async def test_a_promise_that_has_passed_is_marked(work: Work, hours: int, answered: bool, shown: bool) -> None:
    async with work.office.sessions.begin() as session:
        lead = await leads.by_reference(session, REFERENCE, lock=True)
        assert lead
        lead.promised_at = NOW + timedelta(hours=48 - hours)
        if answered:
            await leads.change_state(session, lead, LeadState.CONTACTED, NOW, staff_id=work.gul.id)
    assert ("overdue" in said((await work.browser.opens(PAGE)).html)) is shown


async def test_hostile_words_are_shown_as_they_were_typed(office: Office, work: Work) -> None:
    script = "<script>alert(1)</script>"
    enquiry = seller(product=script, name=script, company="x" * 80, email="a?cc=b@example.com")
    await office.lead("PK-AGR-3333", enquiry, chat=502)
    await work.changes("/note", note=script)
    for page in (await work.browser.opens("/leads/PK-AGR-3333"), await work.browser.opens(PAGE)):
        assert script not in page.html
        assert "&lt;script&gt;" in page.html
    assert "mailto:a%3Fcc%3Db@example.com" in (await work.browser.opens("/leads/PK-AGR-3333")).html


@pytest.mark.parametrize("language", Language)
async def test_the_page_stands_in_every_language(work: Work, language: Language) -> None:
    async with work.office.sessions.begin() as session:
        (await session.get_one(StaffMember, work.gul.id)).language = language
    seen = await work.browser.opens(PAGE)
    assert seen.status == 200
    assert f'lang="{language}"' in seen.html


async def test_a_reply_reaches_the_trader_as_typed(work: Work) -> None:
    trader = work.office.running.on_telegram()
    text = "We have a buyer. *Price* per_ton?\r\n1. <b>cash</b> & [link](http://example.com)"
    seen = await work.changes("/reply", text=text)
    assert seen.location == f"/admin{PAGE}?done=sent"
    letter = await trader.reads(REFERENCE)
    assert "*Price* per_ton?\n1. &lt;b&gt;cash&lt;/b&gt; &amp; [link](http://example.com)" in letter.text
    lead = await work.lead()
    assert (lead.state, lead.answered_at) == (LeadState.CONTACTED, NOW)
    (event,) = await work.events(EventKind.TO_TRADER)
    assert (event.text, event.staff_id) == (text.replace("\r\n", "\n"), work.gul.id)
    assert event.delivery_id
    assert await work.audited() == ["lead.answered"]
    assert "Your message is on its way" in (await work.browser.opens(f"{PAGE}?done=sent")).html


async def test_the_traders_answer_comes_back_into_the_timeline(work: Work) -> None:
    async with work.office.sessions.begin() as session:
        trader_id = (await work.lead()).trader_id
        assert trader_id
        await traders.remember(session, trader_id, {"language": "en", "has_enquiries": True})
    trader = work.office.running.on_telegram()
    await work.changes("/reply", text="We have a buyer.")
    await trader.reads("We have a buyer.")
    await trader.taps("Answer")
    await trader.reads("Write your message about")
    await trader.types("300 dollars\nper ton")
    await trader.reads("Sent to the chamber")
    html = (await work.browser.opens(f"{PAGE}/timeline")).html
    assert '<p class="words" dir="auto">300 dollars\nper ton</p>' in html
    assert f'class="{Look.TRADER}"' in html
    assert "<html" not in html
    assert (await work.lead()).heard_at == NOW


TOO_LONG = Failure.refusal(400, "Bad Request: message is too long")
BLOCKED = Failure.refusal(403, "Forbidden: bot was blocked by the user")
BUSY = Failure.refusal(429, "Too Many Requests", retry_after=60)


@pytest.mark.parametrize(
    ("answers", "shown", "state"),
    [
        pytest.param([], "Sent", DeliveryState.SENT, id="sent"),
        pytest.param([TOO_LONG], "Not delivered", DeliveryState.FAILED, id="refused"),
        pytest.param([BLOCKED], "cannot be reached", DeliveryState.GONE, id="gone"),
        pytest.param([BUSY], "Waiting", DeliveryState.QUEUED, id="waits"),
    ],
)
async def test_how_far_a_reply_has_come_is_shown(
    work: Work, answers: list[Failure], shown: str, state: DeliveryState
) -> None:
    work.office.running.bot_api.scripted["sendMessage"].extend(answers)
    await work.changes("/reply", text="We have a buyer.")
    await work.office.running.service.intake.settle()
    async with work.office.sessions() as session:
        assert await session.scalar(select(Delivery.state)) is state
    assert shown in said((await work.browser.opens(f"{PAGE}/timeline")).html)


async def test_what_is_empty_or_too_long_is_told_and_kept(work: Work) -> None:
    for action, field, most in (("/reply", "text", 2000), ("/note", "note", 4000), ("/desk", "why", 500)):
        await work.office.desk(f"Desk for {field}")
        empty = await work.changes(action, **{field: "  \r\n "})
        assert (empty.status, "Please write something first" in empty.html) == (422, True)
        long = await work.changes(action, **{field: "ک" * (most + 1)})
        assert (long.status, f"at most {most} letters" in long.html) == (422, True)
        assert long.form(action).fields[field] == "ک" * (most + 1)
    assert await work.audited() == []


async def test_a_reply_waits_where_something_was_written_meanwhile_and_its_text_is_kept(work: Work) -> None:
    page = await work.browser.opens(PAGE)
    async with work.office.sessions.begin() as session:
        lead = await work.lead()
        assert lead.trader_id
        await leads.hear(session, lead.trader_id, REFERENCE, "no longer for sale", NOW)
    seen = await work.browser.sends(page, "/reply", text="We have a buyer.")
    assert seen.status == 409
    assert "something was written or changed here meanwhile" in seen.html
    assert "no longer for sale" in seen.html
    assert seen.form("/reply").fields["text"] == "We have a buyer."
    assert await work.events(EventKind.TO_TRADER) == []
    assert (await work.browser.sends(seen, "/reply")).status == 303, "having read it, one may send"


async def test_a_note_of_a_colleague_keeps_no_reply_back(work: Work) -> None:
    page = await work.browser.opens(PAGE)
    await work.changes("/note", note="He calls back on Monday.")
    assert (await work.browser.sends(page, "/reply", text="We have a buyer.")).status == 303


async def test_a_note_stays_with_the_staff(work: Work) -> None:
    seen = await work.changes("/note", note="Asks a fair price.\0")
    assert seen.location == f"/admin{PAGE}?done=noted"
    (event,) = await work.events(EventKind.NOTE)
    assert (event.text, event.delivery_id) == ("Asks a fair price.", None)
    assert "Asks a fair price." in (await work.browser.opens(PAGE)).html
    assert await work.audited() == ["lead.noted"]
    assert (await work.lead()).state is LeadState.NEW


@pytest.mark.parametrize(
    ("how", "told"),
    [
        pytest.param("not in chat", "does not want to be written to in the chat", id="not in chat"),
        pytest.param("gone", "blocked the bot", id="gone"),
        pytest.param("withdrawn", "withdrew this enquiry", id="withdrawn"),
        pytest.param("forgotten", "wanted to be forgotten", id="forgotten"),
    ],
)
async def test_who_cannot_be_written_to_is_said_and_nothing_sent(work: Work, how: str, told: str) -> None:
    page = await work.browser.opens(PAGE)
    async with work.office.sessions.begin() as session:
        lead = await leads.by_reference(session, REFERENCE, lock=True)
        assert lead
        assert lead.trader_id
        match how:
            case "not in chat":
                lead.in_chat = False
            case "gone":
                await traders.mark_gone(session, Address("telegram", "501"), NOW)
            case "withdrawn":
                await leads.withdraw(session, lead.trader_id, REFERENCE, NOW)
            case "forgotten":
                trader = lead.trader_id
                await leads.forget(session, trader, NOW)
                await traders.forget(session, trader)
    after = await work.browser.opens(PAGE)
    assert told in said(after.html)
    assert not [form for form in after.forms if form.action.endswith("/reply")]
    seen = await work.browser.sends(page, "/reply", text="We have a buyer.")
    assert seen.status == 409
    assert "Nothing was sent." in seen.html
    assert "We have a buyer." in seen.html
    assert await work.events(EventKind.TO_TRADER) == []


async def test_a_forgotten_trader_leaves_no_words(work: Work) -> None:
    await work.changes("/reply", text="We have a buyer in Mashhad.")
    async with work.office.sessions.begin() as session:
        trader = (await work.lead()).trader_id
        assert trader
        await leads.forget(session, trader, NOW)
        await traders.forget(session, trader)
    html = (await work.browser.opens(PAGE)).html
    for gone in ("Gul Example", "+92 300", "buyer in Mashhad", "gul@example.com"):
        assert gone not in html
    assert "were deleted with the trader" in html


@pytest.mark.parametrize(
    ("to", "tell", "told"),
    [
        pytest.param("contacted", "yes", None, id="contacted is for the staff"),
        pytest.param("matched", "yes", "a partner was found", id="matched"),
        pytest.param("closed", "yes", "done", id="closed"),
        pytest.param("declined", "yes", "cannot help", id="declined"),
        pytest.param("declined", "", None, id="quietly"),
    ],
)
async def test_a_new_state_is_told_where_it_concerns_the_trader(
    work: Work, to: str, tell: str, told: str | None
) -> None:
    seen = await work.changes("/state", to=to, tell=tell)
    assert seen.location == f"/admin{PAGE}?done={'told' if told else 'saved'}"
    assert (await work.lead()).state == to
    if told:
        await work.office.running.on_telegram().reads(told)
    assert len(await work.events(EventKind.TO_TRADER)) == (1 if told else 0)
    assert await work.audited() == ["lead.state_changed"]


async def test_only_possible_states_are_offered_and_taken(work: Work) -> None:
    page = await work.browser.opens(PAGE)
    offered = [button["value"] for button in page.form("/state").buttons]
    assert offered == ["contacted", "matched", "closed", "declined"]
    assert (await work.browser.sends(page, "/state", to="withdrawn")).status == 409
    assert (await work.browser.sends(page, "/state", to="nonsense")).status == 409
    assert (await work.browser.sends(page, "/state", to="closed")).status == 303
    closed = await work.browser.opens(PAGE)
    assert [button["value"] for button in closed.form("/state").buttons] == ["contacted"]
    assert "Open it again" in closed.html
    assert not [form for form in closed.forms if form.action.endswith("/assignee")]


async def test_one_who_was_slower_is_told_and_changes_nothing(work: Work) -> None:
    page = await work.browser.opens(PAGE)
    await work.changes("/state", to="contacted")
    slower = await work.browser.sends(page, "/state", to="declined")
    assert (slower.status, "Somebody was quicker" in slower.html) == (409, True)
    assert (await work.lead()).state is LeadState.CONTACTED
    await work.changes("/assignee")
    assert (await work.browser.sends(page, "/assignee")).status == 409
    desk = await work.office.desk()
    elsewhere = await work.office.desk("Lahore desk")
    async with work.office.sessions.begin() as session:
        lead = await leads.by_reference(session, REFERENCE, lock=True)
        assert lead
        await leads.move(session, lead, desk, NOW, staff_id=work.gul.id)
    admin = await work.office.member("chief", Role.ADMIN)
    assert admin
    chief = await work.office.signed_in("chief")
    old = await chief.opens(PAGE)
    fields = old.form("/desk").fields | {"was": str(work.desk.id), "to": str(elsewhere.id), "why": "nearer"}
    late = await chief.posts(f"{PAGE}/desk", fields)
    assert (late.status, late.form("/desk").fields["why"]) == (409, "nearer")


async def test_a_lead_is_taken_handed_over_and_left(work: Work) -> None:
    ali = await work.office.member("ali", Role.OFFICER, work.desk)
    await work.office.member("rana", Role.READER, work.desk)
    stranger = await work.office.member("stranger", Role.OFFICER)
    assert (await work.changes("/assignee")).status == 303  # the first button: I take it
    assert (await work.lead()).assignee_id == work.gul.id
    page = await work.browser.opens(PAGE)
    assert "Ali" in page.html
    assert "Rana" not in page.html
    seen = await work.browser.posts(f"{PAGE}/assignee", page.form("/assignee").fields | {"to": str(stranger.id)})
    assert (seen.status, "does not work at this desk" in seen.html) == (409, True)
    for to in (str(ali.id), ""):
        assert (await work.changes("/assignee", to=to)).status == 303
        assert (await work.lead()).assignee_id == (ali.id if to else None)
    html = said((await work.browser.opens(PAGE)).html)
    for line in ("Gul works on it now", "Ali works on it now", "Nobody works on it now"):
        assert line in html
    assert await work.audited() == ["lead.assigned"] * 3


async def test_a_moved_lead_keeps_its_promise_and_leaves_the_desk_with_a_reason(work: Work) -> None:
    quetta = await work.office.desk(hours=4)
    await work.changes("/assignee")
    promised = (await work.lead()).promised_at
    seen = await work.changes("/desk", to=str(quetta.id), why="They speak Balochi there")
    assert seen.location == "/admin/leads?done=moved"
    lead = await work.lead()
    assert (lead.desk_id, lead.assignee_id, lead.promised_at) == (quetta.id, None, promised)
    assert (await work.browser.opens(PAGE)).status == 404, "it is at a desk that is not his"
    await work.office.member("balach", Role.OFFICER, quetta)
    html = said((await (await work.office.signed_in("balach")).opens(PAGE)).html)
    assert "Moved from General desk to Quetta desk" in html
    assert "They speak Balochi there" in html
    assert await work.audited() == ["lead.assigned", "lead.moved"]


async def test_a_lead_goes_to_no_desk_that_is_gone(work: Work) -> None:
    quetta = await work.office.desk()
    page = await work.browser.opens(PAGE)
    async with work.office.sessions.begin() as session:
        await session.delete(await session.get_one(Desk, quetta.id))
    seen = await work.browser.sends(page, "/desk", to=str(quetta.id), why="nearer")
    assert (seen.status, "no such desk" in seen.html) == (409, True)
    assert (await work.lead()).desk_id == work.desk.id


async def test_a_reader_sees_everything_and_has_no_forms(work: Work) -> None:
    await work.changes("/note", note="Asks a fair price.")
    await work.office.member("rana", Role.READER, work.desk)
    reader = await work.office.signed_in("rana")
    page = await reader.opens(PAGE)
    assert "Asks a fair price." in page.html
    assert "+92 300 1234567" in page.html
    assert [form.action for form in page.forms] == ["/admin/sign-out"]


async def test_a_lead_of_another_desk_is_not_there(work: Work) -> None:
    await work.office.member("stranger", Role.OFFICER, await work.office.desk())
    stranger = await work.office.signed_in("stranger")
    csrf = (await stranger.opens(PAGE)).forms[0].fields["csrf"]
    for path in (PAGE, f"{PAGE}/timeline", f"{PAGE}/events", "/leads/PK-AGR-9999"):
        assert (await stranger.opens(path)).status == 404
    for action in ("reply", "note", "state", "assignee", "desk", "introduce"):
        fields = {"csrf": csrf, "text": "x", "was": "new", "to": "1", "other": "x"}
        assert (await stranger.posts(f"{PAGE}/{action}", fields)).status == 404


async def lines(stream: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """The data of a stream of server-sent events."""
    async for line in stream:
        if line.startswith(b"data: "):
            yield line.decode().removeprefix("data: ").strip()


async def test_the_stream_tells_of_what_happens_until_the_session_ends(work: Work) -> None:
    page = await work.browser.opens(PAGE)
    async with (
        asyncio.timeout(20),
        work.browser.browser.get(f"{work.browser.address}/admin{PAGE}/events") as response,
    ):
        assert response.headers["Content-Type"].startswith("text/event-stream")
        told = lines(response.content)
        first = await anext(told)
        assert f'data-pulse="{first}"' in page.html
        async with work.office.sessions.begin() as session:
            lead = await work.lead()
            assert lead.trader_id
            await leads.hear(session, lead.trader_id, REFERENCE, "300 dollars", NOW)
        second = await anext(told)
        assert second != first
        assert f'data-pulse="{second}"' in (await work.browser.opens(f"{PAGE}/timeline")).html
        await work.browser.sends(page, "/sign-out")
        assert [each async for each in told] == []
