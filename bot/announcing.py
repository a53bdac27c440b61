"""Announcements on their way out: what readers see, when it leaves, and the loop that looks for what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Container
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.conversation import news
from bot.conversation.news import Event
from bot.delivery import broadcasts
from bot.delivery.broadcasts import Broadcast, BroadcastState, Occasion
from bot.message import Outgoing
from bot.records import audit
from bot.records.announcements import Announcement, AnnouncementState, newest_version
from bot.wording import Voice
from knowledge.language import Language

log = logging.getLogger(__name__)

PUBLISHER = "publisher"  # the actor in the audit log
LOOK_AROUND = 1.0  # seconds between two looks for what is due
REMINDED_AT = time(9)  # in the zone of the event
BEFORE = {Occasion.WEEK_BEFORE: timedelta(days=7), Occasion.DAY_BEFORE: timedelta(days=1)}


def event_of(announcement: Announcement) -> Event | None:
    """The event that an announcement is about."""
    if announcement.event_on is None:
        return None
    zone = ZoneInfo(announcement.event_zone)
    return Event(announcement.id, announcement.event_on, announcement.event_at, zone, announcement.event_place)


def compose(
    announcement: Announcement, occasion: Occasion, reader: Language, voices: dict[Language, Voice]
) -> Outgoing | None:
    """What readers of a language get; None where it was chosen that they get nothing."""
    written = announcement.text_for(reader)
    if written is None:
        return None
    language, words = written
    return news.announcement(
        voices[language],
        words,
        event_of(announcement),
        occasion.value,
        correction=announcement.corrects_id is not None,
    )


def schedule(session: AsyncSession, announcement: Announcement, at: datetime) -> None:
    """Let an announcement that may go out do so at its hour, and its reminders at theirs."""
    announcement.state, announcement.changed_at = AnnouncementState.SCHEDULED, at
    due = {Occasion.NEWS: max(announcement.publish_at or at, at)}  # it may be approved after its hour
    if announcement.reminders and (event := event_of(announcement)):
        reminders = {occasion: _reminded_at(event, occasion) for occasion in BEFORE}
        due |= {occasion: hour for occasion, hour in reminders.items() if hour > due[Occasion.NEWS]}
    session.add_all(
        Broadcast(announcement_id=announcement.id, occasion=occasion, state=BroadcastState.WAITING, due_at=hour)
        for occasion, hour in due.items()
    )


async def unschedule(session: AsyncSession, announcement: Announcement) -> None:
    """Take back what was to go out of an announcement that is held; its next state is the caller's."""
    waiting = delete(Broadcast).where(Broadcast.announcement_id == announcement.id)
    await session.execute(waiting.where(Broadcast.state == BroadcastState.WAITING))


def _reminded_at(event: Event, occasion: Occasion) -> datetime:
    return datetime.combine(event.on - BEFORE[occasion], REMINDED_AT, event.zone)


def _is_too_late(broadcast: Broadcast, announcement: Announcement, now: datetime) -> bool:
    """Whether a reminder has nothing more to say, after an outage perhaps."""
    event = event_of(announcement)
    if event is None:
        return False
    overtaken = broadcast.occasion is Occasion.WEEK_BEFORE and now >= _reminded_at(event, Occasion.DAY_BEFORE)
    told_since = announcement.sent_at is not None and announcement.sent_at >= broadcast.due_at
    return event.is_over(now) or overtaken or told_since


async def _is_corrected(session: AsyncSession, announcement: Announcement) -> bool:
    """Whether a correction went out: that one reminds, of what holds now."""
    return await newest_version(session, announcement.id) is not announcement


class Publisher:
    """Fixes the recipients of what is due. Any number of processes may: each broadcast is taken up once.

    What more readers than `approval_above` would get waits for a second person's approval, also where there were fewer
    when it was submitted; None asks for no approval.
    """

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        voices: dict[Language, Voice],
        now: Callable[[], datetime],
        approval_above: int | None = None,
    ) -> None:
        self._sessions = sessions
        self._voices = voices
        self._now = now
        self._approval_above = approval_above
        self._broken: set[int] = set()  # broadcasts that a fault of ours keeps from going out

    async def run(self) -> None:
        """Look for what is due, for ever; an hour that passed while nothing ran is made up for, once."""
        while True:
            try:
                while await self.publish_next():
                    pass
            except SQLAlchemyError as error:
                log.warning("the database does not answer; announcements wait", extra={"error": type(error).__name__})
            await asyncio.sleep(LOOK_AROUND)

    async def publish_next(self) -> bool:
        """Take up the broadcast that is due longest; False where there is none."""
        now = self._now()
        query = (
            select(Broadcast)
            .where(
                Broadcast.state == BroadcastState.WAITING, Broadcast.due_at <= now, Broadcast.id.not_in(self._broken)
            )
            .join(Announcement, Announcement.id == Broadcast.announcement_id)
            .order_by(Broadcast.due_at)
            .limit(1)
            # the broadcast before its announcement, as whoever changes one does; what is held is left for the next look
            .with_for_update(skip_locked=True)
        )
        async with self._sessions.begin() as session:
            broadcast = await session.scalar(query)
            if broadcast is None:
                return False
            announcement = await session.get_one(Announcement, broadcast.announcement_id)
            try:
                await self._take_up(session, broadcast, announcement, now)
            except SQLAlchemyError:
                raise
            except Exception:  # the edge of one broadcast: those behind it go out
                log.exception("a broadcast cannot go out by a fault of ours", extra={"broadcast": broadcast.id})
                self._broken.add(broadcast.id)
        return True

    async def _take_up(
        self, session: AsyncSession, broadcast: Broadcast, announcement: Announcement, now: datetime
    ) -> None:
        """Fix the recipients of a broadcast, or say why it does not go out (any more)."""
        if broadcast.occasion is not Occasion.NEWS and _is_too_late(broadcast, announcement, now):
            broadcast.state = BroadcastState.MISSED
            return
        if broadcast.occasion is not Occasion.NEWS and await _is_corrected(session, announcement):
            broadcast.state = BroadcastState.CANCELLED
            return
        messages = {
            reader.value: message
            for reader in Language
            if (message := compose(announcement, broadcast.occasion, reader, self._voices))
        }
        is_news = broadcast.occasion is Occasion.NEWS
        if is_news and await self._is_sent_back(session, announcement, messages, now):
            return
        number = await broadcasts.fan_out(session, broadcast, messages, now)
        if is_news:
            announcement.state, announcement.sent_at = AnnouncementState.SENT, now
        log.info("broadcast begins", extra={"announcement": announcement.id, "recipients": number})

    async def _is_sent_back(
        self, session: AsyncSession, announcement: Announcement, messages: Container[str], now: datetime
    ) -> bool:
        """Let an announcement that nobody approved wait for that where too many would get it; say whether it does."""
        if self._approval_above is None or announcement.approver_id is not None:
            return False
        audience = await broadcasts.audience(session, announcement.id)
        people = sum(number for _, language, number in audience if language in messages)
        if people <= self._approval_above:
            return False
        await unschedule(session, announcement)
        announcement.state = AnnouncementState.SUBMITTED
        announcement.touch(now)
        details = {"title": announcement.title, "people": people}
        audit.note(
            session, now, "announcement.submitted", announcement.subject_of_log, actor=PUBLISHER, details=details
        )
        log.warning("has more readers now and waits for approval", extra={"announcement": announcement.id})
        return True
