"""The inbox: who sees which leads, filters in the address, views, changes from the list, and what is told live."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from sqlalchemy import select
from starlette.datastructures import QueryParams

from admin import labels
from admin.inbox import _names
from admin.lead_filters import Filters, filters_in
from bot.enquiry import Enquiry, LeadState, Town, Unit, Want
from bot.records import leads, saved_views
from bot.records.audit import AuditEntry
from bot.records.desks import Desk, DeskStaff
from bot.records.leads import EventKind, Lead, LeadEvent
from bot.records.staff import Role, StaffMember, StaffSession
from bot.wording import load_voices
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.conftest import NOW
from tests.officer import Officer, PageSeen

KINNOW = Enquiry(
    want=Want.SELL, sector=Sector.AGRICULTURE, product="kinnow", country=Country.PAKISTAN,
    city=Town("سرگودھا", "sargodha"), name="Gul <script>alert(1)</script>", company="Misal & Sons", consent_at=NOW,
    quantity=Decimal("1200.5"), unit=Unit.TONNE, origin=Town("Sargodha", "sargodha"),
    destination=Town("a village", None), phone="+923001234567",
)  # fmt: skip
PISTACHIOS = Enquiry(
    want=Want.BUY, sector=Sector.FOOD, product="پسته", country=Country.IRAN, city=Town("زاهدان", "zahedan"),
    name="رضا نمونه", consent_at=NOW,
)  # fmt: skip


async def general(office: Office) -> Desk:
    """The desk to which every lead comes while there is no rule."""
    async with office.sessions() as session:
        return (await session.scalars(select(Desk).where(Desk.general))).one()


def references(seen: PageSeen) -> list[str]:
    """The leads on a page, in their order."""
    return re.findall(r'<a href="/admin/leads/([A-Z0-9-]+)"><bdi', seen.html)


async def ticks(officer: Officer, seen: PageSeen, ticked: Sequence[str], **fields: str) -> PageSeen:
    """Send the form around the list with some leads ticked, and open what it leads to."""
    form = seen.form("/leads/change")
    kept = {name: form.fields[name] for name in ("csrf", "filters")}
    pairs = [*(kept | fields).items(), *(("lead", reference) for reference in ticked)]
    address = f"{officer.address}/admin/leads/change"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with officer.browser.post(address, data=urlencode(pairs), headers=headers, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return await officer.opens(response.headers["Location"].removeprefix("/admin"))


async def states(office: Office) -> dict[str, tuple[LeadState, int, str | None]]:
    """Each lead's state, desk and the login of its assignee."""
    async with office.sessions() as session:
        query = select(Lead, StaffMember.login).outerjoin(StaffMember, StaffMember.id == Lead.assignee_id)
        return {lead.reference: (lead.state, lead.desk_id, login) for lead, login in await session.execute(query)}


async def test_each_sees_the_leads_of_the_own_desks_whatever_the_filter_says(office: Office) -> None:
    desk, other = await general(office), await office.desk("Other desk")
    await office.lead("PK-AGR-2K7F", KINNOW)
    await office.member("here", Role.OFFICER, desk)
    await office.member("elsewhere", Role.OFFICER, other)
    await office.member("reader", Role.READER, desk)
    await office.member("admin", Role.ADMIN)
    sights = {}
    for login in ("here", "elsewhere", "reader", "admin"):
        browser = await office.signed_in(login)
        for query in ("", f"?desk={desk.id}", "?search=kinnow", "?assignee=nobody&state=new"):
            sights[login, query] = references(await browser.opens(f"/leads{query}"))
    assert {login for (login, _), seen in sights.items() if seen == ["PK-AGR-2K7F"]} == {"here", "reader", "admin"}
    assert all(not seen for (login, _), seen in sights.items() if login == "elsewhere")


