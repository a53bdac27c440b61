"""Reminders: before a promise passes and once it has, each once, to those who are told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.enquiry import LeadState
from bot.records import promises
from bot.records.staff import Notices as Choice
from bot.records.staff import Role
from knowledge.language import Language
from tests.conftest import NOW
from tests.notices.conftest import Chamber


@pytest.mark.parametrize(
    ("hours", "before"),
    [
        pytest.param(48, timedelta(hours=12), id="a quarter"),
        pytest.param(3, timedelta(hours=1), id="at least an hour"),
        pytest.param(1, timedelta(minutes=30), id="at most half of it"),
    ],
)
async def test_a_promise_is_reminded_of_before_it_passes_and_once_it_has(
    chamber: Chamber, hours: int, before: timedelta
) -> None:
    desk = await chamber.desk("Quetta", hours)
    await chamber.member("gul", desk)
    lead, notices = await chamber.lead(desk), chamber.notices()
    for at, told in (
        (lead.promised_at - before - timedelta(seconds=1), 0),
        (lead.promised_at - before, 1),
        (lead.promised_at - timedelta(seconds=1), 0),
        (lead.promised_at, 1),
        (lead.promised_at + timedelta(days=3), 0),
    ):
        chamber.clock.time = at
        assert await notices.remind() == told
    soon, passed = (await chamber.told())["gul"]
    assert soon.startswith("⏰ Lead PK-AGR-0001 is still unanswered\nWants to sell: Basmati rice (25 tonnes)")
    assert passed.startswith("⚠️ Lead PK-AGR-0001: the promised answer is overdue\n")
    assert [chat.identifier for chat in chamber.woken] == ["gul", "gul"]


async def test_a_promise_that_passed_while_nobody_looked_is_told_as_such_alone(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk)
    await chamber.lead(desk)
    chamber.clock.passes(hours=60)
    assert await chamber.notices().remind() == 1
    assert await chamber.notices().remind() == 0
    assert "overdue" in (await chamber.told())["gul"][0]


async def test_what_is_answered_withdrawn_or_done_is_not_reminded_of(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk)
    await chamber.lead(desk, answered_at=NOW)
    for state in set(LeadState) - {LeadState.NEW}:
        await chamber.lead(desk, state=state)
    for hours in (40, 9):
        chamber.clock.passes(hours=hours)
        assert await chamber.notices().remind() == 0


@pytest.mark.parametrize(
    ("language", "hour"),
    [
        pytest.param(Language.EN, "26 Nov 2026 14:00", id="en"),
        pytest.param(Language.UR, "26 نومبر 2026 14:00", id="ur"),
        pytest.param(Language.FA, "۱۴۰۵/۰۹/۰۵ ۱۴:۰۰", id="fa"),
    ],
)
async def test_the_promised_hour_is_that_of_the_member(chamber: Chamber, language: Language, hour: str) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk, language=language, timezone="Asia/Karachi")
    await chamber.lead(desk)
    chamber.clock.passes(hours=40)
    await chamber.notices().remind()
    assert hour in (await chamber.told())["gul"][0]


async def test_the_assignee_is_reminded_else_the_desk_else_the_admins(chamber: Chamber) -> None:
    quetta, zahedan = await chamber.desk("Quetta"), await chamber.desk("Zahedan")
    gul = await chamber.member("gul", quetta)
    await chamber.member("noor", quetta)
    await chamber.member("silent", zahedan, told=Choice.NONE)
    await chamber.member("admin", role=Role.ADMIN)
    await chamber.lead(quetta, assignee_id=gul.id)
    await chamber.lead(quetta)
    await chamber.lead(zahedan)
    chamber.clock.passes(hours=40)
    await chamber.notices().remind()
    told = {chat: sorted(text[7:18] for text in texts) for chat, texts in (await chamber.told()).items()}
    assert told == {"gul": ["PK-AGR-0001", "PK-AGR-0002"], "noor": ["PK-AGR-0002"], "admin": ["PK-AGR-0003"]}


async def test_two_processes_at_once_remind_once(chamber: Chamber) -> None:
    desk = await chamber.desk("Quetta")
    await chamber.member("gul", desk)
    many = promises.PROMISES_TAKEN + 20
    for _ in range(many):
        await chamber.lead(desk)
    chamber.clock.passes(hours=49)

    async def all_of_them() -> int:
        notices, told = chamber.notices(), 0
        while taken := await notices.remind():
            told += taken
        return told

    assert sum(await asyncio.gather(all_of_them(), all_of_them())) == many
    told = (await chamber.told())["gul"]
    assert len(told) == len(set(told)) == many
