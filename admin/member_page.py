"""The page of one member of the staff, which shows also what did not go."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from admin import membership
from admin.access import NotFound, Visitor, panel_of
from admin.forms import Line, email_of
from admin.membership import LOGIN, Held
from admin.pages import page, url
from bot.records import desks, staff
from bot.records.staff import Role, StaffMember
from knowledge.language import Language


class Particulars(BaseModel):
    """What an admin says of a member."""

    login: Line = ""  # of a new one; later it stays as it is
    name: Line = ""
    role: Role = Role.OFFICER
    language: Language = Language.UR
    email: Line = ""
    desks: list[int] = Field(default_factory=list)

    def faults(self, *, new: bool = False) -> dict[str, str]:
        """What is wrong, by field."""
        found = {}
        if new and not LOGIN.fullmatch(self.login):
            found["login"] = "login"
        if not self.name:
            found["name"] = "empty"
        if self.email and not email_of(self.email):
            found["email"] = "email"
        return found


Given = Annotated[Particulars, Form()]


async def hold(database: AsyncSession, member_id: int) -> Held:
    """Take a member to change him; raise NotFound where there is no such one."""
    held = await membership.hold(database, member_id)
    if held is None:
        raise NotFound
    return held


async def member_page(
    request: Request,
    visitor: Visitor,
    database: AsyncSession,
    member: StaffMember,
    *,
    given: Particulars | None = None,
    faults: dict[str, str] | None = None,
    problem: str = "",
) -> Response:
    """Show a member by the records, or by what was typed and has faults, or what was not possible any more."""
    own = [desk.id for desk in await desks.desks_of(database, member.id)]
    recorded = Particulars(
        name=member.name, role=member.role, language=member.language, email=member.email or "", desks=own
    )
    values = {
        "member": member,
        "own": member.id == visitor.member.id,
        "roles": list(Role),
        "given": given or recorded,
        "faults": faults or {},
        "problem": problem,
        "desks": await desks.everything(database),
        "sessions": len(await staff.sessions_of(database, member.id, panel_of(request).now())),
    }
    return page(request, "staff/member.html", values, status=422 if faults else 409 if problem else 200)


def link_page(request: Request, member: StaffMember) -> Response:
    """Make a new one-time link and show it, this once: only its digest is kept."""
    panel = panel_of(request)
    base = panel.public_url or f"{request.url.scheme}://{request.url.netloc}"
    link = base.rstrip("/") + url("invitation:form", request, invitation=membership.invite(member, panel.now()))
    hours = int(membership.INVITATION.total_seconds()) // 3600
    return page(request, "staff/link.html", {"member": member, "link": link, "hours": hours})
