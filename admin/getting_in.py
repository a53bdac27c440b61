"""How a member of the staff gets in, as admins decide: a new link, without the second factor, not at all any more."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from admin.access import Administers, PanelOf, Transaction
from admin.forms import Id
from admin.member_page import hold, link_page, member_page
from admin.pages import see_other
from bot.records import staff

router = APIRouter(prefix="/staff/{member_id}")


@router.post("/link", name="staff:link")
async def new_link(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, member_id: Id
) -> Response:
    """Make a new link for one who lost his password, and sign him out; the old one opens until the link is used."""
    member = (await hold(database, member_id)).member
    if not member.active:
        return await member_page(request, visitor, database, member, problem="left")
    await staff.end_sessions(database, member_id, but=visitor.session.token_hash)
    visitor.audits(database, panel.now(), "staff.link_made", member.login)
    return link_page(request, member)


@router.post("/without-second-factor", name="staff:without_second_factor")
async def without_second_factor(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, member_id: Id
) -> Response:
    """Take the second factor off one who lost his telephone."""
    member = (await hold(database, member_id)).member
    if member.totp_secret is None:
        return await member_page(request, visitor, database, member, problem="no_second_factor")
    member.totp_secret = member.totp_last_step = None
    visitor.audits(database, panel.now(), "staff.second_factor_taken_off", member.login)
    return see_other(request, "staff:member", member_id=member_id, done="second_factor_off")


@router.post("/sign-out", name="staff:sign_out")
async def sign_out_everywhere(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, member_id: Id
) -> Response:
    """End all sessions of a member."""
    member = (await hold(database, member_id)).member
    await staff.end_sessions(database, member_id)
    visitor.audits(database, panel.now(), "staff.signed_out_everywhere", member.login)
    return see_other(request, "staff:member", member_id=member_id, done="signed_out")


@router.post("/leave", name="staff:leave")
async def leave(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, member_id: Id
) -> Response:
    """Close the account of one who leaves; what he did keeps his name."""
    held = await hold(database, member_id)
    member = held.member
    if held.last_admin or not member.active:
        return await member_page(
            request, visitor, database, member, problem="last_admin" if held.last_admin else "left"
        )
    member.active = False
    member.invitation_hash = member.invitation_until = member.link_code_hash = member.link_code_until = None
    await staff.end_sessions(database, member_id)
    visitor.audits(database, panel.now(), "staff.left", member.login)
    return see_other(request, "staff:member", member_id=member_id, done="left")


@router.post("/return", name="staff:return")
async def come_back(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, member_id: Id
) -> Response:
    """Open the account of one who left again; his password is the one that he had."""
    member = (await hold(database, member_id)).member
    if member.active:
        return await member_page(request, visitor, database, member, problem="here")
    member.active = True
    visitor.audits(database, panel.now(), "staff.returned", member.login)
    return see_other(request, "staff:member", member_id=member_id, done="returned")
