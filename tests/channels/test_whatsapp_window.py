"""The customer service window, templates, and what the platform reports later; by a clock of the test."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.app import build
from bot.conversation.turn import Counsel
from bot.delivery import halts, outbox, windows
from bot.delivery.drain import PAUSES
from bot.delivery.halts import Halt
from bot.delivery.outbox import Delivery, DeliveryState
from bot.message import Address, Outgoing, Purpose
from bot.records.traders import Trader
from bot.settings import Settings
from knowledge.language import Language
from tests.conftest import NOW, Running, serving
from tests.servers.bot_api import BotApi
from tests.servers.graph_api import Failure, GraphApi
from tests.trader import WhatsAppTrader, as_delivered

DAY = timedelta(hours=24)
SUBSCRIBE = "subscribe:on:policy"
GUL = Address("whatsapp", "923001234567")


@dataclass
class Clock:
    """The hour of the service and of the platform."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same for the platform."""
        return self.now.timestamp()


@pytest.fixture
def clock(graph_api: GraphApi) -> Clock:
    """A clock that stands still until a test puts it on."""
    clock = Clock()
    graph_api.clock = clock.seconds
    return clock


@pytest.fixture
async def running(
    clock: Clock,
    whatsapp_settings: Settings,
    counsel: Counsel,
    database_address: str,
    bot_api: BotApi,
    graph_api: GraphApi,
) -> AsyncIterator[Running]:
    """The whole service by that clock."""
    async with serving(build(whatsapp_settings, counsel, database_address, clock), bot_api, graph_api) as run:
        yield run


@pytest.fixture
async def trader(running: Running) -> WhatsAppTrader:
    """One who has just written."""
    trader = running.on_whatsapp()
    await trader.types("/language")
    await trader.reads("Choose your language")
    return trader


def approve(graph_api: GraphApi, *purposes: Purpose) -> None:
    """Have Meta approve templates."""
    for purpose in purposes:
        known = {"name": f"saudagar_{purpose.value}_1", "language": "en", "status": "APPROVED"}
        graph_api.templates.append(known)


async def write(running: Running, text: str, purpose: Purpose | None) -> int:
    """Write to the trader as staff do; return the delivery's id."""
    async with running.service.sessions.begin() as session:
        trader = await session.scalar(select(Trader.id).where(Trader.identifier == GUL.identifier))
        message = Outgoing(text, Language.EN, purpose=purpose)
        await outbox.queue(session, trader, GUL, [message], running.service.drain._now())
        number = await session.scalar(select(Delivery.id).order_by(Delivery.id.desc()).limit(1))
    running.service.intake.wake(GUL)
    assert number is not None
    return number


async def until(running: Running, delivery: int, *states: str) -> Delivery:
    """Wait until a delivery is in one of these states."""
    async with asyncio.timeout(15):
        while True:
            async with running.service.sessions() as session:
                found = await session.get(Delivery, delivery)
                assert found is not None
                if found.state in states:
                    return found
            await asyncio.sleep(0.02)


def types(graph_api: GraphApi) -> list[str]:
    return [call["type"] for call in graph_api.calls]


async def test_within_the_window_a_message_goes_out_as_it_is(
    running: Running, trader: WhatsAppTrader, clock: Clock
) -> None:
    clock.now += DAY - timedelta(minutes=1)
    await write(running, "Your enquiry: the chamber has news.", Purpose.LEAD_UPDATE)
    await trader.reads("the chamber has news")


async def test_after_it_a_template_asks_and_the_message_waits_for_the_tap(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.LEAD_UPDATE)
    clock.now += DAY
    first = await write(running, "First news.", Purpose.LEAD_UPDATE)
    await trader.reads("template saudagar_lead_update_1")
    waiting = await until(running, first, "waiting")
    assert waiting.error == windows.WAITS
    second = await write(running, "Second news.", Purpose.LEAD_UPDATE)
    assert (await until(running, second, "waiting")).error == windows.WAITS_ASKED
    assert types(graph_api).count("template") == 1
    await trader.taps("Read it")
    for words in ("First news", "Second news", "What do you need?"):
        await trader.reads(words)
    assert (await until(running, first, "sent")).error is None


