"""What has happened at a reader's desks since his inbox was shown: told as it happens, until his session ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from admin.access import Reads, Visitor, panel_of
from admin.pages import Reader
from admin.panel import Panel
from bot.records import lead_search
from bot.records.lead_search import Pulse

router = APIRouter()

LOOK_AROUND = 2.0  # seconds between two looks at the database, since another process may have changed it
LONGEST = timedelta(days=1)  # that a page may be old


class News(BaseModel):
    """What the bar above the list says."""

    text: str  # empty: nothing
    title: str  # before the title of the page


@router.get("/leads/events", name="leads:events")
async def events(
    request: Request, visitor: Reads, since: AwareDatetime, new: int = 0, mark: AwareDatetime | None = None
) -> Response:
    """Tell what is new; `since`, `new` and `mark` say what the page knows."""
    panel = panel_of(request)
    since = max(since, panel.now() - LONGEST)
    news = _news(panel, visitor, since, new, mark)
    return EventSourceResponse(news, ping=20, headers={"Cache-Control": "no-store"})


async def _news(
    panel: Panel, visitor: Visitor, since: datetime, known: int, mark: datetime | None
) -> AsyncIterator[ServerSentEvent]:
    reader = Reader(visitor.voice, visitor.zone, panel.now())
    told = News(text="", title="")
    while True:
        async with panel.sessions() as database:  # given back before the wait
            pulse = await lead_search.pulse(database, visitor.member.id, visitor.session.token_hash, panel.now(), since)
        if pulse is None:
            return
        news = _in_words(reader, pulse, known, mark)
        if news != told:
            told = news
            yield ServerSentEvent(data=news.model_dump_json())
        await asyncio.sleep(LOOK_AROUND)


def _in_words(reader: Reader, pulse: Pulse, known: int, mark: datetime | None) -> News:
    if (new := pulse.new - known) > 0:
        return News(
            text=reader.count("{number} new lead: show", "{number} new leads: show", new),
            title=f"({reader.number(new)}) ",
        )
    if pulse.changed_at and (mark is None or pulse.changed_at > mark):
        return News(text=reader.say("Leads have changed: show"), title="")
    return News(text="", title="")