async def test_a_row_says_what_there_is_to_know(office: Office) -> None:
    desk = await general(office)
    await office.member("gul", Role.OFFICER, desk)
    lead = await office.lead("PK-AGR-2K7F", KINNOW)
    async with office.sessions.begin() as session:
        kept = await session.get_one(Lead, lead.id)
        kept.sent_at, kept.promised_at = NOW - timedelta(days=3), NOW - timedelta(days=1)
        assert kept.trader_id
        await leads.hear(session, kept.trader_id, kept.reference, "still there?", NOW)
    html = (await (await office.signed_in("gul")).opens("/leads")).html
    for words in (
        "Sells", "kinnow", "1,200.5 tonnes", "Sargodha", "a village", "Gul &lt;script&gt;", "Misal &amp; Sons",
        "Pakistan", "New", "Take", "3 days ago", "Overdue", "Trader wrote", "1 lead",
    ):  # fmt: skip
        assert words in html, words
    assert "<script>alert" not in html
    assert "Nobody yet" in html


async def test_an_empty_inbox_says_what_to_do(office: Office) -> None:
    await office.member("gul", Role.OFFICER, await general(office))
    await office.member("lost", Role.OFFICER)
    gul, lost = await office.signed_in("gul"), await office.signed_in("lost")
    assert "No leads yet" in (await gul.opens("/leads")).html
    assert "No lead fits" in (await gul.opens("/leads?search=kinnow")).html
    assert "at no desk yet" in (await lost.opens("/leads")).html


@pytest.mark.parametrize(
    "query",
    [
        "state=lost", "sector=fish", "want=steal", "country=XX", "assignee=everybody", "sort=random", "desk=x",
        "desk=0", "page=0", "page=201", "page=x", "search=" + "a" * 101, f"desk={2**63}",
    ],
)  # fmt: skip
async def test_an_address_that_is_none_of_ours_is_told_so(office: Office, query: str) -> None:
    await office.member("gul", Role.OFFICER, await general(office))
    seen = await (await office.signed_in("gul")).opens(f"/leads?{query}")
    assert (seen.status, "could not be read" in seen.html) == (422, True)


def test_filters_keep_their_meaning_through_an_address() -> None:
    filters = filters_in(QueryParams("search= زعفران &state=closed&state=new&desk=3&assignee=me&overdue=1&sort=oldest"))
    assert filters.query == (
        "search=%D8%B2%D8%B9%D9%81%D8%B1%D8%A7%D9%86&state=new&state=closed&desk=3&assignee=me&overdue=1&sort=oldest"
    )
    again = filters_in(QueryParams(filters.query))
    assert again.query == filters.query
    assert set(again.state) == {LeadState.NEW, LeadState.CLOSED}
    assert filters_in(QueryParams("search=&state=&desk=&sort=&unknown=1")) == Filters()


def test_no_two_members_of_the_enums_have_one_name_for_the_list() -> None:
    voice = load_voices(domain="admin")[Language.EN]
    every = [*LeadState, *Sector, *Country, *Want]
    assert len(_names(voice)) == len(every)
    assert _names(voice)[LeadState.NEW] == labels.state(voice, LeadState.NEW)


async def test_the_list_filters_orders_and_turns_its_pages(office: Office) -> None:
    await office.member("gul", Role.OFFICER, await general(office))
    for number in range(52):
        await office.lead(f"PK-AGR-AA{number:02}", KINNOW, chat=number + 1)
    await office.lead("IR-FOD-BB00", PISTACHIOS, chat=99)
    gul = await office.signed_in("gul")
    first = await gul.opens("/leads")
    assert references(first)[:2] == ["IR-FOD-BB00", "PK-AGR-AA51"]
    assert "Page 1 of 2" in first.html
    assert references(await gul.opens("/leads?page=2")) == ["PK-AGR-AA02", "PK-AGR-AA01", "PK-AGR-AA00"]
    assert references(await gul.opens("/leads?page=2&country=PK")) == ["PK-AGR-AA01", "PK-AGR-AA00"]
    assert references(await gul.opens("/leads?sector=food&want=buy")) == ["IR-FOD-BB00"]
    assert references(await gul.opens("/leads?sort=oldest&page=2"))[-1] == "IR-FOD-BB00"
    assert references(await gul.opens("/leads?search=pista")) == ["IR-FOD-BB00"]
    assert "page=2&amp;" not in first.html
    assert 'href="/admin/leads?page=2"' in first.html


