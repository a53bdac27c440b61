"""What the command line does with the staff: adds a member, makes a new link, lists everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from admin import membership
from admin.audit_words import COMMAND_LINE
from admin.forms import one_line
from admin.membership import LOGIN, LoginTaken
from admin.pages import ROOT
from bot.records import audit, staff
from bot.records.database import open_engine
from bot.records.staff import Role, StaffMember
from bot.settings import Settings
from knowledge.language import Language


class StaffFault(Exception):
    """What was asked for cannot be done; the message says why, in one line."""


async def add(address: str, login: str, name: str, role: Role, language: Language, at: datetime) -> str:
    """Add a member and return the token of his one-time link."""
    if not LOGIN.fullmatch(login):
        raise StaffFault(f"“{login}” is no login: 2 to 32 small Latin letters, digits, dots, hyphens or underscores.")
    if not (name := one_line(name)):
        raise StaffFault("The name is empty.")
    member = StaffMember(login=login, name=name, role=role, language=language, created_at=at)
    async with _transaction(address) as session:
        try:
            await membership.add(session, member)
        except LoginTaken:
            raise StaffFault(f"The login {login} is taken. A new link for it: saudagar staff link {login}") from None
        audit.note(session, at, "staff.added", login, actor=COMMAND_LINE, details={"role": role.value})
        return membership.invite(member, at)


async def link(address: str, login: str, at: datetime, *, without_second_factor: bool) -> str:
    """Make a new one-time link for a member, sign him out everywhere, and return its token."""
    async with _transaction(address) as session:
        member = await staff.by_login(session, login)
        if member is None:
            raise StaffFault(f"Nobody of the login {login} works here. All logins: saudagar staff list")
        await staff.end_sessions(session, member.id)
        audit.note(session, at, "staff.link_made", member.login, actor=COMMAND_LINE)
        if without_second_factor and member.totp_secret is not None:
            member.totp_secret = member.totp_last_step = None
            audit.note(session, at, "staff.second_factor_taken_off", member.login, actor=COMMAND_LINE)
        return membership.invite(member, at)


async def listed(address: str) -> list[str]:
    """Return a line for each member: login, role, how far he has come, name."""
    async with _transaction(address) as session:
        return [
            f"{member.login:<20} {member.role:<8} {_standing(member):<9} {member.name}"
            for member in await staff.everyone(session)
        ]


async def has_admin(address: str) -> bool:
    """Whether an admin can sign in."""
    async with _transaction(address) as session:
        return await staff.admins(session) > 0


def panel_address(settings: Settings, port: int) -> str:
    """Where browsers find the panel: behind the public address, else on this machine."""
    if settings.public_url:
        return settings.public_url.rstrip("/") + ROOT
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(settings.host, settings.host)  # noqa: S104  (is replaced)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{ROOT}"


def _standing(member: StaffMember) -> str:
    if not member.active:
        return "left"
    return "active" if member.password_hash else "invited"


@asynccontextmanager
async def _transaction(address: str) -> AsyncIterator[AsyncSession]:
    engine = open_engine(address)
    try:
        async with AsyncSession(engine) as session, session.begin():
            yield session
    finally:
        await engine.dispose()
