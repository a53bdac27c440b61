"""The page of one lead: what staff do with an enquiry, and what they write to its trader."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import lead_live, lead_words
from admin.access import PanelOf, Reads, Transaction, Works
from admin.lead_page import MOVES, NOTE_LETTERS, LeadPage
from admin.pages import see_other
from admin.reply_window import reply_window
from admin.waking import wake_after_commit
from bot.conversation.corresponding import LETTERS, from_chamber, state_told
from bot.delivery import introducing, writing
from bot.delivery.writing import Told
from bot.enquiry import LeadState
from bot.records import introductions, leads
from bot.records.desks import Desk
from bot.records.leads import EventKind, Lead, LeadEvent

router = APIRouter()
router.include_router(lead_live.router)

#: New states of which the trader is told, unless the staff would rather not.
TOLD_OF = frozenset({LeadState.MATCHED, LeadState.CLOSED, LeadState.DECLINED})
WHY_LETTERS = 500  # of the reason for moving a lead
NOT_TYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # what no text column holds or no hand writes

Words = Annotated[str, Form()]


async def page_of(request: Request, reference: str, visitor: Reads, panel: PanelOf, database: Transaction) -> LeadPage:
    """The page of a lead for one who reads it."""
    lead = visitor.sees(await leads.by_reference(database, reference))
    return LeadPage(request, visitor, panel, database, lead)


async def held_page(
    request: Request, reference: str, visitor: Works, panel: PanelOf, database: Transaction
) -> LeadPage:
    """The page of a lead for one who changes it; the lead is held until the transaction ends."""
    lead = visitor.sees(await leads.by_reference(database, reference, lock=True))
    return LeadPage(request, visitor, panel, database, lead)


Page = Annotated[LeadPage, Depends(page_of, scope="function")]
Held = Annotated[LeadPage, Depends(held_page, scope="function")]


@router.get("/leads/{reference}", name="lead")
async def show(page: Page) -> Response:
    """Show it."""
    return await page.shown()


@router.post("/leads/{reference}/reply", name="lead:reply")
async def reply(page: Held, text: Words = "", seen: Annotated[int, Form()] = 0) -> Response:
    """Write to the trader through the bot; `seen` is the last event that the writer had before him."""
    words = page.typed["text"] = _typed(text)
    reader, lead, database, at = page.reader, page.lead, page.database, page.panel.now()
    if fault := _fault(page, words, LETTERS):
        return await page.shown(status=422, problem=fault, fault="text")
    trader = await writing.trader_of(database, lead)
    obstacle = writing.obstacle(trader, lead)
    if trader is None or obstacle:
        return await page.shown(status=409, problem=reader.say("Nothing was sent."))
    if await _talked_since(database, lead, seen):
        problem = reader.say(
            "Nothing was sent yet: something was written or changed here meanwhile. "
            "Your text is kept. Read what is new, and send it if it still fits."
        )
        return await page.shown(status=409, problem=problem)
    letter = from_chamber(page.panel.trader_voices[lead.language], lead.reference, words)
    event = LeadEvent(lead_id=lead.id, at=at, staff_id=page.visitor.member.id, text=words)
    await writing.write_about(database, trader, event, letter)
    lead.answered_at = lead.answered_at or at
    if lead.state is LeadState.NEW:
        await leads.change_state(database, lead, LeadState.CONTACTED, at, staff_id=page.visitor.member.id)
    page.visitor.audits(database, at, "lead.answered", lead.reference)
    wake_after_commit(database, page.panel, [writing.address_of(trader)])
    window = reply_window(reader, page.panel, trader)
    return _done(page, "sent" if window is None or window.is_open else "kept")


@router.post("/leads/{reference}/note", name="lead:note")
async def note(page: Held, note: Words = "") -> Response:
    """Keep a note for the staff."""
    words = page.typed["note"] = _typed(note)
    if fault := _fault(page, words, NOTE_LETTERS):
        return await page.shown(status=422, problem=fault, fault="note")
    at, member = page.panel.now(), page.visitor.member
    event = LeadEvent(lead_id=page.lead.id, at=at, kind=EventKind.NOTE, staff_id=member.id, text=words)
    await leads.happened(page.database, event)
    page.visitor.audits(page.database, at, "lead.noted", page.lead.reference)
    return _done(page, "noted")


@router.post("/leads/{reference}/state", name="lead:state")
async def state(page: Held, was: Words, to: Words, tell: Words = "") -> Response:
    """Bring the lead into another state, and tell its trader where that concerns him."""
    before, lead, database, at = page.lead.state, page.lead, page.database, page.panel.now()
    if before != was or to not in MOVES[before]:
        return await _quicker(page)
    after = LeadState(to)
    await leads.change_state(database, lead, after, at, staff_id=page.visitor.member.id)
    trader = await writing.trader_of(database, lead)
    told = bool(tell) and after in TOLD_OF and writing.obstacle(trader, lead) is None
    if told and trader:
        letter = state_told(page.panel.trader_voices[lead.language], lead.reference, after)
        details = {"told": Told.STATE.value, "state": after.value}
        event = LeadEvent(lead_id=lead.id, at=at, staff_id=page.visitor.member.id, details=details)
        await writing.write_about(database, trader, event, letter)
        wake_after_commit(database, page.panel, [writing.address_of(trader)])
    changes = {"from": before.value, "to": after.value, "told": told}
    page.visitor.audits(database, at, "lead.state_changed", lead.reference, **changes)
    return _done(page, "told" if told else "saved")


@router.post("/leads/{reference}/assignee", name="lead:assignee")
async def assignee(page: Held, was: Words = "", to: Words = "") -> Response:
    """Hand the lead to one who may work on it, or to nobody."""
    lead, database, at = page.lead, page.database, page.panel.now()
    if str(lead.assignee_id or "") != was or not lead.state.is_open:
        return await _quicker(page)
    member = next((each for each in await page.colleagues() if str(each.id) == to), None)
    if to and member is None:
        problem = page.reader.say("This person does not work at this desk any more. Nothing was changed.")
        return await page.shown(status=409, problem=problem)
    if await leads.assign(database, lead, member, at, staff_id=page.visitor.member.id):
        page.visitor.audits(database, at, "lead.assigned", lead.reference, to=member.login if member else None)
    return _done(page, "saved")


@router.post("/leads/{reference}/desk", name="lead:desk")
async def move(page: Held, was: Words = "", to: Annotated[int, Form()] = 0, why: Words = "") -> Response:
    """Move the lead to another desk, with a word why."""
    lead, database, at = page.lead, page.database, page.panel.now()
    words = page.typed["why"] = _typed(why)
    if fault := _fault(page, words, WHY_LETTERS):
        return await page.shown(status=422, problem=fault, fault="why")
    if str(lead.desk_id) != was:
        return await _quicker(page)
    desk = await _present(database, to)
    if desk is None or not await leads.move(database, lead, desk, at, staff_id=page.visitor.member.id, why=words):
        problem = page.reader.say("There is no such desk any more. Nothing was changed.")
        return await page.shown(status=409, problem=problem)
    page.visitor.audits(database, at, "lead.moved", lead.reference, to=desk.name_en)
    if lead.desk_id not in page.visitor.desk_ids:
        return see_other(page.request, "leads", done="moved")
    return _done(page, "moved")


@router.post("/leads/{reference}/introduce", name="lead:introduce")
async def introduce(page: Page, _: Works, other: Words) -> Response:
    """Ask the traders of two leads that fit whether they want to be introduced."""
    held = await introductions.hold(page.database, page.lead.reference, other)
    page.visitor.sees(page.lead)
    counterpart = next((lead for lead in held if lead is not page.lead), None)
    if counterpart is None:
        return await _quicker(page)
    reader, panel, at = page.reader, page.panel, page.panel.now()
    if hindrance := await introducing.hindrance(page.database, page.lead, counterpart):
        return await page.shown(status=409, problem=lead_words.hindrance(reader, hindrance))
    pair = (page.lead, counterpart)
    woken = await introducing.begin(page.database, pair, page.visitor.member.id, at, panel.trader_voices, panel.library)
    if woken is None:
        return await page.shown(status=409, problem=reader.say("These two were asked before. Nobody was asked again."))
    page.visitor.audits(page.database, at, "lead.introduced", page.lead.reference, to=counterpart.reference)
    wake_after_commit(page.database, panel, woken)
    return _done(page, "asked")


def _done(page: LeadPage, notice: str) -> Response:
    return see_other(page.request, "lead", reference=page.lead.reference, done=notice)


async def _quicker(page: LeadPage) -> Response:
    """Show the page as it is now, where it is no longer as the form took it to be."""
    problem = page.reader.say("Somebody was quicker: this enquiry was changed meanwhile. Nothing was changed by you.")
    return await page.shown(status=409, problem=problem)


def _typed(text: str) -> str:
    return NOT_TYPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _fault(page: LeadPage, words: str, most: int) -> str:
    """What is wrong with a text, in the reader's words; empty where nothing is."""
    if not words:
        return page.reader.say("Please write something first.")
    if len(words) > most:
        return page.reader.count(
            "Too long: at most {number} letter goes in.", "Too long: at most {number} letters go in.", most
        )
    return ""


async def _talked_since(database: AsyncSession, lead: Lead, seen: int) -> bool:
    """Whether one of the two sides wrote, or the state changed, behind the last event that somebody saw."""
    telling = {EventKind.TO_TRADER, EventKind.FROM_TRADER, EventKind.STATE}
    return any(event.id > seen and event.kind in telling for event in await leads.events_of(database, lead.id))


async def _present(database: AsyncSession, desk_id: int) -> Desk | None:
    """A desk, kept from being closed until the transaction ends; None where it is gone or just being closed."""
    query = select(Desk).where(Desk.id == desk_id)
    return await database.scalar(query.with_for_update(read=True, key_share=True, skip_locked=True))
