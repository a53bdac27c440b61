"""Promises: by which hour a desk answers a lead, and of which its staff have to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, extract, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.enquiry import LeadState
from bot.records.leads import Lead

#: So long before a promise passes its staff are reminded: a share of the time that was promised, at least an hour, but
#: never more than half of it, where the whole is short.
REMIND_BEFORE = 0.25
REMIND_LEAST = timedelta(hours=1)
REMIND_MOST = 0.5
PROMISES_TAKEN = 100  # leads in one go


class TakePromises(Protocol):
    """Takes leads whose promise wants telling, at an hour; each once."""

    async def __call__(self, session: AsyncSession, at: datetime) -> Sequence[Lead]: ...


async def promised_soon(session: AsyncSession, at: datetime) -> Sequence[Lead]:
    """Take the unanswered leads whose promise is about to pass, see `REMIND_BEFORE`; each once."""
    promised = extract("epoch", Lead.promised_at - Lead.sent_at)  # seconds
    left = extract("epoch", Lead.promised_at - at)
    least = REMIND_LEAST.total_seconds()
    before = func.least(func.greatest(promised * REMIND_BEFORE, least), promised * REMIND_MOST)
    due = Lead.reminded_at.is_(None) & (Lead.promised_at > at) & (left <= before)
    return await _take_unanswered(session, due, {"reminded_at": at})


async def promise_passed(session: AsyncSession, at: datetime) -> Sequence[Lead]:
    """Take the unanswered leads whose promise has passed; each once."""
    due = Lead.overdue_at.is_(None) & (Lead.promised_at <= at)
    return await _take_unanswered(session, due, {"overdue_at": at})


async def _take_unanswered(
    session: AsyncSession, which: ColumnElement[bool], told: dict[str, datetime]
) -> Sequence[Lead]:
    due = (
        select(Lead.id)
        .where(Lead.state == LeadState.NEW, Lead.answered_at.is_(None), which)
        .order_by(Lead.promised_at)
        .limit(PROMISES_TAKEN)
        .with_for_update(skip_locked=True)
    )
    change = update(Lead).where(Lead.id.in_(due.scalar_subquery())).values(told).returning(Lead)
    return (await session.scalars(change)).all()
