"""Members of the staff come, change and go: the rules that the panel and the command line share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.passwords import digest, token
from bot.records.desks import DeskStaff
from bot.records.staff import Role, StaffMember

INVITATION = timedelta(hours=72)  # for which a one-time link opens
LOGIN = re.compile(r"[a-z0-9._-]{2,32}")


class LoginTaken(Exception):
    """Somebody has this login, or had it before he left."""


@dataclass(frozen=True, slots=True)
class Held:
    """A member whom nobody else changes until the transaction ends."""

    member: StaffMember
    last_admin: bool  # without him nobody could administer the panel


async def add(session: AsyncSession, member: StaffMember) -> None:
    """Keep a new member; raise LoginTaken where the login is not free."""
    try:
        async with session.begin_nested():
            session.add(member)
    except IntegrityError:  # the login is the only thing of a member that has to be his alone
        raise LoginTaken(member.login) from None


async def hold(session: AsyncSession, member_id: int) -> Held | None:
    """Take a member to change him; None where there is no such one.

    All active admins are held with him, in the order of their ids: of two admins who dismiss each other at the same
    moment the second one finds that he is the last.
    """
    admins = and_(StaffMember.role == Role.ADMIN, StaffMember.active)
    query = select(StaffMember).where(or_(StaffMember.id == member_id, admins)).order_by(StaffMember.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    held = {member.id: member for member in await session.scalars(locked)}
    if member_id not in held:
        return None
    able = {member.id for member in held.values() if can_administer(member)}
    return Held(held[member_id], last_admin=able == {member_id})


def can_administer(member: StaffMember) -> bool:
    """Whether a member can sign in as an admin: one who has not used his link yet cannot."""
    return member.active and member.role is Role.ADMIN and member.password_hash is not None


def invite(member: StaffMember, at: datetime) -> str:
    """Give a member a one-time link and return its token; an older link opens nothing any more."""
    drawn = token()
    member.invitation_hash, member.invitation_until = digest(drawn), at + INVITATION
    return drawn


async def seat(session: AsyncSession, member_id: int, desk_ids: Iterable[int]) -> None:
    """Let a member work at exactly these desks."""
    await session.execute(delete(DeskStaff).where(DeskStaff.staff_id == member_id))
    session.add_all(DeskStaff(desk_id=desk_id, staff_id=member_id) for desk_id in desk_ids)
