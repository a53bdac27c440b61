"""The page of the inbox: its tabs with their counts, one page of leads, and what came of the last change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import QueryParams

from admin import labels
from admin.access import SignInNeeded, Visitor, panel_of
from admin.lead_changes import Obstacle, obstacle
from admin.lead_filters import BUILT_IN, Filters, filters_in
from admin.lead_words import amount
from admin.pages import page, url
from bot.enquiry import LeadState, Want
from bot.records import desks, lead_search, saved_views
from bot.records.desks import DeskStaff
from bot.records.lead_search import MOST, Order
from bot.records.staff import Role, StaffMember
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.goods import Sector

LOOK_BACK = timedelta(minutes=1)  # by which the live bar begins before the page: a slow change may still be on its way
NAME_LETTERS = 40  # of a saved view
REFERENCE = re.compile(r"[A-Z]{2}-[A-Z]{3}-[0-9A-Z]{1,12}")


@dataclass(frozen=True, slots=True)
class Tab:
    """A view above the list."""

    name: str
    query: str
    count: int  # `MOST` + 1: more than `MOST`
    current: bool
    saved: int | None = None  # its id, where the member has saved it


@dataclass(frozen=True, slots=True)
class Live:
    """From where on the live bar tells what is new."""

    since: datetime
    new: int
    mark: datetime | None  # the last change that the page shows


async def inbox(
    request: Request, visitor: Visitor, database: AsyncSession, filters: Filters, number: int = 1, **more: Any
) -> Response:
    """Show the leads that fit, and what can be done with them."""
    now = panel_of(request).now()
    live = await _live(database, visitor, now)  # first: what comes meanwhile is told twice rather than never
    shown = await lead_search.page(database, filters.search_for(visitor), now, number)
    values = {
        "filters": filters,
        "shown": shown,
        "tabs": await _tabs(database, visitor, filters, now),
        "live": live,
        "people": await _people(database, visitor),
        "every_desk": await desks.everything(database) if visitor.works else (),
        "desk_names": {desk.id: desk.name(visitor.voice.language) for desk in visitor.desks},
        "cities": {city.id: city.names[visitor.voice.language] for city in panel_of(request).library.cities},
        "names": _names(visitor.voice),
        "states": tuple(LeadState),
        "sectors": tuple(Sector),
        "countries": tuple(Country),
        "wants": tuple(Want),
        "orders": [(order, order_label(visitor.voice, order)) for order in Order],
        "most": MOST,
        "kept": _kept(request, visitor.voice),
        "changed": _number(request.query_params.get("changed", "")),
        "address": lambda **given: _address(request, filters, given),
        "amount": amount,
        "leads_path": url("leads", request),
        "name_letters": NAME_LETTERS,
        "problem": "",
        "name": "",
        **more,
    }
    return page(request, "leads/inbox.html", values, status=422 if values["problem"] else 200)


def _names(voice: Voice) -> dict[LeadState | Sector | Country | Want, str]:
    """What the members of the enums are called: said once a page, not in each of its rows."""
    return {
        **{state: labels.state(voice, state) for state in LeadState},
        **{sector: labels.sector(voice, sector) for sector in Sector},
        **{country: labels.country(voice, country) for country in Country},
        **{want: labels.want(voice, want) for want in Want},
    }


def order_label(voice: Voice, order: Order) -> str:
    """What comes first, in the reader's words."""
    return {
        Order.NEWEST: voice.say("Newest first"),
        Order.OLDEST: voice.say("Oldest first"),
        Order.PROMISE: voice.say("By promise, overdue first"),
        Order.CHANGED: voice.say("Last changed first"),
    }[order]


def built_in_label(voice: Voice, key: str) -> str:
    """The name of a view that everybody has."""
    return {
        "new": voice.say("New leads"),
        "mine": voice.say("Mine, open"),
        "overdue": voice.say("Overdue"),
        "all": voice.say("All"),
    }[key]


async def _tabs(database: AsyncSession, visitor: Visitor, filters: Filters, now: datetime) -> list[Tab]:
    named: list[tuple[str, Filters, int | None]] = [
        (built_in_label(visitor.voice, key), built_in, None) for key, built_in in BUILT_IN.items()
    ]
    for view in await saved_views.views_of(database, visitor.member.id):
        named.append((view.name, filters_in(QueryParams(view.filters)), view.id))
    counts = await lead_search.counts(database, [view.search_for(visitor) for _, view, _ in named], now)
    return [
        Tab(name, view.query, count, view.query == filters.query, saved)
        for (name, view, saved), count in zip(named, counts, strict=True)
    ]


async def _people(database: AsyncSession, visitor: Visitor) -> Sequence[StaffMember]:
    """Who may have taken a lead at the reader's desks: those who work there, and the admins."""
    there = select(DeskStaff.staff_id).where(DeskStaff.desk_id.in_(visitor.desk_ids))
    query = select(StaffMember).where(
        StaffMember.active,
        StaffMember.role != Role.READER,
        StaffMember.id != visitor.member.id,
        or_(StaffMember.id.in_(there), StaffMember.role == Role.ADMIN),
    )
    return (await database.scalars(query.order_by(StaffMember.name))).all()


async def _live(database: AsyncSession, visitor: Visitor, now: datetime) -> Live:
    since = now - LOOK_BACK
    pulse = await lead_search.pulse(database, visitor.member.id, visitor.session.token_hash, now, since)
    if pulse is None:  # signed out meanwhile, in another window
        raise SignInNeeded
    return Live(since, pulse.new, pulse.changed_at)


def _kept(request: Request, voice: Voice) -> list[tuple[str, str]]:
    """The leads that the last change left alone, with the reason, as the address names them."""
    pairs = [item.partition(":") for item in request.query_params.get("kept", "").split(",")[: lead_search.PAGE]]
    return [
        (reference, obstacle(voice, Obstacle(reason)))
        for reference, _, reason in pairs
        if REFERENCE.fullmatch(reference) and reason in set(Obstacle)
    ]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _address(request: Request, filters: Filters, given: dict[str, object]) -> str:
    """The address of the inbox with these filters and, besides, a page or another state of it."""
    pairs = [*filters.pairs, *((name, str(value)) for name, value in given.items())]
    return inbox_address(request, QueryParams(pairs))


def inbox_address(request: Request, query: QueryParams) -> str:
    """The address of the inbox with these parameters; a name may stand there more than once."""
    return f"{url('leads', request)}?{query}" if query else url("leads", request)
