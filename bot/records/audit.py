"""The audit log: who changed what, when. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Json, Record


class AuditEntry(Record):
    """One change."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    actor: Mapped[str]  # the login at that time, or "trader", or "command line"
    action: Mapped[str]  # noun and verb: "lead.assigned", "staff.added"
    subject: Mapped[str]  # what was changed: a reference, a login, the name of a desk
    details: Mapped[Json]


def note(
    session: AsyncSession,
    at: datetime,
    action: str,
    subject: str,
    *,
    actor: str,
    staff_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write down a change in the transaction that makes it. `details` hold no password, secret or trader's words."""
    session.add(
        AuditEntry(at=at, staff_id=staff_id, actor=actor, action=action, subject=subject, details=details or {})
    )
