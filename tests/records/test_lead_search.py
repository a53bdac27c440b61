"""The inbox's query: what a search finds in three scripts, filters, orders, pages, and what is new."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.enquiry import Enquiry, LeadState, Town, Unit, Want
from bot.message import Address
from bot.records import lead_search, leads, traders
from bot.records.desks import Desk, DeskStaff
from bot.records.lead_search import MOST, Order, Search, tsquery
from bot.records.leads import EventKind, Lead, LeadEvent, Sender
from bot.records.staff import Role, StaffMember, StaffSession
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from tests.conftest import NOW

SAFFRON = Enquiry(
    want=Want.SELL, sector=Sector.FOOD, product="زعفران نگین", country=Country.IRAN, city=Town("مشهد", "mashhad"),
    name="رضا نمونه", company="Nemune Tejarat", consent_at=NOW, good="saffron", chapter="09", quantity=Decimal(20),
    unit=Unit.KILOGRAM, destination=Town("کراچی", "karachi"), phone="+923001234567", email="reza@nemune.example",
)  # fmt: skip
TRUCK = Enquiry(
    want=Want.NEED_SERVICE, sector=Sector.LOGISTICS, product="truck to Zahedan", country=Country.PAKISTAN,
    city=Town("Quetta", "quetta"), name="Gul Misal", consent_at=NOW,
)  # fmt: skip

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


async def opened(session: AsyncSession, reference: str, enquiry: Enquiry, spellings: Sequence[str] = ()) -> Lead:
    """A lead of a trader of its own."""
    trader = await traders.hold(session, Address("telegram", reference), NOW)
    lead = await leads.open_lead(
        session, Sender(trader.id, "telegram", Language.FA), reference, enquiry, NOW, spellings
    )
    assert lead is not None
    return lead


async def member(session: AsyncSession, login: str, role: Role, *at: int) -> StaffMember:
    person = StaffMember(login=login, name=login.title(), role=role, language=Language.EN, created_at=NOW)
    session.add(person)
    await session.flush()
    session.add_all(DeskStaff(desk_id=desk, staff_id=person.id) for desk in at)
    await session.flush()
    return person


async def found(session: AsyncSession, **given: object) -> list[str]:
    """The references that a search of every desk finds, in its order."""
    every = tuple((await session.scalars(select(Desk.id))).all())
    search = replace(Search(every), **given)  # type: ignore[arg-type]  # by the name of its fields
    shown = await lead_search.page(session, search, NOW)
    assert shown.total == len(shown.rows) == (await lead_search.counts(session, [search], NOW))[0]
    assert shown.total == await lead_search.number(session, search, NOW)
    assert [row.lead.id for row in shown.rows] == [
        row.lead.id async for row in lead_search.everything(session, search, NOW)
    ]
    return [row.lead.reference for row in shown.rows]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", None),
        ("  ؟! -- ", None),
        ("زعفران", "('زعفران':* | '=zfrn')"),
        ("Zafran", "('zafran':* | '=zfrn')"),
        ("کراچي", "('کراچی':* | '=krc')"),
        ("a", "'a'"),
        ("2k7f", "('2k7f':* | '=2k7f')"),
        ("' | x:* & !", "'x'"),
        ("1121", "'1121':* | '<1211':*"),
        ("0300-1234567", "'0300':* & '1234567':* | '<7654321003':*"),
        ("+۹۲ ۳۰۰ ۱۲۳۴۵۶۷", "'92':* & '300':* & '1234567':* | '<765432100329':*"),
        ("000", "'000':*"),
    ],
)
def test_what_the_index_is_asked_for(words: str, asked: str | None) -> None:
    assert tsquery(words) == asked


@given(st.text())
def test_no_text_breaks_out_of_its_quotes(words: str) -> None:
    assert re.fullmatch(r"(?:'[^'\\\s]+'(?::\*)?|[ &|()])*", tsquery(words) or "")


async def test_hostile_searches_are_queries(session: AsyncSession) -> None:
    for words in ("'; DROP TABLE leads; --", "\\'\\", "a" * 100, "\u202e\u200f q", "😀 ٣", "x & | ! <-> ()", "ﷺ ½ ²"):
        if asked := tsquery(words):
            assert await session.scalar(select(func.numnode(cast(literal(asked), TSQUERY))))
        assert await found(session, words=words) == []


@pytest.mark.parametrize(
    "words",
    [
        "زعفران", "زعفر", "zafran", "zaferan", "Saffron", "saffr", "نگين", "negin", "reza", "Nemune", "نمونه",
        "mashhad", "مشهد", "کراچی", "karachi", "karachi saffron", "reza@nemune.example", "IR-FOD-2K7F", "2k7f", "۲k۷f",
        "+923001234567", "0300 1234567", "00923001234567", "3001234567", "+92-300-1234567", "۰۳۰۰۱۲۳۴۵۶۷", "4567",
    ],
)  # fmt: skip
async def test_a_search_finds_the_one_lead_and_not_the_other(session: AsyncSession, words: str) -> None:
    await opened(session, "IR-FOD-2K7F", SAFFRON, ["Saffron", "زعفران", "zafran"])
    await opened(session, "PK-LOG-3M8Q", TRUCK)
    assert await found(session, words=words) == ["IR-FOD-2K7F"]


@pytest.mark.parametrize("words", ["kinnow", "saffron truck", "0301 1234567", "2k7g", "pak"])
async def test_a_search_does_not_find_what_is_not_there(session: AsyncSession, words: str) -> None:
    await opened(session, "PK-FOD-2K7F", SAFFRON, ["Saffron"])
    assert await found(session, words=words) == []


async def test_a_reference_with_a_letter_thrice_is_found(session: AsyncSession) -> None:
    await opened(session, "IR-FOD-KKK7", SAFFRON)
    assert await found(session, words="kkk7") == await found(session, words="IR-FOD-KKK7") == ["IR-FOD-KKK7"]


async def test_a_forgotten_trader_is_found_by_the_goods_alone(session: AsyncSession) -> None:
    lead = await opened(session, "IR-FOD-2K7F", SAFFRON)
    assert lead.trader_id
    await leads.forget(session, lead.trader_id, NOW)
    for words in ("reza", "Nemune", "03001234567", "reza@nemune.example"):
        assert await found(session, words=words) == []
    for words in ("zafran", "2k7f", "mashhad"):
        assert await found(session, words=words) == ["IR-FOD-2K7F"]


async def test_filters_narrow_by_what_they_say(session: AsyncSession) -> None:
    saffron, truck = await opened(session, "IR-FOD-2K7F", SAFFRON), await opened(session, "PK-LOG-3M8Q", TRUCK)
    gul = await member(session, "gul", Role.OFFICER, truck.desk_id)
    await leads.assign(session, truck, gul, NOW, staff_id=gul.id)
    await leads.change_state(session, truck, LeadState.CLOSED, NOW, staff_id=gul.id)
    saffron.promised_at = NOW - timedelta(minutes=1)
    await session.flush()
    only_saffron: list[dict[str, object]] = [
        {"states": (LeadState.NEW, LeadState.CONTACTED)}, {"sector": Sector.FOOD}, {"country": Country.IRAN},
        {"want": Want.SELL}, {"nobodys": True}, {"overdue": True},
    ]  # fmt: skip
    only_truck: list[dict[str, object]] = [
        {"states": (LeadState.CLOSED,)}, {"sector": Sector.LOGISTICS}, {"country": Country.PAKISTAN},
        {"want": Want.NEED_SERVICE}, {"assignee_id": gul.id},
    ]  # fmt: skip
    for filters in only_saffron:
        assert await found(session, **filters) == ["IR-FOD-2K7F"], filters
    for filters in only_truck:
        assert await found(session, **filters) == ["PK-LOG-3M8Q"], filters
    assert await found(session, assignee_id=gul.id, sector=Sector.FOOD) == []
    assert await found(session, desk_ids=()) == []


async def test_each_order(session: AsyncSession) -> None:
    """Sent at 0, 1, 2 and 3 hours; the second is answered, the third was promised soonest, the first changed last."""
    for hour in range(4):
        lead = await opened(session, f"IR-FOD-AAA{hour + 2}", SAFFRON)
        lead.sent_at = lead.changed_at = NOW + timedelta(hours=hour)
        lead.promised_at = NOW + timedelta(hours=1 if hour == 2 else 10 + hour)
        lead.answered_at = NOW if hour == 1 else None
        lead.changed_at = NOW + timedelta(hours=9) if hour == 0 else lead.changed_at
    await session.flush()
    ends = {order: "".join(reference[-1] for reference in await found(session, order=order)) for order in Order}
    assert ends == {Order.NEWEST: "5432", Order.OLDEST: "2345", Order.PROMISE: "4253", Order.CHANGED: "2543"}


async def test_words_of_the_trader_are_news_until_staff_write_or_note(session: AsyncSession) -> None:
    lead = await opened(session, "IR-FOD-2K7F", SAFFRON)
    search = Search((lead.desk_id,))

    async def has_news() -> bool:
        return (await lead_search.page(session, search, NOW)).rows[0].has_news

    assert not await has_news()
    assert lead.trader_id
    for minute, kind in ((0, EventKind.TO_TRADER), (10, EventKind.NOTE)):
        await leads.hear(session, lead.trader_id, lead.reference, "salaam", NOW + timedelta(minutes=minute))
        assert await has_news()
        at = NOW + timedelta(minutes=minute + 5)
        await leads.happened(session, LeadEvent(lead_id=lead.id, at=at, kind=kind))
        assert not await has_news()


async def many(session: AsyncSession, number: int) -> Search:
    """Copies of one lead, sent a second after one another."""
    lead = await opened(session, "IR-FOD-2K7F", SAFFRON)
    columns = [column.name for column in Lead.__table__.columns if column.name not in {"id", "reference", "sent_at"}]
    listed = ", ".join(columns)
    await session.execute(
        text(
            f"INSERT INTO leads (reference, sent_at, {listed}) "  # noqa: S608  (our own columns)
            f"SELECT 'IR-FOD-' || n, sent_at + interval '1 second' * n, {listed} "
            "FROM leads, generate_series(1, :number) AS n"
        ),
        {"number": number - 1},
    )
    return Search((lead.desk_id,))


async def test_pages_hold_fifty_and_the_last_one_answers_for_those_behind_it(session: AsyncSession) -> None:
    search = await many(session, 120)
    sizes = {}
    for number in (1, 2, 3, 4, 200):
        shown = await lead_search.page(session, search, NOW, number)
        sizes[number] = (shown.number, len(shown.rows), shown.total, shown.last, shown.more)
    assert sizes[1] == (1, 50, 120, 3, False)
    assert sizes[2] == (2, 50, 120, 3, False)
    assert sizes[3] == sizes[4] == sizes[200] == (3, 20, 120, 3, False)
    every = [row for number in (1, 2, 3) for row in (await lead_search.page(session, search, NOW, number)).rows]
    assert len({row.lead.id for row in every}) == 120


async def test_beyond_the_most_that_are_paged_through_it_says_so(session: AsyncSession) -> None:
    search = await many(session, MOST + 60)
    last = await lead_search.page(session, search, NOW, 200)
    assert (last.number, len(last.rows), last.total, last.last, last.more) == (200, 50, MOST, 200, True)
    assert await lead_search.counts(session, [search, replace(search, overdue=True)], NOW) == [MOST + 1, 0]
    assert await lead_search.number(session, search, NOW) == MOST + 60


async def test_the_pulse_beats_for_own_desks_while_the_session_lasts(session: AsyncSession) -> None:
    lead = await opened(session, "IR-FOD-2K7F", SAFFRON)
    other = Desk(name_en="Other", name_ur="دوسرا", name_fa="دیگر")
    session.add(other)
    await session.flush()
    people = {
        "here": await member(session, "here", Role.OFFICER, lead.desk_id),
        "elsewhere": await member(session, "elsewhere", Role.OFFICER, other.id),
        "admin": await member(session, "admin", Role.ADMIN),
    }
    for login, person in people.items():
        session.add(
            StaffSession(
                token_hash=login, staff_id=person.id, csrf="", complete=True, browser="", created_at=NOW, seen_at=NOW,
                ends_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
    await session.flush()
    before, after = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)

    async def pulse(login: str, **given: object) -> lead_search.Pulse | None:
        asked = {"at": NOW, "since": before} | given
        return await lead_search.pulse(session, people[login].id, login, **asked)  # type: ignore[arg-type]

    assert await pulse("here") == await pulse("admin") == lead_search.Pulse(1, NOW)
    assert await pulse("elsewhere") == await pulse("here", since=NOW) == lead_search.Pulse(0, None)
    await leads.happened(session, LeadEvent(lead_id=lead.id, at=after, kind=EventKind.NOTE))
    assert await pulse("here", since=NOW) == lead_search.Pulse(0, after)
    assert await pulse("here", at=NOW + timedelta(hours=1)) is None
    people["here"].active = False
    await session.flush()
    assert await pulse("here") is None
