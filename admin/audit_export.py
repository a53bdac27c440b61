"""The audit log as a file, for admins: what the filters of its page find."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Select

from admin import audit_words, exports
from admin.access import Administers, PanelOf, Transaction, Visitor
from admin.auditing import Sought
from admin.exports import Format, Rows
from admin.panel import Panel
from bot.records import audit_search
from bot.records.audit import AuditEntry
from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE

router = APIRouter()

_ISOLATES = str.maketrans("", "", FIRST_STRONG_ISOLATE + POP_ISOLATE)  # spreadsheets show them as boxes


class Wanted(Sought):
    """Which entries, and as what."""

    format: Format


@router.get("/audit/export", name="audit:export")
async def export(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, wanted: Annotated[Wanted, Query()]
) -> Response:
    """Hand out the entries, newest first, and write down who took them."""
    visitor.audits(database, panel.now(), "audit.exported", "audit", format=wanted.format.value)
    say = visitor.voice.say
    columns = [
        say("When ({zone})", zone=visitor.member.timezone), say("Who"), say("What"), say("Of what"), say("Details"),
    ]  # fmt: skip
    entries = audit_search.matching(wanted.actor, wanted.action, wanted.subject)
    return await exports.table(request, columns, _rows(panel, visitor, entries), "audit", wanted.format)


async def _rows(panel: Panel, visitor: Visitor, entries: Select[AuditEntry]) -> Rows:
    actions, actors = audit_words.actions(visitor.voice), audit_words.actors(visitor.voice)
    async with panel.sessions() as session:
        found = await session.stream_scalars(entries.execution_options(yield_per=exports.BATCH))
        async for entry in found:
            details = "; ".join(audit_words.details(visitor.voice, panel.library, entry)).translate(_ISOLATES)
            what = actions.get(entry.action, entry.action)
            yield entry.at, actors.get(entry.actor, entry.actor), what, entry.subject, details
