"""The second factor of the own account: on once a code from the app was typed, off by the password."""

from __future__ import annotations

import re
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request, Response

from admin.access import PanelOf, Reads, Transaction, Visitor
from admin.account_page import account_page
from admin.forms import Line
from admin.own_password import check_own
from admin.pages import page, see_other
from admin.passwords import LONGEST, new_totp_secret, totp_address, totp_step

router = APIRouter()

SECRET = re.compile(r"[A-Z2-7]{32}")  # base32, as we draw it
BORDER = 4  # modules around a QR code, ISO/IEC 18004


@router.get("/account/second-factor", name="account:second_factor")
async def show(request: Request, visitor: Reads) -> Response:
    """Draw a secret and show it as a QR code; it is kept nowhere but on this page."""
    if visitor.member.totp_secret is not None:
        return see_other(request, "account")
    return _secret_page(request, visitor, new_totp_secret())


@router.post("/account/second-factor", name="account:second_factor_on")
async def turn_on(
    request: Request,
    visitor: Reads,
    panel: PanelOf,
    database: Transaction,
    secret: Annotated[Line, Form()],
    code: Annotated[Line, Form()],
) -> Response:
    """Keep the secret once a code shows that the app has it."""
    member = visitor.member
    await database.refresh(member, with_for_update=True)
    if member.totp_secret is not None:
        return see_other(request, "account", done="factor_was_on")
    if not SECRET.fullmatch(secret):
        return _secret_page(request, visitor, new_totp_secret(), "wrong_code")
    step = totp_step(secret, code, panel.now(), last_step=None)
    if step is None:
        return _secret_page(request, visitor, secret, "wrong_code")
    member.totp_secret, member.totp_last_step = secret, step
    visitor.audits(database, panel.now(), "account.second_factor_on", member.login)
    return see_other(request, "account", done="factor_on")


@router.post("/account/second-factor/off", name="account:second_factor_off")
async def turn_off(
    request: Request,
    visitor: Reads,
    panel: PanelOf,
    database: Transaction,
    password: Annotated[str, Form(max_length=LONGEST)],
) -> Response:
    """Forget the secret, where the password is right."""
    member = visitor.member
    checked = await check_own(database, member, password, panel.now())
    if checked.fault:
        return await account_page(request, visitor, database, {"factor": checked.fault}, minutes=checked.minutes)
    if member.totp_secret is not None:
        member.totp_secret = member.totp_last_step = None
        visitor.audits(database, panel.now(), "account.second_factor_off", member.login)
    return see_other(request, "account", done="factor_off")


def _secret_page(request: Request, visitor: Visitor, secret: str, fault: str = "") -> Response:
    size, path = _squares(totp_address(secret, visitor.member.login))
    values = {
        "secret": secret,
        "in_fours": re.findall(".{1,4}", secret),
        "size": size,
        "path": path,
        "faults": {"code": fault} if fault else {},
    }
    return page(request, "account/second_factor.html", values, status=422 if fault else 200)


def _squares(text: str) -> tuple[int, str]:
    """The QR code of a text: the modules of a side with its border, and the dark ones as an SVG path."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=BORDER))
    dark = (f"M{column} {row}h1v1h-1z" for row, line in enumerate(rows) for column, module in enumerate(line) if module)
    return len(rows), "".join(dark)