async def test_views_are_kept_counted_and_deleted_by_their_member_alone(office: Office) -> None:
    desk = await general(office)
    await office.member("gul", Role.OFFICER, desk)
    await office.member("reader", Role.READER, desk)
    await office.lead("PK-AGR-2K7F", KINNOW)
    await office.lead("IR-FOD-BB22", PISTACHIOS, chat=502)
    gul, reader = await office.signed_in("gul"), await office.signed_in("reader")
    seen = await gul.sends(
        await gul.opens("/leads?country=PK&sort=changed"), "/leads/views", name="  ہمارے   \u202e \n "
    )
    assert seen.location == "/admin/leads?country=PK&sort=changed&done=view_saved"
    seen = await gul.opens("/leads?country=PK&sort=changed&done=view_saved")
    assert re.search(r'aria-current="page"><bdi>ہمارے</bdi> <span class="count">1</span>', seen.html)
    assert "The view is kept" in seen.html
    assert "ہمارے" not in (await reader.opens("/leads")).html
    view = seen.form("/leads/views/delete").fields["view"]
    csrf = (await reader.opens("/leads")).form("/sign-out").fields["csrf"]
    assert (await reader.posts("/leads/views/delete", {"csrf": csrf, "view": view})).status == 404
    assert (await gul.sends(seen, "/leads/views/delete")).location == "/admin/leads?done=view_deleted"
    assert "ہمارے" not in (await gul.opens("/leads")).html


async def test_a_view_without_a_name_or_one_too_many_is_told(office: Office) -> None:
    member = await office.member("gul", Role.OFFICER, await general(office))
    gul = await office.signed_in("gul")
    list_ = await gul.opens("/leads?overdue=1")
    for name, words in (("  ", "Give the view a name"), ("x" * 41, "too long: at most 40 letters")):
        seen = await gul.sends(list_, "/leads/views", name=name)
        assert (seen.status, words in seen.html) == (422, True), name
    async with office.sessions.begin() as session:
        for number in range(saved_views.MOST):
            assert await saved_views.save(session, member.id, f"view {number}", "overdue=1", NOW)
    seen = await gul.sends(list_, "/leads/views", name="one more")
    assert (seen.status, "You have 12 views already" in seen.html, 'value="one more"' in seen.html) == (422, True, True)
    assert (await gul.sends(list_, "/leads/views", name="view 3")).status == 303


async def test_taking_one_by_its_button(office: Office) -> None:
    desk = await general(office)
    gul = await office.member("gul", Role.OFFICER, desk)
    lead = await office.lead("PK-AGR-2K7F", KINNOW)
    browser = await office.signed_in("gul")
    seen = await ticks(browser, await browser.opens("/leads?country=PK"), [], take="PK-AGR-2K7F")
    assert "1 lead changed." in seen.html
    assert "Gul</bdi>" in seen.html
    assert seen.form("/leads/change").fields["filters"] == "country=PK"
    async with office.sessions() as session:
        events = await leads.events_of(session, lead.id)
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "lead.assigned"))).one()
    assert (events[-1].kind, events[-1].staff_id) == (EventKind.ASSIGNEE, gul.id)
    assert events[-1].details == {"from": None, "to": "gul"}
    assert (entry.subject, entry.actor) == ("PK-AGR-2K7F", "gul")


