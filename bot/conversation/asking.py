"""Questions and answers: the answer with its source, "did you mean", an honest no, and 👍/👎."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import checklist, routing, subscribing_pages
from bot.conversation.enquiry_reading import LEADS
from bot.conversation.menu import main_menu
from bot.conversation.subjects import subject_of
from bot.conversation.turn import AnswerRated, ChoiceTaken, Counsel, Memory, QuestionAsked, Turn, rows
from bot.message import Choice, Outgoing, Place
from bot.wording import Voice
from knowledge.entry import Category, Crossing, Entry
from knowledge.phrasings import OUT_OF_SCOPE, SMUGGLING
from knowledge.places import crossing_named, nearest
from knowledge.understanding import Outcome, Understanding

NAME = "ask"
RELATED = 3  # buttons of related topics under an answer
ROUTED_AT_LEAST = 0.3  # the confidence with which a question that names cities is taken for one about the way
SOURCES = 4  # links under an answer; the rest are counted


def asked(memory: Memory, understandings: Sequence[Understanding], update: str, voice: Voice, counsel: Counsel) -> Turn:
    """Answer a free message as it was understood, each of its questions.

    The name of a city alone is answered like a shared location; a call for help to break the law with the legal way.
    """
    understanding = understandings[0]
    if len(understandings) == 1 and (near := routing.nearest_by_city(understanding.text, voice, counsel)):
        return Turn(memory, (near,))
    replies = tuple(_reply(each, update, voice, counsel, first=each is understanding) for each in understandings)
    if understanding.outcome is Outcome.SMALLTALK:
        return Turn(memory, replies)
    event = QuestionAsked(
        understanding.text,
        understanding.language,
        understanding.style,
        understanding.outcome,
        understanding.topic,
        understanding.choices,
        understanding.confidence,
    )
    return Turn(memory, replies, (event,))


def _reply(understanding: Understanding, update: str, voice: Voice, counsel: Counsel, *, first: bool) -> Outgoing:
    match understanding.outcome:
        case Outcome.ANSWER:
            assert understanding.topic is not None
            named = crossing_named(counsel.library, understanding.text)
            reply = answer(counsel.library[understanding.topic], update, voice, counsel, pin=named)
            way = routing.way_named(understanding.topic, understanding.text, voice, counsel)
            return replace(reply, text=f"{way}\n\n{reply.text}") if way else reply
        case Outcome.CHOICES if understanding.aside == SMUGGLING:
            return _the_legal_way(understanding.choices, voice, counsel)
        case Outcome.CHOICES:
            best = understanding.choices[0]
            if understanding.confidence >= ROUTED_AT_LEAST and (
                way := routing.way_named(best, understanding.text, voice, counsel)
            ):  # the cities of the question say what its words alone do not
                reply = answer(counsel.library[best], update, voice, counsel)
                return replace(reply, text=f"{way}\n\n{reply.text}")
            return _did_you_mean(understanding.choices, update if first else None, voice, counsel)
        case Outcome.SMALLTALK:
            assert understanding.smalltalk is not None
            return main_menu(voice, _smalltalk(understanding.smalltalk, voice))
        case Outcome.NO_ANSWER if understanding.aside == OUT_OF_SCOPE:
            return _not_ours(voice)
        case Outcome.NO_ANSWER:
            return _no_answer(voice)


def answer(entry: Entry, update: str, voice: Voice, counsel: Counsel, pin: Entry | None = None) -> Outgoing:
    """An entry as a message: title, answer, warnings, sources, the day it was verified, and where to go from here."""
    language = voice.language
    parts = [f"**{entry.title[language]}**", entry.answer[language]]
    if entry.is_stale(counsel.today()):
        due = voice.day(entry.review_after)
        parts.append(
            voice.say("⚠️ This answer was due for a new check by {day}. Ask the office before you rely on it.", day=due)
        )
    elif entry.volatile:
        parts.append(voice.say("⚠️ This can change within days. Ask before you set off."))
    marked = entry.crossing or (pin.crossing if pin else None)
    if marked:
        parts += _what_the_pin_marks(marked, voice)
    parts.append(_sources(entry, voice))
    related = [counsel.library[topic] for topic in entry.related if topic in counsel.library.entries][:RELATED]
    buttons = [(Choice(other.title[language], f"ask:open:{other.id}"),) for other in related]
    direction = counsel.library.checklists.direction_of(entry.id)
    if direction:
        buttons.append((checklist.button(direction, voice),))
    if entry.category is Category.SECTORS or entry.id in LEADS:
        buttons.append((Choice(voice.say("🤝 Business enquiry"), "enquire:start"),))
    if subject := subject_of(entry, pin):
        buttons.append((subscribing_pages.bell(subject, voice),))
    ratings = (Choice("👍", f"ask:up:{update}:{entry.id}"), Choice("👎", f"ask:down:{update}:{entry.id}"))
    menu = Choice(voice.say("Menu"), "menu:main")
    place = Place(marked.latitude, marked.longitude) if marked else None
    return Outgoing(voice.dated("\n\n".join(parts)), language, (*buttons, (*ratings, menu)), place)


def _sources(entry: Entry, voice: Voice) -> str:
    publishers = {source.publisher: source for source in reversed(entry.sources)}  # the first page of each
    first = [source for source in entry.sources if publishers[source.publisher] is source][:SOURCES]
    links = [f"[{source.publisher}]({source.url})" for source in first]
    more = len(entry.sources) - len(links)
    if more:
        links.append(voice.count("{number} more", "{number} more", more))
    separator = voice.say(", ")
    sources = voice.say("Sources: {sources}", sources=separator.join(links))
    verified = voice.say("Compared with its sources on {day}", day=voice.day(entry.verified))
    return f"{sources}\n*{verified}*"


def _did_you_mean(topics: tuple[str, ...], update: str | None, voice: Voice, counsel: Counsel) -> Outgoing:
    """Offer topics; what is tapped is recorded with the question of `update`, if it is the one that is kept."""
    tap = f"ask:mean:{update}" if update else "ask:open"
    offered = [Choice(counsel.library[topic].title[voice.language], f"{tap}:{topic}") for topic in topics]
    if update:
        offered.append(Choice(voice.say("None of these"), f"ask:none:{update}"))
    return Outgoing(voice.say("Did you mean one of these?"), voice.language, rows(*offered))


def _no_answer(voice: Voice) -> Outgoing:
    text = voice.say(
        "I have no sure answer to that, and I do not guess. I keep your question for the staff. "
        "Put it in other words, or choose a topic:"
    )
    return main_menu(voice, text)


def _not_ours(voice: Voice) -> Outgoing:
    text = voice.say(
        "That is outside my field. I know trade between Pakistan and Iran: border crossings, papers, rules, goods and "
        "offices. Choose a topic, or ask me about these:"
    )
    return main_menu(voice, text)


def _the_legal_way(topics: tuple[str, ...], voice: Voice, counsel: Counsel) -> Outgoing:
    text = voice.say(
        "I do not help with that: it can cost you the goods, the vehicle and your freedom. "
        "Here is how it is done legally, and what the penalties are:"
    )
    titles = [Choice(counsel.library[topic].title[voice.language], f"ask:open:{topic}") for topic in topics]
    return Outgoing(text, voice.language, rows(*titles, Choice(voice.say("Menu"), "menu:main")))


def _sorry(voice: Voice) -> Outgoing:
    text = voice.say(
        "Thank you for saying so. The staff will see it. Put your question in other words, or choose a topic:"
    )
    return main_menu(voice, text)


def _smalltalk(kind: str, voice: Voice) -> str:
    return {
        "greeting": voice.say("Salaam! What would you like to know about trade between Pakistan and Iran?"),
        "thanks": voice.say("You are welcome. Safe journey and good business!"),
        "farewell": voice.say("Goodbye, and safe roads!"),
        "identity": voice.say(
            "I am Saudagar, a free helper for Pakistan–Iran traders. I am a program, not a person: I give answers that "
            "were written beforehand from named sources."
        ),
        "insult": voice.say("I am sorry that I was no help. Put your question in other words, or choose a topic:"),
        "acknowledgement": voice.say("Good. Is there anything else?"),
    }[kind]


def tapped(memory: Memory, step: str, values: list[str], update: str, voice: Voice, counsel: Counsel) -> Turn | None:
    """Do what a button under an answer or a question says; None where it leads nowhere (any more)."""
    match step, values:
        case "open", [topic] if entry := counsel.library.get(topic):
            return Turn(memory, (answer(entry, update, voice, counsel),))
        case "mean", [question, topic] if entry := counsel.library.get(topic):
            return Turn(memory, (answer(entry, question, voice, counsel),), (ChoiceTaken(question, topic),))
        case "none", [question]:
            return Turn(memory, (_no_answer(voice),), (ChoiceTaken(question, None),))
        case "up" | "down", [question, topic] if topic in counsel.library.entries:
            helpful = step == "up"
            reply = Outgoing(voice.say("Thank you!"), voice.language) if helpful else _sorry(voice)
            return Turn(memory, (reply,), (AnswerRated(question, topic, helpful),))
    return None


def nearest_crossing(memory: Memory, place: Place, voice: Voice, counsel: Counsel) -> Turn:
    """The crossings in order of their distance from a shared location, the nearest with a pin."""
    crossings = nearest(counsel.library, place.latitude, place.longitude)
    if not crossings:
        return Turn(memory, (_no_answer(voice),))
    (first, distance), *others = crossings
    assert first.crossing is not None
    nearest_one = voice.say(
        "The nearest crossing is **{crossing}**, about {distance} km away in a straight line; the road is longer.",
        crossing=first.title[voice.language],
        distance=f"{distance:,.0f}",
    )
    next_ones = [
        voice.say("- {crossing}: about {distance} km", crossing=entry.title[voice.language], distance=f"{far:,.0f}")
        for entry, far in others[:3]
    ]
    paragraphs = [nearest_one, "\n".join(next_ones), *_what_the_pin_marks(first.crossing, voice)]
    buttons = rows(*(Choice(entry.title[voice.language], f"ask:open:{entry.id}") for entry, _ in crossings[:3]))
    pin = Place(first.crossing.latitude, first.crossing.longitude)
    return Turn(memory, (Outgoing("\n\n".join(filter(None, paragraphs)), voice.language, buttons, pin),))


def _what_the_pin_marks(crossing: Crossing, voice: Voice) -> list[str]:
    """A line where a pin does not mark the gate itself, lest a driver follow it to the wrong place."""
    if crossing.town is None:
        return []
    return [
        voice.say("📍 The map pin marks {town}; no source gives the gate itself.", town=crossing.town[voice.language])
    ]
