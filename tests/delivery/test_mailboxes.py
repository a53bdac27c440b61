"""Broadcasts into mailboxes: put there once, by any number of processes, and nothing is held up by who is busy."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.delivery import outbox
from bot.delivery.broadcasts import Recipient
from bot.delivery.mailboxes import Mailboxes
from bot.message import Address
from bot.records import traders
from tests.conftest import NOW
from tests.delivery.test_broadcasts import TEXTS, Press, Sessions
from tests.recording import Recording


class Boxes(Recording):
    """A channel that notes which mailboxes have something new."""

    keeps_mailbox = True

    def __init__(self) -> None:
        super().__init__()
        self.new: list[str] = []

    def arrived(self, identifier: str) -> None:
        self.new.append(identifier)


@pytest.fixture
def press(sessions: Sessions, database_address: str) -> Press:
    return Press(sessions, database_address)


@pytest.fixture
def boxes() -> Boxes:
    return Boxes()


@pytest.fixture
def mailboxes(press: Press, boxes: Boxes) -> Mailboxes:
    return Mailboxes(press.sessions, boxes, press.clock)


async def inbox(press: Press, name: str) -> list[str]:
    """What a trader finds in his mailbox."""
    async with press.sessions() as session:
        return [message.text for _, message in await outbox.delivered_to(session, Address("recording", name), 0)]


async def empty(mailboxes: Mailboxes) -> None:
    """Post until nothing is due."""
    while await mailboxes.post():
        pass


async def test_each_finds_it_in_his_language_once(press: Press, mailboxes: Mailboxes, boxes: Boxes) -> None:
    await press.trader("gul", "policy", language="ur")
    await press.trader("reza", "policy", language="fa")
    await press.announces("policy")
    await press.publishes()
    await empty(mailboxes)
    assert TEXTS["ur"] in (await inbox(press, "gul"))[0]
    assert TEXTS["fa"] in (await inbox(press, "reza"))[0]
    assert sorted(boxes.new) == ["gul", "reza"]
    assert await press.states() == {"sent": 2}


async def test_two_processes_post_each_once(press: Press, mailboxes: Mailboxes) -> None:
    for number in range(500):
        await press.trader(f"trader{number}", "policy")
    await press.announces("policy")
    await press.publishes()
    other = Mailboxes(press.sessions, Boxes(), press.clock)
    await asyncio.gather(empty(mailboxes), empty(other))
    async with press.sessions() as session:
        posted = Counter(await session.scalars(text("SELECT identifier FROM deliveries")))
    assert len(posted) == 500
    assert set(posted.values()) == {1}


async def test_who_is_busy_is_passed_over_until_the_next_look(press: Press, mailboxes: Mailboxes) -> None:
    for name in ("busy", "idle"):
        await press.trader(name, "policy")
    await press.announces("policy")
    await press.publishes()
    async with press.sessions.begin() as session:
        await traders.hold(session, Address("recording", "busy"), NOW)  # as an update of his does
        assert await asyncio.wait_for(mailboxes.post(), 5) == 1
    assert await inbox(press, "busy") == []
    assert len(await inbox(press, "idle")) == 1
    await empty(mailboxes)
    assert len(await inbox(press, "busy")) == 1


async def test_who_stopped_meanwhile_finds_none(press: Press, mailboxes: Mailboxes) -> None:
    trader = await press.trader("gul", "policy")
    await press.announces("policy")
    await press.publishes()
    async with press.sessions.begin() as session:
        await traders.allow_announcements(session, trader, allowed=False)
    await empty(mailboxes)
    assert await inbox(press, "gul") == []
    async with press.sessions() as session:
        recipient = (await session.scalars(select(Recipient))).one()
    assert (recipient.state.value, recipient.sent_at, recipient.external_id) == ("cancelled", None, None)


async def test_quiet_hours_that_begin_before_the_turn_comes_are_waited_for(press: Press, mailboxes: Mailboxes) -> None:
    await press.trader("night", "policy", quiet_from=22, quiet_until=7)
    await press.announces("policy")
    await press.publishes()
    press.clock.time = NOW.replace(hour=18)  # 23:00 in Karachi
    await empty(mailboxes)
    assert await press.states() == {"queued": 1}
    press.clock.time += timedelta(hours=8)
    await empty(mailboxes)
    assert len(await inbox(press, "night")) == 1
