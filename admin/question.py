"""One question that the bot could not answer: the staff answer it, say what it is about, or that it is none of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import lead_words
from admin.access import NotFound, PanelOf, Reads, Transaction, Visitor, Works
from admin.pages import Reader, page, see_other
from admin.panel import Panel
from admin.reply_window import reply_window
from admin.waking import wake_after_commit
from bot.conversation.corresponding import LETTERS, answer_from_staff
from bot.delivery import writing
from bot.delivery.outbox import Delivery
from bot.records import questions
from bot.records.questions import FOR_STAFF, Fate, Held, Question
from bot.records.staff import StaffMember
from bot.records.traders import Trader
from bot.wording import Voice
from knowledge.entry import Category

router = APIRouter()

AT_ONCE = 100  # traders who are sent one answer; the rest of a larger cluster waits for the next one
QuestionId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Typed = Annotated[str, Form()]


@dataclass(slots=True)
class QuestionPage:
    """What the page of a question is made from, in one request."""

    request: Request
    visitor: Visitor
    panel: Panel
    database: AsyncSession
    question: Question
    text: str = ""  # what stands in the form
    everyone: bool = True

    async def shown(self, *, status: int = 200, problem: str = "", fault: str = "") -> HTMLResponse:
        """Render it; `problem` says why nothing was done, `fault` what is wrong with the text."""
        reader = Reader(self.visitor.voice, self.visitor.zone, self.panel.now())
        question, entries = self.question, self.panel.library.entries
        delivery = await self.database.get(Delivery, question.delivery_id) if question.delivery_id else None
        trader = await self.database.get(Trader, question.trader_id)
        alike = await questions.alike(self.database, question, AT_ONCE)
        values = {
            "question": question,
            "alike": alike,
            "others": [other for other in alike if other.id != question.id],
            "at_once": AT_ONCE,
            "channel": lead_words.channel(reader, question.channel) if question.channel else "",
            "offered": [entries[topic] for topic in question.choices if topic in entries],
            "shelves": [(category_name(reader.voice, shelf), self.panel.library.shelf(shelf)) for shelf in Category],
            "topic": entries.get(question.staff_topic or ""),
            "window": reply_window(reader, self.panel, trader),
            "gone": writing.obstacle(trader) is not None,
            "answered_by": await self.database.get(StaffMember, question.answered_by) if question.answered_by else None,
            "delivery": lead_words.delivery(reader, delivery) if delivery else "",
            "letters": LETTERS,
            "text": self.text,
            "everyone": self.everyone,
            "problem": problem,
            "fault": fault,
            "Fate": Fate,
        }
        return page(self.request, "questions/question.html", values, status=status)


@router.get("/questions/{question}", name="question")
async def show(
    request: Request, visitor: Reads, database: Transaction, panel: PanelOf, question: QuestionId
) -> Response:
    """Show a question with those like it."""
    return await QuestionPage(request, visitor, panel, database, await _asked(database, question)).shown()


@router.post("/questions/{question}/answer", name="question:answer")
async def answer(
    request: Request,
    visitor: Works,
    database: Transaction,
    panel: PanelOf,
    question: QuestionId,
    text: Typed = "",
    everyone: Typed = "",
) -> Response:
    """Send an answer to who asked, or to everyone who asked nearly the same."""
    asked = await _asked(database, question)
    shown = QuestionPage(request, visitor, panel, database, asked, text, everyone=bool(everyone))
    if not text.strip() or len(text) > LETTERS:
        return await shown.shown(status=422, fault="long" if text.strip() else "empty")
    ids = [question]
    if everyone:
        ids += [other.id for other in await questions.alike(database, asked, AT_ONCE) if other.id != question]
    held = await questions.hold(database, ids)
    if question not in {each.question.id for each in held}:
        shown.question = await _asked(database, question)
        return await shown.shown(status=409, problem="quicker")
    reached = [each for each in held if writing.obstacle(each.trader) is None]
    if not reached:
        return await shown.shown(status=409, problem="gone")
    traders = await _send(shown, reached, text.strip())
    visitor.audits(database, panel.now(), "question.answered", str(question), traders=traders)
    missed = len({each.trader.id for each in held}) - traders
    return see_other(request, "questions", done="answered", query={"reached": traders, "missed": missed or None})


async def _send(shown: QuestionPage, held: Sequence[Held], text: str) -> int:
    """Put the answer into the outbox for each trader, under the words in which he asked last; return how many."""
    database, now = shown.database, shown.panel.now()
    voice = shown.panel.trader_voices[shown.question.language]  # the one in which all of them asked
    of_trader: dict[int, list[Held]] = {}
    for each in held:
        of_trader.setdefault(each.trader.id, []).append(each)
    for first, *others in of_trader.values():
        message = answer_from_staff(voice, first.question.text, text)
        delivery = await writing.write(database, first.trader, message, now)
        ids = [each.question.id for each in (first, *others)]
        await questions.answer(database, ids, text, shown.visitor.member.id, delivery, now)
    wake_after_commit(database, shown.panel, [writing.address_of(each.trader) for each in held])
    return len(of_trader)


@router.post("/questions/{question}/dismiss", name="question:dismiss")
async def dismiss(
    request: Request, visitor: Works, database: Transaction, panel: PanelOf, question: QuestionId
) -> Response:
    """Note that a question is none of ours, with those like it."""
    asked = await _asked(database, question)
    number = await questions.dismiss(database, asked, panel.now())
    if not number:
        return await QuestionPage(request, visitor, panel, database, asked).shown(status=409, problem="quicker")
    visitor.audits(database, panel.now(), "question.dismissed", str(question), questions=number)
    return see_other(request, "questions", done="dismissed")


@router.post("/questions/{question}/take-back", name="question:take_back")
async def take_back(
    request: Request, visitor: Works, database: Transaction, panel: PanelOf, question: QuestionId
) -> Response:
    """Let a dismissed question wait again, with those like it."""
    asked = await _asked(database, question)
    number = await questions.take_back(database, asked)
    if not number:
        return await QuestionPage(request, visitor, panel, database, asked).shown(status=409, problem="quicker")
    visitor.audits(database, panel.now(), "question.taken_back", str(question), questions=number)
    return see_other(request, "question", question=question, done="taken_back")


@router.post("/questions/{question}/topic", name="question:topic")
async def name_topic(
    request: Request, visitor: Works, database: Transaction, panel: PanelOf, question: QuestionId, topic: Typed = ""
) -> Response:
    """Note to which topic of the library a question belongs: `saudagar knowledge suggest` proposes it as a phrasing."""
    asked = await _asked(database, question)
    if topic and topic not in panel.library.entries:
        raise NotFound
    await questions.name_topic(database, asked, topic or None)
    visitor.audits(database, panel.now(), "question.topic_named", str(question), topic=topic)
    return see_other(request, "question", question=question, done="saved")


async def _asked(database: AsyncSession, question: int) -> Question:
    """The question as it is now; raise NotFound where there is none for the staff, or its trader was forgotten."""
    asked = await database.get(Question, question, populate_existing=True)
    if asked is None or asked.fate not in FOR_STAFF:
        raise NotFound
    return asked


def category_name(voice: Voice, category: Category) -> str:
    """A shelf of the library."""
    return {
        Category.CROSSINGS: voice.say("Border crossings"),
        Category.DOCUMENTS: voice.say("Papers"),
        Category.RULES: voice.say("Rules and duties"),
        Category.SECTORS: voice.say("Goods and sectors"),
        Category.INSTITUTIONS: voice.say("Offices"),
    }[category]
