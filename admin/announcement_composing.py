"""Writing an announcement: the form, what it will look like, and keeping it as a draft."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import announcement_steps, announcement_words
from admin.access import Administers, NotFound, PanelOf, Transaction, Visitor, panel_of
from admin.account_page import ZONES
from admin.announcement_form import CHANNELS, LETTERS, NOTHING, Written
from admin.announcement_preview import sights
from admin.announcement_steps import OPEN, version
from admin.forms import Id
from admin.pages import Reader, page, see_other
from bot.conversation import subjects
from bot.records import announcements
from bot.records.announcements import Announcement, AnnouncementState
from bot.records.staff import StaffMember
from knowledge.cities import Country
from knowledge.language import Language

router = APIRouter()

Given = Annotated[Written, Form()]


@router.get("/announcements/new", name="announcements:new")
async def new(request: Request, visitor: Administers, database: Transaction) -> Response:
    """Show an empty form; its event is where its writer is."""
    return await _page(request, visitor, database, None, Written(event_zone=visitor.member.timezone))


@router.post("/announcements/new", name="announcements:write")
async def write(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, given: Given
) -> Response:
    """Keep a new draft."""
    faults = given.faults(visitor.zone, panel.now(), subjects.all_subjects(panel.library))
    if faults or given.do == "preview":
        return await _page(request, visitor, database, None, given, faults=faults)
    at = panel.now()
    announcement = Announcement(
        state=AnnouncementState.DRAFT,
        author_id=visitor.member.id,
        created_at=at,
        changed_at=at,
        **given.columns(visitor.zone),
    )
    database.add(announcement)
    await database.flush()
    visitor.audits(database, at, "announcement.drafted", announcement.subject_of_log, title=announcement.title)
    return see_other(request, "announcement", announcement_id=announcement.id, done="saved")


@router.post("/announcements/preview", name="announcements:preview")
async def preview(request: Request, visitor: Administers, panel: PanelOf, given: Given, corrects: int = 0) -> Response:
    """Show what readers would see of what stands in the form: a part of a page, to be put into it."""
    sketch = given.sketch(visitor.zone, panel.now(), corrects or None)
    values = {"sights": list(sights(sketch, panel.trader_voices)), "words": announcement_words}
    return page(request, "announcements/preview.html", values)


@router.get("/announcements/{announcement_id}/edit", name="announcement:edit")
async def edit(request: Request, visitor: Administers, database: Transaction, announcement_id: Id) -> Response:
    """Show the form as it was kept."""
    announcement = await database.get(Announcement, announcement_id)
    if announcement is None:
        raise NotFound
    if announcement.state not in OPEN:
        return see_other(request, "announcement", announcement_id=announcement_id, done="closed")
    return await _page(request, visitor, database, announcement, Written.of(announcement, visitor.zone))


@router.post("/announcements/{announcement_id}/edit", name="announcement:change")
async def change(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, announcement_id: Id, given: Given
) -> Response:
    """Keep what was changed, unless somebody else changed it meanwhile; what waited for approval is a draft again."""
    announcement = await announcement_steps.hold(database, announcement_id)
    if announcement is None:
        raise NotFound
    kept = announcement.subjects if announcement.corrects_id else ()  # shown nowhere in the form of a correction
    faults = given.faults(visitor.zone, panel.now(), (*subjects.all_subjects(panel.library), *kept))
    if given.do == "preview" or (faults and given.seen == version(announcement)):
        return await _page(request, visitor, database, announcement, given, faults=faults)
    if announcement.state not in OPEN or given.seen != version(announcement):
        return await _page(request, visitor, database, announcement, given, overtaken=True)
    at = panel.now()
    for name, value in given.columns(visitor.zone).items():
        setattr(announcement, name, value)
    announcement.state, announcement.author_id = AnnouncementState.DRAFT, visitor.member.id
    announcement.touch(at)
    visitor.audits(database, at, "announcement.changed", announcement.subject_of_log, title=announcement.title)
    return see_other(request, "announcement", announcement_id=announcement_id, done="saved")


async def _page(
    request: Request,
    visitor: Visitor,
    database: AsyncSession,
    announcement: Announcement | None,
    given: Written,
    *,
    faults: dict[str, str] | None = None,
    overtaken: bool = False,
) -> Response:
    panel = panel_of(request)
    reader = Reader(visitor.voice, visitor.zone, panel.now())
    library, corrects = panel.library, announcement.corrects_id if announcement else None
    hour = given.hour(visitor.zone)
    other = await database.get(StaffMember, announcement.author_id or 0) if announcement and overtaken else None
    values = {
        "announcement": announcement,
        "given": given,
        "faults": faults or {},
        "overtaken": overtaken,
        "other": other.name if other else "",
        "past": bool(hour and hour <= panel.now()),
        "corrects": corrects,
        "sights": list(sights(given.sketch(visitor.zone, panel.now(), corrects), panel.trader_voices)),
        "groups": {
            "": (subjects.POLICY, subjects.EVENTS),
            subjects.BORDER: subjects.borders(library),
            subjects.SECTOR: subjects.sectors(),
        },
        "subscribers": await announcements.subscribers(database),
        "subject_name": lambda subject: announcement_words.subject(
            panel.trader_voices[reader.language], library, subject
        ),
        "words": announcement_words,
        "languages": list(Language),
        "countries": list(Country),
        "channels": CHANNELS,
        "zones": ZONES,
        "letters": LETTERS,
        "nothing": NOTHING,
        "reader": reader,
    }
    status = 409 if overtaken else 422 if faults and given.do == "save" else 200
    return page(request, "announcements/compose.html", values, status=status)
