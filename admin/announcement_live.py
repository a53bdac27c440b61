"""How an announcement goes out, told as it happens: a stream of the part of its page that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select
from sse_starlette import EventSourceResponse, ServerSentEvent

from admin.announcement_page import AnnouncementPage, Page, progress_values
from admin.pages import page as rendered
from bot.delivery import standing
from bot.records import staff
from bot.records.announcements import Announcement, AnnouncementState

router = APIRouter()

LOOK_AROUND = 2.0  # seconds between two looks at how it stands
SHARE = 20  # a look at many recipients takes its time: so many times that is waited, too


@router.get("/announcements/{announcement_id}/events", name="announcement:events")
async def events(page: Page, state: Annotated[AnnouncementState, Query()] = AnnouncementState.SENT) -> Response:
    """Tell how it stands until the rest of its page is out of date, or the session ends.

    `state` is the announcement's on the page that listens. The last event is called `outdated`: it has another one now,
    or nothing moves any more.
    """
    return EventSourceResponse(_parts(page, state), ping=20, headers={"Cache-Control": "no-store"})


async def _parts(page: AnnouncementPage, shown: AnnouncementState) -> AsyncIterator[ServerSentEvent]:
    panel, number, told = page.panel, page.announcement.id, ""
    while True:
        began = monotonic()
        async with panel.sessions() as database:  # closed before waiting: a page left open holds no connection
            if await staff.signed_in(database, page.visitor.session.token_hash, panel.now()) is None:
                return
            standings = await standing.of(database, number, panel.now())
            state = await database.scalar(select(Announcement.state).where(Announcement.id == number))
        values = progress_values(standings, page.panel)
        part = bytes(rendered(page.request, "announcements/progress.html", values).body).decode()
        if part != told:
            told = part
            yield ServerSentEvent(data=part)
        if state is not shown or not values["live"]:
            yield ServerSentEvent(event="outdated", data="outdated")
            return
        await asyncio.sleep(max(LOOK_AROUND, SHARE * (monotonic() - began)))
