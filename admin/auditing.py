"""The page of the audit log, for admins: who changed what, when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from admin import audit_words
from admin.access import Administers, PanelOf, Transaction
from admin.forms import Id, Line
from admin.pages import page
from bot.records import audit_search, staff

router = APIRouter()


class Sought(BaseModel):
    """Which entries are meant; what is empty is any."""

    actor: Line = ""
    action: Line = ""
    subject: Line = ""
    before: Id | None = None  # the last entry of the page before


@router.get("/audit", name="audit")
async def show(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, sought: Annotated[Sought, Query()]
) -> Response:
    """Show what was changed, newest first."""
    query = audit_search.matching(sought.actor, sought.action, sought.subject)
    entries, more = await audit_search.page_of(database, query, sought.before)
    logins = [member.login for member in await staff.everyone(database)]
    values = {
        "entries": entries,
        "older": entries[-1].id if more else None,
        "sought": sought,
        "filters": sought.model_dump(exclude={"before"}),
        "actions": audit_words.actions(visitor.voice),
        "actors": audit_words.actors(visitor.voice) | {login: login for login in logins},
        "in_words": lambda entry: audit_words.details(visitor.voice, panel.library, entry),
    }
    return page(request, "auditing/log.html", values)
