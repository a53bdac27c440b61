"""The password that a member who is signed in types again before a change that matters; guessing is slowed down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from admin import throttling
from admin.passwords import is_password
from bot.records.staff import StaffMember

FREE_FAILURES = 5  # wrong passwords of one member before he has to wait


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a password that was typed again."""

    fault: str = ""  # "wrong_password" or "wait"
    minutes: int = 0  # to wait


async def check_own(database: AsyncSession, member: StaffMember, password: str, at: datetime) -> Checked:
    """Compare a password with the member's own; he is held, so that his attempts come one after another."""
    keys = {f"password {member.id}": FREE_FAILURES}
    await database.refresh(member, with_for_update=True)
    if wait := await throttling.pause(database, keys, at):
        return Checked("wait", throttling.minutes(wait))
    if not await asyncio.to_thread(is_password, member.password_hash, password):
        await throttling.failed(database, keys, at)
        return Checked("wrong_password")
    await throttling.succeeded(database, *keys)
    return Checked()
