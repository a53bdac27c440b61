"""Closing a desk, for admins: where its leads go, and what becomes of its rules."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin.access import Administers, NotFound, PanelOf, Transaction, Visitor
from admin.forms import Id
from admin.pages import page, see_other
from bot.records import desk_load
from bot.records.desks import Desk

router = APIRouter(prefix="/desks/{desk_id}")


@router.get("/close", name="desk:closing")
async def ask(request: Request, visitor: Administers, database: Transaction, desk_id: Id) -> Response:
    """Ask where the leads of a desk go."""
    desk = await database.get(Desk, desk_id)
    if desk is None:
        raise NotFound
    return await _page(request, visitor, database, desk)


@router.post("/close", name="desk:close")
async def close(
    request: Request,
    visitor: Administers,
    panel: PanelOf,
    database: Transaction,
    desk_id: Id,
    to: Annotated[Id, Form()],
    rules: Annotated[bool, Form()],
) -> Response:
    """Close a desk: its leads, and with `rules` its rules too, go to another one. The general desk stays."""
    held = {desk.id: desk for desk in await desk_load.hold(database, desk_id, to)}
    desk, target = held.get(desk_id), held.get(to)
    if desk is None:
        raise NotFound
    if target is None or target is desk or desk.general:
        return await _page(request, visitor, database, desk, fault="" if desk.general else "no_desk", status=409)
    now = panel.now()
    moved = await desk_load.close(database, desk, target, now, staff_id=visitor.member.id, with_rules=rules)
    details = {"to": target.name_en, "leads": moved.leads, "rules_moved": moved.rules}
    visitor.audits(database, now, "desk.closed", desk.name_en, **details)
    return see_other(request, "desks", done="desk_closed")


async def _page(
    request: Request, visitor: Visitor, database: AsyncSession, desk: Desk, *, fault: str = "", status: int = 200
) -> Response:
    values = {
        "desk": desk,
        "others": [other for other in visitor.desks if other.id != desk.id],
        "leads": await desk_load.leads_at(database, desk.id),
        "rules": await desk_load.rules_of(database, desk.id),
        "faults": {"to": fault} if fault else {},
    }
    return page(request, "desks/close.html", values, status=status)
