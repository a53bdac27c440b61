"""The overview: what waits for a member of the staff, and the last days in charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Query, Request, Response

from admin import charts, labels, lead_words
from admin.access import PanelOf, Reads, Transaction, Visitor
from admin.charts import Bar, Columns
from admin.pages import OWN_NAMES, Reader, page
from bot.delivery import halts, outbox
from bot.delivery.outbox import DeliveryState
from bot.enquiry import LeadState
from bot.records import statistics
from bot.records.questions import Fate
from bot.records.statistics import Days, LeadCount, QuestionCount
from bot.wording import Voice
from knowledge.goods import Sector
from knowledge.language import Language

router = APIRouter()

DAYS = (7, 30, 90)
Thing = TypeVar("Thing")

HELPED = {Fate.ANSWERED, Fate.STAFF}


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of some days, in charts."""

    number: int
    share_answered: int | None  # per cent; None where nobody asked
    by_day: Columns
    by_fate: list[Bar]
    by_language: list[Bar]
    by_channel: list[Bar]


@dataclass(frozen=True, slots=True)
class Sent:
    """The leads of some days, in charts."""

    number: int
    by_sector: list[Bar]
    by_state: list[Bar]
    by_desk: list[Bar]


@router.get("/", name="overview")
async def show(
    request: Request,
    visitor: Reads,
    database: Transaction,
    panel: PanelOf,
    days: Annotated[Literal["7", "30", "90"], Query()] = "30",
) -> Response:
    """Show what waits, and count the last days in the visitor's time zone."""
    reader = Reader(visitor.voice, visitor.zone, panel.now())
    shown = statistics.last_days(int(days), panel.now(), visitor.zone)
    deliveries = await outbox.states_since(database, shown.since)
    standing = await halts.all_standing(database, panel.now())
    values = {
        "halts": [(lead_words.channel(reader, halt.channel), halt) for halt in standing],
        "waiting": await statistics.waiting(database, visitor.member.id, visitor.desk_ids, panel.now()),
        "counted": statistics.COUNTED,
        "choices": DAYS,
        "chosen": int(days),
        "asked": asked(reader, shown, await statistics.questions_by_day(database, shown)),
        "sent": sent(visitor, await statistics.leads_sent(database, visitor.desk_ids, shown.since)),
        "deliveries": deliveries,
        "by_delivery": charts.bars(_labelled(deliveries, delivery_states(visitor.voice)), ranked=False),
        "DeliveryState": DeliveryState,
    }
    return page(request, "overview/overview.html", values)


def asked(reader: Reader, days: Days, counts: Iterable[QuestionCount]) -> Asked:
    """Put the counts of questions into charts."""
    answered: Counter[date] = Counter()
    rest: Counter[date] = Counter()
    fates: Counter[Fate] = Counter()
    languages: Counter[Language] = Counter()
    channels: Counter[str] = Counter()
    for count in counts:
        (answered if count.fate in HELPED else rest)[count.day] += count.number
        fates[count.fate] += count.number
        languages[count.language] += count.number
        channel = lead_words.channel(reader, count.channel) if count.channel else reader.say("Unknown")
        channels[channel] += count.number
    number = fates.total()
    return Asked(
        number,
        round(100 * answered.total() / number) if number else None,
        charts.columns(days.days, answered, rest),
        charts.bars(_labelled(fates, fate_names(reader.voice)), ranked=False),
        charts.bars(_labelled(languages, OWN_NAMES)),
        charts.bars(channels),
    )


def sent(visitor: Visitor, counts: Iterable[LeadCount]) -> Sent:
    """Put the counts of leads into charts."""
    sectors: Counter[Sector] = Counter()
    states: Counter[LeadState] = Counter()
    desks: Counter[int] = Counter()
    for count in counts:
        sectors[count.sector] += count.number
        states[count.state] += count.number
        desks[count.desk_id] += count.number
    voice = visitor.voice
    return Sent(
        sectors.total(),
        charts.bars(_labelled(sectors, {sector: labels.sector(voice, sector) for sector in Sector})),
        charts.bars(_labelled(states, {state: labels.state(voice, state) for state in LeadState}), ranked=False),
        charts.bars(_labelled(desks, {desk.id: desk.name(voice.language) for desk in visitor.desks})),
    )


def _labelled(counts: Mapping[Thing, int], names: Mapping[Thing, str]) -> dict[str, int]:
    """The counts by name, in the order of the names."""
    named: Counter[str] = Counter()  # two desks may have one name
    for thing, name in names.items():
        named[name] += counts.get(thing, 0)
    return dict(named)


def fate_names(voice: Voice) -> dict[Fate, str]:
    """What became of questions, in words."""
    return {
        Fate.ANSWERED: voice.say("Answered by the bot"),
        Fate.STAFF: voice.say("Answered by the staff"),
        Fate.OFFERED: voice.say("Topics offered, none tapped"),
        Fate.WAITING: voice.say("Waits for the staff"),
        Fate.DISMISSED: voice.say("Not for us"),
    }


def delivery_states(voice: Voice) -> dict[DeliveryState, str]:
    """How far messages have come, in words."""
    return {
        DeliveryState.QUEUED: voice.say("Waits"),
        DeliveryState.SENDING: voice.say("Being sent"),
        DeliveryState.WAITING: voice.say("Kept until he writes"),
        DeliveryState.SENT: voice.say("Sent"),
        DeliveryState.DELIVERED: voice.say("Delivered"),
        DeliveryState.READ: voice.say("Read"),
        DeliveryState.FAILED: voice.say("Failed"),
        DeliveryState.GONE: voice.say("Cannot be reached any more"),
    }
