"""The way of an announcement: draft, submitted, scheduled, cancelled. Each step says whether it could be taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcing import event_of, schedule, unschedule
from bot.delivery import broadcasts
from bot.delivery.broadcasts import Broadcast
from bot.records.announcements import Announcement, AnnouncementState
from knowledge.language import Language

#: States in which it can be written on; of these only a draft stays what it is.
OPEN = frozenset({AnnouncementState.DRAFT, AnnouncementState.SUBMITTED})


async def hold(session: AsyncSession, announcement_id: int) -> Announcement | None:
    """Take an announcement to change it; None where there is no such one.

    Its broadcasts are locked first, as the publisher does: two who lock the same in one order wait for each other once.
    """
    outgoing = select(Broadcast.id).where(Broadcast.announcement_id == announcement_id).order_by(Broadcast.id)
    await session.execute(outgoing.with_for_update())
    return await session.get(Announcement, announcement_id, with_for_update=True, populate_existing=True)


def version(announcement: Announcement) -> str:
    """Which version of an announcement a form shows."""
    return announcement.changed_at.isoformat()


def submit(session: AsyncSession, announcement: Announcement, at: datetime, *, needs_approval: bool) -> bool:
    """Let a draft go out at its hour or, where that is needed, wait for a second person; False for no draft."""
    if announcement.state is not AnnouncementState.DRAFT:
        return False
    if needs_approval:
        announcement.state = AnnouncementState.SUBMITTED
    else:
        schedule(session, announcement, at)
    announcement.touch(at)
    return True


def approve(session: AsyncSession, announcement: Announcement, staff_id: int, at: datetime) -> bool:
    """Let what somebody else wrote go out at its hour; False where that is not waited for, or he wrote it."""
    if announcement.state is not AnnouncementState.SUBMITTED or announcement.author_id == staff_id:
        return False
    announcement.approver_id = staff_id
    schedule(session, announcement, at)
    announcement.touch(at)
    return True


async def take_back(session: AsyncSession, announcement: Announcement, at: datetime) -> bool:
    """Make a draft again of what has not gone out; False where it has."""
    if announcement.state not in {AnnouncementState.SUBMITTED, AnnouncementState.SCHEDULED}:
        return False
    await unschedule(session, announcement)
    announcement.state, announcement.approver_id = AnnouncementState.DRAFT, None
    announcement.touch(at)
    return True


async def cancel(session: AsyncSession, announcement: Announcement, at: datetime) -> int | None:
    """Stop what has not left, reminders too; return how many messages, or None where there is nothing to stop."""
    if announcement.state not in {AnnouncementState.SCHEDULED, AnnouncementState.SENT}:
        return None
    announcement.state, announcement.cancelled_at = AnnouncementState.CANCELLED, at
    announcement.touch(at)
    return await broadcasts.cancel(session, announcement.id)


def correction_of(announcement: Announcement, staff_id: int, at: datetime) -> Announcement:
    """A draft that corrects what went out: the same words to begin with, for those who got the first and no others."""
    event = event_of(announcement)
    coming = event is not None and not event.is_over(at)
    return Announcement(
        state=AnnouncementState.DRAFT,
        title=announcement.title,
        texts=dict(announcement.texts),
        stand_ins=dict(announcement.stand_ins),
        subjects=list(announcement.subjects),
        languages=[],  # also of those who chose another language since
        countries=[],
        channels=[],
        publish_at=None,
        event_on=announcement.event_on if coming else None,
        event_at=announcement.event_at if coming else None,
        event_zone=announcement.event_zone,
        event_place=announcement.event_place if coming else None,
        reminders=announcement.reminders and coming,
        corrects_id=announcement.id,
        author_id=staff_id,
        created_at=at,
        changed_at=at,
    )


def can_be_corrected(announcement: Announcement) -> bool:
    """Whether somebody may have got it."""
    return announcement.sent_at is not None


def written_in(announcement: Announcement) -> list[Language]:
    """The languages that it has a text in."""
    assert isinstance(announcement.texts, dict)
    return [language for language in Language if announcement.texts.get(language.value)]
