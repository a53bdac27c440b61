"""The page of one desk, for admins: its names and its promise; opening one, closing one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.access import Administers, NotFound, PanelOf, Transaction
from admin.forms import Id, Line
from admin.pages import page, see_other
from bot.records.desks import ANSWER_WITHIN, Desk

router = APIRouter()

LONGEST_PROMISE = 720  # hours


class Described(BaseModel):
    """What an admin says of a desk."""

    name_en: Line = ""
    name_ur: Line = ""
    name_fa: Line = ""
    answer_within: Line = str(ANSWER_WITHIN)

    @property
    def hours(self) -> int | None:
        """The promise; None where it is no number of hours that can be promised."""
        if not self.answer_within.isdecimal() or len(self.answer_within) > 4:
            return None
        hours = int(self.answer_within)
        return hours if 1 <= hours <= LONGEST_PROMISE else None

    def faults(self) -> dict[str, str]:
        """What is wrong, by field."""
        found = {}
        if not self.name_en:
            found["name_en"] = "empty"
        if self.hours is None:
            found["answer_within"] = "hours"
        return found

    def columns(self) -> dict[str, str | int | None]:
        """The columns of the desk; what has no Urdu or Persian name bears the English one."""
        return {
            "name_en": self.name_en,
            "name_ur": self.name_ur or self.name_en,
            "name_fa": self.name_fa or self.name_en,
            "answer_within": self.hours,
        }


Given = Annotated[Described, Form()]


@router.get("/desks/new", name="desks:new")
async def new(request: Request, _: Administers) -> Response:
    """Ask what the new desk is called."""
    return _form_page(request, None, Described(), {})


@router.post("/desks/new", name="desks:open")
async def open_desk(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, given: Given
) -> Response:
    """Open a desk."""
    faults = given.faults() or await _keep(database, Desk(general=False), given)
    if faults:
        return _form_page(request, None, given, faults)
    visitor.audits(database, panel.now(), "desk.opened", given.name_en, hours=given.hours)
    return see_other(request, "desks", done="desk_opened")


@router.get("/desks/{desk_id}", name="desk")
async def show(request: Request, _: Administers, database: Transaction, desk_id: Id) -> Response:
    """Show a desk, and what can be changed."""
    desk = await database.get(Desk, desk_id)
    if desk is None:
        raise NotFound
    recorded = Described(
        name_en=desk.name_en, name_ur=desk.name_ur, name_fa=desk.name_fa, answer_within=str(desk.answer_within)
    )
    return _form_page(request, desk, recorded, {})


@router.post("/desks/{desk_id}", name="desk:change")
async def change(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, desk_id: Id, given: Given
) -> Response:
    """Change the names and the promise of a desk; traders keep the hour that they were promised."""
    desk = await database.get(Desk, desk_id, with_for_update=True)
    if desk is None:
        raise NotFound
    before = {name: getattr(desk, name) for name in given.columns()}
    faults = given.faults() or await _keep(database, desk, given)
    if faults:
        return _form_page(request, desk, given, faults)
    changes = {
        name: {"from": old, "to": getattr(desk, name)} for name, old in before.items() if old != getattr(desk, name)
    }
    if changes:
        visitor.audits(database, panel.now(), "desk.changed", desk.name_en, **changes)
    return see_other(request, "desks", done="saved")


async def _keep(database: AsyncSession, desk: Desk, given: Described) -> dict[str, str]:
    """Put what was typed into the row; return the fault where another desk has the name."""
    try:
        async with database.begin_nested():
            for name, value in given.columns().items():
                setattr(desk, name, value)
            database.add(desk)
    except IntegrityError:  # the English name is the only thing of a desk that has to be its alone
        if desk in database:
            await database.refresh(desk)
        return {"name_en": "desk_name"}
    return {}


def _form_page(request: Request, desk: Desk | None, given: Described, faults: dict[str, str]) -> Response:
    values = {"desk": desk, "given": given, "faults": faults}
    return page(request, "desks/desk.html", values, status=422 if faults else 200)
