"""The inbox as a file: every lead of the present view, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from admin import exports, labels
from admin.access import PanelOf, Reads, Transaction, Visitor
from admin.exports import Cell, Format, Rows
from admin.lead_filters import Filters, FiltersOf
from admin.pages import OWN_NAMES
from admin.panel import Panel
from bot.records import lead_search
from bot.records.lead_search import Row, Search

router = APIRouter()

Given = Annotated[Format, Query(alias="format")]


@router.get("/leads/export", name="leads:export")
async def export(
    request: Request, visitor: Reads, panel: PanelOf, database: Transaction, filters: FiltersOf, as_: Given
) -> Response:
    """Hand out what the filters find, and write down who took it."""
    now, search = panel.now(), filters.search_for(visitor)
    count = await lead_search.number(database, search, now)
    chosen = _for_the_log(filters, visitor)
    visitor.audits(database, now, "leads.exported", "leads", count=count, filters=chosen, format=as_.value)
    return await exports.table(request, headings(visitor), _rows(panel, visitor, search, now), "leads", as_)


def _for_the_log(filters: Filters, visitor: Visitor) -> dict[str, object]:
    """The filters that were chosen; of a search only that there was one, since it may name a trader."""
    chosen: dict[str, object] = dict(filters.pairs)
    known = {
        "search": True,
        "state": [state.value for state in filters.state],
        "desk": next((desk.name_en for desk in visitor.desks if desk.id == filters.desk), None),
    }
    return {name: known.get(name, value) for name, value in chosen.items()}


def headings(visitor: Visitor) -> list[str]:
    """The names of the columns, in the reader's words."""
    say, zone = visitor.voice.say, visitor.member.timezone
    return [
        say("Reference"), say("State"), say("Wants"), say("Product"), say("HS chapter"), say("Quantity"), say("Unit"),
        say("Sector"), say("From"), say("To"), say("Country"), say("City"), say("Company"), say("Name"),
        say("Telephone"), say("E-mail"), say("Language"), say("Desk"), say("Assigned to"),
        say("Sent ({zone})", zone=zone), say("Promised until ({zone})", zone=zone),
        say("First answered ({zone})", zone=zone), say("Last changed ({zone})", zone=zone),
    ]  # fmt: skip


async def _rows(panel: Panel, visitor: Visitor, search: Search, now: datetime) -> Rows:
    async with panel.sessions() as session, aclosing(lead_search.everything(session, search, now)) as found:
        async for row in found:
            yield cells(row, visitor)


def cells(row: Row, visitor: Visitor) -> Sequence[Cell]:
    """A lead as a row of the table."""
    lead, voice = row.lead, visitor.voice
    desk = next((desk.name(voice.language) for desk in visitor.desks if desk.id == lead.desk_id), "")
    return (
        lead.reference, labels.state(voice, lead.state), labels.want(voice, lead.want), lead.product, lead.chapter,
        lead.quantity, labels.unit(voice, lead.unit) if lead.unit else None, labels.sector(voice, lead.sector),
        lead.origin, lead.destination, labels.country(voice, lead.country), lead.city, lead.company, lead.name,
        lead.phone, lead.email, OWN_NAMES[lead.language], desk, row.assignee, lead.sent_at, lead.promised_at,
        lead.answered_at, lead.changed_at,
    )  # fmt: skip
