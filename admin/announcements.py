"""The list of announcements: what is written, what waits, what goes out, what went out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from admin import announcement_composing, announcement_live, announcement_sending, announcement_words
from admin.access import PanelOf, Reads, Transaction
from admin.announcement_page import Page
from admin.forms import Id
from admin.pages import page as rendered
from bot.delivery import standing
from bot.records import announcement_list, staff
from bot.records.announcements import AnnouncementState

router = APIRouter()

#: The order of what has not gone out: first what somebody has to do something about.
AHEAD = (AnnouncementState.SUBMITTED, AnnouncementState.SCHEDULED, AnnouncementState.DRAFT)


@router.get("/announcements", name="announcements")
async def show(
    request: Request,
    visitor: Reads,
    panel: PanelOf,
    database: Transaction,
    before: Annotated[Id | None, Query()] = None,
) -> Response:
    """List them: what is ahead by state, then what is past, newest first, with how far it is where it goes out now."""
    ahead = await announcement_list.ahead(database)
    past, more = await announcement_list.past(database, before)
    underway = await standing.underway(database, [each.id for each in past], panel.now())
    values = {
        "ahead": {state: [each for each in ahead if each.state is state] for state in AHEAD},
        "past": past,
        "underway": underway,
        "older": past[-1].id if more else None,
        "before": before,
        "names": {member.id: member.name for member in await staff.everyone(database)},
        "to_approve": await announcement_list.waiting_for(database, visitor.member.id) if visitor.administers else 0,
        "words": announcement_words,
    }
    return rendered(request, "announcements/list.html", values)


router.include_router(announcement_composing.router)


@router.get("/announcements/{announcement_id}", name="announcement")
async def show_one(page: Page) -> Response:
    """Show one of them."""
    return await page.shown()


router.include_router(announcement_sending.router)
router.include_router(announcement_live.router)
