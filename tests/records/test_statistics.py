"""Counts by day, in every time zone, and what waits; what is alike; what became of a question."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.enquiry import Enquiry, LeadState, Town, Want
from bot.message import Address
from bot.records import leads, questions, statistics, traders
from bot.records.desks import Desk
from bot.records.leads import Sender
from bot.records.questions import ALIKE_LETTERS, Fate, Order, Question, Sought, likeness
from bot.records.statistics import COUNTED, LeadCount, QuestionCount, Waiting, last_days
from bot.suggestions import suggestions
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language, Style
from knowledge.library import Library
from knowledge.understanding import Outcome
from tests.conftest import NOW

Sessions = async_sessionmaker[AsyncSession]

KARACHI, TEHRAN, NEW_YORK = ZoneInfo("Asia/Karachi"), ZoneInfo("Asia/Tehran"), ZoneInfo("America/New_York")

ENQUIRY = Enquiry(
    want=Want.SELL,
    sector=Sector.AGRICULTURE,
    product="kinnow",
    country=Country.PAKISTAN,
    city=Town("Sargodha"),
    name="Sample Trader",
    consent_at=NOW,
)


async def ask(
    session: AsyncSession, update: str, text: str = "taftan khula hai?", chat: str = "501", channel: str = "telegram",
    at: datetime = NOW, **understood: Any,
) -> int:  # fmt: skip
    """Keep a question as intake does; return the trader's id."""
    trader = await traders.hold(session, Address(channel, chat), at)
    given: dict[str, Any] = {
        "text": text, "language": Language.UR, "style": Style.LATIN, "outcome": Outcome.NO_ANSWER, "topic": None,
        "choices": (), "confidence": 0.1,
    }  # fmt: skip
    await questions.keep(session, trader.id, update, at, **given | understood)
    return trader.id


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        pytest.param(KARACHI, datetime(2026, 11, 22, 19, tzinfo=UTC), datetime(2026, 11, 24, 19, tzinfo=UTC), id="+5"),
        pytest.param(
            TEHRAN, datetime(2026, 11, 22, 20, 30, tzinfo=UTC), datetime(2026, 11, 24, 20, 30, tzinfo=UTC), id="+3:30"
        ),
        pytest.param(NEW_YORK, datetime(2026, 11, 23, 5, tzinfo=UTC), datetime(2026, 11, 25, 5, tzinfo=UTC), id="-5"),
    ],
)
def test_days_begin_at_midnight_of_the_reader(zone: ZoneInfo, first: datetime, last: datetime) -> None:
    days = last_days(2, NOW, zone)
    assert days.days == (date(2026, 11, 23), date(2026, 11, 24))
    assert (days.since, days.starts[-1]) == (first, last)


@given(
    st.sampled_from([KARACHI, TEHRAN, NEW_YORK, ZoneInfo("Pacific/Kiritimati")]),
    st.integers(1, 400),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_days_follow_each_other_and_the_last_holds_now(zone: ZoneInfo, number: int, now: datetime) -> None:
    days = last_days(number, now, zone)
    moments = [start.astimezone(UTC) for start in days.starts]  # two of one zone are compared by their clocks
    assert moments[-2] <= now < moments[-1]
    for one, other in pairwise(moments):
        assert timedelta(hours=23) <= other - one <= timedelta(hours=25)


async def test_a_question_counts_on_the_day_of_the_reader(sessions: Sessions) -> None:
    evening = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)  # half past midnight in Karachi, eleven in Tehran
    async with sessions.begin() as session:
        await ask(session, "1", at=evening)
        await ask(session, "2", at=evening, outcome=Outcome.ANSWER, topic="taftan", channel="web", chat="a")
        await ask(session, "3", at=NOW - timedelta(days=9))
        for zone, day in ((KARACHI, date(2026, 11, 24)), (TEHRAN, date(2026, 11, 23))):
            counts = await statistics.questions_by_day(session, last_days(7, NOW, zone))
            assert sorted(counts, key=lambda count: str(count.channel)) == [
                QuestionCount(day, Language.UR, "telegram", Fate.WAITING, 1),
                QuestionCount(day, Language.UR, "web", Fate.ANSWERED, 1),
            ]


