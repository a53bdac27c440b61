"""The page of the staff, for admins: who works here, in which role, at which desks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import getting_in, membership
from admin.access import Administers, NotFound, PanelOf, Transaction
from admin.forms import Id, email_of
from admin.member_page import Given, Particulars, hold, link_page, member_page
from admin.membership import LoginTaken
from admin.pages import page, see_other
from bot.records import desk_load, desks, staff
from bot.records.staff import Notices, Role, StaffMember

router = APIRouter()


@router.get("/staff", name="staff")
async def show(request: Request, visitor: Administers, database: Transaction) -> Response:
    """List everybody, those who left at the end."""
    values = {
        "members": await staff.everyone(database),
        "desks_by_member": await desk_load.desks_by_member(database),
        "own": visitor.member.id,
    }
    return page(request, "staff/list.html", values)


@router.get("/staff/new", name="staff:new")
async def new(request: Request, visitor: Administers, database: Transaction) -> Response:
    """Ask who comes."""
    return await _new_page(request, database, Particulars(language=visitor.member.language), {})


@router.post("/staff/new", name="staff:add")
async def add(request: Request, visitor: Administers, panel: PanelOf, database: Transaction, given: Given) -> Response:
    """Add a member and show the link by which he chooses his password."""
    faults = given.faults(new=True)
    member = StaffMember(login=given.login, created_at=panel.now(), **_columns(given))
    if not faults:
        try:
            await membership.add(database, member)
        except LoginTaken:
            faults["login"] = "taken"
    if faults:
        return await _new_page(request, database, given, faults)
    seats = await _seat(database, member, given.desks)
    visitor.audits(database, panel.now(), "staff.added", member.login, role=member.role, desks=seats)
    return link_page(request, member)


@router.get("/staff/{member_id}", name="staff:member")
async def show_member(request: Request, visitor: Administers, database: Transaction, member_id: Id) -> Response:
    """Show a member, and what can be changed."""
    member = await database.get(StaffMember, member_id)
    if member is None:
        raise NotFound
    return await member_page(request, visitor, database, member)


@router.post("/staff/{member_id}", name="staff:change")
async def change(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, member_id: Id, given: Given
) -> Response:
    """Change what is said of a member."""
    held = await hold(database, member_id)
    faults = given.faults()
    if held.last_admin and given.role is not Role.ADMIN:
        faults["role"] = "last_admin"
    if faults:
        return await member_page(request, visitor, database, held.member, given=given, faults=faults)
    before = [desk.name_en for desk in await desks.desks_of(database, member_id)]
    changes = _change(held.member, given)
    seats = await _seat(database, held.member, given.desks)
    if seats != before:
        changes["desks"] = {"from": before, "to": seats}
    if changes:
        visitor.audits(database, panel.now(), "staff.changed", held.member.login, **changes)
    return see_other(request, "staff:member", member_id=member_id, done="saved")


router.include_router(getting_in.router)


async def _new_page(request: Request, database: AsyncSession, given: Particulars, faults: dict[str, str]) -> Response:
    values = {"given": given, "faults": faults, "roles": list(Role), "desks": await desks.everything(database)}
    return page(request, "staff/new.html", values, status=422 if faults else 200)


def _columns(given: Particulars) -> dict[str, Any]:
    return {
        "name": given.name,
        "role": given.role,
        "language": given.language,
        "email": email_of(given.email) if given.email else None,
    }


def _change(member: StaffMember, given: Particulars) -> dict[str, object]:
    """Put what was typed into the row; return what became different, for the audit log."""
    changes: dict[str, object] = {}
    for name, value in _columns(given).items():
        if (before := getattr(member, name)) != value:
            changes[name] = {"from": before, "to": value}
            setattr(member, name, value)
    if member.email is None and member.notices is Notices.EMAIL:
        member.notices = Notices.NONE
    return changes


async def _seat(database: AsyncSession, member: StaffMember, desk_ids: list[int]) -> list[str]:
    """Let a member work at these desks, as far as they are there; return their names."""
    chosen = [desk for desk in await desks.everything(database) if desk.id in desk_ids]
    await membership.seat(database, member.id, [desk.id for desk in chosen])
    return [desk.name_en for desk in chosen]
