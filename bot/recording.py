"""Writes down what happened in a turn of the conversation, in the transaction of its update."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.turn import (
    AnnouncementsSet,
    AnswerRated,
    ChamberAnswered,
    ChoiceTaken,
    EnquirySent,
    EnquiryWithdrawn,
    Event,
    Forgotten,
    IntroductionAnswered,
    QuestionAsked,
    StaffLinked,
)
from bot.delivery import introducing
from bot.message import Address, Incoming
from bot.notices import telling
from bot.notices.words import Means
from bot.records import audit, introductions, leads, questions, staff, traders
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
            case AnnouncementsSet(allowed=allowed):
                await traders.allow_announcements(session, trader, allowed=allowed)
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

    async def _link_staff(self, code: str) -> None:
        member = await staff.link_chat(self.session, code, self.incoming.address, self.at)
        if member:
            audit.note(self.session, self.at, "staff.chat_linked", member, actor=member)
