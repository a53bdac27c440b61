"""Writing to one trader by the bot for the staff: whether that can be done, and the message on its way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import outbox
from bot.delivery.outbox import Delivery, DeliveryState
from bot.enquiry import LeadState
from bot.message import Address, Outgoing
from bot.records import leads
from bot.records.leads import EventKind, Lead, LeadEvent
from bot.records.traders import Trader


class Obstacle(StrEnum):
    """Why the bot cannot write to a trader."""

    FORGOTTEN = "forgotten"  # he wanted nothing kept of him
    WITHDRAWN = "withdrawn"  # he took the enquiry back, and with it his consent
    NOT_IN_CHAT = "not_in_chat"  # he wants to be reached by telephone or e-mail
    GONE = "gone"  # the channel says that he cannot be written to


class Told(StrEnum):
    """What the bot writes to a trader of its own accord, as the timeline of his lead names it."""

    STATE = "state"
    INTRODUCTION_ASKED = "introduction_asked"
    CARD = "card"
    INTRODUCTION_REFUSED = "introduction_refused"


async def trader_of(session: AsyncSession, lead: Lead) -> Trader | None:
    """Return who sent a lead; None where he was forgotten."""
    return await session.get(Trader, lead.trader_id) if lead.trader_id else None


def obstacle(trader: Trader | None, lead: Lead | None = None) -> Obstacle | None:
    """Say why a trader cannot be written to now, about his lead where there is one; None where he can."""
    if trader is None:
        return Obstacle.FORGOTTEN
    if lead is not None and lead.state is LeadState.WITHDRAWN:
        return Obstacle.WITHDRAWN
    if lead is not None and not lead.in_chat:
        return Obstacle.NOT_IN_CHAT
    return Obstacle.GONE if trader.gone_at else None


async def write(session: AsyncSession, trader: Trader, message: Outgoing, at: datetime) -> int:
    """Put a message to a trader into the outbox; return the id of its delivery. Wake his chat after the commit."""
    return await outbox.queue_one(session, trader.id, address_of(trader), message, at)


def address_of(trader: Trader) -> Address:
    """Where a trader is reached."""
    return Address(trader.channel, trader.identifier)


async def write_about(session: AsyncSession, trader: Trader, event: LeadEvent, message: Outgoing) -> None:
    """Write to a trader about his lead, and note it there as an event that knows its delivery."""
    event.kind = EventKind.TO_TRADER
    event.delivery_id = await write(session, trader, message, event.at)
    await leads.happened(session, event)


async def pulse(session: AsyncSession, lead_id: int) -> str:
    """Return what is another text whenever something happened to a lead, or a message about it got further."""
    how_far = [func.count().filter(Delivery.state == state) for state in DeliveryState]
    query = (
        select(func.max(LeadEvent.id), *how_far)
        .select_from(LeadEvent)
        .outerjoin(Delivery, Delivery.id == LeadEvent.delivery_id)
        .where(LeadEvent.lead_id == lead_id)
    )
    return "-".join(str(each) for each in (await session.execute(query)).one())
