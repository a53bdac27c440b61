"""The nearest crossing, the one that a question names, its cities, and the crossing between two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.turn import Counsel
from knowledge.cities import City
from knowledge.entry import Entry
from knowledge.library import Library
from knowledge.places import (
    cities_named,
    city_alone,
    city_named,
    crossing_named,
    nearest,
    nearest_to_city,
    suggest_crossing,
)
from tests.knowledge.samples import facts

TAFTAN, GABD, MAND = "taftan-mirjaveh", "gabd-rimdan", "mand-pishin"


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    # kilometres by the spherical law of cosines, R = 6371 km, worked out apart from the code
    [
        pytest.param(29.4963, 60.8629, [(TAFTAN, 88.2), (MAND, 389.9), (GABD, 502.2)], id="Zahedan"),
        pytest.param(30.1834, 66.9987, [(TAFTAN, 543.6), (MAND, 687.4), (GABD, 770.4)], id="Quetta"),
        pytest.param(24.8608, 67.0104, [(GABD, 531.1), (MAND, 544.8), (TAFTAN, 708.8)], id="Karachi"),
        pytest.param(25.1216, 62.3254, [(GABD, 58.9), (MAND, 120.9), (TAFTAN, 435.6)], id="Gwadar"),
        pytest.param(25.2919, 60.6430, [(GABD, 114.2), (MAND, 141.6), (TAFTAN, 419.5)], id="Chabahar"),
        pytest.param(26.0023, 63.0443, [(MAND, 129.2), (GABD, 168.0), (TAFTAN, 362.1)], id="Turbat"),
        pytest.param(27.2025, 60.6848, [(MAND, 164.0), (TAFTAN, 214.8), (GABD, 261.9)], id="Iranshahr"),
        pytest.param(35.6892, 51.3890, [(TAFTAN, 1210.5), (MAND, 1454.2), (GABD, 1543.0)], id="Tehran"),
        pytest.param(31.5497, 74.3436, [(TAFTAN, 1260.7), (MAND, 1367.8), (GABD, 1428.1)], id="Lahore"),
        pytest.param(28.97736, 61.55005, [(TAFTAN, 0.0), (MAND, 322.9), (GABD, 437.3)], id="the gate itself"),
    ],
)
def test_the_nearest_crossing_comes_first_with_its_distance(
    counsel: Counsel, latitude: float, longitude: float, expected: list[tuple[str, float]]
) -> None:
    # further crossings may join the library; these three keep their places and their order
    found = [pair for pair in nearest(counsel.library, latitude, longitude) if pair[0].id in {TAFTAN, GABD, MAND}]
    assert [entry.id for entry, _ in found] == [topic for topic, _ in expected]
    assert [distance for _, distance in found] == pytest.approx([distance for _, distance in expected], abs=1)


@given(st.floats(-90, 90), st.floats(-180, 180))
@settings(max_examples=200)
def test_every_point_of_the_earth_has_a_nearest_crossing(counsel: Counsel, latitude: float, longitude: float) -> None:
    distances = [distance for _, distance in nearest(counsel.library, latitude, longitude)]
    assert len(distances) == len(counsel.library.crossings()) >= 3
    assert distances == sorted(distances)
    assert all(0 <= distance <= 20_016 for distance in distances)  # half of the equator, in kilometres


def test_a_crossing_across_the_date_line_is_near() -> None:
    entry = Entry.model_validate(facts(crossing__latitude=0.0, crossing__longitude=179.5))
    ((_, distance),) = nearest(Library({entry.id: entry}, (), ()), 0.0, -179.5)
    assert distance == pytest.approx(111.2, abs=1)  # a degree of the equator


def test_a_library_without_crossings_has_no_nearest() -> None:
    assert nearest(Library({}, (), ()), 29.0, 61.0) == []


NAMED = [
    pytest.param("taftan khula hai?", TAFTAN, id="Taftan"),
    pytest.param("TAFTAAN border", TAFTAN, id="drawn out, capitals"),
    pytest.param("taftn gate", TAFTAN, id="letter left out"),
    pytest.param("mirjavhe gate", TAFTAN, id="letters swapped"),
    pytest.param("mirjaveh terminal", TAFTAN, id="Mirjaveh"),
    pytest.param("mirjave ta key baze", TAFTAN, id="Finglish"),
    pytest.param("mirjawah kahan hai", TAFTAN, id="Roman Urdu"),
    pytest.param("mirjabeh", TAFTAN, id="a wrong consonant"),
    pytest.param("merjaveh", TAFTAN, id="another vowel"),
    pytest.param("تفتان بارڈر", TAFTAN, id="Taftan in Urdu"),
    pytest.param(
        "تافتان کہاں ہے",
        TAFTAN,
        id="Taftan as Persian spells it",
    ),
    pytest.param("مرز ميرجاوه باز است؟", TAFTAN, id="Arabic keyboard"),
    pytest.param("میرجاوہ، ایران", TAFTAN, id="Mirjaveh in Urdu"),
    pytest.param("پایانهٔ میرجاوه‌ی ایران", TAFTAN, id="non-joiner behind the name"),
    pytest.param("rimdan border", GABD, id="Rimdan"),
    pytest.param("reemdaan", GABD, id="vowels doubled"),
    pytest.param("gabd crossing", GABD, id="Gabd"),
    pytest.param("gabd-rimdan", GABD, id="both sides of one crossing"),
    pytest.param("مرز ریمدان", GABD, id="Rimdan in Persian"),
    pytest.param("دشتیاری", GABD, id="Dashtiari"),
    pytest.param("pisheen gate", MAND, id="Pishin"),
    pytest.param("peshin", MAND, id="Pishin, another vowel"),
    pytest.param("مرز پیشین کجاست", MAND, id="Pishin in Persian"),
    pytest.param("mand border", MAND, id="Mand"),
    pytest.param("ردیگ", MAND, id="Radeeg"),
    pytest.param("مند بارڈر کہاں ہے", MAND, id="Mand in Urdu, three letters"),
    pytest.param("گبد بارڈر", GABD, id="Gabd in Urdu, three letters"),
]


@pytest.mark.parametrize(("text", "topic"), NAMED)
def test_a_crossing_is_known_by_its_name_in_any_spelling(counsel: Counsel, text: str, topic: str) -> None:
    named = crossing_named(counsel.library, text)
    assert named is not None
    assert named.id == topic


OTHER_WORDS = """
angur pishnahad dafter daftar hand brand sand man main month command kaghaz gandum rang radio machine marz border
bandar abadan chaman quetta zahedan gwadar chabahar peshawar karachi
tehran demand ramzan ramadan mandi mind monday kaftan monsoon
پیشنهاد کارمند دفتر خاک انگور گندم رنگ سرحد کوئٹہ زاهدان چابهار پشاور رمضان میدان گنبد منڈی مانده مرجع پیشینه
"""


@pytest.mark.parametrize(
    "text",
    [
        *OTHER_WORDS.split(),
        pytest.param(
            "khak",
        ),
        pytest.param("", id="nothing"),
        pytest.param("🙂", id="emoji"),
        pytest.param("is the border open", id="no name"),
        pytest.param("ab cd ef", id="short words"),
    ],
)
def test_another_word_names_no_crossing(counsel: Counsel, text: str) -> None:
    assert crossing_named(counsel.library, text) is None


@pytest.mark.parametrize(
    "text", ["taftan or rimdan", "تفتان یا ریمدان", "from pishin to mirjaveh", "gabd, mand, taftan: which is best"]
)
def test_a_question_that_names_two_crossings_names_none(counsel: Counsel, text: str) -> None:
    assert crossing_named(counsel.library, text) is None


@given(st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=60))
@settings(max_examples=100)
def test_no_text_is_too_strange_to_look_for_a_name(counsel: Counsel, text: str) -> None:
    named = crossing_named(counsel.library, text)
    assert named is None or named.crossing is not None


CITIES = [
    pytest.param("rates from quetta", ["quetta"], id="English"),
    pytest.param("kwetta se zahidan tak", ["quetta", "zahedan"], id="Roman Urdu, other spellings"),
    pytest.param("کوئٹہ سے تہران", ["quetta", "tehran"], id="Urdu"),
    pytest.param("از تهران تا لاهور", ["tehran", "lahore"], id="Persian"),
    pytest.param("بندر عباس یا بندرعباس", ["bandar-abbas"], id="with a space and without, one city"),
    pytest.param("bandarabbas", ["bandar-abbas"], id="two words written as one"),
    pytest.param("اسلام\u200cآباد", ["islamabad"], id="non-joiner in the name"),
    pytest.param("dera ghazi khan to mashad", ["dera-ghazi-khan", "mashhad"], id="three words, a letter left out"),
    pytest.param("peshwar", ["peshawar"], id="a letter left out"),
    pytest.param("pashawar", ["peshawar"], id="another vowel"),
    pytest.param("zahedani karachie", ["zahedan", "karachi"], id="with a vowel behind"),
    pytest.param("GAWADAR!", ["gwadar"], id="capitals"),
    pytest.param("hub chowki se", ["hub"], id="Hub with its second word"),
    pytest.param("panjgoor", ["panjgur"], id="Panjgur"),
    pytest.param("esfahan, isfahan", ["isfahan"], id="the same twice"),
]


@pytest.mark.parametrize(("text", "expected"), CITIES)
def test_cities_are_known_in_any_spelling_in_the_order_of_the_text(
    counsel: Counsel, text: str, expected: list[str]
) -> None:
    assert [city.id for city in cities_named(counsel.library, text)] == expected
    one = city_named(counsel.library, text)
    assert (one.id if one else None) == (expected[0] if len(expected) == 1 else None)


def test_every_spelling_of_the_map_is_its_own_city(counsel: Counsel) -> None:
    for city in counsel.library.cities:
        for name in city.spellings():
            assert cities_named(counsel.library, name) == [city], name


NO_CITY = """
zadan karahi kachi karai masha akhar sahar larkiyan ایرانه مغولستان
german germany sultan caravan karavan karwan quota khush khosh kash hub love bandar abbas islam abad khan dera
border customs market machine kaghaz gomrok truck gari mandi ghandum gandum shukr sokoon persian iran pakistan
taftan mirjaveh rimdan gabd multiple tamrin tahrir terminal charter import saman sarhad kiraya chamber kahani
کوتاه کوته قوم کاش انگور مشهود سکه کارمند محبت گوادن ایران پاکستان شہر بازار تربیت مرجان کرایه لاش چاہ بندر عباسی
"""


@pytest.mark.parametrize("word", NO_CITY.split())
def test_another_word_is_no_city(counsel: Counsel, word: str) -> None:
    assert cities_named(counsel.library, word) == []


@pytest.mark.parametrize(
    ("text", "city"),
    [
        pytest.param("quetta", "quetta", id="the name"),
        pytest.param("hub", "hub", id="a common word, alone a city"),
        pytest.param("main quetta mein hun", "quetta", id="Roman Urdu"),
        pytest.param("من زاهدان هستم", "zahedan", id="Persian"),
        pytest.param("logistics hub", None, id="a common word in company"),
        pytest.param("quetta visa", None, id="something is asked"),
        pytest.param("quetta karachi", None, id="two"),
        pytest.param("i am in in in in in in in quetta", None, id="too many words"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_city_stands_alone_where_little_else_is_said(counsel: Counsel, text: str, city: str | None) -> None:
    found = city_alone(counsel.library, text)
    assert (found.id if found else None) == city


@given(st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=60))
@settings(max_examples=50)
def test_no_text_is_too_strange_to_look_for_cities(counsel: Counsel, text: str) -> None:
    named = cities_named(counsel.library, text)
    assert len({city.id for city in named}) == len(named)


def on_the_map(counsel: Counsel, *ids: str) -> list[City]:
    """The cities of these ids."""
    known = {city.id: city for city in counsel.library.cities}
    return [known[name] for name in ids]


def test_the_crossings_near_a_city_are_those_near_its_place(counsel: Counsel) -> None:
    (quetta,) = on_the_map(counsel, "quetta")
    assert nearest_to_city(counsel.library, quetta) == nearest(counsel.library, 30.18, 67.0)


@pytest.mark.parametrize(
    ("start", "end", "best", "total", "runner_up"),
    # kilometres: the sums of the table above
    [
        pytest.param("quetta", "zahedan", TAFTAN, 543.6 + 88.2, None, id="far the nearest"),
        pytest.param("zahedan", "quetta", TAFTAN, 543.6 + 88.2, None, id="and back"),
        pytest.param("lahore", "tehran", TAFTAN, 1260.7 + 1210.5, MAND, id="a second within the limit"),
        pytest.param("gwadar", "chabahar", GABD, 58.9 + 114.2, None, id="the coast"),
        pytest.param("turbat", "iranshahr", MAND, 129.2 + 164.0, None, id="Makran"),
        # Chedgi lies between them, and takes no trucks
        pytest.param(
            "panjgur", "saravan", MAND, 252.5 + 154.5, None, id="a crossing of local trade is none for trucks"
        ),
    ],
)
def test_the_crossing_of_the_least_way_is_suggested(
    counsel: Counsel, start: str, end: str, best: str, total: float, runner_up: str | None
) -> None:
    suggestion = suggest_crossing(counsel.library, *on_the_map(counsel, start, end))
    assert suggestion is not None
    assert suggestion.best.crossing.id == best
    assert suggestion.best.total == pytest.approx(total, abs=3)  # the map has two decimals
    other = suggestion.runner_up
    assert (other.crossing.id if other else None) == runner_up
    if other:
        assert suggestion.best.total <= other.total <= suggestion.best.total * 1.15


def test_two_cities_of_one_country_need_no_crossing(counsel: Counsel) -> None:
    assert suggest_crossing(counsel.library, *on_the_map(counsel, "quetta", "karachi")) is None


def test_where_no_crossing_takes_trucks_none_is_suggested(counsel: Counsel) -> None:
    entry = Entry.model_validate(facts())
    library = Library({entry.id: entry}, ())
    assert suggest_crossing(library, *on_the_map(counsel, "quetta", "zahedan")) is None
