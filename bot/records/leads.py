"""Leads: traders' enquiries at their desk, and everything that happened to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    cast,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.enquiry import Enquiry, LeadState, Progress, Town, Unit, Want
from bot.records import desks
from bot.records.base import Json, Record
from bot.records.desks import Desk
from bot.records.staff import StaffMember
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from knowledge.script import fold, skeleton

OPEN = "state IN ('new', 'contacted', 'matched')"
#: Whether a lead needs no first answer any more. Written as PostgreSQL writes it, for the test of the migrations.
SETTLED = "(answered_at IS NOT NULL OR state::text <> 'new'::text)"


class Lead(Record):
    """A business enquiry at exactly one desk. What names the trader is emptied when he wants to be forgotten."""

    __tablename__ = "leads"
    __table_args__ = (
        Index("ix_leads_desk_sent", "desk_id", text("sent_at DESC"), text("id DESC")),
        Index("ix_leads_sent", text("sent_at DESC"), text("id DESC")),
        Index("ix_leads_open", "desk_id", "state", "assignee_id", postgresql_where=text(OPEN)),
        Index("ix_leads_changed", text("changed_at DESC"), text("id DESC")),
        Index("ix_leads_due", text(SETTLED), "promised_at", "id"),
        Index("ix_leads_wanted", "country", "want", "sector", postgresql_where=text("state IN ('new', 'contacted')")),
        Index(
            "ix_leads_promised",
            "promised_at",
            "desk_id",
            postgresql_where=text("answered_at IS NULL AND state = 'new'"),
        ),
        Index("ix_leads_words", "words", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)  # PK-AGR-2K7F
    trader_id: Mapped[int | None] = mapped_column(ForeignKey("traders.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str]  # on which it was sent
    language: Mapped[Language]  # of the trader
    want: Mapped[Want]
    sector: Mapped[Sector]
    product: Mapped[str]
    good: Mapped[str | None]
    chapter: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(16, 3))
    unit: Mapped[Unit | None]
    origin: Mapped[str | None]
    origin_city: Mapped[str | None]  # id in cities.yaml, where it is one
    destination: Mapped[str | None]
    destination_city: Mapped[str | None]
    country: Mapped[Country]
    city: Mapped[str]
    city_id: Mapped[str | None]
    company: Mapped[str | None]
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    in_chat: Mapped[bool]
    consent_at: Mapped[datetime]
    state: Mapped[LeadState]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desks.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"), index=True)
    sent_at: Mapped[datetime]
    promised_at: Mapped[datetime]  # by when the desk answers
    reminded_at: Mapped[datetime | None]  # when its staff were told that the promise is about to pass
    overdue_at: Mapped[datetime | None]  # when they were told that it has passed
    answered_at: Mapped[datetime | None]  # when the desk first wrote to the trader or noted a contact
    heard_at: Mapped[datetime | None]  # when the trader last wrote to the desk
    changed_at: Mapped[datetime]
    words: Mapped[Any] = mapped_column(TSVECTOR)  # what a search finds it by, see `lexemes`

    @property
    def enquiry(self) -> Enquiry:
        """The enquiry as the trader sent it."""
        return Enquiry(
            want=self.want,
            sector=self.sector,
            product=self.product,
            country=self.country,
            city=Town(self.city, self.city_id),
            name=self.name,
            consent_at=self.consent_at,
            good=self.good,
            chapter=self.chapter,
            quantity=_plain(self.quantity),
            unit=self.unit,
            origin=Town(self.origin, self.origin_city) if self.origin else None,
            destination=Town(self.destination, self.destination_city) if self.destination else None,
            company=self.company,
            phone=self.phone,
            email=self.email,
            in_chat=self.in_chat,
        )


def _plain(quantity: Decimal | None) -> Decimal | None:
    """A quantity as it was typed: the column gives 25.000 for 25, which a reader takes for thousands."""
    return None if quantity is None else Decimal(f"{quantity.normalize():f}")


class EventKind(StrEnum):
    """What can happen to a lead."""

    SENT = "sent"
    NOTE = "note"  # staff wrote it down for each other
    TO_TRADER = "to_trader"  # staff wrote to the trader
    FROM_TRADER = "from_trader"
    STATE = "state"
    DESK = "desk"
    ASSIGNEE = "assignee"
    INTRODUCTION = "introduction"
    FORGOTTEN = "forgotten"


class LeadEvent(Record):
    """One thing that happened to a lead: its conversation, its notes and its history in one line of time."""

    __tablename__ = "lead_events"
    __table_args__ = (Index("ix_lead_events_lead", "lead_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[EventKind]
    staff_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id", ondelete="SET NULL")
    )  # empty: the trader, or a rule
    text: Mapped[str] = mapped_column(default="")  # words of a person
    details: Mapped[Json] = mapped_column(default=dict)  # {"from": "new", "to": "contacted"}
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="SET NULL"), index=True)


def lexemes(*texts: str | None) -> list[str]:
    """The words that texts are found by: folded, and each word's consonants behind "=" for other spellings of it."""
    words = {word for text in texts if text for word in fold(text).split()}
    consonants = {f"={bones}" for word in words if len(bones := skeleton(word)) > 1}
    return sorted(words | consonants)


