"""The timeline of a lead: what was written, noted and done, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from admin import labels
from admin.pages import Reader
from bot.delivery import outbox, writing
from bot.delivery.outbox import Delivery
from bot.delivery.writing import Told
from bot.enquiry import LeadState
from bot.records import desks, leads, staff
from bot.records.desks import Desk
from bot.records.introductions import IntroductionState
from bot.records.leads import EventKind, Lead, LeadEvent
from bot.records.staff import StaffMember


class Look(StrEnum):
    """How an item is shown."""

    TRADER = "trader"  # his words, as a bubble
    STAFF = "staff"  # words to him, as a bubble
    NOTE = "note"  # words of the staff for each other
    HISTORY = "history"  # a line


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened."""

    at: datetime
    look: Look
    who: str
    said: str  # what happened, in the reader's words
    text: str  # what a person wrote
    delivery: Delivery | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that happened to a lead, oldest first."""

    items: tuple[Item, ...]
    pulse: str  # another one whenever the timeline has changed
    last: int  # id of the last event
    heard: int  # how many messages of the trader there are


async def timeline_of(session: AsyncSession, lead: Lead, reader: Reader) -> Timeline:
    """Read everything that happened to a lead."""
    pulse = await writing.pulse(session, lead.id)  # first: what comes meanwhile is shown once more rather than never
    events = await leads.events_of(session, lead.id)
    deliveries = await outbox.how_far(session, [event.delivery_id for event in events if event.delivery_id])
    teller = _Teller(reader, lead, await staff.everyone(session), await desks.everything(session))
    items = tuple(teller.item(event, deliveries) for event in events)
    heard = sum(event.kind is EventKind.FROM_TRADER for event in events)
    return Timeline(items, pulse, max((event.id for event in events), default=0), heard)


class _Teller:
    """Puts events into the reader's words."""

    def __init__(self, reader: Reader, lead: Lead, members: Sequence[StaffMember], at: Sequence[Desk]) -> None:
        self._reader = reader
        self._lead = lead
        self._names = {member.id: member.name for member in members}
        self._logins = {member.login: member.name for member in members}
        self._desks = {desk.name_en: desk.name(reader.language) for desk in at}

    def item(self, event: LeadEvent, deliveries: Mapping[int, Delivery]) -> Item:
        delivery = deliveries.get(event.delivery_id) if event.delivery_id else None
        look = self._look(event)
        text = event.text
        if look in {Look.TRADER, Look.STAFF} and not text:
            text = self._reader.say("These words were deleted with the trader's data.")
        return Item(event.at, look, self._who(event), self._said(event), text, delivery)

    def _look(self, event: LeadEvent) -> Look:
        match event.kind:
            case EventKind.FROM_TRADER:
                return Look.TRADER
            case EventKind.TO_TRADER if "told" not in event.details:
                return Look.STAFF
            case EventKind.NOTE:
                return Look.NOTE
            case _:
                return Look.HISTORY

    def _who(self, event: LeadEvent) -> str:
        if event.staff_id is not None:
            return self._names[event.staff_id]
        return self._lead.name if event.kind in {EventKind.FROM_TRADER, EventKind.SENT} else ""

    def _said(self, event: LeadEvent) -> str:
        details = _texts(event)
        match event.kind:
            case EventKind.SENT:
                return self._reader.say("The enquiry came in, to this desk: {desk}", desk=self._desk(details["desk"]))
            case EventKind.NOTE:
                return self._reader.say("Note for the staff")
            case EventKind.STATE:
                return self._state(event, LeadState(details["from"]), LeadState(details["to"]))
            case EventKind.DESK:
                before, after = self._desk(details["from"]), self._desk(details["to"])
                return self._reader.say("Moved from {before} to {after}", before=before, after=after)
            case EventKind.ASSIGNEE:
                name = self._logins.get(details["to"], details["to"])
                return (
                    self._reader.say("{name} works on it now", name=name)
                    if name
                    else self._reader.say("Nobody works on it now")
                )
            case EventKind.INTRODUCTION:
                return self._introduction(details)
            case EventKind.TO_TRADER if "told" in details:
                return self._told(details)
            case EventKind.FORGOTTEN:
                return self._reader.say(
                    "The trader wanted to be forgotten: his name, his numbers and his messages were deleted."
                )
            case EventKind.TO_TRADER | EventKind.FROM_TRADER:
                return ""

    def _state(self, event: LeadEvent, before: LeadState, after: LeadState) -> str:
        if after is LeadState.WITHDRAWN:
            return self._reader.say("The trader withdrew the enquiry")
        if after is LeadState.MATCHED and event.staff_id is None:
            return self._reader.say("Matched, since both traders agreed")
        names = {"before": labels.state(self._reader.voice, before), "after": labels.state(self._reader.voice, after)}
        return self._reader.say("State: {after} (before: {before})", **names)

    def _introduction(self, details: Mapping[str, str]) -> str:
        other, own = details["with"], details.get("by") == self._lead.reference
        match IntroductionState(details["state"]):
            case IntroductionState.AGREED:
                return self._reader.say("Both agreed: introduced to {reference}", reference=other)
            case IntroductionState.ASKED if "by" not in details:
                return self._reader.say("Began to introduce to {reference}", reference=other)
            case IntroductionState.ASKED if own:
                return self._reader.say("The trader agrees to be introduced to {reference}", reference=other)
            case IntroductionState.ASKED:
                return self._reader.say("The trader of {reference} agrees to be introduced", reference=other)
            case IntroductionState.REFUSED if own:
                return self._reader.say("The trader does not want to be introduced to {reference}", reference=other)
            case IntroductionState.REFUSED:
                return self._reader.say("The trader of {reference} does not want to be introduced", reference=other)

    def _told(self, details: Mapping[str, str]) -> str:
        other = details.get("with", "")
        match Told(details["told"]):
            case Told.STATE:
                state = labels.state(self._reader.voice, LeadState(details["state"]))
                return self._reader.say("The bot told the trader: {state}", state=state)
            case Told.INTRODUCTION_ASKED:
                return self._reader.say(
                    "The bot asked the trader about being introduced to {reference}", reference=other
                )
            case Told.CARD:
                return self._reader.say("The bot sent the trader the card of {reference}", reference=other)
            case Told.INTRODUCTION_REFUSED:
                return self._reader.say("The bot told the trader that nothing comes of the introduction")

    def _desk(self, name: str) -> str:
        return self._desks.get(name, name)


def _texts(event: LeadEvent) -> dict[str, str]:
    """The details of an event; what is empty as an empty text."""
    assert isinstance(event.details, dict)
    return {key: "" if value is None else str(value) for key, value in event.details.items()}