async def test_a_message_of_no_kind_that_has_a_template_waits_without_one(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    clock.now += DAY
    delivery = await write(running, "Hello from the chamber.", None)
    assert (await until(running, delivery, "waiting")).error == windows.WAITS_UNASKED
    before = len(graph_api.calls)
    await trader.types("barter trade")
    await trader.reads("Hello from the chamber")
    await trader.reads("Barter")
    assert graph_api.calls[before]["text"]["body"] == "Hello from the chamber."


async def test_without_an_approved_template_the_reason_is_kept(
    running: Running, trader: WhatsAppTrader, clock: Clock
) -> None:
    clock.now += DAY
    delivery = await write(running, "News.", Purpose.QUESTION_ANSWERED)
    waiting = await until(running, delivery, "waiting")
    assert waiting.error is not None
    assert "the template was refused: 132001: TemplateNotExists" in waiting.error
    assert trader.inbox.take("News") is None


@pytest.mark.parametrize(("taps", "sent"), [([], False), ([SUBSCRIBE], True), ([SUBSCRIBE, "settle:stop"], False)])
async def test_marketing_templates_go_to_those_alone_who_asked_for_announcements(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi, taps: list[str], *, sent: bool
) -> None:
    approve(graph_api, Purpose.ANNOUNCEMENT)
    for data in taps:
        await trader.taps_data(data)
        await trader.reads("announcements")
    clock.now += DAY
    delivery = await write(running, "The border is closed.", Purpose.ANNOUNCEMENT)
    waiting = await until(running, delivery, "waiting")
    assert waiting.error == (windows.WAITS if sent else windows.WAITS_UNWANTED)
    assert types(graph_api).count("template") == sent


async def test_the_platform_may_say_at_once_that_the_window_is_closed(
    running: Running, trader: WhatsAppTrader, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.LEAD_UPDATE)
    graph_api.heard.clear()
    delivery = await write(running, "News.", Purpose.LEAD_UPDATE)
    await trader.reads("template")
    await until(running, delivery, "waiting")


def statuses(*reports: dict[str, Any]) -> dict[str, Any]:
    """A call that reports."""
    common = {"timestamp": "1", "recipient_id": GUL.identifier}
    return as_delivered(statuses=[common | report for report in reports])


def ids(delivery: Delivery) -> list[str]:
    """The platform's ids of its parts."""
    return [str(external_id) for external_id in delivery.external_ids]


async def a_delivery(running: Running) -> Delivery:
    """The reply that the trader has, recorded."""
    await running.service.intake.settle()
    async with running.service.sessions() as session:
        return (await session.scalars(select(Delivery).order_by(Delivery.id.desc()))).one()


REPORTS = ("sent", "delivered", "read")


@pytest.mark.parametrize("order", list(itertools.permutations(REPORTS)), ids="-".join)
async def test_reports_end_alike_in_whatever_order_and_however_often_they_come(
    running: Running, trader: WhatsAppTrader, order: tuple[str, ...]
) -> None:
    delivery = await a_delivery(running)
    last = ids(delivery)[-1]
    for status in order + order:
        await trader.delivers(statuses({"id": last, "status": status}))
    assert (await until(running, delivery.id, "read")).sent_at is not None


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        (["sent"], "sent"), (["delivered", "sent"], "delivered"), (["failed"], "failed"),
        (["failed", "failed"], "failed"),
        (["failed", "sent"], "failed"), (["delivered", "failed"], "delivered"), (["failed", "delivered"], "delivered"),
        (["read", "failed"], "read"), (["played"], "read"), (["pondered"], "sent"),
    ],
)  # fmt: skip
async def test_a_state_never_goes_back(
    running: Running, trader: WhatsAppTrader, reports: list[str], state: str
) -> None:
    delivery = await a_delivery(running)
    for status in reports:
        report: dict[str, Any] = {"id": ids(delivery)[-1], "status": status}
        if status == "failed":
            report["errors"] = [{"code": 131049, "title": "Not delivered to maintain healthy ecosystem engagement"}]
        await trader.delivers(statuses(report))
    assert (await until(running, delivery.id, state)).state == state


async def test_reports_on_what_is_not_ours_change_nothing(running: Running, trader: WhatsAppTrader) -> None:
    delivery = await a_delivery(running)
    await trader.delivers(statuses({"id": "wamid.UNKNOWN", "status": "read"}))
    stranger = {"id": ids(delivery)[-1], "status": "read", "recipient_id": "989121234567"}
    await trader.delivers(as_delivered(statuses=[{"timestamp": "1"} | stranger]))
    assert (await until(running, delivery.id, "sent")).state == "sent"


async def test_a_report_that_comes_before_the_ids_are_recorded_is_kept(
    running: Running, trader: WhatsAppTrader
) -> None:
    delivery = await a_delivery(running)
    async with running.service.sessions.begin() as session:
        recording = update(Delivery).where(Delivery.id == delivery.id)
        await session.execute(recording.values(external_ids=[], state=DeliveryState.SENDING))
    await trader.delivers(statuses({"id": ids(delivery)[-1], "status": "delivered"}))
    async with running.service.sessions.begin() as session:
        await session.execute(recording.values(external_ids=ids(delivery), state=DeliveryState.SENT))
    await until(running, delivery.id, "delivered")


