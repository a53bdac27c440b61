"""Who may see what an announcement says: those it went to, and the staff."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery.broadcasts import Broadcast, Recipient
from bot.records.staff import StaffMember
from bot.records.traders import Trader


async def may_see(session: AsyncSession, announcement_id: int, trader_id: int) -> bool:
    """Whether a trader is one of the recipients of an announcement, or one of the staff who linked his chat.

    The number on a button is not proof: anybody can make one up, and drafts have numbers, too.
    """
    is_recipient = exists().where(
        Broadcast.announcement_id == announcement_id,
        Recipient.broadcast_id == Broadcast.id,
        Recipient.trader_id == trader_id,
    )
    is_staff = exists().where(
        Trader.id == trader_id,
        StaffMember.active,
        StaffMember.notice_channel == Trader.channel,
        StaffMember.notice_identifier == Trader.identifier,
    )
    return bool(await session.scalar(select(is_recipient | is_staff)))