async def test_several_change_as_far_as_each_allows_it(office: Office) -> None:
    desk, other = await general(office), await office.desk("Other desk")
    gul = await office.member("gul", Role.OFFICER, desk)
    colleague = await office.member("zeb", Role.OFFICER, desk, other)
    names = ("PK-AGR-FREE", "PK-AGR-GULS", "PK-AGR-ZEBS", "PK-AGR-DONE", "PK-AGR-ELSE")
    for chat, name in enumerate(names, 1):
        await office.lead(name, KINNOW, chat=chat)
    async with office.sessions.begin() as session:
        for name, taker in (("PK-AGR-GULS", gul), ("PK-AGR-ZEBS", colleague)):
            lead = await leads.by_reference(session, name, lock=True)
            assert lead
            await leads.assign(session, lead, taker, NOW, staff_id=taker.id)
        done, elsewhere = [await leads.by_reference(session, name, lock=True) for name in names[3:]]
        assert done
        assert elsewhere
        await leads.change_state(session, done, LeadState.CLOSED, NOW, staff_id=gul.id)
        await leads.move(session, elsewhere, other, NOW, staff_id=colleague.id)
    browser = await office.signed_in("gul")

    seen = await ticks(browser, await browser.opens("/leads"), [*names, "PK-AGR-NONE"], action="take")
    assert "1 lead changed." in seen.html
    assert "5 stayed as they were:" in seen.html
    for reference, why in (
        ("GULS", "was yours already"), ("ZEBS", "a colleague has it"), ("DONE", "is finished"),
        ("ELSE", "is not at your desks"), ("NONE", "is not at your desks"),
    ):  # fmt: skip
        assert f"PK-AGR-{reference}</bdi>: {why}" in seen.html
    after = await states(office)
    assert {name: after[name][2] for name in names} == {
        "PK-AGR-FREE": "gul", "PK-AGR-GULS": "gul", "PK-AGR-ZEBS": "zeb", "PK-AGR-DONE": None, "PK-AGR-ELSE": None,
    }  # fmt: skip

    seen = await ticks(browser, seen, names[:4], action="contacted")
    assert "3 leads changed." in seen.html
    assert "PK-AGR-DONE</bdi>: is not new any more" in seen.html

    seen = await ticks(browser, seen, names[:2], action="move", desk=str(other.id))
    assert "2 leads changed." in seen.html
    after = await states(office)
    assert after["PK-AGR-FREE"] == after["PK-AGR-GULS"] == (LeadState.CONTACTED, other.id, None)
    assert references(seen) == ["PK-AGR-DONE", "PK-AGR-ZEBS"]
    async with office.sessions() as session:
        actions = (await session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "PK-AGR-FREE"))).all()
        moved = (await session.scalars(select(LeadEvent).where(LeadEvent.kind == EventKind.DESK))).all()
    assert sorted(actions) == ["lead.assigned", "lead.moved", "lead.state_changed"]
    assert [event.details for event in moved] == [{"from": "General desk", "to": "Other desk"}] * 3


async def test_without_a_tick_or_a_desk_nothing_changes(office: Office) -> None:
    await office.member("gul", Role.OFFICER, await general(office))
    await office.lead("PK-AGR-2K7F", KINNOW)
    browser = await office.signed_in("gul")
    list_, before = await browser.opens("/leads"), await states(office)
    assert "Tick the leads first" in (await ticks(browser, list_, [], action="take")).html
    for desk in ("", "999999"):
        seen = await ticks(browser, list_, ["PK-AGR-2K7F"], action="move", desk=desk)
        assert "Choose the desk" in seen.html
    assert await states(office) == before


async def test_two_who_take_one_lead_at_once_do_not_both_have_it(office: Office) -> None:
    desk = await general(office)
    for login in ("gul", "zeb"):
        await office.member(login, Role.OFFICER, desk)
    await office.lead("PK-AGR-2K7F", KINNOW)
    browsers = [await office.signed_in(login) for login in ("gul", "zeb")]
    lists = [await browser.opens("/leads") for browser in browsers]
    seen = await asyncio.gather(
        *(ticks(browser, list_, [], take="PK-AGR-2K7F") for browser, list_ in zip(browsers, lists, strict=True))
    )
    assert sorted("1 lead changed." in page.html for page in seen) == [False, True]
    assert sorted("a colleague has it" in page.html for page in seen) == [False, True]


async def test_a_reader_changes_nothing(office: Office) -> None:
    await office.member("reader", Role.READER, await general(office))
    await office.lead("PK-AGR-2K7F", KINNOW)
    browser = await office.signed_in("reader")
    seen = await browser.opens("/leads")
    assert 'name="take"' not in seen.html
    assert 'name="lead"' not in seen.html
    csrf = seen.form("/sign-out").fields["csrf"]
    before = await states(office)
    assert (await browser.posts("/leads/change", {"csrf": csrf, "take": "PK-AGR-2K7F"})).status == 403
    assert await states(office) == before


async def test_a_notice_that_somebody_made_up_shows_no_words_of_his(office: Office) -> None:
    await office.member("gul", Role.OFFICER, await general(office))
    query = urlencode({"done": "changed", "changed": "<b>7", "kept": "<i>x</i>:gone,PK-AGR-2K7F:<b>,PK-AGR-2K7F:gone"})
    html = (await (await office.signed_in("gul")).opens(f"/leads?{query}")).html
    assert "PK-AGR-2K7F</bdi>: is not at your desks" in html
    assert html.count("is not at your desks") == 1
    assert "<i>x" not in html


