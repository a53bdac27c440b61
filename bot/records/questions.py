"""Questions that traders asked, what was understood, what they tapped afterwards, and how they rated answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, UniqueConstraint, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Json, Record
from knowledge.language import Language, Style
from knowledge.understanding import Outcome


class Question(Record):
    """A free question of a trader. Those with the outcome no_answer wait for the staff."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("trader_id", "update_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trader_id: Mapped[int] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"))
    update_id: Mapped[str]
    text: Mapped[str]
    language: Mapped[Language]
    style: Mapped[Style]
    outcome: Mapped[Outcome]
    topic: Mapped[str | None]
    choices: Mapped[Json]
    confidence: Mapped[float] = mapped_column(Float)
    #: The offered topic that he tapped; empty also where he tapped "none of these" (then `declined_at` is set).
    chosen_topic: Mapped[str | None]
    declined_at: Mapped[datetime | None]
    asked_at: Mapped[datetime] = mapped_column(index=True)


class Rating(Record):
    """A 👍 or 👎 under one answer."""

    __tablename__ = "ratings"

    trader_id: Mapped[int] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"), primary_key=True)
    update_id: Mapped[str] = mapped_column(primary_key=True)  # of the update that asked for the answer
    topic: Mapped[str] = mapped_column(primary_key=True)
    helpful: Mapped[bool]
    rated_at: Mapped[datetime]


_KEEP = text("""
    INSERT INTO questions
        (trader_id, update_id, text, language, style, outcome, topic, choices, confidence, asked_at)
    VALUES
        (:trader_id, :update_id, :text, :language, :style, :outcome, :topic, CAST(:choices AS jsonb), :confidence,
         :asked_at)
""")


async def keep(session: AsyncSession, trader_id: int, update_id: str, asked_at: datetime, **understood: Any) -> None:
    """Keep a question; `understood` are the columns text, language, style, outcome, topic, choices and confidence."""
    understood["choices"] = json.dumps(understood["choices"])
    await session.execute(_KEEP, {"trader_id": trader_id, "update_id": update_id, "asked_at": asked_at, **understood})


async def choose(session: AsyncSession, trader_id: int, update_id: str, topic: str | None, at: datetime) -> None:
    """Note which of the topics offered under a question was meant (None: none of them); the last tap counts."""
    change = update(Question).where(Question.trader_id == trader_id, Question.update_id == update_id)
    await session.execute(change.values(chosen_topic=topic, declined_at=at if topic is None else None))


async def rate(
    session: AsyncSession, trader_id: int, update_id: str, topic: str, *, helpful: bool, at: datetime
) -> None:
    """Keep a rating; a later one of the same answer takes its place."""
    row = insert(Rating).values(trader_id=trader_id, update_id=update_id, topic=topic, helpful=helpful, rated_at=at)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[Rating.trader_id, Rating.update_id, Rating.topic],
            set_={"helpful": helpful, "rated_at": at},
        )
    )


async def meant(session: AsyncSession) -> Sequence[Question]:
    """The questions under which an offered topic was tapped: proposals for phrasings, oldest first."""
    query = select(Question).where(Question.chosen_topic.is_not(None)).order_by(Question.asked_at)
    return (await session.scalars(query)).all()


async def disliked(session: AsyncSession) -> Sequence[tuple[Question, Rating]]:
    """The questions whose answer got a 👎, with that rating, oldest first."""
    query = (
        select(Question, Rating)
        .join(Rating, (Rating.trader_id == Question.trader_id) & (Rating.update_id == Question.update_id))
        .where(Rating.helpful.is_(False))
        .order_by(Question.asked_at)
    )
    return [(question, rating) for question, rating in await session.execute(query)]
