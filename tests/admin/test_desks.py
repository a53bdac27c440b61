"""Desks and the rules by which leads find them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.enquiry import Enquiry, LeadState, Town, Unit, Want
from bot.records import desks, leads
from bot.records.audit import AuditEntry
from bot.records.desks import Desk, RoutingRule
from bot.records.leads import EventKind, Lead
from bot.records.staff import Role
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.conftest import NOW
from tests.officer import Officer, PageSeen

ENQUIRY = Enquiry(
    want=Want.SELL, sector=Sector.AGRICULTURE, product="kinnow", country=Country.PAKISTAN,
    city=Town("Sargodha", "sargodha"), name="Sample Trader", consent_at=NOW, quantity=Decimal(25), unit=Unit.TONNE,
)  # fmt: skip


async def at_desks(office: Office, language: Language = Language.EN) -> Officer:
    """A browser in which an admin is signed in."""
    await office.member("gul", Role.ADMIN, language=language)
    return await office.signed_in("gul")


async def adds_rule(admin: Officer, desk: Desk, country: str = "", sector: str = "", city: str = "") -> PageSeen:
    """Fill the form of a rule and send it."""
    page = await admin.opens("/desks")
    fields = {"country": country, "sector": sector, "city": city, "desk": str(desk.id)}
    return await admin.sends(page, "/desks/rules#rules", **fields)


async def every_desk(office: Office) -> list[Desk]:
    """All desks, the general one last."""
    async with office.sessions() as session:
        return list(await desks.everything(session))


async def every_rule(office: Office) -> list[RoutingRule]:
    """All rules."""
    async with office.sessions() as session:
        return list(await session.scalars(select(RoutingRule).order_by(RoutingRule.id)))


async def test_a_desk_is_opened_and_bears_its_english_name_where_it_has_no_other(office: Office) -> None:
    admin = await at_desks(office)
    page = await admin.opens("/desks/new")
    fields = {"name_en": "Taftan desk", "name_ur": "تفتان ڈیسک", "answer_within": "24"}
    assert (await admin.sends(page, "/desks/new", **fields)).location == "/admin/desks?done=desk_opened"
    desk = (await every_desk(office))[0]
    assert (desk.name_en, desk.name_ur, desk.name_fa, desk.answer_within, desk.general) == (
        "Taftan desk", "تفتان ڈیسک", "Taftan desk", 24, False,
    )  # fmt: skip
    assert "24 hours" in (await admin.opens("/desks")).html


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        pytest.param({"name_en": " "}, "name_en", "Please fill this in", id="no name"),
        pytest.param({"name_en": "General desk"}, "name_en", "a desk of this name", id="taken"),
        pytest.param({"answer_within": "0"}, "answer_within", "from 1 to 720", id="no hour"),
        pytest.param({"answer_within": "721"}, "answer_within", "from 1 to 720", id="more than a month"),
        pytest.param({"answer_within": "1.5"}, "answer_within", "from 1 to 720", id="a part of an hour"),
        pytest.param({"answer_within": "-5"}, "answer_within", "from 1 to 720", id="less than nothing"),
        pytest.param({"answer_within": "soon"}, "answer_within", "from 1 to 720", id="a word"),
    ],
)
@pytest.mark.parametrize("path", ["/desks/new", "/desks/{id}"])
async def test_a_desk_that_cannot_be_is_told_beside_its_field(
    office: Office, path: str, changes: dict[str, str], field: str, words: str
) -> None:
    path = path.format(id=(await office.desk()).id)
    admin = await at_desks(office)
    fields = {"name_en": "Taftan desk", "name_fa": "میز تفتان", "answer_within": "24"} | changes
    seen = await admin.sends(await admin.opens(path), path, **fields)
    assert seen.status == 422
    assert re.search(rf'id="fault-{field}">[^<]*{words}', seen.html)
    assert seen.form(path).fields["name_fa"] == "میز تفتان"
    assert [(desk.name_en, desk.answer_within) for desk in await every_desk(office)] == [
        ("Quetta desk", 48),
        ("General desk", 48),
    ]


async def test_hours_may_be_typed_in_persian_digits(office: Office) -> None:
    admin = await at_desks(office)
    page = await admin.opens("/desks/new")
    assert (await admin.sends(page, "/desks/new", name_en="Taftan desk", answer_within="۳۶")).status == 303
    assert (await every_desk(office))[0].answer_within == 36


async def test_a_changed_promise_leaves_the_hours_of_leads_that_are_here(office: Office) -> None:
    admin = await at_desks(office)
    general = (await every_desk(office))[-1]
    lead = await office.lead("PK-AGR-2222", ENQUIRY)
    path = f"/desks/{general.id}"
    assert (await admin.sends(await admin.opens(path), path, answer_within="12")).status == 303
    async with office.sessions() as session:
        assert (await session.get_one(Lead, lead.id)).promised_at == lead.promised_at
        (details,) = await session.scalars(select(AuditEntry.details).where(AuditEntry.action == "desk.changed"))
    assert details == {"answer_within": {"from": 48, "to": 12}}


async def test_a_rule_sends_new_leads_to_its_desk_until_it_is_removed(office: Office) -> None:
    desk = await office.desk()
    admin = await at_desks(office)
    assert (await adds_rule(admin, desk, "PK", "agriculture", "sargodha")).location == "/admin/desks?done=rule_added"
    assert (await office.lead("PK-AGR-2222", ENQUIRY)).desk_id == desk.id
    page = await admin.opens("/desks")
    assert "Sargodha" in page.html
    (rule,) = await every_rule(office)
    assert (await admin.sends(page, f"/desks/rules/{rule.id}/remove")).status == 303
    assert (await office.lead("PK-AGR-3333", ENQUIRY)).desk_id != desk.id
    gone = await admin.sends(page, f"/desks/rules/{rule.id}/remove")
    assert gone.location == "/admin/desks?done=rule_gone"


@pytest.mark.parametrize(
    ("country", "sector", "city", "words"),
    [
        pytest.param("", "", "", "Choose at least one", id="nothing"),
        pytest.param("IR", "", "sargodha", "lies in the other country", id="never"),
        pytest.param("", "", "atlantis", "lies in the other country", id="no such city"),
        pytest.param("PK", "agriculture", "", "There is such a rule already", id="doubled"),
    ],
)
async def test_a_rule_that_cannot_be_is_told_kindly(
    office: Office, country: str, sector: str, city: str, words: str
) -> None:
    desk = await office.desk()
    admin = await at_desks(office)
    assert (await adds_rule(admin, desk, "PK", "agriculture")).status == 303
    seen = await adds_rule(admin, desk, country, sector, city)
    assert seen.status == 422
    assert words in seen.html
    assert seen.form("/desks/rules#rules").fields["country"] == country
    assert len(await every_rule(office)) == 1


async def test_a_rule_for_a_desk_that_was_closed_is_not_kept(office: Office) -> None:
    desk = await office.desk()
    admin = await at_desks(office)
    page = await admin.opens("/desks")
    async with office.sessions.begin() as session:
        await session.delete(await session.get_one(Desk, desk.id))
    seen = await admin.sends(page, "/desks/rules#rules", country="PK", desk=str(desk.id))
    assert seen.status == 422
    assert "no such desk any more" in seen.html


@pytest.mark.parametrize(
    ("query", "desk", "why"),
    [
        ("country=PK&sector=agriculture&city=sargodha", "By city", "Sargodha"),
        ("country=PK&sector=agriculture&city=lahore", "By sector", "Agriculture"),
        ("country=PK&sector=it&city=", "By country", "Pakistan"),
        ("country=IR&sector=it&city=", "General desk", "No rule matches"),
    ],
)
async def test_trying_says_which_desk_and_why(office: Office, query: str, desk: str, why: str) -> None:
    admin = await at_desks(office)
    for name, rule in (("By country", ("PK",)), ("By sector", ("", "agriculture")), ("By city", ("", "", "sargodha"))):
        assert (await adds_rule(admin, await office.desk(name), *rule)).status == 303
    page = await admin.opens(f"/desks?{query}")
    said = page.html.partition("Such a lead goes to:")[2].partition("</p>")[0]
    assert f"<bdi>{desk}</bdi>" in said
    assert why in said


async def test_trying_half_a_lead_asks_for_the_rest(office: Office) -> None:
    admin = await at_desks(office)
    assert "choose both" in (await admin.opens("/desks?country=PK&sector=&city=")).html


@pytest.mark.parametrize(("language", "name"), [(Language.UR, "سرگودھا"), (Language.FA, "سرگودها")])
async def test_cities_stand_in_the_language_of_the_reader(office: Office, language: Language, name: str) -> None:
    admin = await at_desks(office, language)
    assert f'<option value="sargodha">{name}</option>' in (await admin.opens("/desks")).html


@pytest.mark.parametrize("with_rules", [True, False])
async def test_a_closed_desk_hands_everything_over(office: Office, with_rules: bool) -> None:
    quetta, taftan = await office.desk(), await office.desk("Taftan desk", hours=2)
    ali = await office.member("ali", Role.OFFICER, quetta)
    admin = await at_desks(office)
    await adds_rule(admin, quetta, "PK")
    lead, done = [await office.lead(reference, ENQUIRY) for reference in ("PK-AGR-2222", "PK-AGR-3333")]
    async with office.sessions.begin() as session:
        (await session.get_one(Lead, lead.id)).assignee_id = ali.id
        (await session.get_one(Lead, done.id)).state = LeadState.CLOSED
    page = await admin.opens(f"/desks/{quetta.id}/close")
    assert "2 leads lie here" in page.html
    choice = {"to": str(taftan.id), "rules": "true" if with_rules else "false"}
    assert (await admin.sends(page, f"/desks/{quetta.id}/close", **choice)).location == "/admin/desks?done=desk_closed"
    async with office.sessions() as session:
        for moved in [await session.get_one(Lead, lead.id), await session.get_one(Lead, done.id)]:
            assert (moved.desk_id, moved.assignee_id, moved.promised_at) == (taftan.id, None, lead.promised_at)
            event = (await leads.events_of(session, moved.id))[-1]
            assert (event.kind, event.details) == (EventKind.DESK, {"from": "Quetta desk", "to": "Taftan desk"})
        assert event.staff_id is not None
        (details,) = await session.scalars(select(AuditEntry.details).where(AuditEntry.action == "desk.closed"))
    assert details == {"to": "Taftan desk", "leads": 2, "rules_moved": int(with_rules)}
    assert [desk.name_en for desk in await every_desk(office)] == ["Taftan desk", "General desk"]
    assert [rule.desk_id for rule in await every_rule(office)] == [taftan.id] * with_rules
    assert (await admin.sends(page, f"/desks/{quetta.id}/close", **choice)).status == 404  # it is closed already


async def test_the_general_desk_stays_and_no_desk_goes_to_itself(office: Office) -> None:
    quetta = await office.desk()
    admin = await at_desks(office)
    general = (await every_desk(office))[-1]
    page = await admin.opens(f"/desks/{general.id}/close")
    assert "cannot be closed" in page.html
    csrf = (await admin.opens("/desks")).form("/desks/rules#rules").fields["csrf"]
    for closed, to in ((general, quetta), (quetta, quetta)):
        fields = {"csrf": csrf, "to": str(to.id), "rules": "true"}
        assert (await admin.posts(f"/desks/{closed.id}/close", fields)).status == 409
    assert len(await every_desk(office)) == 2


async def test_names_of_desks_are_shown_as_they_were_typed(office: Office) -> None:
    await office.desk("<script>alert(1)</script>")
    page = await (await at_desks(office)).opens("/desks")
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;" in page.html