async def next_event(stream: aiohttp.ClientResponse) -> dict[str, str]:
    """The next message of a stream."""
    while True:
        line = (await asyncio.wait_for(stream.content.readline(), 10)).decode()
        if line.startswith("data:"):
            told: dict[str, str] = json.loads(line.removeprefix("data:"))
            return told


def events_address(seen: PageSeen) -> str:
    match = re.search(r'data-events="([^"]+)"', seen.html)
    assert match
    return match[1].replace("&amp;", "&")


async def test_what_comes_is_told_to_a_page_that_is_open(office: Office) -> None:
    """And to that of another desk not; also what another process writes, since the database is looked at."""
    desk, other = await general(office), await office.desk("Other desk")
    await office.member("gul", Role.OFFICER, desk, language=Language.FA)
    await office.member("elsewhere", Role.OFFICER, other)
    await office.lead("PK-AGR-2K7F", KINNOW)
    gul, elsewhere = await office.signed_in("gul"), await office.signed_in("elsewhere")
    seen = await gul.opens("/leads")
    assert parse_qs(urlsplit(events_address(seen)).query)["new"] == ["1"]
    quiet = elsewhere.address + events_address(await elsewhere.opens("/leads"))
    async with (
        gul.browser.get(gul.address + events_address(seen)) as stream,
        elsewhere.browser.get(quiet) as other_stream,
    ):
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        for chat in (2, 3):
            await office.lead(f"PK-AGR-NEW{chat}", KINNOW, chat=chat)
        told = await next_event(stream)
        if "۲" not in told["title"]:  # it looked between the two
            told = await next_event(stream)
        assert told["title"] == "(۲) "
        assert "۲" in told["text"]
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(next_event(other_stream), 2.5)


async def test_a_change_is_told_and_the_stream_ends_with_the_session(office: Office) -> None:
    desk = await general(office)
    member = await office.member("gul", Role.OFFICER, desk)
    lead = await office.lead("PK-AGR-2K7F", KINNOW)
    gul = await office.signed_in("gul")
    async with gul.browser.get(gul.address + events_address(await gul.opens("/leads"))) as stream:
        async with office.sessions.begin() as session:
            at = NOW + timedelta(seconds=1)
            await leads.happened(session, LeadEvent(lead_id=lead.id, at=at, kind=EventKind.NOTE))
        assert await next_event(stream) == {"text": "Leads have changed: show", "title": ""}
        async with office.sessions.begin() as session:
            for kept in await session.scalars(select(StaffSession).where(StaffSession.staff_id == member.id)):
                kept.ends_at = NOW
        assert "data:" not in (await asyncio.wait_for(stream.content.read(), 10)).decode()


async def test_a_stream_stops_looking_at_a_desk_that_its_reader_left(office: Office) -> None:
    desk = await general(office)
    member = await office.member("gul", Role.OFFICER, desk)
    gul = await office.signed_in("gul")
    seen = await gul.opens("/leads")
    async with office.sessions.begin() as session:
        place = await session.get_one(DeskStaff, (desk.id, member.id))
        await session.delete(place)
    await office.lead("PK-AGR-2K7F", KINNOW)
    async with gul.browser.get(gul.address + events_address(seen)) as stream:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(next_event(stream), 2.5)


@pytest.mark.parametrize(
    "query", ["", "since=yesterday", "since=2026-11-24T09:00:00", "since=2026-11-24T09:00:00Z&new=x"]
)
async def test_a_stream_of_nonsense_is_refused(office: Office, query: str) -> None:
    await office.member("gul", Role.OFFICER, await general(office))
    assert (await (await office.signed_in("gul")).opens(f"/leads/events?{query}")).status == 422


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_is_in_the_language_of_its_reader(office: Office, language: Language) -> None:
    await office.member("gul", Role.OFFICER, await general(office), language=language)
    await office.lead("PK-AGR-2K7F", KINNOW)
    seen = await (await office.signed_in("gul")).opens("/leads")
    assert f'<html lang="{language.value}" dir="{"ltr" if language is Language.EN else "rtl"}">' in seen.html
    assert references(seen) == ["PK-AGR-2K7F"]
    assert ("Take" in seen.html) == (language is Language.EN)
