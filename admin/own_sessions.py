"""Where a member is signed in, and how he signs those browsers out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import delete

from admin.access import PanelOf, Reads, Transaction
from admin.forms import Line
from admin.pages import see_other
from bot.records import staff
from bot.records.staff import StaffSession

router = APIRouter()


@router.post("/account/sessions/end", name="account:end_session")
async def end_one(
    request: Request, visitor: Reads, panel: PanelOf, database: Transaction, session: Annotated[Line, Form()]
) -> Response:
    """Sign out one browser of his; one that is signed out already stays so."""
    own = delete(StaffSession).where(StaffSession.token_hash == session, StaffSession.staff_id == visitor.member.id)
    if await database.scalar(own.returning(StaffSession.staff_id)) is not None:
        visitor.audits(database, panel.now(), "account.session_ended", visitor.member.login)
    return see_other(request, "account", done="session_ended")


@router.post("/account/sessions/end-others", name="account:end_other_sessions")
async def end_others(request: Request, visitor: Reads, panel: PanelOf, database: Transaction) -> Response:
    """Sign out all browsers of his but this one."""
    await staff.end_sessions(database, visitor.member.id, but=visitor.session.token_hash)
    visitor.audits(database, panel.now(), "account.other_sessions_ended", visitor.member.login)
    return see_other(request, "account", done="sessions_ended")
