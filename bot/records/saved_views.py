"""Saved views: filters of the inbox that a member has given a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Record

MOST = 12  # that a member may keep: each is counted whenever he opens the inbox


class SavedView(Record):
    """One of them."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str]
    filters: Mapped[str]  # as they stand behind the question mark of the inbox's address
    saved_at: Mapped[datetime]


async def views_of(session: AsyncSession, staff_id: int) -> Sequence[SavedView]:
    """Return the views of a member, oldest first."""
    return (await session.scalars(select(SavedView).where(SavedView.staff_id == staff_id).order_by(SavedView.id))).all()


async def save(session: AsyncSession, staff_id: int, name: str, filters: str, at: datetime) -> bool:
    """Keep filters under a name, in place of those it stood for; False where the member has `MOST` others already."""
    others = select(func.count()).where(SavedView.staff_id == staff_id, SavedView.name != name)
    if (await session.scalar(others) or 0) >= MOST:
        return False
    row = insert(SavedView).values(staff_id=staff_id, name=name, filters=filters, saved_at=at)
    key = [SavedView.staff_id, SavedView.name]
    await session.execute(row.on_conflict_do_update(index_elements=key, set_={"filters": filters, "saved_at": at}))
    return True


async def drop(session: AsyncSession, staff_id: int, view_id: int) -> bool:
    """Delete a view of a member; False where he has no such view."""
    change = delete(SavedView).where(SavedView.id == view_id, SavedView.staff_id == staff_id).returning(SavedView.id)
    return await session.scalar(change) is not None
