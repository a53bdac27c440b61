"""Who may do what: the one place in which a request to the panel is let in or turned away.

Every route names its access by one of `Reads`, `Works` and `Administers`, or stands in `PUBLIC`; tests walk all routes.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from admin.panel import Panel
from admin.passwords import digest
from bot.message import Address
from bot.records import audit, desks, staff
from bot.records.desks import Desk
from bot.records.leads import Lead
from bot.records.staff import Role, StaffMember, StaffSession
from bot.wording import Voice

COOKIE = "saudagar_staff"
IDLE = timedelta(hours=12)  # after which a session that nobody uses ends
LONGEST = timedelta(days=7)  # after which every session ends
SEEN_EVERY = timedelta(minutes=1)  # how exactly the use of a session is noted
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

#: Names of the routes that need no session; each looks after itself.
PUBLIC = frozenset(
    {"sign_in:form", "sign_in", "sign_in:code_form", "sign_in:code", "invitation:form", "invitation", "static", "font"}
)


class SignInNeeded(Exception):
    """Nobody is signed in, or the second factor is still owed."""

    def __init__(self, *, code_owed: bool = False) -> None:
        super().__init__("sign in first")
        self.code_owed = code_owed


class Forbidden(Exception):
    """The role of the member does not allow this."""


class StaleForm(Exception):
    """A change came without the token of the session: the page is too old, or another site sent it."""


class NotFound(Exception):
    """There is no such thing, or it is not at a desk of the member."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The member who asks, with what his pages need."""

    member: StaffMember
    session: StaffSession
    desks: tuple[Desk, ...]  # whose leads he sees: his own; an admin's are all
    voice: Voice

    @property
    def desk_ids(self) -> list[int]:
        """The ids of his desks."""
        return [desk.id for desk in self.desks]

    @property
    def works(self) -> bool:
        """Whether he may change leads."""
        return self.member.role is not Role.READER

    @property
    def administers(self) -> bool:
        """Whether he is an admin."""
        return self.member.role is Role.ADMIN

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which he reads hours."""
        return ZoneInfo(self.member.timezone)

    @property
    def chat(self) -> Address | None:
        """Where the bot writes to him."""
        return self.member.chat

    def sees(self, lead: Lead | None) -> Lead:
        """The lead, if it is at a desk of his; raise NotFound else, as if it were not there."""
        if lead is None or lead.desk_id not in self.desk_ids:
            raise NotFound
        return lead

    def audits(self, database: AsyncSession, at: datetime, action: str, subject: str, **details: object) -> None:
        """Write down in the audit log what he changes."""
        audit.note(database, at, action, subject, actor=self.member.login, staff_id=self.member.id, details=details)


def panel_of(request: Request) -> Panel:
    """The panel that serves a request."""
    panel: Panel = request.app.state.panel
    return panel


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """One request, one transaction: committed before the answer leaves, rolled back where the page fails."""
    async with panel_of(request).sessions.begin() as session:
        try:
            yield session
        except Exception:
            session.expunge_all()  # the rollback would empty the visitor, whom the page of the error still names
            raise


#: Ends with the page function, so that an answer is never seen before what it says is kept.
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
PanelOf = Annotated[Panel, Depends(panel_of)]


async def current_session(request: Request, database: AsyncSession) -> staff.SignedIn | None:
    """Return the session of the request's cookie, the second factor owed or not."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    return await staff.signed_in(database, digest(cookie), panel_of(request).now())


async def check_form(request: Request, session: StaffSession) -> None:
    """Raise StaleForm where a change does not carry the token of the session."""
    given = (await request.form()).get("csrf")
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), session.csrf.encode()):
        raise StaleForm


def allowed(*roles: Role) -> Callable[[Request, AsyncSession], Awaitable[Visitor]]:
    """Let in who is signed in with one of these roles and, for a change, sends the token of his session."""

    async def admit(request: Request, database: Transaction) -> Visitor:
        found = await current_session(request, database)
        if found is None or not found.session.complete:
            raise SignInNeeded(code_owed=found is not None)
        if request.method not in SAFE_METHODS:
            await check_form(request, found.session)
        if found.member.role not in roles:
            raise Forbidden
        panel = panel_of(request)
        _keep_alive(found.session, panel.now())
        admin = found.member.role is Role.ADMIN
        own = await (desks.everything(database) if admin else desks.desks_of(database, found.member.id))
        visitor = Visitor(found.member, found.session, tuple(own), panel.voices[found.member.language])
        request.state.visitor = visitor  # for the pages of errors
        return visitor

    admit.roles = frozenset(roles)  # type: ignore[attr-defined]  # read by the test that walks every route
    return admit


def _keep_alive(session: StaffSession, now: datetime) -> None:
    if now - session.seen_at > SEEN_EVERY:
        session.seen_at = now
        session.ends_at = min(now + IDLE, session.created_at + LONGEST)


Reads = Annotated[Visitor, Depends(allowed(Role.READER, Role.OFFICER, Role.ADMIN), scope="function")]
Works = Annotated[Visitor, Depends(allowed(Role.OFFICER, Role.ADMIN), scope="function")]
Administers = Annotated[Visitor, Depends(allowed(Role.ADMIN), scope="function")]
