"""What is listed of the announcements, for the panel and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.announcements import Announcement, AnnouncementState

PAGE = 50  # announcements that are past
PAST = (AnnouncementState.SENT, AnnouncementState.CANCELLED)


async def ahead(session: AsyncSession) -> Sequence[Announcement]:
    """Return the announcements that have not gone out: the next hour first, then what was changed last."""
    query = select(Announcement).where(Announcement.state.not_in(PAST))
    return (await session.scalars(query.order_by(Announcement.publish_at, Announcement.changed_at.desc()))).all()


async def past(session: AsyncSession, before: int | None = None) -> tuple[Sequence[Announcement], bool]:
    """Return what was sent or cancelled, newest first (or older than an id), and whether there is more of it."""
    query = select(Announcement).where(Announcement.state.in_(PAST)).order_by(Announcement.id.desc())
    if before is not None:
        query = query.where(Announcement.id < before)
    found = (await session.scalars(query.limit(PAGE + 1))).all()
    return found[:PAGE], len(found) > PAGE


async def corrections(session: AsyncSession, announcement_id: int) -> Sequence[Announcement]:
    """Return the corrections of an announcement, in any state, oldest first."""
    query = select(Announcement).where(Announcement.corrects_id == announcement_id)
    return (await session.scalars(query.order_by(Announcement.id))).all()


async def waiting_for(session: AsyncSession, staff_id: int) -> int:
    """Return how many announcements a member could approve: those that others wrote."""
    others = or_(Announcement.author_id.is_(None), Announcement.author_id != staff_id)
    query = select(func.count()).where(Announcement.state == AnnouncementState.SUBMITTED, others)
    return await session.scalar(query) or 0
