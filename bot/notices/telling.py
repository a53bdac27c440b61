"""Tells the staff at once, by the bot, in the transaction of what it tells; e-mail waits for the next digest.

The trader's name, his telephone number and what he wrote do not go into a notice: it travels through Telegram and lies
on private phones. It says which lead it is about, and its link opens the panel, where one has to sign in.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import outbox
from bot.message import Address, Outgoing
from bot.notices import words
from bot.notices.roster import read_roster
from bot.notices.words import Means, Write
from bot.records.leads import Lead
from bot.records.staff import Notices, StaffMember

log = logging.getLogger(__name__)


async def tell_of_lead(session: AsyncSession, lead: Lead, means: Means, at: datetime) -> list[Address]:
    """Tell the desk of a new lead; return the chats to wake once that is committed. See above for what is not told."""
    roster = await read_roster(session, mails=means.mails)
    return await _tell(session, lead, roster.at_desk(lead.desk_id), words.new_lead, means, at)


async def tell_of_answer(session: AsyncSession, lead: Lead, means: Means, at: datetime) -> list[Address]:
    """Tell the assignee, else the desk, that the trader wrote; return the chats to wake once that is committed."""
    return await tell_of_change(session, lead, words.trader_answered, means, at)


async def tell_of_change(session: AsyncSession, lead: Lead, write: Write, means: Means, at: datetime) -> list[Address]:
    """Tell the assignee, else the desk, in such words; return the chats to wake once that is committed."""
    roster = await read_roster(session, mails=means.mails)
    return await _tell(session, lead, roster.of_lead(lead), write, means, at)


async def _tell(
    session: AsyncSession, lead: Lead, told: Sequence[StaffMember], write: Write, means: Means, at: datetime
) -> list[Address]:
    if not told:
        log.warning(
            "nobody is told of a lead: no member at its desk and no admin wants notices", extra={"lead": lead.id}
        )
    chats: list[Address] = []
    for member in told:
        if member.notices is Notices.TELEGRAM and member.chat and member.chat not in chats:
            chats.append(member.chat)
            await outbox.queue(session, None, member.chat, [Outgoing(write(lead, member, means), member.language)], at)
    return chats
