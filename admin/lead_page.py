"""The page of one lead, put together: its enquiry, its timeline, what can be done, and what fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import lead_words, matching
from admin.access import Visitor
from admin.matching import Wish
from admin.pages import Reader, page
from admin.panel import Panel
from admin.reply_window import reply_window
from admin.timeline import timeline_of
from bot.conversation.corresponding import LETTERS
from bot.conversation.reaching import shown_phone
from bot.delivery import introducing, writing
from bot.enquiry import LeadState
from bot.records import desks, introductions
from bot.records.desks import Desk
from bot.records.introductions import Introduction, IntroductionState
from bot.records.leads import Lead
from bot.records.staff import Role, StaffMember

NOTE_LETTERS = 4000

#: Where staff may bring a lead from each state; withdrawing is the trader's.
MOVES: Mapping[LeadState, tuple[LeadState, ...]] = {
    LeadState.NEW: (LeadState.CONTACTED, LeadState.MATCHED, LeadState.CLOSED, LeadState.DECLINED),
    LeadState.CONTACTED: (LeadState.MATCHED, LeadState.CLOSED, LeadState.DECLINED),
    LeadState.MATCHED: (LeadState.CONTACTED, LeadState.CLOSED, LeadState.DECLINED),
    LeadState.CLOSED: (LeadState.CONTACTED,),
    LeadState.DECLINED: (LeadState.CONTACTED,),
    LeadState.WITHDRAWN: (),
}


@dataclass(frozen=True, slots=True)
class Match:
    """A lead that fits the one at hand."""

    lead: Lead
    seen: bool  # whether it is at a desk of the visitor; of others only what is needed to decide is shown
    desk: Desk
    strength: str
    reasons: tuple[str, ...]
    hindrance: str  # why the two cannot be introduced; empty where they can


@dataclass(frozen=True, slots=True)
class Introduced:
    """A lead that was introduced to the one at hand, or is being."""

    introduction: Introduction
    lead: Lead
    seen: bool
    agreed_at: datetime | None  # when the trader at hand agreed
    other_agreed_at: datetime | None
    stalled: bool  # not answered by both, and one of the two is not open any more


@dataclass(slots=True)
class LeadPage:
    """What the page of a lead is made from, in one request."""

    request: Request
    visitor: Visitor
    panel: Panel
    database: AsyncSession
    lead: Lead
    typed: dict[str, str] = field(default_factory=dict)  # what stands in the fields, where the page comes back

    @property
    def reader(self) -> Reader:
        """Who reads it."""
        return Reader(self.visitor.voice, self.visitor.zone, self.panel.now())

    async def shown(self, *, status: int = 200, problem: str = "", fault: str = "") -> HTMLResponse:
        """Render it; `problem` says what could not be done, `fault` names the field that is at fault."""
        every_desk = await desks.everything(self.database)
        trader = await writing.trader_of(self.database, self.lead)
        hindered = writing.obstacle(trader, self.lead)
        reader = self.reader
        introduced = await self._introduced()
        values: dict[str, Any] = {
            "lead": self.lead,
            "enquiry": self.lead.enquiry,
            "phone": shown_phone(self.lead.phone) if self.lead.phone else "",
            "desk": next(desk for desk in every_desk if desk.id == self.lead.desk_id),
            "other_desks": [desk for desk in every_desk if desk.id != self.lead.desk_id],
            "colleagues": await self.colleagues(),
            "assignee": await self._assignee(),
            "moves": MOVES[self.lead.state],
            "window": reply_window(reader, self.panel, trader),
            "obstacle": lead_words.obstacle(reader, hindered) if hindered else "",
            "timeline": await timeline_of(self.database, self.lead, reader),
            "introduced": introduced,
            "matches": await self._matches(every_desk, {each.lead.id for each in introduced}),
            "overdue": self.lead.state is LeadState.NEW and self.lead.promised_at < self.panel.now(),
            "words": lead_words,
            "letters": LETTERS,
            "note_letters": NOTE_LETTERS,
            "typed": self.typed,
            "problem": problem,
            "fault": fault,
        }
        return page(self.request, "lead/lead.html", values, status=status)

    async def colleagues(self) -> list[StaffMember]:
        """Who may work on it: the staff of its desk but for readers, and the visitor himself first."""
        at_desk = await desks.staff_at(self.database, self.lead.desk_id)
        others = [each for each in at_desk if each.role is not Role.READER and each.id != self.visitor.member.id]
        return [self.visitor.member, *others] if self.visitor.works else others

    async def _assignee(self) -> StaffMember | None:
        return await self.database.get(StaffMember, self.lead.assignee_id) if self.lead.assignee_id else None

    async def _introduced(self) -> list[Introduced]:
        found = []
        for introduction, other in await introductions.of_lead(self.database, self.lead.id):
            agreed = (introduction.lead_agreed_at, introduction.other_agreed_at)
            own_agreed, other_agreed = agreed if introduction.lead_id == self.lead.id else agreed[::-1]
            is_open = self.lead.state.is_open and other.state.is_open
            stalled = introduction.state is IntroductionState.ASKED and not is_open
            found.append(Introduced(introduction, other, self._sees(other), own_agreed, other_agreed, stalled))
        return found

    async def _matches(self, every_desk: Sequence[Desk], known: set[int]) -> list[Match]:
        """The leads that fit best and that it was not introduced to."""
        if not self.lead.state.is_open:
            return []
        candidates = await introductions.candidates(self.database, self.lead)
        wishes = [(lead, Wish(lead.enquiry, lead.sent_at)) for lead in candidates if lead.id not in known]
        own = Wish(self.lead.enquiry, self.lead.sent_at)
        return [await self._match(lead, fit, every_desk) for lead, fit in matching.best(own, wishes, self.panel.now())]

    async def _match(self, lead: Lead, fit: matching.Fit, every_desk: Sequence[Desk]) -> Match:
        reader, library = self.reader, self.panel.library
        hindrance = await introducing.hindrance(self.database, self.lead, lead)
        return Match(
            lead,
            self._sees(lead),
            next(desk for desk in every_desk if desk.id == lead.desk_id),
            lead_words.strength(reader, fit.score),
            tuple(lead_words.reason(reader, library, reason) for reason in fit.reasons),
            lead_words.hindrance(reader, hindrance) if hindrance else "",
        )

    def _sees(self, lead: Lead) -> bool:
        return lead.desk_id in self.visitor.desk_ids
