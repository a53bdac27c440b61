"""Keeps the staff told: reminders before and after a promise passes, and the e-mail digests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, not_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.message import Address
from bot.notices import digest as digests
from bot.notices import words
from bot.notices.digest import Digest
from bot.notices.letter import compose
from bot.notices.mail_server import MailAway, MailRefused, MailServer
from bot.notices.patience import Patience
from bot.notices.roster import BY_EMAIL, read_roster
from bot.notices.telling import tell_of_change
from bot.notices.words import Means
from bot.records import promises
from bot.records.staff import StaffMember

log = logging.getLogger(__name__)

LOOK_AROUND = 5.0  # seconds between two looks for what is due
DIGEST_EVERY = timedelta(minutes=30)  # what happens meanwhile is told in one mail
#: A digest ends so long before it is written: what a transaction dates earlier is committed, and seen, by then.
SETTLED = timedelta(minutes=1)
DIGEST_LOCK = 1_147_628  # first key of pg_advisory_xact_lock, the second is the member: one process writes to him

SERVER = "server"  # what waits when nothing can be sent; else a member's id does


class Notices:
    """Looks after promises and digests; any number of processes may run one on the same database."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        means: Means,
        server: MailServer | None,
        wake: Callable[[Address], None],
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._means = means
        self._server = server
        self._wake = wake
        self._now = now
        self._patience = Patience()

    async def run(self) -> None:
        """Look around, for ever; a database that is away is waited for."""
        while True:
            try:
                await self.remind()
                await self.send_digests()
            except SQLAlchemyError as error:
                log.warning("the database does not answer; trying again", extra={"error": type(error).__name__})
            # asyncio.wait_for of Python 3.11, by which the mail client waits, can swallow that the task was cancelled
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError
            await asyncio.sleep(LOOK_AROUND)

    async def remind(self) -> int:
        """Tell of promises that are about to pass or have passed, each once; return of how many."""
        return await self._remind(promises.promised_soon, words.promise_soon) + await self._remind(
            promises.promise_passed, words.promise_passed
        )

    async def _remind(self, take: promises.TakePromises, write: words.Write) -> int:
        now = self._now()
        chats: set[Address] = set()
        async with self._sessions.begin() as session:
            taken = await take(session, now)
            for lead in taken:
                chats.update(await tell_of_change(session, lead, write, self._means, now))
        for chat in chats:
            self._wake(chat)
        return len(taken)

    async def send_digests(self) -> int:
        """Send the digests that are due; return how many the server took. What fails waits, and is told of later."""
        now = self._now()
        async with self._sessions.begin() as session:
            due = await _due(session, now)
        if self._server is None or self._patience.waits(SERVER, now):
            return 0
        sent = 0
        for member in due:
            if self._patience.waits(member, now):
                continue
            try:
                sent += await self._send_digest(self._server, member, now)
            except MailRefused as error:
                pause = self._patience.failed(member, now)
                log.warning("a digest was refused", extra={"member": member, "reason": str(error), "again in": pause})
            except MailAway as error:
                pause = self._patience.failed(SERVER, now)
                log.warning("the mail server is away", extra={"reason": str(error), "again in": pause})
                break
            except SQLAlchemyError:
                raise
            except Exception:  # the edge of one letter: a fault of ours holds up this member's alone
                log.exception("no digest by a fault of ours", extra={"member": member})
                self._patience.failed(member, now)
        return sent

    async def _send_digest(self, server: MailServer, member_id: int, now: datetime) -> bool:
        """Send a member what happened since his last digest, unless another process does; False where nothing did.

        The lock is no row lock: his sign-in need not wait for a slow mail server. The digest counts as sent in the
        same transaction, once the server took it.
        """
        async with self._sessions.begin() as session:
            member = await _claim(session, member_id, now)
            if member is None or member.digest_at is None:
                return False
            roster = await read_roster(session, mails=True)
            until = now - SETTLED
            digest = await digests.collect(session, member, roster, member.digest_at, until)
            if digest:
                await server.send(self._letter(server, member, digest, now))
                self._patience.succeeded(SERVER)
                log.info("digest sent", extra={"member": member_id})
            self._patience.succeeded(member_id)
            member.digest_at = until
        return bool(digest)

    def _letter(self, server: MailServer, member: StaffMember, digest: Digest, now: datetime) -> EmailMessage:
        subject = digests.subject(digest, self._means.voices[member.language])
        text = digests.text(digest, member, self._means)
        return compose(server.sender, _mailbox(member), subject, text, member.language, now)


async def _due(session: AsyncSession, now: datetime) -> Sequence[int]:
    """Return the members whose digest is due, longest first.

    A digest begins with the choice of e-mail: who chose it since the last look begins now, who left it begins anew
    when he comes back, and is not told then of what was meanwhile.
    """
    left = update(StaffMember).where(not_(BY_EMAIL), StaffMember.digest_at.is_not(None)).values(digest_at=None)
    await session.execute(left)
    await session.execute(update(StaffMember).where(BY_EMAIL, StaffMember.digest_at.is_(None)).values(digest_at=now))
    query = select(StaffMember.id).where(BY_EMAIL, StaffMember.digest_at <= now - DIGEST_EVERY)
    return (await session.scalars(query.order_by(StaffMember.digest_at))).all()


async def _claim(session: AsyncSession, member_id: int, now: datetime) -> StaffMember | None:
    """Return the member, to be written to by this transaction alone; None where another one does or has done it."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(DIGEST_LOCK, member_id))):
        return None
    query = select(StaffMember).where(StaffMember.id == member_id, BY_EMAIL)
    return await session.scalar(query.where(StaffMember.digest_at <= now - DIGEST_EVERY))


def _mailbox(member: StaffMember) -> MailAddress:
    """Where a member's letters go; raise MailRefused where his address is none."""
    try:
        address = validate_email(member.email or "", check_deliverability=False)
    except EmailNotValidError as error:
        raise MailRefused(f"the address is none: {type(error).__name__}") from None
    if address.ascii_email is None:
        raise MailRefused("the address has letters that mail servers do not take")
    return MailAddress(addr_spec=address.ascii_email)
