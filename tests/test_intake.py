"""One update, one transaction: idempotence, order, atomicity."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversation.turn import Counsel
from bot.delivery.drain import Drain
from bot.delivery.outbox import Delivery, DeliveryState
from bot.intake import Intake
from bot.message import Address, Incoming, Kind
from bot.notices.words import Means
from bot.records.questions import Question, Rating
from bot.records.traders import Trader
from bot.records.updates import Update
from bot.wording import load_voices
from tests.conftest import NOW
from tests.recording import Recording

Sessions = async_sessionmaker[AsyncSession]

TRADER = Address("recording", "77")


@pytest.fixture
def channel() -> Recording:
    return Recording()


@pytest.fixture
def intake(sessions: Sessions, counsel: Counsel, channel: Recording) -> Intake:
    drain = Drain(sessions, {channel.name: channel}, lambda: NOW)
    return Intake(sessions, counsel, drain, means_of(counsel), lambda: NOW)


def means_of(counsel: Counsel) -> Means:
    """What the staff would be told with; there is none."""
    return Means(load_voices(domain="admin"), counsel.voices, counsel.library, None, mails=False)


def asks(number: int, text: str = "barter trade") -> Incoming:
    return Incoming(TRADER, str(number), text=text, client_language="en")


async def test_an_update_delivered_twice_is_answered_once(intake: Intake, channel: Recording) -> None:
    await intake.receive(asks(1))
    await intake.receive(asks(1))
    await intake.settle()
    assert len(channel.sent) == 2  # the answer, and the welcome of a first contact: not four


async def test_two_copies_at_once_are_answered_once(intake: Intake, channel: Recording) -> None:
    await asyncio.gather(*(intake.receive(asks(1)) for _ in range(8)))
    await intake.settle()
    assert len(channel.sent) == 2


async def test_updates_of_one_chat_are_handled_and_answered_in_order(intake: Intake, channel: Recording) -> None:
    await intake.receive(asks(0, "/start"))
    texts = ["/language", "/menu", "/stop", "/forget", "/help"] * 4
    await asyncio.gather(*(intake.receive(asks(number, text)) for number, text in enumerate(texts, start=1)))
    await intake.settle()
    replies = [message.text for _, message in channel.sent[1:]]
    assert replies == replies[:5] * 4
    assert len(set(replies)) == 5


async def test_a_slow_chat_holds_up_no_other(intake: Intake, channel: Recording) -> None:
    channel.gates["77"] = asyncio.Event()
    await intake.receive(asks(1))  # returns though nothing can be sent yet
    await intake.receive(replace(asks(1), address=Address("recording", "78")))
    await asyncio.sleep(0.2)
    assert {identifier for identifier, _ in channel.sent} == {"78"}
    channel.gates["77"].set()
    await intake.settle()
    assert {identifier for identifier, _ in channel.sent} == {"77", "78"}


async def test_a_question_is_kept_with_what_was_understood_and_tapped(sessions: Sessions, intake: Intake) -> None:
    await intake.receive(asks(1, "who won the cricket match yesterday"))
    await intake.receive(asks(2, "barter trade"))
    await intake.receive(Incoming(TRADER, "3", Kind.TAP, data="ask:mean:1:barter-trade"))
    await intake.receive(Incoming(TRADER, "4", Kind.TAP, data="ask:up:2:barter-trade"))
    await intake.receive(Incoming(TRADER, "5", Kind.TAP, data="ask:down:2:barter-trade"))
    await intake.settle()
    async with sessions() as session:
        first, second = (await session.scalars(select(Question).order_by(Question.id))).all()
        rating = (await session.scalars(select(Rating))).one()
    assert (first.outcome, first.topic, first.chosen_topic) == ("no_answer", None, "barter-trade")
    assert (second.outcome, second.topic) == ("answer", "barter-trade")
    assert (rating.update_id, rating.helpful) == ("2", False)  # the later tap counts


async def test_forgetting_leaves_nothing_of_the_trader(sessions: Sessions, intake: Intake, channel: Recording) -> None:
    await intake.receive(asks(1))
    await intake.receive(asks(2, "/forget"))
    await intake.receive(Incoming(TRADER, "3", Kind.TAP, data="settle:forget:2"))
    await intake.settle()
    assert "deleted" in channel.sent[-1][1].text
    async with sessions() as session:
        for table in (Trader, Question, Rating, Update):
            assert (await session.scalars(select(table))).all() == []
        farewell = (await session.scalars(select(Delivery))).one()
    assert farewell.trader_id is None


async def test_stop_is_kept_where_announcements_look(sessions: Sessions, intake: Intake) -> None:
    await intake.receive(asks(1, "/stop"))
    async with sessions() as session:
        assert (await session.scalars(select(Trader.announcements))).one() is False
    await intake.receive(Incoming(TRADER, "2", Kind.TAP, data="settle:allow"))
    await intake.settle()
    async with sessions() as session:
        assert (await session.scalars(select(Trader.announcements))).one() is True


async def test_what_cannot_be_kept_is_not_answered_and_may_come_again(
    sessions: Sessions, intake: Intake, channel: Recording
) -> None:
    async with sessions.begin() as session:
        await session.execute(text("ALTER TABLE deliveries RENAME TO away"))
    with pytest.raises(ProgrammingError):
        await intake.receive(asks(1))
    async with sessions.begin() as session:
        await session.execute(text("ALTER TABLE away RENAME TO deliveries"))
        assert (await session.scalars(select(Question))).all() == []  # the transaction took it back
    await intake.receive(asks(1))
    await intake.settle()
    assert len(channel.sent) == 2


async def test_a_fault_of_ours_costs_one_answer_and_says_sorry(
    sessions: Sessions, counsel: Counsel, channel: Recording
) -> None:
    def broken(_: str, __: object) -> object:
        raise ZeroDivisionError

    drain = Drain(sessions, {channel.name: channel}, lambda: NOW)
    intake = Intake(sessions, replace(counsel, understand=broken), drain, means_of(counsel), lambda: NOW)  # type: ignore[arg-type]
    await intake.receive(asks(1))
    await intake.receive(asks(2, "/menu"))
    await intake.settle()
    assert ["went wrong" in message.text for _, message in channel.sent] == [True, False]


@pytest.mark.parametrize("text", ["cricket\0 score", "cricket \ud83d score", "\0", "\udfff"])
async def test_what_no_table_can_hold_is_left_out(intake: Intake, channel: Recording, text: str) -> None:
    await intake.receive(asks(1, text))
    await intake.receive(Incoming(TRADER, "2", Kind.TAP, data=f"menu:{text}"))
    await intake.settle()
    assert len(channel.sent) == 2


async def test_two_traders_never_share_an_address(sessions: Sessions, intake: Intake) -> None:
    await intake.receive(asks(1))
    await intake.settle()
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            session.add(Trader(channel="recording", identifier="77", memory={}, first_seen_at=NOW, last_seen_at=NOW))


async def test_the_platforms_word_about_a_trader_is_not_his(sessions: Sessions, intake: Intake) -> None:
    await intake.receive(asks(1, "/start"))
    await intake.settle()
    gone_at = NOW - timedelta(days=1)
    async with sessions.begin() as session:
        await session.execute(update(Delivery).values(state=DeliveryState.WAITING))
        await session.execute(update(Trader).values(last_seen_at=gone_at, gone_at=gone_at))
    await intake.receive(replace(asks(2, "/stop"), spoken=False))
    await intake.settle()
    async with sessions() as session:
        trader = (await session.scalars(select(Trader))).one()
        first = (await session.scalars(select(Delivery).order_by(Delivery.id).limit(1))).one()
    assert (trader.last_seen_at, trader.gone_at, trader.announcements) == (gone_at, gone_at, False)
    assert first.state is DeliveryState.WAITING
    await intake.receive(asks(3, "/menu"))
    await intake.settle()
    async with sessions() as session:
        assert (await session.scalars(select(Trader.gone_at))).one() is None
        assert DeliveryState.WAITING not in (await session.scalars(select(Delivery.state))).all()
