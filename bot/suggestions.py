"""What traders' taps and the staff teach: proposals for phrasings, for a person to accept; none is learned unasked."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from bot.records import questions
from knowledge.language import Language, Style, Way
from knowledge.library import Library
from knowledge.script import fold


async def suggestions(session: AsyncSession, library: Library) -> Iterator[str]:
    """Return lines: staff named a topic, or under "did you mean" one was tapped (+), or an answer got a 👎 (?).

    A line has its sign, the way of writing, the topic and the text, with tabs between. What stands in the library
    already is passed over.
    """
    known = {fold(phrasing.text) for phrasing in library.phrasings}
    tapped = [("+", question, topic) for question, topic in await questions.meant(session)]
    disliked = [("?", question, rating.topic) for question, rating in await questions.disliked(session)]
    lines = (
        f"{sign}\t{way_of(question.language, question.style)}\t{topic}\t{' '.join(question.text.split())}"
        for sign, question, topic in (*tapped, *disliked)
        if fold(question.text) not in known
    )
    return iter(dict.fromkeys(lines))  # what many asked in the same words is proposed once


def way_of(language: Language, style: Style) -> Way:
    """The way of writing of a language in a style."""
    return next(way for way in Way if way.language is language and (way.style is style or language is Language.EN))
