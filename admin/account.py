"""The page of the own account, for everybody: language, time zone, password; and what its neighbours add."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from admin import own_notices, own_sessions, second_factor
from admin.access import PanelOf, Reads, Transaction
from admin.account_page import ZONES, account_page
from admin.forms import Line
from admin.own_password import check_own
from admin.pages import see_other
from admin.passwords import LETTERS, LONGEST, hash_password
from bot.records import staff
from knowledge.language import Language

router = APIRouter()

Password = Annotated[str, Form(max_length=LONGEST)]


@router.get("/account", name="account")
async def show(request: Request, visitor: Reads, database: Transaction) -> Response:
    """Show the own account."""
    return await account_page(request, visitor, database)


@router.post("/account/reading", name="account:reading")
async def change_reading(
    request: Request,
    visitor: Reads,
    panel: PanelOf,
    database: Transaction,
    language: Annotated[Language, Form()],
    zone: Annotated[Line, Form()],
) -> Response:
    """Keep the language and the time zone; the next page has them."""
    member = visitor.member
    if zone not in ZONES:
        return await account_page(request, visitor, database, {"zone": "zone"}, zone=zone)
    changes = {
        name: {"from": before, "to": after}
        for name, before, after in (("language", member.language, language), ("zone", member.timezone, zone))
        if before != after
    }
    member.language, member.timezone = language, zone
    if changes:
        visitor.audits(database, panel.now(), "account.changed", member.login, **changes)
    return see_other(request, "account", done="saved")


@router.post("/account/password", name="account:password")
async def change_password(
    request: Request,
    visitor: Reads,
    panel: PanelOf,
    database: Transaction,
    old: Password,
    password: Password,
    again: Password,
) -> Response:
    """Keep a new password, where the old one is right, and sign out all other browsers."""
    if fault := _fault(old, password, again):
        return await account_page(request, visitor, database, {"password": fault})
    checked = await check_own(database, visitor.member, old, panel.now())
    if checked.fault:
        return await account_page(request, visitor, database, {"old": checked.fault}, minutes=checked.minutes)
    visitor.member.password_hash = await asyncio.to_thread(hash_password, password)
    await staff.end_sessions(database, visitor.member.id, but=visitor.session.token_hash)
    visitor.audits(database, panel.now(), "account.password_changed", visitor.member.login)
    return see_other(request, "account", done="password")


router.include_router(second_factor.router)
router.include_router(own_notices.router)
router.include_router(own_sessions.router)


def _fault(old: str, password: str, again: str) -> str:
    if len(password) < LETTERS:
        return "short"
    if password != again:
        return "differ"
    return "same" if password == old else ""
