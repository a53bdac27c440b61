"""What is looked for in the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.records.audit import AuditEntry

PAGE = 50  # entries


def matching(actor: str = "", action: str = "", subject: str = "") -> Select[AuditEntry]:
    """The query for the entries of an actor, an action and a subject, newest first; what is empty is any."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    for column, value in (
        (AuditEntry.actor, actor),
        (AuditEntry.action, action),
        (AuditEntry.subject, subject),
    ):
        if value:
            query = query.where(column == value)
    return query


async def page_of(
    session: AsyncSession, query: Select[AuditEntry], before: int | None
) -> tuple[Sequence[AuditEntry], bool]:
    """Return the newest entries, or those older than the one of the id `before`; and whether there are older ones."""
    if before is not None:
        query = query.where(AuditEntry.id < before)
    found = (await session.scalars(query.limit(PAGE + 1))).all()
    return found[:PAGE], len(found) > PAGE
