"""What admins do with an announcement that is written: try it, submit it, approve, cancel, correct, delete it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from admin import announcement_audience, announcement_steps
from admin.announcement_page import AnnouncementPage, Held
from admin.announcement_steps import version
from admin.pages import see_other
from admin.waking import wake_after_commit
from bot.announcing import compose
from bot.delivery import outbox
from bot.delivery.broadcasts import Occasion
from bot.message import Outgoing
from bot.records import announcement_list
from bot.records.announcements import AnnouncementState, newest_version

router = APIRouter()

Seen = Annotated[str, Form(max_length=40)]


@router.post("/announcements/{announcement_id}/test", name="announcement:test")
async def test_copy(page: Held) -> Response:
    """Send the texts to the chat of the admin himself, marked as a test."""
    chat = page.visitor.chat
    if chat is None:
        problem = page.reader.say(
            "No chat is linked to your account yet. Link your Telegram on the page of your account."
        )
        return await page.shown(status=409, problem=problem)
    messages = [_marked(page, message) for message in _texts(page)]
    if not messages:
        return await page.shown(status=409, problem=page.reader.say("There is no text yet."))
    await outbox.queue(page.database, None, chat, messages, page.panel.now())
    wake_after_commit(page.database, page.panel, [chat])
    page.audits("announcement.tried")
    return _done(page, "tried")


@router.post("/announcements/{announcement_id}/submit", name="announcement:submit")
async def submit(page: Held, seen: Seen = "") -> Response:
    """Let it go out at its hour, or ask a second admin where many would get it."""
    announcement, at = page.announcement, page.panel.now()
    if announcement.state is not AnnouncementState.DRAFT or seen != version(announcement):
        return await _quicker(page)
    if announcement_audience.hindrances(announcement, at):
        return await page.shown(
            status=422, problem=page.reader.say("It cannot go out yet. What is missing stands below.")
        )
    people = (await announcement_audience.audience_of(page.database, announcement)).reached
    needs_approval = people > page.panel.approval_above
    announcement_steps.submit(page.database, announcement, at, needs_approval=needs_approval)
    if needs_approval:
        page.audits("announcement.submitted", people=people)
        return _done(page, "submitted")
    page.audits("announcement.scheduled", people=people)
    return _done(page, "scheduled")


@router.post("/announcements/{announcement_id}/approve", name="announcement:approve")
async def approve(page: Held, seen: Seen = "") -> Response:
    """Let go out what another admin wrote, as it stands on the page."""
    announcement, at, reader = page.announcement, page.panel.now(), page.reader
    if announcement.state is not AnnouncementState.SUBMITTED or seen != version(announcement):
        return await _quicker(page)
    if announcement.author_id == page.visitor.member.id:
        problem = reader.say("You wrote this one, so somebody else has to approve it.")
        return await page.shown(status=409, problem=problem)
    if announcement_audience.hindrances(announcement, at):
        return await page.shown(status=422, problem=reader.say("It cannot go out yet. What is missing stands below."))
    people = (await announcement_audience.audience_of(page.database, announcement)).reached
    announcement_steps.approve(page.database, announcement, page.visitor.member.id, at)
    page.audits("announcement.approved")
    page.audits("announcement.scheduled", people=people)
    return _done(page, "scheduled")


@router.post("/announcements/{announcement_id}/return", name="announcement:return")
async def take_back(page: Held, seen: Seen = "") -> Response:
    """Make a draft again of what has not gone out."""
    if seen != version(page.announcement):
        return await _quicker(page)
    if not await announcement_steps.take_back(page.database, page.announcement, page.panel.now()):
        return await _quicker(page)
    page.audits("announcement.returned")
    return _done(page, "returned")


@router.post("/announcements/{announcement_id}/cancel", name="announcement:cancel")
async def cancel(page: Held) -> Response:
    """Stop what has not left, and say how much that is."""
    stopped = await announcement_steps.cancel(page.database, page.announcement, page.panel.now())
    if stopped is None:
        return await _quicker(page)
    page.audits("announcement.cancelled", stopped=stopped)
    return see_other(
        page.request,
        "announcement",
        announcement_id=page.announcement.id,
        done="cancelled",
        query={"stopped": str(stopped)},
    )


@router.post("/announcements/{announcement_id}/correct", name="announcement:correct")
async def correct(page: Held) -> Response:
    """Begin a correction of what went out, or go on with the one that is begun; of several the last is corrected."""
    first, at = page.announcement, page.panel.now()
    if not announcement_steps.can_be_corrected(first):
        return await _quicker(page)
    newest = await newest_version(page.database, first.id) or first
    for begun in await announcement_list.corrections(page.database, newest.id):
        if begun.state not in announcement_list.PAST:
            return see_other(page.request, "announcement", announcement_id=begun.id, done="begun")
    if newest is not first:
        return see_other(page.request, "announcement", announcement_id=newest.id, done="corrected")
    correction = announcement_steps.correction_of(first, page.visitor.member.id, at)
    page.database.add(correction)
    await page.database.flush()
    page.audits("announcement.corrected", correction=correction.subject_of_log)
    return see_other(page.request, "announcement:edit", announcement_id=correction.id)


@router.post("/announcements/{announcement_id}/delete", name="announcement:delete")
async def delete(page: Held, seen: Seen = "") -> Response:
    """Delete a draft for good."""
    if page.announcement.state is not AnnouncementState.DRAFT or seen != version(page.announcement):
        return await _quicker(page)
    page.audits("announcement.deleted")
    await page.database.delete(page.announcement)
    return see_other(page.request, "announcements", done="deleted")


def _texts(page: AnnouncementPage) -> list[Outgoing]:
    """What goes out in each language that has a text."""
    voices = page.panel.trader_voices
    languages = announcement_steps.written_in(page.announcement)
    composed = [compose(page.announcement, Occasion.NEWS, language, voices) for language in languages]
    return [message for message in composed if message]


def _marked(page: AnnouncementPage, message: Outgoing) -> Outgoing:
    mark = page.panel.voices[message.language].say("🧪 **Test copy.** Nobody else gets it.")
    return Outgoing(f"{mark}\n\n{message.text}", message.language, message.choices)


def _done(page: AnnouncementPage, notice: str) -> Response:
    return see_other(page.request, "announcement", announcement_id=page.announcement.id, done=notice)


async def _quicker(page: AnnouncementPage) -> Response:
    problem = page.reader.say(
        "Somebody was quicker: this announcement was changed meanwhile. Nothing was changed by you."
    )
    return await page.shown(status=409, problem=problem)