def telephone(digits: str) -> str:
    """What a telephone number is found by: its digits, the last one first, so that neither +92 nor 0 matters."""
    return f"<{fold(digits).replace(' ', '')[::-1]}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends an enquiry, and how he is answered."""

    trader: int
    channel: str
    language: Language


async def open_lead(
    session: AsyncSession,
    sender: Sender,
    reference: str,
    enquiry: Enquiry,
    at: datetime,
    spellings: Iterable[str] = (),
) -> Lead | None:
    """Keep an enquiry as a new lead of the desk that the rules name; None where the reference is taken.

    `spellings` are the names of its good in every language, by which a search finds it, too.
    """
    routed = await desks.route(session, enquiry.country, enquiry.sector, enquiry.city.city)
    row = (
        insert(Lead)
        .values(
            reference=reference,
            trader_id=sender.trader,
            channel=sender.channel,
            language=sender.language,
            **_columns(enquiry),
            state=LeadState.NEW,
            desk_id=routed.desk.id,
            sent_at=at,
            promised_at=at + timedelta(hours=routed.desk.answer_within),
            changed_at=at,
            words=_vector(reference, enquiry, spellings),
        )
        .on_conflict_do_nothing(index_elements=[Lead.reference])
        .returning(Lead)
    )
    lead = await session.scalar(row)
    if lead is not None:
        details = {"desk": routed.desk.name_en, "rule": routed.rule.id if routed.rule else None}
        await happened(session, LeadEvent(lead_id=lead.id, at=at, kind=EventKind.SENT, details=details))
    return lead


def _columns(enquiry: Enquiry) -> dict[str, Any]:
    origin, destination = enquiry.origin or Town(""), enquiry.destination or Town("")
    return {
        "want": enquiry.want,
        "sector": enquiry.sector,
        "product": enquiry.product,
        "good": enquiry.good,
        "chapter": enquiry.chapter,
        "quantity": enquiry.quantity,
        "unit": enquiry.unit,
        "origin": origin.name or None,
        "origin_city": origin.city,
        "destination": destination.name or None,
        "destination_city": destination.city,
        "country": enquiry.country,
        "city": enquiry.city.name,
        "city_id": enquiry.city.city,
        "company": enquiry.company,
        "name": enquiry.name,
        "phone": enquiry.phone,
        "email": enquiry.email,
        "in_chat": enquiry.in_chat,
        "consent_at": enquiry.consent_at,
    }


def _vector(reference: str, enquiry: Enquiry, spellings: Iterable[str] = ()) -> Any:
    towns = (enquiry.city, enquiry.origin, enquiry.destination)
    found_by = lexemes(
        *(enquiry.product, enquiry.good, enquiry.name, enquiry.company, enquiry.email, *spellings),
        *(part for town in towns if town for part in (town.name, town.city)),
    )
    numbers = [telephone(enquiry.phone)] if enquiry.phone else []
    # of the reference no consonants: "pak" would find every lead of Pakistan
    return func.array_to_tsvector(cast([*fold(reference).split(), *found_by, *numbers], ARRAY(String)))


async def happened(session: AsyncSession, event: LeadEvent) -> None:
    """Write down what happened to a lead, and that it changed."""
    session.add(event)
    await session.execute(update(Lead).where(Lead.id == event.lead_id).values(changed_at=event.at))


async def by_reference(session: AsyncSession, reference: str, *, lock: bool = False) -> Lead | None:
    """Return the lead of a reference; with `lock`, held until the transaction ends."""
    query = select(Lead).where(Lead.reference == reference)
    return await session.scalar(query.with_for_update() if lock else query)


async def events_of(session: AsyncSession, lead_id: int) -> Sequence[LeadEvent]:
    """Return what happened to a lead, oldest first."""
    return (await session.scalars(select(LeadEvent).where(LeadEvent.lead_id == lead_id).order_by(LeadEvent.id))).all()


async def of_trader(session: AsyncSession, trader_id: int, limit: int = 20) -> list[Progress]:
    """Return how a trader's enquiries stand, newest first."""
    query = select(Lead).where(Lead.trader_id == trader_id).order_by(Lead.sent_at.desc(), Lead.id.desc()).limit(limit)
    return [
        Progress(lead.reference, lead.state, lead.want, lead.product, lead.sent_at)
        for lead in await session.scalars(query)
    ]