async def test_what_becomes_of_a_question(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        trader = await ask(session, "1")
        await ask(session, "2", outcome=Outcome.ANSWER, topic="taftan")
        for update in ("3", "4", "5"):
            await ask(session, update, outcome=Outcome.CHOICES, choices=("taftan", "rimdan"))
        await questions.choose(session, trader, "4", "rimdan", NOW)
        await questions.choose(session, trader, "5", None, NOW)
        await ask(session, "6", "something else entirely, said once")
        await questions.dismiss(session, await _question(session, "6"), NOW)
        fates = (await session.scalars(select(Question.fate).order_by(Question.id))).all()
        assert fates == [Fate.WAITING, Fate.ANSWERED, Fate.OFFERED, Fate.ANSWERED, Fate.WAITING, Fate.DISMISSED]
        await questions.choose(session, trader, "5", "taftan", NOW)  # he taps once more, and finds it after all
        await questions.take_back(session, await _question(session, "6"))
        fates = (await session.scalars(select(Question.fate).order_by(Question.id))).all()
        assert fates[4:] == [Fate.ANSWERED, Fate.WAITING]


async def _question(session: AsyncSession, update: str) -> Question:
    query = select(Question).where(Question.update_id == update).execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def test_leads_count_at_the_desks_given_and_what_waits_is_told(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        desk = (await session.scalars(select(Desk))).one()
        trader = await traders.hold(session, Address("telegram", "501"), NOW)
        for number, sent_at in enumerate((NOW, NOW - timedelta(days=3), NOW - timedelta(days=40))):
            reference = f"PK-AGR-2K7{'ABC'[number]}"
            assert await leads.open_lead(
                session, Sender(trader.id, "telegram", Language.UR), reference, ENQUIRY, sent_at
            )
        await ask(session, "1")
        since = last_days(30, NOW, KARACHI).since
        assert await statistics.leads_sent(session, [desk.id], since) == [
            LeadCount(desk.id, Sector.AGRICULTURE, LeadState.NEW, 2)
        ]
        assert await statistics.leads_sent(session, [desk.id + 1], since) == []
        assert await statistics.waiting(session, 1, [desk.id], NOW) == Waiting(mine=0, overdue=2, new=3, questions=1)
        assert await statistics.waiting(session, 1, [], NOW) == Waiting(mine=0, overdue=0, new=0, questions=1)


async def test_what_waits_is_counted_up_to_a_limit(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for number in range(COUNTED + 50):
            await ask(session, str(number))
        assert (await statistics.waiting(session, 1, [], NOW)).questions == COUNTED + 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Taftan border khula hai?", "taftan bordar khula he", True, id="vowels and marks"),
        pytest.param("تفتان بارڈر کھلا ہے؟", "taftan border khula hai", True, id="scripts"),
        pytest.param("ایران کی سبزی بھیجنا", "ايران كي سبزي بهيجنا", True, id="keyboards"),
        pytest.param("Iran se Pakistan chawal", "Pakistan se Iran chawal", False, id="the order of words"),
        pytest.param("rice?", "rose?", False, id="short ones by every letter"),
        pytest.param("rice?", "RICE !", True, id="short ones without marks"),
        pytest.param("🙂", "🙁🙁", True, id="nothing to read"),
    ],
)
def test_what_is_nearly_the_same_question(one: str, other: str, same: bool) -> None:
    assert (likeness(one) == likeness(other)) is same


@given(st.text(max_size=5000))
def test_what_is_compared_fits_into_an_index(question: str) -> None:
    assert len(likeness(question)) <= ALIKE_LETTERS


async def test_nearly_the_same_questions_stand_together_in_pages(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for number in range(3):
            await ask(session, f"a{number}", "taftan border khula hai kya?", chat=str(number))
        await ask(session, "b", "gwadar ka rasta kaisa hai aajkal")
        await ask(session, "c", "taftan border khula hai kya?", language=Language.FA)
        await ask(session, "d", "mirjaveh visa kahan se milega")

        async def pages(order: Order) -> list[tuple[str, int]]:
            seen: list[tuple[str, int]] = []
            behind: tuple[int, int] | None = None
            while found := await questions.clusters(session, Sought(), order, behind, 1):
                seen += [(cluster.newest.update_id, cluster.number) for cluster in found]
                behind = found[-1].place
            return seen

        assert await pages(Order.NEWEST) == [("d", 1), ("c", 1), ("b", 1), ("a2", 3)]
        assert await pages(Order.MOST) == [("a2", 3), ("d", 1), ("c", 1), ("b", 1)]


@pytest.mark.parametrize(
    ("sought", "updates"),
    [
        (Sought(), ["3", "2", "1"]),
        (Sought(language=Language.FA), ["2"]),
        (Sought(channel="web"), ["3"]),
        (Sought(since=NOW - timedelta(days=1)), ["3", "2"]),
        (Sought(Fate.STAFF), []),
    ],
)
async def test_questions_are_filtered(sessions: Sessions, sought: Sought, updates: list[str]) -> None:
    async with sessions.begin() as session:
        await ask(session, "1", "gwadar ka rasta kaisa hai", at=NOW - timedelta(days=2))
        await ask(session, "2", "mirjaveh visa kahan se milega", language=Language.FA)
        await ask(session, "3", "taftan border khula hai kya", channel="web", chat="x")
        found = await questions.clusters(session, sought, Order.NEWEST, None, 10)
    assert [cluster.newest.update_id for cluster in found] == updates


async def test_a_topic_that_staff_name_is_proposed_as_a_phrasing_once(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        for chat in ("1", "2"):
            trader = await ask(session, "u", "woh wala raasta kab tak chalega batao", chat=chat)
        await questions.choose(session, trader, "u", "rimdan", NOW)
        await questions.name_topic(session, await _newest(session), "taftan")
        lines = list(await suggestions(session, Library({}, ())))
    assert lines == ["+\tur-Latn\ttaftan\twoh wala raasta kab tak chalega batao"]


async def _newest(session: AsyncSession) -> Question:
    return (await session.scalars(select(Question).order_by(Question.id.desc()).limit(1))).one()
