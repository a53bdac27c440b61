"""Answers with their sources and dates, "did you mean", an honest no, ratings, and the nearest crossing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.conversation.asking import RELATED, SOURCES, answer, asked
from bot.conversation.conversation import converse
from bot.conversation.turn import AnswerRated, ChoiceTaken, Counsel, Memory, QuestionAsked, Turn
from bot.markup import layout
from bot.message import Incoming, Kind, Outgoing, Place
from knowledge.entry import Category, Entry, Source
from knowledge.language import Language, Style
from knowledge.library import Library
from knowledge.phrasings import ASIDE
from knowledge.understanding import SMALLTALK, Outcome, Understanding
from tests.conversation.hand import ISOLATES, TRADER, UPDATE, assert_sound, buttons, labels, seen, tapped, typed

EN, UR, FA = Language.EN, Language.UR, Language.FA

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

ZAHEDAN = Place(29.49, 60.86)
GWADAR = Place(25.12, 62.32)


def on(counsel: Counsel, today: date) -> Counsel:
    """The same counsel on another day."""
    return replace(counsel, now=lambda: datetime.combine(today, time(9), UTC))


def with_entry(counsel: Counsel, entry: Entry) -> Counsel:
    """The same counsel with this entry in place of its own."""
    return replace(counsel, library=Library(counsel.library.entries | {entry.id: entry}, ()))


def opened(counsel: Counsel, topic: str, language: Language = EN) -> Outgoing:
    """The answer that a button of this topic gives."""
    (reply,) = converse(Memory(language, welcomed=True), tapped(f"ask:open:{topic}"), counsel).replies
    return reply


def source(publisher: str, page: int) -> Source:
    """A source that never was."""
    return Source.model_validate(
        {"publisher": publisher, "title": "A page", "date": None, "url": f"https://example.com/{page}"}
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_fits_one_message_with_its_title_sources_and_day(counsel: Counsel, language: Language) -> None:
    voice = counsel.voices[language]
    for entry in counsel.library.entries.values():
        reply = answer(entry, UPDATE, voice, counsel)
        assert_sound(Turn(Memory(), (reply,)))  # at most 4,096 UTF-16 units among others
        spans = [span for span in layout(reply.text, language) if span.text]
        assert (spans[0].text, spans[0].bold) == (voice.shown(entry.title[language]), True), entry.id
        links = [span.link for span in spans if span.link]
        publishers = {source.publisher for source in entry.sources}
        assert len(links) >= min(SOURCES, len(publishers)), entry.id
        assert set(links) <= {str(source.url) for source in entry.sources}, entry.id
        last_line = seen(reply).rpartition("\n")[2]
        assert voice.shown(voice.day(entry.verified)) in last_line, entry.id
        assert spans[-1].italic, entry.id
        assert "{" not in seen(reply), entry.id  # no date is left as it is written in the file
        assert "**" not in seen(reply), entry.id  # nor any mark


def heard_by(entry: Entry) -> str | None:
    """The subject of announcements that an entry's readers wait for."""
    of_institutions = {"joint-economic-commission": "policy", "b2b-meetings": "events"}
    return f"border:{entry.id}" if entry.crossing else of_institutions.get(entry.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_offers_related_topics_ratings_and_the_menu(counsel: Counsel, language: Language) -> None:
    for entry in counsel.library.entries.values():
        *related, last = answer(entry, UPDATE, counsel.voices[language], counsel).choices
        topics = list(entry.related)[:RELATED]
        direction = counsel.library.checklists.direction_of(entry.id)
        papers = [(counsel.voices[language].say("📋 Papers for my shipment"), f"list:goods:{direction}")]
        enquiry = [(counsel.voices[language].say("🤝 Business enquiry"), "enquire:start")]
        bell = counsel.voices[language].say("🔔 Tell me when this changes")
        assert [(choice.label, choice.data) for (choice,) in related] == [
            *((counsel.library[topic].title[language], f"ask:open:{topic}") for topic in topics),
            *(papers if direction else ()),
            *(enquiry if entry.category is Category.SECTORS or entry.id == "b2b-meetings" else ()),
            *([(bell, f"subscribe:tell:{subject}")] if (subject := heard_by(entry)) else ()),
        ]
        assert [choice.data for choice in last] == [
            f"ask:up:{UPDATE}:{entry.id}",
            f"ask:down:{UPDATE}:{entry.id}",
            "menu:main",
        ]


def test_a_related_topic_that_is_no_more_is_left_out(counsel: Counsel) -> None:
    entry = counsel.library["barter-trade"].model_copy(update={"related": ("gone", "payment-channels")})
    reply = opened(with_entry(counsel, entry), "barter-trade")
    assert buttons(reply)[0].data == "ask:open:payment-channels"


@pytest.mark.parametrize(
    ("publishers", "links", "more"),
    [
        pytest.param(["A"], ["A/0"], "", id="one"),
        pytest.param(["A", "B", "A"], ["A/0", "B/1"], "1 more", id="the first page of each publisher"),
        pytest.param(list("ABCD"), ["A/0", "B/1", "C/2", "D/3"], "", id="four"),
        pytest.param(list("ABCDEF"), ["A/0", "B/1", "C/2", "D/3"], "2 more", id="four of six"),
        pytest.param(list("ABCDEA"), ["A/0", "B/1", "C/2", "D/3"], "2 more", id="pages and publishers are counted"),
    ],
)
def test_the_first_page_of_four_publishers_is_linked_and_the_rest_counted(
    counsel: Counsel, publishers: list[str], links: list[str], more: str
) -> None:
    sources = tuple(source(publisher, page) for page, publisher in enumerate(publishers))
    entry = counsel.library["barter-trade"].model_copy(update={"sources": sources})
    reply = opened(with_entry(counsel, entry), "barter-trade")
    spans = layout(reply.text, EN)
    assert [f"{span.text}/{span.link[-1]}" for span in spans if span.link] == links
    line = next(line for line in seen(reply).splitlines() if line.startswith("Sources:"))
    assert line == "Sources: " + ", ".join([*(link[0] for link in links), *([more] if more else [])])


@pytest.mark.parametrize(
    ("language", "due"),
    [
        pytest.param(EN, "due for a new check by 12 January 2027", id="English"),
        pytest.param(UR, "12 جنوری 2027", id="Urdu"),
        pytest.param(FA, "۲۲ دی ۱۴۰۵ (۱۲ ژانویهٔ ۲۰۲۷)", id="Persian"),
    ],
)
def test_a_stale_entry_warns_with_the_day_on_which_it_was_due(counsel: Counsel, language: Language, due: str) -> None:
    dates = {"review_after": date(2027, 1, 12), "volatile": True}
    counsel = with_entry(counsel, counsel.library["crossing-hours"].model_copy(update=dates))
    warned = seen(opened(on(counsel, date(2027, 1, 13)), "crossing-hours", language))
    assert due in warned
    assert warned.count("⚠️") == 1  # the stronger warning stands alone
    assert due not in seen(opened(on(counsel, date(2027, 1, 12)), "crossing-hours", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_warns_and_still_fits_once_it_is_stale(counsel: Counsel, language: Language) -> None:
    for entry in counsel.library.entries.values():
        later = on(counsel, entry.review_after + timedelta(days=1))
        reply = answer(entry, UPDATE, counsel.voices[language], later)
        assert_sound(Turn(Memory(), (reply,)))
        day = counsel.voices[language].day(entry.review_after)
        assert counsel.voices[language].shown(day) in seen(reply), entry.id
        assert "⚠️" in seen(reply), entry.id


@pytest.mark.parametrize("volatile", [True, False])
def test_what_can_change_within_days_says_so(counsel: Counsel, volatile: bool) -> None:
    entry = counsel.library["barter-trade"].model_copy(update={"volatile": volatile})
    reply = opened(with_entry(counsel, entry), "barter-trade")
    assert ("This can change within days" in seen(reply)) is volatile


@pytest.mark.parametrize(
    ("question", "pin"),
    [
        pytest.param("is taftan open on friday", "taftan-mirjaveh", id="one crossing is named"),
        pytest.param("mirjave ta key baze", "taftan-mirjaveh", id="misspelt"),
        pytest.param("is taftan open longer than rimdan", None, id="two are named"),
        pytest.param("at what hours is the border open", None, id="none is named"),
    ],
)
def test_an_answer_pins_the_crossing_that_the_question_names(counsel: Counsel, question: str, pin: str | None) -> None:
    understanding = replace(counsel.understand(question, EN), outcome=Outcome.ANSWER, topic="crossing-hours")
    (reply,) = asked(Memory(EN), [understanding], UPDATE, counsel.voices[EN], counsel).replies
    crossing = counsel.library[pin].crossing if pin else None
    assert reply.place == (Place(crossing.latitude, crossing.longitude) if crossing else None)


def test_an_entry_pins_its_own_crossing_whichever_is_named(counsel: Counsel) -> None:
    voice, library = counsel.voices[EN], counsel.library
    reply = answer(library["taftan-mirjaveh"], UPDATE, voice, counsel, pin=library["gabd-rimdan"])
    crossing = library["taftan-mirjaveh"].crossing
    assert crossing is not None
    assert reply.place == Place(crossing.latitude, crossing.longitude)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pin_that_is_not_the_gate_says_what_it_marks(counsel: Counsel, language: Language) -> None:
    for entry in counsel.library.crossings():
        assert entry.crossing is not None
        reply = seen(opened(counsel, entry.id, language))
        assert ("📍" in reply) is (entry.crossing.town is not None)
        if entry.crossing.town:
            town = counsel.voices[language].shown(entry.crossing.town[language])
            assert town.translate(ISOLATES) in reply


def understood(outcome: Outcome, **known: object) -> Understanding:
    """An understanding, handed in."""
    plain = Understanding("the words", outcome, None, (), UR, Style.LATIN, confidence=0.4)
    return replace(plain, **known)  # type: ignore[arg-type]  # of the tables below


@pytest.mark.parametrize("language", LANGUAGES)
def test_topics_that_could_be_meant_are_offered_with_a_way_out(counsel: Counsel, language: Language) -> None:
    topics = ("crossing-hours", "crossing-closures", "taftan-mirjaveh")
    understanding = understood(Outcome.CHOICES, choices=topics)
    turn = asked(Memory(language), [understanding], "77", counsel.voices[language], counsel)
    assert_sound(turn)
    (reply,) = turn.replies
    assert [choice.data for choice in buttons(reply)] == [*(f"ask:mean:77:{topic}" for topic in topics), "ask:none:77"]
    assert labels(reply)[:3] == [counsel.library[topic].title[language] for topic in topics]
    assert all(len(row) == 1 for row in reply.choices)  # titles are long


def test_the_topic_that_was_meant_is_answered_and_noted_under_the_first_question(counsel: Counsel) -> None:
    turn = converse(Memory(EN), tapped("ask:mean:77:barter-trade", update="78"), counsel)
    assert turn.events == (ChoiceTaken("77", "barter-trade"),)
    (reply,) = turn.replies
    assert "ask:up:77:barter-trade" in [choice.data for choice in buttons(reply)]


def test_none_of_them_is_noted_and_admitted(counsel: Counsel) -> None:
    turn = converse(Memory(EN), tapped("ask:none:77", update="78"), counsel)
    assert turn.events == (ChoiceTaken("77", None),)
    assert "I have no sure answer" in seen(turn.replies[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_by_button_can_be_rated_as_an_answer_to_that_tap(counsel: Counsel, language: Language) -> None:
    turn = converse(Memory(language), tapped("ask:open:barter-trade", update="78"), counsel)
    assert turn.events == ()
    assert "ask:down:78:barter-trade" in [choice.data for choice in buttons(turn.replies[0])]


@pytest.mark.parametrize(
    ("step", "helpful", "words", "offered"),
    [
        pytest.param("up", True, "Thank you!", 0, id="thumb up"),
        pytest.param("down", False, "Put your question in other words", 11, id="thumb down"),
    ],
)
def test_a_rating_is_noted_under_its_question_and_thanked_for(
    counsel: Counsel, step: str, helpful: bool, words: str, offered: int
) -> None:
    turn = converse(Memory(EN), tapped(f"ask:{step}:77:barter-trade", update="90"), counsel)
    assert turn.events == (AnswerRated("77", "barter-trade", helpful),)
    assert words in seen(turn.replies[0])
    assert len(buttons(turn.replies[0])) == offered


@pytest.mark.parametrize(
    ("outcome", "topic", "choices"),
    [
        pytest.param(Outcome.ANSWER, "barter-trade", (), id="answer"),
        pytest.param(Outcome.CHOICES, None, ("barter-trade", "crossing-hours"), id="choices"),
        pytest.param(Outcome.NO_ANSWER, None, (), id="no answer"),
    ],
)
def test_a_question_is_noted_with_all_that_was_understood(
    counsel: Counsel, outcome: Outcome, topic: str | None, choices: tuple[str, ...]
) -> None:
    understanding = understood(outcome, topic=topic, choices=choices)
    turn = asked(Memory(), [understanding], UPDATE, counsel.voices[UR], counsel)
    assert turn.events == (QuestionAsked("the words", UR, Style.LATIN, outcome, topic, choices, 0.4),)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(label.removeprefix(ASIDE) for label in SMALLTALK))
def test_small_talk_is_answered_and_not_kept_as_a_question(counsel: Counsel, language: Language, kind: str) -> None:
    understanding = understood(Outcome.SMALLTALK, smalltalk=kind)
    turn = asked(Memory(language), [understanding], UPDATE, counsel.voices[language], counsel)
    assert_sound(turn)
    assert turn.events == ()
    assert turn.replies[0].language is language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_that_nobody_can_answer_is_admitted_in_every_language(counsel: Counsel, language: Language) -> None:
    turn = asked(Memory(), [understood(Outcome.NO_ANSWER)], UPDATE, counsel.voices[language], counsel)
    assert_sound(turn)
    assert len(buttons(turn.replies[0])) == 11


@pytest.mark.parametrize(
    ("place", "first"),
    [
        pytest.param(ZAHEDAN, "taftan-mirjaveh", id="Zahedan"),
        pytest.param(GWADAR, "gabd-rimdan", id="Gwadar"),
        pytest.param(Place(26.0, 62.0), "mand-pishin", id="Turbat's west"),
    ],
)
def test_the_nearest_crossing_comes_first_and_is_pinned(counsel: Counsel, place: Place, first: str) -> None:
    turn = converse(Memory(EN), Incoming(TRADER, UPDATE, Kind.PLACE, place=place), counsel)
    assert_sound(turn)
    (reply,) = turn.replies
    crossing = counsel.library[first].crossing
    assert crossing is not None
    assert reply.place == Place(crossing.latitude, crossing.longitude)
    assert counsel.library[first].title[EN] in seen(reply).splitlines()[0]
    assert buttons(reply)[0].data == f"ask:open:{first}"
    assert turn.events == ()  # where a trader stands is not kept


@pytest.mark.parametrize(
    ("language", "distance"),
    [
        pytest.param(EN, "about 88 km", id="English"),
        pytest.param(UR, "تقریباً 88 کلومیٹر", id="Urdu"),
        pytest.param(FA, "حدود ۸۸ کیلومتر", id="Persian"),
    ],
)
def test_a_distance_is_said_in_the_traders_digits(counsel: Counsel, language: Language, distance: str) -> None:
    incoming = Incoming(TRADER, UPDATE, Kind.PLACE, place=ZAHEDAN)
    assert distance in seen(converse(Memory(language), incoming, counsel).replies[0])


def test_distances_rise_and_far_ones_have_thousands(counsel: Counsel) -> None:
    incoming = Incoming(TRADER, UPDATE, Kind.PLACE, place=Place(52.52, 13.41))  # Berlin
    text = seen(converse(Memory(FA), incoming, counsel).replies[0])
    assert "٬" in text


def test_a_library_without_crossings_admits_it(counsel: Counsel) -> None:
    library = Library({"barter-trade": counsel.library["barter-trade"]}, ())
    incoming = Incoming(TRADER, UPDATE, Kind.PLACE, place=ZAHEDAN)
    turn = converse(Memory(EN), incoming, replace(counsel, library=library))
    assert "I have no sure answer" in seen(turn.replies[0])


def test_a_question_is_answered_as_it_was_typed(counsel: Counsel) -> None:
    turn = converse(Memory(EN, welcomed=True), typed("  what is barter trade?\n"), counsel)
    (event,) = turn.events
    assert isinstance(event, QuestionAsked)
    assert event.text == "what is barter trade?"
