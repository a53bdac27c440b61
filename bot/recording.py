"""Writes down what happened in a turn of the conversation, in the transaction of its update."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendars, markup
from bot.announcing import event_of
from bot.conversation import news
from bot.conversation.turn import (
    AnnouncementsSet,
    AnswerRated,
    CalendarWanted,
    ChamberAnswered,
    ChoiceTaken,
    CountryTold,
    EnquirySent,
    EnquiryWithdrawn,
    Event,
    Forgotten,
    IntroductionAnswered,
    QuestionAsked,
    QuietHoursSet,
    StaffLinked,
    SubjectsSet,
)
from bot.delivery import introducing, kept_copies, outbox, readers
from bot.message import Address, Incoming, Outgoing
from bot.notices import telling
from bot.notices.words import Means
from bot.records import announcements, audit, introductions, leads, questions, staff, traders
from bot.records.announcements import Announcement, AnnouncementState
from bot.records.leads import Sender
from bot.wording import Voice
from knowledge.language import Language


class ReferenceTaken(Exception):
    """The reference that was drawn for an enquiry names another one: the turn has to be taken anew."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes down the events of one update; `record` returns the chats that have something to be sent besides."""

    session: AsyncSession
    trader: int
    incoming: Incoming
    language: Language  # in which the trader is answered
    at: datetime
    voices: dict[Language, Voice]
    means: Means

    async def record(self, event: Event) -> list[Address]:
        """Write down one event. Raises ReferenceTaken."""
        session, trader, at = self.session, self.trader, self.at
        match event:
            case QuestionAsked():
                await questions.keep(session, trader, self.incoming.id, at, **asdict(event))
            case ChoiceTaken(question=update, topic=topic):
                await questions.choose(session, trader, update, topic, at)
            case AnswerRated(question=update, topic=topic, helpful=helpful):
                await questions.rate(session, trader, update, topic, helpful=helpful, at=at)
            case Forgotten():
                await leads.forget(session, trader, at)
                await traders.forget(session, trader)
            case EnquirySent():
                return await self._open_lead(event)
            case EnquiryWithdrawn(reference=reference):
                await leads.withdraw(session, trader, reference, at)
            case ChamberAnswered(reference=reference, text=text):
                return await self._hear(reference, text)
            case IntroductionAnswered(introduction=introduction, agreed=agreed):
                answered = await introductions.answer(session, introduction, trader, at, agreed=agreed)
                return await introducing.conclude(session, answered, at, self.voices) if answered else []
            case StaffLinked(code=code):
                await self._link_staff(code)
            case _:
                return await self._record_of_announcements(event)
        return []

    async def _record_of_announcements(self, event: Event) -> list[Address]:
        session, trader = self.session, self.trader
        match event:
            case AnnouncementsSet(allowed=allowed):
                await traders.allow_announcements(session, trader, allowed=allowed)
                if not allowed:
                    await kept_copies.drop_of_trader(session, trader)
            case SubjectsSet(subjects=subjects):
                await announcements.set_subjects(session, trader, subjects, self.at)
            case QuietHoursSet(starts=starts, ends=ends, zone=zone):
                await traders.set_quiet_hours(session, trader, starts, ends, zone)
            case CountryTold(country=country, zone=zone):
                await traders.set_country(session, trader, country, zone)
            case CalendarWanted(announcement=announcement):
                return await self._hand_calendar(announcement)
        return []

    async def _open_lead(self, event: EnquirySent) -> list[Address]:
        enquiry, library = event.enquiry, self.means.library
        good = library.goods.get(enquiry.good) if enquiry.good else None
        sender = Sender(self.trader, self.incoming.address.channel, self.language)
        spellings = good.spellings() if good else ()
        lead = await leads.open_lead(self.session, sender, event.reference, enquiry, self.at, spellings)
        if lead is None:
            raise ReferenceTaken
        return await telling.tell_of_lead(self.session, lead, self.means, self.at)

    async def _hear(self, reference: str, words: str) -> list[Address]:
        lead = await leads.hear(self.session, self.trader, reference, words, self.at)
        return await telling.tell_of_answer(self.session, lead, self.means, self.at) if lead else []

    async def _hand_calendar(self, number: int) -> list[Address]:
        """Send the event of an announcement as a file, as its last correction has it; or say why there is none."""
        may_see = await readers.may_see(self.session, number, self.trader)
        announcement = await announcements.newest_version(self.session, number) if may_see else None
        message = await self._calendar(announcement)
        await outbox.queue(self.session, self.trader, self.incoming.address, (message,), self.at)
        return [self.incoming.address]

    async def _calendar(self, announcement: Announcement | None) -> Outgoing:
        voice = self.voices[self.language]
        event = event_of(announcement) if announcement else None
        if announcement and announcement.state is AnnouncementState.CANCELLED:
            return news.no_calendar(voice, cancelled=True)
        written = announcement.text_for(self.language) if announcement else None
        if announcement is None or event is None or written is None:
            return news.no_calendar(voice, cancelled=False)
        earlier = await announcements.corrected(self.session, announcement)
        event = replace(event, announcement=earlier[-1] if earlier else announcement.id)
        language, words = written
        description = markup.plain(markup.layout(words, language))
        summary = description.partition("\n")[0]
        return news.calendar_file(voice, calendars.calendar_file(event, len(earlier), summary, description, self.at))

    async def _link_staff(self, code: str) -> None:
        member = await staff.link_chat(self.session, code, self.incoming.address, self.at)
        if member:
            audit.note(self.session, self.at, "staff.chat_linked", member, actor=member)
