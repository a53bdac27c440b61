"""Staff of the chambers: accounts, roles, invitations, sessions, and sign-ins that failed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.message import Address
from bot.records.base import Record
from knowledge.language import Language


class Role(StrEnum):
    """What a member of the staff may do."""

    ADMIN = "admin"  # everything, of every desk
    OFFICER = "officer"  # works on the leads of the own desks
    READER = "reader"  # reads what an officer of the same desks reads, changes nothing


class Notices(StrEnum):
    """How a member of the staff is told of new leads and of promises about to pass."""

    NONE = "none"
    TELEGRAM = "telegram"  # at once, by the bot
    EMAIL = "email"  # collected into a digest


class StaffMember(Record):
    """An account of the panel."""

    __tablename__ = "staff"
    __table_args__ = (Index("uq_staff_login", text("lower(login)"), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    language: Mapped[Language]
    timezone: Mapped[str] = mapped_column(default="Asia/Karachi")  # IANA name
    password_hash: Mapped[str | None]  # argon2id; empty until the invitation was taken up
    totp_secret: Mapped[str | None]  # base32; empty without a second factor
    totp_last_step: Mapped[int | None]  # of 30 s, the last that was used: a code counts once
    invitation_hash: Mapped[str | None] = mapped_column(unique=True)  # SHA-256 of the one-time link's token
    invitation_until: Mapped[datetime | None]
    notices: Mapped[Notices] = mapped_column(default=Notices.NONE)
    email: Mapped[str | None]
    #: The chat in which he is told, once he proved that it is his by a code.
    notice_channel: Mapped[str | None]
    notice_identifier: Mapped[str | None]
    link_code_hash: Mapped[str | None] = mapped_column(unique=True)
    link_code_until: Mapped[datetime | None]
    digest_at: Mapped[datetime | None]  # until when leads were told by the last digest
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    @property
    def chat(self) -> Address | None:
        """Where the bot tells him."""
        if self.notice_channel and self.notice_identifier:
            return Address(self.notice_channel, self.notice_identifier)
        return None


class StaffSession(Record):
    """A browser that is signed in, or has given the password and still owes the second factor."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of the cookie
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    complete: Mapped[bool]  # False while the second factor is owed
    browser: Mapped[str]  # the beginning of its User-Agent, for him to know it again
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SignInFailure(Record):
    """How often a sign-in under one key (a login, or a login from one address) failed in a row."""

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with its member."""

    session: StaffSession
    member: StaffMember


async def by_login(session: AsyncSession, login: str) -> StaffMember | None:
    """Return the active member of a login, in any case of letters."""
    query = select(StaffMember).where(func.lower(StaffMember.login) == login.lower(), StaffMember.active)
    return await session.scalar(query)


async def by_invitation(session: AsyncSession, invitation_hash: str, at: datetime) -> StaffMember | None:
    """Return the member whom a one-time link is for, locked; None where it was used or is too old."""
    query = select(StaffMember).where(
        StaffMember.invitation_hash == invitation_hash, StaffMember.invitation_until > at, StaffMember.active
    )
    return await session.scalar(query.with_for_update())


async def everyone(session: AsyncSession) -> Sequence[StaffMember]:
    """Return all members by name, those who left last."""
    return (await session.scalars(select(StaffMember).order_by(StaffMember.active.desc(), StaffMember.name))).all()


async def admins(session: AsyncSession) -> int:
    """Return how many active members with a password are admins."""
    query = select(func.count()).where(
        StaffMember.role == Role.ADMIN, StaffMember.active, StaffMember.password_hash.is_not(None)
    )
    return (await session.scalar(query)) or 0


async def signed_in(session: AsyncSession, token_hash: str, at: datetime) -> SignedIn | None:
    """Return the session of a cookie while it lasts and its member is active."""
    query = (
        select(StaffSession, StaffMember)
        .join(StaffMember, StaffMember.id == StaffSession.staff_id)
        .where(StaffSession.token_hash == token_hash, StaffSession.ends_at > at, StaffMember.active)
    )
    row = (await session.execute(query)).one_or_none()
    return SignedIn(row[0], row[1]) if row else None


async def sessions_of(session: AsyncSession, staff_id: int, at: datetime) -> Sequence[StaffSession]:
    """Return where a member is signed in, used last first."""
    query = select(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.ends_at > at)
    return (await session.scalars(query.order_by(StaffSession.seen_at.desc()))).all()


async def end_sessions(session: AsyncSession, staff_id: int, *, but: str | None = None) -> None:
    """Sign a member out everywhere, or (`but`: a token's hash) everywhere else."""
    await session.execute(
        delete(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.token_hash != (but or ""))
    )


def code_hash(code: str) -> str:
    """Return what is stored of the code by which a member proves that a chat is his; it is typed in any case."""
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


async def link_chat(session: AsyncSession, code: str, chat: Address, at: datetime) -> str | None:
    """Tell the member whose code this is in this chat from now on; return his login, None where none is open."""
    change = (
        update(StaffMember)
        .where(StaffMember.link_code_hash == code_hash(code), StaffMember.link_code_until > at, StaffMember.active)
        .values(
            notice_channel=chat.channel,
            notice_identifier=chat.identifier,
            notices=Notices.TELEGRAM,
            link_code_hash=None,
            link_code_until=None,
        )
        .returning(StaffMember.login)
    )
    return await session.scalar(change)


async def purge(session: AsyncSession, at: datetime) -> None:
    """Drop sessions that are over and failures of long ago."""
    await session.execute(delete(StaffSession).where(StaffSession.ends_at < at))
    await session.execute(delete(SignInFailure).where(SignInFailure.last_at < at - timedelta(days=1)))
