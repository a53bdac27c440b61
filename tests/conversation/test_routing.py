"""Ways worked out from the map: a city alone, and the cities of a question of ways."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from bot.conversation import routing
from bot.conversation.asking import answer, asked
from bot.conversation.conversation import converse
from bot.conversation.turn import Counsel, Memory, Turn
from bot.markup import layout
from knowledge.language import Language, Style
from knowledge.library import Library
from knowledge.understanding import Outcome, Understanding
from tests.conversation.hand import UPDATE, assert_sound, buttons, seen, typed

EN, UR, FA = Language.EN, Language.UR, Language.FA

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

TAFTAN, GABD, MAND, CHEDGI = "taftan-mirjaveh", "gabd-rimdan", "mand-pishin", "chedgi-kuhak"


def answered(counsel: Counsel, topic: str, text: str, language: Language = EN) -> Turn:
    """The answer of a topic to a question that was understood."""
    understanding = Understanding(text, Outcome.ANSWER, topic, (), language, Style.LATIN, confidence=0.9)
    return asked(Memory(language), [understanding], UPDATE, counsel.voices[language], counsel)


@pytest.mark.parametrize(
    ("text", "language", "order"),
    [
        pytest.param("quetta", EN, [CHEDGI, TAFTAN, MAND, GABD], id="English"),
        pytest.param("I am in Quetta", EN, [CHEDGI, TAFTAN, MAND, GABD], id="a little more"),
        pytest.param("زاهدان", FA, [TAFTAN, MAND, CHEDGI, GABD], id="Persian"),
        pytest.param("گوادر؟", UR, [GABD, MAND, CHEDGI, TAFTAN], id="Urdu"),
    ],
)
def test_a_city_alone_gets_the_crossings_in_order_with_their_buttons(
    counsel: Counsel, text: str, language: Language, order: list[str]
) -> None:
    turn = converse(Memory(language, chosen=True, welcomed=True), typed(text), counsel)
    assert_sound(turn)
    (reply,) = turn.replies
    data = [choice.data for choice in buttons(reply)]
    assert data == [*(f"ask:open:{topic}" for topic in order), "menu:main"]
    titles = [counsel.voices[reply.language].shown(counsel.library[topic].title[reply.language]) for topic in order]
    lines = seen(reply).splitlines()
    assert all(any(title in line for line in lines) for title in titles)
    assert turn.events == ()  # where a trader is, is not kept


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("quetta chamber phone number", id="an office of a city"),
        pytest.param("karachi zahedan", id="two cities"),
        pytest.param("weather in quetta tomorrow", id="something else"),
        pytest.param("is taftan open", id="a crossing"),
    ],
)
def test_a_message_that_says_more_is_left_to_the_understanding(counsel: Counsel, text: str) -> None:
    assert routing.nearest_by_city(text, counsel.voices[EN], counsel) is None


def test_a_library_without_crossings_has_nothing_near_a_city(counsel: Counsel) -> None:
    bare = replace(counsel, library=Library({}, (), cities=counsel.library.cities))
    assert routing.nearest_by_city("quetta", counsel.voices[EN], bare) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sourced_distance_stands_beside_the_straight_line_with_its_page(counsel: Counsel, language: Language) -> None:
    text = routing.way_named("road-distances", "quetta to taftan", counsel.voices[language], counsel)
    assert text is not None
    links = [span.link for span in layout(text, language) if span.link]
    assert links == [
        "https://www.dawn.com/news/634821/more-border-crossing-points-pakistan-iran-agree-to-promote-trade"
    ]
    assert "605" in text
    assert "544" in text  # straight, as tests/knowledge/test_places.py works it out
    for topic in (GABD, MAND, CHEDGI):
        assert counsel.library[topic].title[language] not in text  # the question names Taftan alone


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "quetta to zahedan",
            ["From Quetta to Zahedan, the map points to Taftan–Mirjaveh crossing: about 544 km from Quetta and 89 km"],
            id="one that is far the nearest",
        ),
        pytest.param(
            "bandar abbas se karachi",
            ["points to Mand–Pishin crossing", "Hardly longer: Gabd–Rimdan crossing", "⚠️ Not confirmed", "650 km"],
            id="two alike, one not confirmed",
        ),
    ],
)
def test_two_cities_get_the_crossing_between_them_with_its_reason(
    counsel: Counsel, text: str, words: list[str]
) -> None:
    way = routing.way_named("choose-crossing", text, counsel.voices[EN], counsel)
    assert way is not None
    plain = "".join(span.text for span in layout(way, EN))
    assert [word for word in words if word not in plain] == []
    assert "straight line" in plain
    assert "distance alone" in plain


def test_no_warning_stands_where_customs_clears(counsel: Counsel) -> None:
    way = routing.way_named("choose-crossing", "quetta zahedan", counsel.voices[EN], counsel)
    assert way is not None
    assert "⚠️" not in way


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        pytest.param("crossing-hours", "quetta to zahedan", id="another topic"),
        pytest.param("road-distances", "how far is it", id="no city"),
        pytest.param("road-distances", "quetta to karachi", id="two of one country"),
        pytest.param("choose-crossing", "quetta, karachi, zahedan or tehran", id="too many"),
    ],
)
def test_other_questions_get_the_answer_alone(counsel: Counsel, topic: str, text: str) -> None:
    (reply,) = answered(counsel, topic, text).replies
    assert reply.text == answer(counsel.library[topic], UPDATE, counsel.voices[EN], counsel).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", sorted(routing.ROUTED))
def test_the_way_stands_above_the_whole_answer_and_fits(counsel: Counsel, language: Language, topic: str) -> None:
    alone = answer(counsel.library[topic], UPDATE, counsel.voices[language], counsel)
    for start, end in [*permutations(["karachi", "zahedan", "turbat", "bandar abbas"], 2), ("quetta", "")]:
        turn = (
            answered(counsel, topic, f"{start} {end}", language)
            if end
            else answered(counsel, topic, f"which gate for {start} rice loads", language)
        )
        assert_sound(turn)
        (reply,) = turn.replies
        assert reply.text.endswith(alone.text)
        assert reply.choices == alone.choices
        assert len(turn.events) == 1
