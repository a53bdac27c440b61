"""Announcements on WhatsApp: within the window as they are, after it by a template, and what is reported of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.announcing import schedule
from bot.delivery import broadcasts, standing, windows
from bot.delivery.broadcasts import Broadcast, BroadcastState, Recipient, RecipientState
from bot.delivery.outbox import Delivery
from bot.message import Purpose
from bot.records.announcements import Announcement, AnnouncementState
from tests.channels import test_whatsapp_window as window
from tests.channels.test_whatsapp_window import DAY, SUBSCRIBE, Clock, approve, statuses, types, until_halted
from tests.conftest import Running
from tests.servers.graph_api import Failure, GraphApi
from tests.trader import WhatsAppTrader

clock, running, trader = window.clock, window.running, window.trader  # the fixtures

WORDS = "The border is closed on Friday."


async def announce(running: Running, clock: Clock, **columns: Any) -> int:
    """Announce to all who want to hear of policy."""
    async with running.service.sessions.begin() as session:
        announcement = Announcement(
            title="Border", texts={"en": WORDS}, stand_ins={}, subjects=["policy"], languages=[], countries=[],
            channels=[], reminders=False, state=AnnouncementState.DRAFT, created_at=clock(), changed_at=clock(),
            **columns,
        )  # fmt: skip
        session.add(announcement)
        await session.flush()
        schedule(session, announcement, clock())
    return announcement.id


async def until(running: Running, state: RecipientState) -> Recipient:
    """Wait until the message of the only recipient is in this state."""
    async with asyncio.timeout(20):
        while True:
            async with running.service.sessions() as session:
                found: Recipient | None = await session.scalar(select(Recipient).where(Recipient.state == state))
                if found:
                    return found
            await asyncio.sleep(0.05)


@pytest.fixture
async def subscriber(trader: WhatsAppTrader) -> WhatsAppTrader:
    """A trader who wants to hear of policy."""
    await trader.taps_data(SUBSCRIBE)
    await trader.reads("where do you work?")
    return trader


async def reports(subscriber: WhatsAppTrader, recipient: Recipient, status: str, code: int | None = None) -> None:
    """Have the platform report on the announcement."""
    errors = [{"code": code, "title": "An error"}] if code else []
    report: dict[str, Any] = {"id": recipient.external_id, "status": status, "errors": errors}
    await subscriber.delivers(statuses(report))


async def test_within_the_window_it_arrives_and_is_read(
    running: Running, subscriber: WhatsAppTrader, clock: Clock
) -> None:
    await announce(running, clock)
    assert WORDS in (await subscriber.reads("Announcement")).text
    sent = await until(running, RecipientState.SENT)
    await reports(subscriber, sent, "read")
    await reports(subscriber, sent, "delivered")
    assert (await until(running, RecipientState.READ)).error is None


async def test_after_it_a_template_asks_and_the_tap_brings_it(
    running: Running, subscriber: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.ANNOUNCEMENT)
    clock.now += DAY
    await announce(running, clock)
    await subscriber.reads("template saudagar_announcement_1")
    assert (await until(running, RecipientState.WAITING)).error == windows.WAITS
    assert WORDS not in str(graph_api.calls)
    await subscriber.taps("Read it")
    await subscriber.reads(WORDS)
    await subscriber.reads("What do you need?")
    assert types(graph_api).count("template") == 1


async def test_what_was_kept_has_come_as_far_as_its_copy(
    running: Running, subscriber: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.ANNOUNCEMENT)
    clock.now += DAY
    announcement = await announce(running, clock)
    await until(running, RecipientState.WAITING)
    assert await states_told(running, announcement, clock) == {RecipientState.WAITING}
    await subscriber.types("/menu")
    await subscriber.reads(WORDS)
    async with asyncio.timeout(20):
        while await states_told(running, announcement, clock) != {RecipientState.SENT}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def states_told(running: Running, announcement: int, clock: Clock) -> set[RecipientState]:
    """The states of which the panel tells."""
    async with running.service.sessions() as session:
        (found,) = await standing.of(session, announcement, clock())
    return found.states


async def test_who_answers_the_template_with_stop_does_not_get_what_was_kept(
    running: Running, subscriber: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.ANNOUNCEMENT)
    clock.now += DAY
    await announce(running, clock)
    await until(running, RecipientState.WAITING)
    await subscriber.types("STOP")
    await subscriber.reads("You will get no announcements")
    await until(running, RecipientState.CANCELLED)
    await subscriber.types("/menu")
    await subscriber.reads("What do you need?")
    assert WORDS not in str(graph_api.calls)


async def test_cancelling_stops_what_is_kept(
    running: Running, subscriber: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    clock.now += DAY
    announcement = await announce(running, clock)
    await until(running, RecipientState.WAITING)
    async with running.service.sessions.begin() as session:
        (found,) = await standing.of(session, announcement, clock())
        assert found.is_unfinished
        assert await broadcasts.cancel(session, announcement) == 1
    await until(running, RecipientState.CANCELLED)
    await subscriber.types("/menu")
    await subscriber.reads("What do you need?")
    assert WORDS not in str(graph_api.calls)


async def test_what_is_kept_of_an_event_that_is_over_is_dropped(
    running: Running, subscriber: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    clock.now += DAY
    await announce(running, clock, event_on=clock().date(), event_zone="Asia/Karachi")
    await until(running, RecipientState.WAITING)
    clock.now += DAY
    await subscriber.types("/menu")
    await subscriber.reads("What do you need?")
    await until(running, RecipientState.CANCELLED)
    assert WORDS not in str(graph_api.calls)


async def test_without_an_approved_template_it_is_kept_with_the_reason(
    running: Running, subscriber: WhatsAppTrader, clock: Clock
) -> None:
    clock.now += DAY
    await announce(running, clock)
    error = (await until(running, RecipientState.WAITING)).error
    assert error is not None
    assert "132001" in error
    await subscriber.types("/menu")
    await subscriber.reads(WORDS)


async def test_a_closed_window_that_is_reported_later_has_the_template_sent(
    running: Running, subscriber: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.ANNOUNCEMENT)
    await announce(running, clock)
    await subscriber.reads(WORDS)
    sent = await until(running, RecipientState.SENT)
    clock.now += DAY
    await reports(subscriber, sent, "failed", 131047)
    await until(running, RecipientState.WAITING)
    await subscriber.reads("template saudagar_announcement_1")
    async with running.service.sessions() as session:
        handed_over = (await session.scalars(select(Delivery.id).order_by(Delivery.id.desc()))).first()
    assert handed_over is not None
    waiting = await window.until(running, handed_over, "waiting")
    assert (waiting.error, waiting.broadcast_id, waiting.closed_at) == (windows.WAITS, sent.broadcast_id, sent.sent_at)


@pytest.mark.parametrize("order", [("wamid.A", "wamid.B"), ("wamid.B", "wamid.A")], ids="-".join)
@pytest.mark.parametrize(("code", "state"), [(130429, RecipientState.QUEUED), (131047, RecipientState.WAITING)])
async def test_parts_that_fail_in_any_order_are_all_sent_again(
    running: Running,
    subscriber: WhatsAppTrader,
    clock: Clock,
    order: tuple[str, ...],
    code: int,
    state: RecipientState,
) -> None:
    await announce(running, clock)
    await subscriber.reads(WORDS)
    sent = await until(running, RecipientState.SENT)
    async with running.service.sessions.begin() as session:
        await session.execute(update(Recipient).values(external_id="wamid.OK wamid.A wamid.B"))
    for part in order:
        sent.external_id = part
        await reports(subscriber, sent, "failed", code)
    recipient = await until(running, state)
    async with running.service.sessions() as session:
        copy = await session.scalar(select(Delivery.external_ids).where(Delivery.broadcast_id.is_not(None)))
    kept = (recipient.external_id or "").split() if state is RecipientState.QUEUED else copy
    assert kept == ["wamid.OK"]


@pytest.mark.parametrize(("code", "state"), [(131026, RecipientState.GONE), (131049, RecipientState.FAILED)])
async def test_what_fails_later_is_recorded(
    running: Running, subscriber: WhatsAppTrader, clock: Clock, code: int, state: RecipientState
) -> None:
    await announce(running, clock)
    await subscriber.reads(WORDS)
    await reports(subscriber, await until(running, RecipientState.SENT), "failed", code)
    assert (await until(running, state)).error == f"{code}: An error"


async def test_a_limit_that_is_reported_later_opens_the_broadcast_again(
    running: Running, subscriber: WhatsAppTrader, clock: Clock
) -> None:
    await announce(running, clock)
    await subscriber.reads(WORDS)
    await reports(subscriber, await until(running, RecipientState.SENT), "failed", 130429)
    async with running.service.sessions() as session:
        assert (await session.scalars(select(Broadcast.state))).one() is BroadcastState.SENDING
    clock.now += DAY / 24
    await subscriber.reads(WORDS)
    await until(running, RecipientState.SENT)


@pytest.mark.usefixtures("subscriber")
async def test_quality_stops_announcements_until_staff_have_acted(
    running: Running, clock: Clock, graph_api: GraphApi
) -> None:
    graph_api.scripted["interactive"].append(Failure(131048))
    await announce(running, clock)
    halt = await until_halted(running)
    waiting = await until(running, RecipientState.QUEUED)
    assert (waiting.error, waiting.due_at, waiting.attempts) == (halt.reason, halt.until, 0)