async def fails(running: Running, trader: WhatsAppTrader, code: int) -> Delivery:
    """Have the trader's last message reported as failed."""
    delivery = await a_delivery(running)
    errors = [{"code": code, "title": "An error", "error_data": {"details": "923001234567 …"}}]
    await trader.delivers(statuses({"id": ids(delivery)[-1], "status": "failed", "errors": errors}))
    return delivery


async def test_who_is_not_on_whatsapp_is_gone(running: Running, trader: WhatsAppTrader) -> None:
    delivery = await fails(running, trader, 131026)
    assert (await until(running, delivery.id, "gone")).error == "131026: An error"
    async with running.service.sessions() as session:
        assert (await session.scalars(select(Trader.gone_at))).one() is not None


async def test_a_closed_window_that_is_reported_later_makes_the_message_wait(
    running: Running, trader: WhatsAppTrader, graph_api: GraphApi, clock: Clock
) -> None:
    before = len(graph_api.calls)
    clock.now += timedelta(seconds=1)
    delivery = await fails(running, trader, 131047)
    assert (await until(running, delivery.id, "waiting")).error == windows.WAITS_UNASKED
    assert len(graph_api.calls) == before  # it was not tried again
    await trader.types("/menu")
    await trader.reads("Choose your language")
    await trader.reads("What do you need?")


async def test_a_limit_that_is_reported_later_is_waited_for(
    running: Running, trader: WhatsAppTrader, graph_api: GraphApi, clock: Clock
) -> None:
    before = len(graph_api.calls)
    delivery = await fails(running, trader, 130429)
    assert (await until(running, delivery.id, "queued")).external_ids == []
    clock.now += timedelta(minutes=1)
    await until(running, delivery.id, "sent")
    assert len(graph_api.calls) == before + 1


async def until_halted(running: Running) -> Halt:
    """Wait until a channel takes nothing."""
    async with asyncio.timeout(15):
        while True:
            async with running.service.sessions() as session:
                for halt in await session.scalars(select(Halt)):
                    return halt
            await asyncio.sleep(0.02)


