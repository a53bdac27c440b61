"""How a member is told of new leads: by Telegram, which he links by a code, by e-mail, or not at all."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from admin.access import PanelOf, Reads, Transaction
from admin.account_page import account_page
from admin.forms import Line, email_of
from admin.pages import see_other
from bot.enquiry import REFERENCE_ALPHABET
from bot.records.staff import Notices, StaffMember, code_hash

router = APIRouter()

CODE_LETTERS = 8  # of 32 each: 40 bits, for a quarter of an hour
CODE_LASTS = timedelta(minutes=15)


@router.post("/account/notices", name="account:notices")
async def choose(
    request: Request,
    visitor: Reads,
    panel: PanelOf,
    database: Transaction,
    notices: Annotated[Notices, Form()],
    email: Annotated[Line, Form()] = "",
) -> Response:
    """Keep the e-mail address and the way in which he wants to be told."""
    member = visitor.member
    faults = _faults(member, notices, email, mail=panel.mail)
    if faults:
        return await account_page(request, visitor, database, faults, chosen=notices, email=email)
    if notices is Notices.EMAIL is not member.notices:
        member.digest_at = panel.now()  # the first digest tells what comes from now on
    if notices is not member.notices:
        details = {"notices": {"from": member.notices, "to": notices}}
        visitor.audits(database, panel.now(), "account.notices_changed", member.login, **details)
    member.notices, member.email = notices, email_of(email) if email else None
    return see_other(request, "account", done="saved")


@router.post("/account/telegram", name="account:telegram")
async def make_code(request: Request, visitor: Reads, panel: PanelOf, database: Transaction) -> Response:
    """Show a code, this once, by which the bot knows who writes to it."""
    code = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(CODE_LETTERS))
    visitor.member.link_code_hash = code_hash(code)
    visitor.member.link_code_until = panel.now() + CODE_LASTS
    visitor.audits(database, panel.now(), "account.telegram_code_made", visitor.member.login)
    return await account_page(request, visitor, database, code=code)


@router.post("/account/telegram/unlink", name="account:unlink")
async def unlink(request: Request, visitor: Reads, panel: PanelOf, database: Transaction) -> Response:
    """Tell him nothing more on Telegram."""
    member = visitor.member
    if member.chat is not None:
        visitor.audits(database, panel.now(), "account.telegram_unlinked", member.login)
    member.notice_channel = member.notice_identifier = member.link_code_hash = member.link_code_until = None
    if member.notices is Notices.TELEGRAM:
        member.notices = Notices.NONE
    return see_other(request, "account", done="unlinked")


def _faults(member: StaffMember, notices: Notices, email: str, *, mail: bool) -> dict[str, str]:
    faults = {}
    if email and not email_of(email):
        faults["email"] = "email"
    elif notices is Notices.EMAIL and not email:
        faults["email"] = "email_needed"
    if notices is Notices.EMAIL and not mail:
        faults["notices"] = "no_mail"
    elif notices is Notices.TELEGRAM and member.chat is None:
        faults["notices"] = "no_chat"
    return faults
