"""Questions that traders asked, what was understood, what they tapped, how they rated answers, what staff answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Computed,
    Float,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    cast,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.base import Json, Record
from bot.records.traders import Trader
from knowledge.language import Language, Style
from knowledge.script import fold, skeleton
from knowledge.understanding import Outcome

SHORT = 8  # consonants: a question with fewer is like another one only if every letter is
ALIKE_LETTERS = 200  # of what is compared; an index holds it


class Fate(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"  # by the bot, at once or once its topic was tapped
    OFFERED = "offered"  # topics, of which none was tapped
    WAITING = "waiting"  # for the staff: no answer, or "none of these"
    STAFF = "staff"  # the staff answered it
    DISMISSED = "dismissed"  # the staff say that it is none of ours


#: As PostgreSQL writes it down, so that the migrated table can be compared with the model.
_FATE = (
    "CASE WHEN (answered_at IS NOT NULL) THEN 'staff'::text WHEN (dismissed_at IS NOT NULL) THEN 'dismissed'::text "
    "WHEN (((outcome)::text = 'no_answer'::text) OR (declined_at IS NOT NULL)) THEN 'waiting'::text "
    "WHEN (((outcome)::text = 'answer'::text) OR (chosen_topic IS NOT NULL)) THEN 'answered'::text "
    "ELSE 'offered'::text END"
)
FOR_STAFF = (Fate.WAITING, Fate.STAFF, Fate.DISMISSED)
_FOR_STAFF = text("fate IN ('waiting', 'staff', 'dismissed')")


class Question(Record):
    """A free question of a trader. Those without an answer wait for the staff."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("trader_id", "update_id"),
        # counts by day read this index alone
        Index("ix_questions_asked", "asked_at", postgresql_include=["fate", "language", "channel"]),
        Index("ix_questions_for_staff", "fate", "alike", postgresql_where=_FOR_STAFF),
        Index("ix_questions_delivery", "delivery_id", postgresql_where=text("delivery_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trader_id: Mapped[int] = mapped_column(ForeignKey("traders.id", ondelete="CASCADE"))
    update_id: Mapped[str]
    channel: Mapped[str | None]  # of the trader; empty where an older process kept the question
    text: Mapped[str]
    alike: Mapped[str | None]  # the same for nearly the same questions, see `likeness`; empty as above
    language: Mapped[Language]
    style: Mapped[Style]
    outcome: Mapped[Outcome]
    topic: Mapped[str | None]
    choices: Mapped[Json]
    confidence: Mapped[float] = mapped_column(Float)
    #: The offered topic that he tapped; empty also where he tapped "none of these" (then `declined_at` is set).
    chosen_topic: Mapped[str | None]
    declined_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # when the staff answered
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    answer: Mapped[str | None]  # of the staff
    dismissed_at: Mapped[datetime | None]
    #: The topic that the staff say it belongs to; counts more than what the trader tapped.
    staff_topic: Mapped[str | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="SET NULL"))  # of the answer
    fate: Mapped[Fate] = mapped_column(Computed(_FATE, persisted=True))


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
        (trader_id, channel, update_id, text, alike, language, style, outcome, topic, choices, confidence, asked_at)
    SELECT id, channel, :update_id, :text, :alike, :language, :style, :outcome, :topic, CAST(:choices AS jsonb),
           :confidence, :asked_at
    FROM traders WHERE id = :trader_id
""")


def likeness(question: str) -> str:
    """Return what nearly the same questions have in common: their consonants, whatever the script and the vowels.

    The order of words stays: from Iran to Pakistan is another question than from Pakistan to Iran.
    """
    bones = skeleton(question)
    return (bones if len(bones.replace(" ", "")) >= SHORT else fold(question))[:ALIKE_LETTERS]


async def keep(session: AsyncSession, trader_id: int, update_id: str, asked_at: datetime, **understood: Any) -> None:
    """Keep a question; `understood` are the columns text, language, style, outcome, topic, choices and confidence."""
    understood |= {"choices": json.dumps(understood["choices"]), "alike": likeness(understood["text"])}
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


async def meant(session: AsyncSession) -> Sequence[tuple[Question, str]]:
    """The questions whose topic the staff named or a trader tapped, with it: proposals for phrasings, oldest first.

    Where the two differ, the staff are right.
    """
    topic = func.coalesce(Question.staff_topic, Question.chosen_topic)
    query = select(Question, topic).where(topic.is_not(None)).order_by(Question.asked_at)
    return [(question, named) for question, named in await session.execute(query)]


async def disliked(session: AsyncSession) -> Sequence[tuple[Question, Rating]]:
    """The questions whose answer got a 👎, with that rating, oldest first."""
    query = (
        select(Question, Rating)
        .join(Rating, (Rating.trader_id == Question.trader_id) & (Rating.update_id == Question.update_id))
        .where(Rating.helpful.is_(False))
        .order_by(Question.asked_at)
    )
    return [(question, rating) for question, rating in await session.execute(query)]


class Order(StrEnum):
    """In which order the staff see questions."""

    NEWEST = "newest"
    MOST = "most"  # asked most often first


@dataclass(frozen=True, slots=True)
class Sought:
    """Which questions a list shows."""

    fate: Fate = Fate.WAITING
    language: Language | None = None
    channel: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nearly the same questions in one language."""

    newest: Question
    number: int

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in a list: the next page begins behind it."""
        return self.number, self.newest.id


@dataclass(frozen=True, slots=True)
class Held:
    """A question that waits, and its trader; both locked until the transaction ends."""

    question: Question
    trader: Trader


async def clusters(
    session: AsyncSession, sought: Sought, order: Order, behind: tuple[int, int] | None, limit: int
) -> list[Cluster]:
    """Return what is sought, nearly the same questions together, from behind a place of the list on."""
    newest, number = func.max(Question.id), func.count()
    ranks = [newest] if order is Order.NEWEST else [number, newest]
    grouped = (
        select(newest.label("newest"), number.label("number"))
        .where(*_conditions(sought))
        .group_by(Question.language, func.coalesce(Question.alike, cast(Question.id, String)))
        .order_by(*(rank.desc() for rank in ranks))
        .limit(limit)
    )
    if behind:
        grouped = grouped.having(tuple_(*ranks) < tuple_(*behind[-len(ranks) :]))
    found = grouped.subquery()
    query = select(Question, found.c.number).join(found, Question.id == found.c.newest)
    rows = await session.execute(query.order_by(*(found.c[rank].desc() for rank in _RANKS[order])))
    return [Cluster(question, count) for question, count in rows]


_RANKS = {Order.NEWEST: ("newest",), Order.MOST: ("number", "newest")}


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    conditions = [Question.fate == sought.fate]
    if sought.language:
        conditions.append(Question.language == sought.language)
    if sought.channel:
        conditions.append(Question.channel == sought.channel)
    if sought.since:
        conditions.append(Question.asked_at >= sought.since)
    return conditions


async def alike(session: AsyncSession, question: Question, limit: int) -> Sequence[Question]:
    """Return the questions that wait and are nearly the same as one, itself among them if it waits, newest first."""
    query = select(Question).where(*_alike(question), Question.fate == Fate.WAITING)
    return (await session.scalars(query.order_by(Question.id.desc()).limit(limit))).all()


def _alike(question: Question) -> tuple[ColumnElement[bool], ...]:
    if question.alike is None:
        return (Question.id == question.id,)
    return Question.fate.in_(FOR_STAFF), Question.alike == question.alike, Question.language == question.language


async def hold(session: AsyncSession, question_ids: Sequence[int]) -> list[Held]:
    """Lock those of the questions that wait, and return them with their traders, newest first.

    The traders come first, as in intake: else an answer to one who is being forgotten could wait for him and he for it.
    """
    owners = select(Question.trader_id).where(Question.id.in_(question_ids))
    known = select(Trader).where(Trader.id.in_(owners)).order_by(Trader.id)
    traders = {trader.id: trader for trader in await session.scalars(known.with_for_update(read=True, key_share=True))}
    waiting = select(Question).where(Question.id.in_(question_ids), Question.fate == Fate.WAITING)
    found = await session.scalars(waiting.order_by(Question.id.desc()).with_for_update())
    return [Held(question, traders[question.trader_id]) for question in found]


async def answer(
    session: AsyncSession, question_ids: Sequence[int], text: str, staff_id: int, delivery_id: int, at: datetime
) -> None:
    """Keep the staff's answer to questions of one trader that are held, and the delivery that takes it to him."""
    change = update(Question).where(Question.id.in_(question_ids))
    values = {"answered_at": at, "answered_by": staff_id, "answer": text, "delivery_id": delivery_id}
    await session.execute(change.values(values))


async def dismiss(session: AsyncSession, question: Question, at: datetime) -> int:
    """Note that a question, with those like it that wait, is none of ours; return how many did wait."""
    change = update(Question).where(*_alike(question), Question.fate == Fate.WAITING).values(dismissed_at=at)
    return len((await session.scalars(change.returning(Question.id))).all())


async def take_back(session: AsyncSession, question: Question) -> int:
    """Let a dismissed question, with those like it, wait again; return how many were dismissed."""
    change = update(Question).where(*_alike(question), Question.fate == Fate.DISMISSED).values(dismissed_at=None)
    return len((await session.scalars(change.returning(Question.id))).all())


async def name_topic(session: AsyncSession, question: Question, topic: str | None) -> None:
    """Note to which topic the staff say that a question belongs, with those like it."""
    await session.execute(update(Question).where(*_alike(question)).values(staff_topic=topic))
