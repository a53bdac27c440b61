"""The overview: what waits, with links into the inbox, and the last days in charts that add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin import charts
from bot.records.desks import Desk, RoutingRule
from bot.records.leads import Lead
from bot.records.staff import Role, StaffMember
from knowledge.cities import Country
from knowledge.language import Language
from knowledge.understanding import Outcome
from tests.admin.conftest import Office
from tests.conftest import NOW
from tests.records.test_statistics import ENQUIRY, ask


@pytest.mark.parametrize(
    ("number", "top"),
    [
        (0, 2),
        (1, 2),
        (2, 2),
        (3, 4),
        (4, 4),
        (5, 6),
        (7, 8),
        (10, 10),
        (11, 20),
        (99, 100),
        (101, 200),
        (1_000_000, 1_000_000),
    ],
)
def test_an_axis_ends_at_a_round_number(number: int, top: int) -> None:
    assert charts.ceiling(number) == top


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=90))
def test_columns_stay_within_the_axis(numbers: list[tuple[int, int]]) -> None:
    days = [date(2026, 1, 1) + timedelta(days=place) for place in range(len(numbers))]
    answered = {day: one for day, (one, _) in zip(days, numbers, strict=True)}
    rest = {day: other for day, (_, other) in zip(days, numbers, strict=True)}
    chart = charts.columns(days, answered, rest)
    assert chart.number == sum(map(sum, numbers))
    assert all(column.answered_height + column.rest_height <= 100.0001 for column in chart.columns)
    assert chart.highest.number <= chart.top


def test_bars_leave_out_nothing_but_zeros() -> None:
    made = charts.bars({"few": 1, "none": 0, "many": 4})
    assert [(bar.label, bar.number, bar.length) for bar in made] == [("many", 4, 100), ("few", 1, 25)]
    assert [bar.label for bar in charts.bars({"few": 1, "many": 4}, ranked=False)] == ["few", "many"]
    assert charts.bars({}) == []


async def test_an_empty_panel_says_so(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    seen = await (await office.signed_in("gul")).opens("/")
    assert seen.status == 200
    assert "No questions in these days." in seen.html
    assert "No leads in these days." in seen.html


async def test_what_waits_leads_into_the_inbox(office: Office) -> None:
    desk = await office.desk()
    await office.member("gul", Role.OFFICER, desk)
    await office.lead("PK-AGR-2K7F", ENQUIRY)
    seen = await (await office.signed_in("gul")).opens("/")
    for address in (
        "/admin/leads?overdue=1",
        "/admin/leads?state=new",
        "/admin/leads?assignee=me&",
        "/admin/questions",
    ):
        assert f'href="{address}' in seen.html.replace("&amp;", "&")


async def test_an_officer_counts_the_leads_of_the_own_desks_an_admin_all(office: Office) -> None:
    desk = await office.desk("Quetta desk")
    async with office.sessions.begin() as session:
        session.add(RoutingRule(desk_id=desk.id, country=Country.PAKISTAN, sector=None, city=None))
    gul = await office.member("gul", Role.OFFICER, desk)
    await office.member("sara", Role.ADMIN)
    await office.lead("PK-AGR-2K7F", ENQUIRY)
    await office.lead("IR-AGR-2K7G", replace(ENQUIRY, country=Country.IRAN))
    async with office.sessions.begin() as session:
        for lead in (await session.scalars(Lead.__table__.select())).all():
            (await session.get_one(Lead, lead)).assignee_id = gul.id
    own = await (await office.signed_in("gul")).opens("/")
    everything = await (await office.signed_in("sara")).opens("/")
    assert _waits(own.html, "New at your desks") == "1"
    assert _waits(own.html, "Assigned to you and open") == "1"
    assert _waits(everything.html, "New at your desks") == "2"
    assert "General desk" not in own.html
    assert "General desk" in everything.html
    assert await _name(office, desk) in own.html


async def _name(office: Office, desk: Desk) -> str:
    async with office.sessions() as session:
        return (await session.get_one(Desk, desk.id)).name_en


def _waits(html: str, label: str) -> str:
    before = html.partition(f"<span>{label}")[0]
    return before.rpartition("<strong>")[2].partition("</strong>")[0]


async def test_the_charts_count_what_was_asked_in_the_days_chosen(office: Office) -> None:
    await office.member("gul", Role.ADMIN)
    async with office.sessions.begin() as session:
        await ask(session, "1")
        await ask(session, "2", outcome=Outcome.ANSWER, topic="taftan")
        await ask(session, "3", outcome=Outcome.ANSWER, topic="taftan", at=NOW - timedelta(days=10), chat="2")
    browser = await office.signed_in("gul")
    week, month = await browser.opens("/?days=7"), await browser.opens("/")
    assert "2 questions, most on 24 Nov 2026" in week.html
    assert "50%" in week.html
    assert "3 questions, most on 24 Nov 2026" in month.html
    assert "67%" in month.html
    assert (await browser.opens("/?days=10000")).status == 422


@pytest.mark.parametrize("language", Language)
async def test_the_page_has_no_style_of_its_own_and_its_day_is_the_readers(office: Office, language: Language) -> None:
    member = await office.member("gul", Role.ADMIN, language=language)
    async with office.sessions.begin() as session:
        (await session.get_one(StaffMember, member.id)).timezone = "Pacific/Kiritimati"  # 14 hours ahead
        await ask(session, "1", at=NOW - timedelta(hours=22, minutes=30))  # 23 November in UTC
    seen = await (await office.signed_in("gul")).opens("/")
    assert "style=" not in seen.html
    assert "<script>" not in seen.html
    summary = seen.html.partition('role="img" aria-label="')[2].partition('"')[0]
    assert {Language.EN: "24 Nov 2026", Language.UR: "24 نومبر", Language.FA: "۱۴۰۵/۰۹/۰۳"}[language] in summary
