"""Signing in and out: password, second factor, the one-time link of a new member."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import access, throttling
from admin.access import COOKIE, PanelOf, Reads, SignInNeeded, StaleForm, Transaction, current_session
from admin.forms import one_line
from admin.pages import ROOT, own_path, page, see_other
from admin.panel import Panel
from admin.passwords import LETTERS, LONGEST, digest, hash_password, is_password, token, totp_step
from bot.records import audit, staff
from bot.records.staff import StaffMember, StaffSession

router = APIRouter()

FREE_FAILURES = 5  # wrong passwords from one address before it has to wait
FREE_FAILURES_OF_LOGIN = 20  # and from all addresses together
CODE_OWED = timedelta(minutes=10)  # within which the second factor has to follow the password
BROWSER_LETTERS = 160  # of a User-Agent that are kept

Text = Annotated[str, Form(max_length=LONGEST)]


@router.get("/sign-in", name="sign_in:form")
async def form(request: Request, next: str = "") -> Response:
    """Ask for login and password."""
    return page(request, "signing_in/sign_in.html", {"problem": "", "next": next, "login": ""})


@router.post("/sign-in", name="sign_in")
async def sign_in(
    request: Request,
    panel: PanelOf,
    database: Transaction,
    login: Text,
    password: Text,
    next: Text = "",
) -> Response:
    """Begin a session, or say that login and password do not belong together; which one is wrong stays open."""
    refuse_other_sites(request, panel)
    login = one_line(login)
    values: dict[str, str | int] = {"next": next, "login": login}
    keys = _failure_keys(request, login)
    if wait := await throttling.pause(database, keys, panel.now()):
        values |= {"problem": "wait", "minutes": throttling.minutes(wait)}
        return page(request, "signing_in/sign_in.html", values, status=429)
    member = await staff.by_login(database, login)
    right = await asyncio.to_thread(is_password, member.password_hash if member else None, password)
    if member is None or not right:
        await throttling.failed(database, keys, panel.now())
        return page(request, "signing_in/sign_in.html", values | {"problem": "wrong"}, status=401)
    await throttling.succeeded(database, *keys)
    target = own_path(next) or f"{ROOT}/"
    return await _begin_session(request, panel, database, member, target)


@router.get("/sign-in/code", name="sign_in:code_form")
async def code_form(request: Request, database: Transaction) -> Response:
    """Ask for the code of the second factor."""
    if await current_session(request, database) is None:
        raise SignInNeeded
    return page(request, "signing_in/code.html", {"problem": ""})


@router.post("/sign-in/code", name="sign_in:code")
async def code(request: Request, panel: PanelOf, database: Transaction, code: Text) -> Response:
    """Complete a session by the code of the second factor; each code counts once."""
    refuse_other_sites(request, panel)
    found = await current_session(request, database)
    if found is None or found.session.complete or found.member.totp_secret is None:
        raise SignInNeeded
    keys = {f"code of {found.member.id}": FREE_FAILURES}
    if wait := await throttling.pause(database, keys, panel.now()):
        values = {"problem": "wait", "minutes": throttling.minutes(wait)}
        return page(request, "signing_in/code.html", values, status=429)
    await database.refresh(found.member, with_for_update=True)
    secret = found.member.totp_secret
    step = totp_step(secret, code, panel.now(), found.member.totp_last_step) if secret else None
    if step is None:
        await throttling.failed(database, keys, panel.now())
        return page(request, "signing_in/code.html", {"problem": "wrong"}, status=401)
    await throttling.succeeded(database, *keys)
    found.member.totp_last_step = step
    return await _begin_session(request, panel, database, found.member, f"{ROOT}/", complete=True)


@router.post("/sign-out", name="sign_out")
async def sign_out(request: Request, visitor: Reads, database: Transaction) -> Response:
    """End the session of this browser."""
    await database.delete(visitor.session)
    response = see_other(request, "sign_in:form")
    response.delete_cookie(COOKIE, path=ROOT)
    return response


@router.get("/invitation/{invitation}", name="invitation:form")
async def invitation_form(request: Request, invitation: str, panel: PanelOf, database: Transaction) -> Response:
    """Ask a new member for a password of his own."""
    member = await staff.by_invitation(database, digest(invitation), panel.now())
    values = {"member": member, "problem": "", "letters": LETTERS}
    return page(request, "signing_in/invitation.html", values, status=200 if member else 404)


@router.post("/invitation/{invitation}", name="invitation")
async def invitation(
    request: Request, invitation: str, panel: PanelOf, database: Transaction, password: Text, again: Text
) -> Response:
    """Keep the password, use up the link, and sign in."""
    refuse_other_sites(request, panel)
    member = await staff.by_invitation(database, digest(invitation), panel.now())
    problem = _fault(password, again)
    if member is None or problem:
        values = {"member": member, "problem": problem, "letters": LETTERS}
        return page(request, "signing_in/invitation.html", values, status=422 if member else 404)
    member.password_hash = await asyncio.to_thread(hash_password, password)
    member.invitation_hash = member.invitation_until = None
    await staff.end_sessions(database, member.id)
    audit.note(database, panel.now(), "staff.invitation_used", member.login, actor=member.login, staff_id=member.id)
    return await _begin_session(request, panel, database, member, f"{ROOT}/")


def _fault(password: str, again: str) -> str:
    if len(password) < LETTERS:
        return "short"
    return "differ" if password != again else ""


async def _begin_session(
    request: Request, panel: Panel, database: AsyncSession, member: StaffMember, target: str, *, complete: bool = False
) -> Response:
    """Sign a member in under a new token: one that was seen before opens nothing."""
    cookie, now = token(), panel.now()
    if before := await current_session(request, database):
        await database.delete(before.session)
    complete = complete or member.totp_secret is None
    database.add(
        StaffSession(
            token_hash=digest(cookie),
            staff_id=member.id,
            csrf=token(),
            complete=complete,
            browser=request.headers.get("user-agent", "")[:BROWSER_LETTERS],
            created_at=now,
            seen_at=now,
            ends_at=now + (access.IDLE if complete else CODE_OWED),
        )
    )
    if complete:
        member.signed_in_at = now
        audit.note(database, now, "staff.signed_in", member.login, actor=member.login, staff_id=member.id)
    response = see_other(request, "sign_in:code_form")
    if complete:
        response.headers["location"] = target
    # Lax: a link in a notice must find its reader signed in; changes carry the session's own token besides
    response.set_cookie(COOKIE, cookie, path=ROOT, httponly=True, samesite="lax", secure=panel.secure)
    return response


def refuse_other_sites(request: Request, panel: Panel) -> None:
    """Raise StaleForm where another site sent a form for which there is no session yet.

    Browsers say where a form comes from; one that says nothing is no browser that another site could drive.
    """
    ours = {request.headers.get("host", ""), (panel.public_url or "").partition("://")[2].rstrip("/")}
    origin = request.headers.get("origin", "null")
    elsewhere = origin != "null" and origin.partition("://")[2] not in ours
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"} or elsewhere:
        raise StaleForm


def _failure_keys(request: Request, login: str) -> dict[str, int]:
    """The keys under which failures are counted, with how many of each cost nothing."""
    name = login.lower()
    address = request.client.host if request.client else ""
    return {f"login {name} from {address}": FREE_FAILURES, f"login {name}": FREE_FAILURES_OF_LOGIN}