async def withdraw(session: AsyncSession, trader_id: int, reference: str, at: datetime) -> bool:
    """Take an open enquiry back for its trader; False where he has no such open one."""
    lead = await by_reference(session, reference, lock=True)
    if lead is None or lead.trader_id != trader_id or not lead.state.is_open:
        return False
    await _set_state(session, lead, LeadState.WITHDRAWN, at, staff_id=None)
    return True


async def change_state(
    session: AsyncSession, lead: Lead, state: LeadState, at: datetime, *, staff_id: int | None
) -> bool:
    """Bring a lead that is held into another state; False where it is in it, or was withdrawn by the trader."""
    if lead.state in {state, LeadState.WITHDRAWN} or state is LeadState.WITHDRAWN:
        return False
    await _set_state(session, lead, state, at, staff_id=staff_id)
    return True


async def _set_state(
    session: AsyncSession, lead: Lead, state: LeadState, at: datetime, *, staff_id: int | None
) -> None:
    before, lead.state = lead.state, state
    if state is not LeadState.NEW and state is not LeadState.WITHDRAWN:
        lead.answered_at = lead.answered_at or at
    details = {"from": before.value, "to": state.value}
    event = LeadEvent(lead_id=lead.id, at=at, kind=EventKind.STATE, staff_id=staff_id, details=details)
    await happened(session, event)


async def assign(session: AsyncSession, lead: Lead, to: StaffMember | None, at: datetime, *, staff_id: int) -> bool:
    """Hand a lead that is held to a member, or to nobody; False where it is so already, or the lead is done."""
    if not lead.state.is_open or lead.assignee_id == (to.id if to else None):
        return False
    before = await session.get(StaffMember, lead.assignee_id) if lead.assignee_id else None
    lead.assignee_id = to.id if to else None
    details = {"from": before.login if before else None, "to": to.login if to else None}
    event = LeadEvent(lead_id=lead.id, at=at, kind=EventKind.ASSIGNEE, staff_id=staff_id, details=details)
    await happened(session, event)
    return True


async def move(session: AsyncSession, lead: Lead, desk: Desk, at: datetime, *, staff_id: int, why: str = "") -> bool:
    """Bring a lead that is held to another desk, where nobody has it yet; False where it is there already.

    Its promise stays: it was given to the trader, who does not care which desk keeps it.
    """
    if lead.desk_id == desk.id:
        return False
    before = await session.get_one(Desk, lead.desk_id)
    lead.desk_id, lead.assignee_id = desk.id, None
    details = {"from": before.name_en, "to": desk.name_en}
    event = LeadEvent(lead_id=lead.id, at=at, kind=EventKind.DESK, staff_id=staff_id, text=why, details=details)
    await happened(session, event)
    return True


async def hear(session: AsyncSession, trader_id: int, reference: str, words: str, at: datetime) -> Lead | None:
    """Keep what a trader wrote to the desk of his enquiry; None where he has no such enquiry."""
    lead = await by_reference(session, reference, lock=True)
    if lead is None or lead.trader_id != trader_id:
        return None
    lead.heard_at = at
    await happened(session, LeadEvent(lead_id=lead.id, at=at, kind=EventKind.FROM_TRADER, text=words))
    return lead


async def stirred(
    session: AsyncSession, which: ColumnElement[bool], since: datetime, until: datetime
) -> Sequence[Lead]:
    """Return those leads that came, or were written on by the trader, or told of as promised, in a span of time."""
    moments = (Lead.sent_at, Lead.heard_at, Lead.reminded_at, Lead.overdue_at)
    within = or_(*((moment > since) & (moment <= until) for moment in moments))
    return (await session.scalars(select(Lead).where(which, within).order_by(Lead.sent_at, Lead.id))).all()


async def forget(session: AsyncSession, trader_id: int, at: datetime) -> None:
    """Withdraw what a trader has open and empty what names him in all his leads; the count of leads stays."""
    held = await session.scalars(select(Lead).where(Lead.trader_id == trader_id).with_for_update())
    for lead in held.all():
        if lead.state.is_open:
            await _set_state(session, lead, LeadState.WITHDRAWN, at, staff_id=None)
        lead.name, lead.company, lead.phone, lead.email, lead.in_chat = "", None, None, None, False
        lead.trader_id = None
        lead.words = _vector(lead.reference, lead.enquiry)
        await session.execute(
            update(LeadEvent)
            .where(LeadEvent.lead_id == lead.id, LeadEvent.kind.in_([EventKind.FROM_TRADER, EventKind.TO_TRADER]))
            .values(text="")
        )
        await happened(session, LeadEvent(lead_id=lead.id, at=at, kind=EventKind.FORGOTTEN))