async def test_quality_stops_the_drain_until_staff_have_acted(
    running: Running, trader: WhatsAppTrader, graph_api: GraphApi, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    graph_api.scripted["text"].append(Failure(131048))
    first = await write(running, "First.", None)
    halt = await until_halted(running)
    await until(running, first, "queued")
    assert (halt.channel, halt.reason) == ("whatsapp", "131048: SpamRateLimitHit")
    assert "staff have to act" in caplog.text
    before = len(graph_api.calls)
    await running.service.drain.send_due()
    assert len(graph_api.calls) == before
    clock.now = halt.until
    await trader.reads("First.")


async def test_a_template_that_fails_leaves_its_message_waiting_with_the_reason(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.LEAD_UPDATE)
    clock.now += DAY
    delivery = await write(running, "News.", Purpose.LEAD_UPDATE)
    await trader.reads("template")
    template = (await until(running, delivery, "waiting")).template_id
    await template_fails(trader, template, 132015)
    waiting = await until(running, delivery, "waiting")
    assert waiting.error == "waits for the trader to write; the template was not delivered: 132015: An error"
    assert waiting.template_id is None
    second = await write(running, "More news.", Purpose.LEAD_UPDATE)  # the first has asked nobody
    assert (await until(running, second, "waiting")).error == windows.WAITS


async def template_fails(trader: WhatsAppTrader, template: str | None, code: int) -> None:
    """Have a template reported as failed."""
    errors = [{"code": code, "title": "An error"}]
    await trader.delivers(statuses({"id": template, "status": "failed", "errors": errors}))


async def asked(running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi) -> Delivery:
    """A message that waits, its trader asked by a template."""
    approve(graph_api, Purpose.LEAD_UPDATE)
    clock.now += DAY
    delivery = await write(running, "News.", Purpose.LEAD_UPDATE)
    await trader.reads("template")
    return await until(running, delivery, "waiting")


@pytest.mark.parametrize(("code", "seconds"), [(131048, halts.PAUSE.total_seconds()), (130429, 5), (131000, PAUSES[0])])
async def test_a_template_that_may_pass_later_is_sent_again_then(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi, code: int, seconds: float
) -> None:
    waiting = await asked(running, trader, clock, graph_api)
    await template_fails(trader, waiting.template_id, code)
    queued = await until(running, waiting.id, "queued")
    assert (queued.due_at, queued.template_id) == (clock() + timedelta(seconds=seconds), None)
    async with running.service.sessions() as session:
        assert bool(await halts.standing(session, "whatsapp", clock())) == (code == 131048)
    clock.now = queued.due_at
    await trader.reads("template")
    assert (await until(running, waiting.id, "waiting")).error == windows.WAITS


async def test_a_template_to_one_who_is_gone_ends_its_message(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    waiting = await asked(running, trader, clock, graph_api)
    await template_fails(trader, waiting.template_id, 131026)
    await until(running, waiting.id, "gone")


async def in_parts(running: Running, *parts: str, **values: Any) -> Delivery:
    """The reply that the trader has, as one that went out in parts."""
    delivery = await a_delivery(running)
    async with running.service.sessions.begin() as session:
        changed = update(Delivery).where(Delivery.id == delivery.id)
        await session.execute(changed.values(external_ids=list(parts), **values))
    return delivery


async def part_fails(trader: WhatsAppTrader, part: str, code: int) -> None:
    """Have a part reported as failed."""
    await trader.delivers(statuses({"id": part, "status": "failed", "errors": [{"code": code, "title": "An error"}]}))


@pytest.mark.parametrize("order", list(itertools.permutations(["wamid.A", "wamid.B", "wamid.C"])), ids="-".join)
@pytest.mark.parametrize(("code", "state"), [(130429, "queued"), (131047, "waiting")])
async def test_parts_that_fail_in_any_order_are_all_sent_again(
    running: Running, trader: WhatsAppTrader, order: tuple[str, ...], code: int, state: str
) -> None:
    delivery = await in_parts(running, "wamid.OK", "wamid.A", "wamid.B", "wamid.C")
    for part in order:
        await part_fails(trader, part, code)
        kept = await until(running, delivery.id, state)
    assert kept.external_ids == ["wamid.OK"]


async def test_a_part_that_fails_while_the_rest_is_being_sent_is_looked_at_again(
    running: Running, trader: WhatsAppTrader, clock: Clock
) -> None:
    held = {"state": DeliveryState.SENDING, "due_at": clock() + timedelta(minutes=1)}
    delivery = await in_parts(running, "wamid.A", **held)
    await part_fails(trader, "wamid.A", 130429)
    await in_parts(running, "wamid.A", "wamid.B", state=DeliveryState.SENT)
    assert (await until(running, delivery.id, "queued")).external_ids == []


async def test_a_closed_window_that_is_told_late_keeps_nothing_from_who_has_written_since(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.LEAD_UPDATE)
    graph_api.heard.clear()
    graph_api.refuses_late = True
    clock.now += timedelta(minutes=1)
    delivery = await write(running, "News of yours.", Purpose.LEAD_UPDATE)
    await until(running, delivery, "sent")
    clock.now += timedelta(minutes=1)
    await trader.types("/menu")
    await trader.reads("What do you need?")
    clock.now += timedelta(minutes=1)
    await trader.delivers(as_delivered(statuses=graph_api.failures()))
    await trader.reads("News of yours.")
    assert types(graph_api).count("template") == 0


async def test_a_closed_window_that_is_told_late_has_the_template_sent(
    running: Running, trader: WhatsAppTrader, clock: Clock, graph_api: GraphApi
) -> None:
    approve(graph_api, Purpose.LEAD_UPDATE)
    graph_api.heard.clear()
    graph_api.refuses_late = True
    clock.now += timedelta(minutes=1)
    delivery = await write(running, "News of yours.", Purpose.LEAD_UPDATE)
    await until(running, delivery, "sent")
    clock.now += timedelta(minutes=1)
    await trader.delivers(as_delivered(statuses=graph_api.failures()))
    await trader.reads("template saudagar_lead_update_1")
    assert (await until(running, delivery, "waiting")).error == windows.WAITS
    await trader.taps("Read it")
    await trader.reads("News of yours.")
    await trader.reads("What do you need?")


async def test_during_a_halt_replies_are_not_tried_and_do_not_prolong_it(
    running: Running, trader: WhatsAppTrader, graph_api: GraphApi, clock: Clock
) -> None:
    graph_api.scripted["text"] += [Failure(131042), Failure(131042)]
    await write(running, "First.", None)
    halt = await until_halted(running)
    clock.now += timedelta(minutes=10)
    await trader.types("barter trade")
    await running.service.intake.settle()
    assert len(graph_api.scripted["text"]) == 1
    assert (await until_halted(running)).until == halt.until
    graph_api.scripted["text"].clear()
    clock.now = halt.until
    await trader.reads("First.")
    await trader.reads("Barter")


async def test_the_panel_can_tell_when_the_window_closes(running: Running, trader: WhatsAppTrader) -> None:
    async with running.service.sessions() as session:
        gul = (await session.scalars(select(Trader).where(Trader.identifier == trader.number))).one()
    assert windows.closes_at(gul, {"whatsapp": DAY}) == NOW + DAY
    assert windows.closes_at(gul, {}) is None
