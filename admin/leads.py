"""The leads inbox: filters, saved views, and what can be done without leaving the list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from starlette.datastructures import QueryParams

from admin import audit_export, inbox_live, lead_export
from admin.access import NotFound, PanelOf, Reads, Transaction, Works
from admin.forms import one_line
from admin.inbox import NAME_LETTERS, inbox, inbox_address
from admin.lead_changes import Action, Outcome, change
from admin.lead_filters import FiltersOf, filters_in
from bot.records import saved_views
from bot.records.desks import Desk
from bot.records.lead_search import MOST, PAGE
from bot.records.saved_views import MOST as MOST_VIEWS

router = APIRouter()
router.include_router(inbox_live.router)
router.include_router(lead_export.router)
router.include_router(audit_export.router)

PageNumber = Annotated[int, Query(ge=1, le=MOST // PAGE)]
Words = Annotated[str, Form(max_length=2000)]


class Change(BaseModel):
    """The form around the list."""

    filters: str = Field("", max_length=2000)  # of the list, to come back to it
    action: Action = Action.TAKE
    lead: list[Annotated[str, Field(max_length=40)]] = Field([], max_length=PAGE)  # references that are ticked
    take: str = Field("", max_length=40)  # the one lead whose own button was pressed
    desk: str = Field("", pattern="^[0-9]{0,18}$")  # where to move to


@router.get("/leads", name="leads")
async def show(
    request: Request, visitor: Reads, database: Transaction, filters: FiltersOf, page: PageNumber = 1
) -> Response:
    """Show the leads of the reader's desks."""
    return await inbox(request, visitor, database, filters, page)


@router.post("/leads/change", name="leads:change")
async def change_several(
    request: Request, visitor: Works, panel: PanelOf, database: Transaction, form: Annotated[Change, Form()]
) -> Response:
    """Take, move or mark several leads; those that do not allow it stay, and are named with the reason."""
    references, action = ([form.take], Action.TAKE) if form.take else (form.lead, form.action)
    desk = await database.get(Desk, int(form.desk)) if form.desk else None
    if not references:
        return _back(request, form.filters, done="none_ticked")
    if action is Action.MOVE and desk is None:
        return _back(request, form.filters, done="no_desk")
    outcome = await change(database, visitor, references, action, desk, panel.now())
    return _back(request, form.filters, done="changed", outcome=outcome)


@router.post("/leads/views", name="leads:save_view")
async def save_view(
    request: Request, visitor: Reads, panel: PanelOf, database: Transaction, filters: Words = "", name: Words = ""
) -> Response:
    """Keep the filters under a name of the member's own."""
    kept, named = filters_in(QueryParams(filters)), one_line(name)
    problem = "empty" if not named else "long" if len(named) > NAME_LETTERS else ""
    if not problem and not await saved_views.save(database, visitor.member.id, named, kept.query, panel.now()):
        problem = "many"
    if problem:
        return await inbox(request, visitor, database, kept, problem=problem, name=named, most_views=MOST_VIEWS)
    return _back(request, filters, done="view_saved")


@router.post("/leads/views/delete", name="leads:delete_view")
async def delete_view(
    request: Request, visitor: Reads, database: Transaction, view: Annotated[int, Form(ge=1, lt=2**63)]
) -> Response:
    """Forget a view of the member's own."""
    if not await saved_views.drop(database, visitor.member.id, view):
        raise NotFound
    return _back(request, "", done="view_deleted")


def _back(request: Request, filters: str, *, done: str, outcome: Outcome | None = None) -> Response:
    """Send the browser back to the list as it was, which says what was done."""
    pairs = [*filters_in(QueryParams(filters)).pairs, ("done", done)]
    if outcome:
        pairs.append(("changed", str(len(outcome.changed))))
        pairs.append(("kept", ",".join(f"{reference}:{why}" for reference, why in outcome.kept.items())))
    return RedirectResponse(inbox_address(request, QueryParams(pairs)), status_code=303)
