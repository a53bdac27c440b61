"""A lead's page kept fresh: a stream that tells when something happened, and the timeline by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from admin import lead_words
from admin.access import PanelOf, Reads, Transaction, Visitor
from admin.pages import Reader, page
from admin.panel import Panel
from admin.timeline import timeline_of
from bot.delivery import writing
from bot.records import leads, staff

router = APIRouter()

LOOK_AROUND = 2.0  # seconds between two looks for what happened, by whatever process


@router.get("/leads/{reference}/timeline", name="lead:timeline")
async def timeline(request: Request, reference: str, visitor: Reads, panel: PanelOf, database: Transaction) -> Response:
    """Show the timeline alone, to be put in the place of an older one."""
    lead = visitor.sees(await leads.by_reference(database, reference))
    reader = Reader(visitor.voice, visitor.zone, panel.now())
    values = {"lead": lead, "timeline": await timeline_of(database, lead, reader), "words": lead_words}
    return page(request, "lead/timeline.html", values)


@router.get("/leads/{reference}/events", name="lead:events")
async def events(reference: str, visitor: Reads, panel: PanelOf, database: Transaction) -> Response:
    """Tell of each change by a message with the pulse of the timeline, until the session ends."""
    lead = visitor.sees(await leads.by_reference(database, reference))
    changes = _changes(panel, visitor, lead.id)
    return EventSourceResponse(changes, ping=20, headers={"Cache-Control": "no-store"})


async def _changes(panel: Panel, visitor: Visitor, lead_id: int) -> AsyncIterator[ServerSentEvent]:
    told = ""
    while True:
        async with panel.sessions() as database:  # closed before waiting: a page left open holds no connection
            if await staff.signed_in(database, visitor.session.token_hash, panel.now()) is None:
                return
            pulse = await writing.pulse(database, lead_id)
        if pulse != told:
            told = pulse
            yield ServerSentEvent(data=pulse)
        await asyncio.sleep(LOOK_AROUND)
