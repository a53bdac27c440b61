"""The page of one announcement, put together: what it says, to whom, how it stands, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import announcement_audience, announcement_steps, announcement_words
from admin.access import Administers, NotFound, PanelOf, Reads, Transaction, Visitor
from admin.announcement_preview import sights
from admin.forms import Id
from admin.pages import Reader, page
from admin.panel import Panel
from bot.announcing import event_of
from bot.delivery import standing
from bot.delivery.broadcasts import BroadcastState, RecipientState
from bot.records import announcement_list, staff
from bot.records.announcements import Announcement, AnnouncementState
from bot.records.staff import StaffMember
from knowledge.cities import Country


@dataclass(slots=True)
class AnnouncementPage:
    """What the page of an announcement is made from, in one request."""

    request: Request
    visitor: Visitor
    panel: Panel
    database: AsyncSession
    announcement: Announcement

    @property
    def reader(self) -> Reader:
        """Who reads it."""
        return Reader(self.visitor.voice, self.visitor.zone, self.panel.now())

    def audits(self, action: str, **details: object) -> None:
        """Write down in the audit log what is done with it."""
        details = {"title": self.announcement.title} | details
        self.visitor.audits(self.database, self.panel.now(), action, self.announcement.subject_of_log, **details)

    async def shown(self, *, status: int = 200, problem: str = "") -> HTMLResponse:
        """Render it; `problem` says what could not be done."""
        announcement, database, now = self.announcement, self.database, self.panel.now()
        state = announcement.state
        ahead = state not in announcement_list.PAST
        standings = await standing.of(database, announcement.id, now)
        voice = self.panel.trader_voices[self.visitor.voice.language]
        values: dict[str, Any] = {
            "announcement": announcement,
            "version": announcement_steps.version(announcement),
            "problem": problem,
            "underway": state is AnnouncementState.SENT
            and any(each.broadcast.state is BroadcastState.SENDING for each in standings),
            "stopped": self._stopped(),
            "words": announcement_words,
            "event": event_of(announcement),
            "countries": list(Country),
            "subjects": [
                announcement_words.subject(voice, self.panel.library, subject) for subject in announcement.subjects
            ],
            "author": await self._name(announcement.author_id),
            "approver": await self._name(announcement.approver_id),
            "corrections": await announcement_list.corrections(database, announcement.id),
            "audience": await announcement_audience.audience_of(database, announcement) if ahead else None,
            "hindrances": announcement_audience.hindrances(announcement, now) if ahead else [],
            "undecided": announcement_audience.undecided(announcement),
            "approval_above": self.panel.approval_above,
            "own": announcement.author_id == self.visitor.member.id,
            "only_admin": state is AnnouncementState.SUBMITTED and await staff.admins(database) < 2,
            "sights": list(sights(announcement, self.panel.trader_voices)),
            "can_be_cancelled": state is AnnouncementState.SCHEDULED
            or (state is AnnouncementState.SENT and any(each.is_unfinished for each in standings)),
            "can_be_corrected": announcement_steps.can_be_corrected(announcement),
            **progress_values(standings, self.panel),
        }
        return page(self.request, "announcements/announcement.html", values, status=status)

    def _stopped(self) -> int | None:
        """How many messages were stopped, as the address after cancelling says it."""
        given = self.request.query_params.get("stopped", "")
        return int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else None

    async def _name(self, staff_id: int | None) -> str:
        member = await self.database.get(StaffMember, staff_id) if staff_id else None
        return member.name if member else ""


def progress_values(standings: list[standing.Standing], panel: Panel) -> dict[str, Any]:
    """What the part of the page is made from that shows how the broadcasts stand."""
    return {
        "standings": standings,
        "switched_on": panel.channels,
        "live": any(each.moves for each in standings),
        "states": list(RecipientState),
        "words": announcement_words,
    }


async def page_of(
    request: Request, announcement_id: Id, visitor: Reads, panel: PanelOf, database: Transaction
) -> AnnouncementPage:
    """The page of an announcement for one who reads it."""
    announcement = await database.get(Announcement, announcement_id)
    if announcement is None:
        raise NotFound
    return AnnouncementPage(request, visitor, panel, database, announcement)


async def held_page(
    request: Request, announcement_id: Id, visitor: Administers, panel: PanelOf, database: Transaction
) -> AnnouncementPage:
    """The page of an announcement for one who changes it; it is held until the transaction ends."""
    announcement = await announcement_steps.hold(database, announcement_id)
    if announcement is None:
        raise NotFound
    return AnnouncementPage(request, visitor, panel, database, announcement)


Page = Annotated[AnnouncementPage, Depends(page_of, scope="function")]
Held = Annotated[AnnouncementPage, Depends(held_page, scope="function")]
