"""How an announcement goes out, told as it happens: a stream of the part of its page that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

from fastapi import APIRouter, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from admin.announcement_page import AnnouncementPage, Page, progress_values
from admin.pages import page as rendered
from bot.delivery import standing
from bot.records import staff

router = APIRouter()

LOOK_AROUND = 2.0  # seconds between two looks at how it stands
SHARE = 20  # a look at many recipients takes its time: so many times that is waited, too


@router.get("/announcements/{announcement_id}/events", name="announcement:events")
async def events(page: Page) -> Response:
    """Tell how it stands until nothing moves any more, or the session ends; the last event is called `done`."""
    return EventSourceResponse(_parts(page), ping=20, headers={"Cache-Control": "no-store"})


async def _parts(page: AnnouncementPage) -> AsyncIterator[ServerSentEvent]:
    panel, number, told = page.panel, page.announcement.id, ""
    while True:
        began = monotonic()
        async with panel.sessions() as database:  # closed before waiting: a page left open holds no connection
            if await staff.signed_in(database, page.visitor.session.token_hash, panel.now()) is None:
                return
            standings = await standing.of(database, number, panel.now())
        values = progress_values(standings)
        part = bytes(rendered(page.request, "announcements/progress.html", values).body).decode()
        if part != told:
            told = part
            yield ServerSentEvent(data=part)
        if not values["live"]:
            yield ServerSentEvent(event="done", data="done")
            return
        await asyncio.sleep(max(LOOK_AROUND, SHARE * (monotonic() - began)))
