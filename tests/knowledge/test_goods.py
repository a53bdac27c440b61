"""Goods and services: which a text names in any way of writing, their chapters, and how near two of them are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from bot.conversation.turn import Counsel
from knowledge.goods import GOODS, Good, Goods, Sector, Wanted, closeness
from knowledge.language import Language
from knowledge.library import load_library
from knowledge.script import fold
from knowledge.spellings import Spellings, spelling, words_of
from tests.knowledge.test_check import FILES, Change, change, told

GOODS_FILE, CHAPTERS_FILE = "goods.yaml", "hs_chapters.yaml"

TWO_GOODS = """\
- id: kinnow
  names: {en: Kinnow, ur: کینو, fa: نارنگی}
  also: [kinno]
  sector: agriculture
  chapters: ["08"]
- id: trucking
  names: {en: Trucking, ur: ٹرکنگ, fa: باربری}
  unlike: [tracking]
  sector: logistics
  service: true
"""

ONE_CHAPTER = """\
- number: "08"
  names: {en: Fruit, ur: پھل, fa: میوه}
"""


@pytest.fixture
def goods(counsel: Counsel) -> Goods:
    """The goods of the library."""
    return counsel.library.goods


NAMED = [
    # English
    pytest.param("I want to sell 20 tons of kinnow from Sargodha", ["kinnow"], id="kinnow"),
    pytest.param("super basmati rice", ["rice-basmati"], id="the longer name"),
    pytest.param("basmati and rice", ["rice-basmati", "rice"], id="the longer and the shorter name"),
    pytest.param("rice bran oil", ["cooking-oil"], id="oil of rice bran"),
    pytest.param("rice bran", ["bran"], id="rice bran"),
    pytest.param("broken rice for feed", ["rice-broken"], id="broken rice"),
    pytest.param("potato chips", ["snacks"], id="chips of potatoes"),
    pytest.param("mango juice in cartons", ["juice"], id="juice of mangoes"),
    pytest.param("guava juice", ["juice"], id="juice of a fruit in no list"),
    pytest.param("mango pulp", ["mango-pulp"], id="pulp"),
    pytest.param("cotton yarn 30s", ["cotton-yarn"], id="yarn of cotton"),
    pytest.param("silk carpets", ["carpet"], id="carpets of silk"),
    pytest.param("rice, sugar and tea patti", ["rice", "sugar"], id="three of which one is too common"),
    pytest.param("wheat flour/rice", ["wheat-flour", "rice"], id="parted by a stroke"),
    pytest.param("pistacho", ["pistachio"], id="a letter left out"),
    pytest.param("pistahcio nuts", ["pistachio"], id="letters swapped"),
    pytest.param("surgicl instrumnts", ["surgical"], id="two words misspelt"),
    pytest.param("refrigarators", ["home-appliance"], id="a wrong vowel"),
    pytest.param("SAFFFRON", ["saffron"], id="drawn out, capitals"),
    pytest.param("LPG", ["lpg"], id="LPG"),
    pytest.param("l.p.g. bowser", ["lpg"], id="with points"),
    pytest.param("water mellon", ["watermelon"], id="two words for one"),
    pytest.param("card board", ["paper"], id="parted"),
    pytest.param("20 tons of dates", ["dates"], id="a common word behind a quantity"),
    pytest.param("dates", ["dates"], id="a common word alone"),
    pytest.param("web site and mobile app development", ["mobile-app"], id="an app and a common word"),
    pytest.param("need reefer containers for potatoes", ["cold-chain"], id="a service for a good with a word between"),
    pytest.param("customs clearing agent at taftan", ["customs-clearing"], id="clearing agent"),
    pytest.param("potato trucking", ["trucking"], id="a service for a good"),
    pytest.param("goat milk", ["milk"], id="milk of goats"),
    pytest.param("tomato ketchup", ["sauces"], id="ketchup of tomatoes"),
    pytest.param("apricot jam", ["jam"], id="a common word behind what it is made of"),
    pytest.param("rice papers", ["rice"], id="papers for rice are no paper"),
    # Urdu
    pytest.param("سنگ مرمر", ["marble"], id="ur marble"),
    pytest.param("بیس ٹن کینو سرگودھا سے", ["kinnow"], id="ur kinnow"),
    pytest.param("۲۰ ٹن آم بیچنے ہیں ملتان سے", ["mango"], id="ur a common word behind a quantity"),
    pytest.param("آم", ["mango"], id="ur a common word alone"),
    pytest.param("باسمتی چاول اور چینی", ["rice-basmati"], id="ur basmati and a common word"),
    pytest.param("ٹماٹروں کی قیمت", ["tomato"], id="ur oblique plural"),
    pytest.param("بکروں کا ٹرک", ["goat"], id="ur goats"),
    pytest.param("بکرے کا گوشت", ["mutton"], id="ur goat meat is not goats"),
    pytest.param("ایل پی جی", ["lpg"], id="ur LPG"),
    pytest.param("آم کا جوس", ["juice"], id="ur juice"),
    pytest.param("زافران", ["saffron"], id="ur as it sounds"),
    pytest.param("سرجیکل سامان سیالکوٹ", ["surgical"], id="ur surgical"),
    pytest.param("کھیلوں کا سامان", ["sports"], id="ur sports goods"),
    pytest.param("کولڈ اسٹوریج کی سہولت", ["cold-storage"], id="ur cold storage"),
    pytest.param("کلیئرنگ ایجنٹ چاہیے", ["customs-clearing"], id="ur clearing agent"),
    # Roman Urdu
    pytest.param("bakra", ["goat"], id="ur-Latn goat"),
    pytest.param("20 ton kinu bechna he", ["kinnow"], id="ur-Latn kinnow"),
    pytest.param("chawal chahiye irani party ko", ["rice"], id="ur-Latn rice"),
    pytest.param("khusk mewa", ["dried-fruit"], id="ur-Latn a letter left out"),
    pytest.param("lal mirch aur haldi", ["chilli", "turmeric"], id="ur-Latn spices"),
    pytest.param("50 ton aam multan se", ["mango"], id="ur-Latn a common word behind a quantity"),
    pytest.param("saria or cement", ["rebar", "cement"], id="ur-Latn rebar"),
    pytest.param("trucking quetta se mashhad", ["trucking"], id="ur-Latn trucking"),
    pytest.param("gaye ka gosht", ["beef"], id="ur-Latn beef"),
    pytest.param("pyaz ka beej", ["sowing-seed"], id="ur-Latn seed of onions"),
    pytest.param("kinnow ka truck phansa he", ["kinnow"], id="ur-Latn a truck that is not wanted"),
    pytest.param("machliyan", ["fish"], id="ur-Latn plural"),
    pytest.param("website banwani he", ["web-app"], id="ur-Latn website"),
    # Persian
    pytest.param("۲۰ تن کینو از سرگودها", ["kinnow"], id="fa kinnow"),
    pytest.param("برنج باسماتی پاکستانی", ["rice-basmati"], id="fa basmati"),
    pytest.param("پسته‌های رفسنجان", ["pistachio"], id="fa plural"),
    pytest.param("خرمای مضافتی بم", ["dates"], id="fa dates with ezafe"),
    pytest.param("آب انبه", ["juice"], id="fa juice of mangoes"),
    pytest.param("سیب زمینی", ["potato"], id="fa potatoes are no apples"),
    pytest.param("سیب", ["apple"], id="fa apples"),
    pytest.param("قیر ۶۰/۷۰ صادراتی", ["bitumen"], id="fa bitumen"),
    pytest.param("گاز مایع و کلینکر", ["lpg", "clinker"], id="fa LPG"),
    pytest.param("نرم‌افزار حسابداری", ["software"], id="fa accounting software"),
    pytest.param("نخ پنبه", ["cotton-yarn"], id="fa cotton yarn"),
    pytest.param("حمل یخچالی میوه", ["cold-chain"], id="fa refrigerated transport of fruit"),
    pytest.param("سردخونه", ["cold-storage"], id="fa as it is spoken"),
    # Finglish
    pytest.param("berenj basmati", ["rice-basmati"], id="fa-Latn basmati"),
    pytest.param("berenje pakestani", ["rice"], id="fa-Latn rice with ezafe"),
    pytest.param("nakh panba", ["cotton-yarn"], id="fa-Latn cotton yarn"),
    pytest.param("zafaran va pesteh", ["saffron", "pistachio"], id="fa-Latn saffron"),
    pytest.param("sibzamini", ["potato"], id="fa-Latn potatoes"),
    pytest.param("khormaye mazafati", ["dates"], id="fa-Latn dates"),
    pytest.param("sange marmar", ["marble"], id="fa-Latn marble"),
    pytest.param("lavazem khanegi", ["home-appliance"], id="fa-Latn appliances"),
    pytest.param("gusfand zende", ["sheep"], id="fa-Latn sheep"),
    pytest.param("gaz maye 3 tanker", ["lpg"], id="fa-Latn LPG"),
    # of everything something
    pytest.param("sell رایس rice چاول برنج", ["rice"], id="one good in four ways is one"),
]

UNNAMED = [
    "",
    "🙏",
    "open",
    "border",
    "is the border open today",
    "truck driver",
    "paisa kitna lagega",
    "hello",
    "what papers do I need",
    "packing list and invoice",
    "transport documents",
    "till what dates is the gate closed",
    "traffic jam at taftan",
    "please apply for me",
    "tracking number",
    "i am waiting for parking",
    "quetta karachi lahore mashhad tehran zahedan chabahar",
    "better later",
    "and a me at",
    "contract or agreement",
    "گاڑیاں رکی ہوئی ہیں",
    "کس کے لیے کیلئے",
    "گیٹ کھل گیا",
    "جو لوگ آتے ہیں",
    "کیا مسئلہ ہے",
    "مرز باز است",
    "چه مدارکی لازم است",
    "بسته شده‌ام",
    "اون طرف مرز",
    "کی پول میده",
    "rah baze",
    "masla kya he",
    "aam log",
    "khabar chie",
    "mikhan beran",
    "chikar konam",
    "gomrok ta'til ast",
    "به کدوم مرز می‌رسی",
    "ماہی گیر ہیں",
]


@pytest.mark.parametrize(("text", "expected"), NAMED)
def test_goods_are_named_in_every_way_of_writing(goods: Goods, text: str, expected: list[str]) -> None:
    assert [good.id for good in goods.named(text)] == expected


@pytest.mark.parametrize("text", UNNAMED)
def test_common_words_name_nothing(goods: Goods, text: str) -> None:
    assert goods.named(text) == []
    assert goods.suggest_chapters(text) == []


def test_every_good_is_found_by_each_of_its_spellings_alone(goods: Goods) -> None:
    others = {
        (good.id, name): [found.id for found in goods.named(name)]
        for good in goods
        for name in (*good.spellings(), *good.alone)
        if [found.id for found in goods.named(name)] != [good.id]
    }
    assert others == {}


def test_every_good_has_a_name_in_each_language(goods: Goods) -> None:
    for good in goods:
        assert good.names.en.isascii(), good.id
        for language in (Language.UR, Language.FA):
            assert not fold(good.names[language]).isascii(), (good.id, language)


def test_there_are_goods_and_services_of_every_sector(goods: Goods) -> None:
    assert sum(not good.service for good in goods) >= 170
    assert sum(good.service for good in goods) >= 25
    assert {good.sector for good in goods} == set(Sector)


def test_all_chapters_are_there_but_the_reserved_one(goods: Goods) -> None:
    assert [chapter.number for chapter in goods.chapters] == [f"{n:02}" for n in range(1, 98) if n != 77]
    used = {number for good in goods for number in good.chapters}
    assert used <= {chapter.number for chapter in goods.chapters}


def test_no_city_names_a_good(counsel: Counsel) -> None:
    named = {
        name: [good.id for good in counsel.library.goods.named(name)]
        for city in counsel.library.cities
        for name in (city.names.en, city.names.ur, city.names.fa)
    }
    assert {name: found for name, found in named.items() if found} == {}


def test_what_asks_for_no_good_names_hardly_any(counsel: Counsel) -> None:
    """Greetings, thanks and the like name goods by mistake alone."""
    asides = {"@greeting", "@thanks", "@farewell", "@acknowledgement", "@identity", "@insult"}
    texts = [phrasing.text for phrasing in counsel.library.phrasings if phrasing.topic in asides]
    named = [text for text in texts if counsel.library.goods.named(text)]
    assert len(texts) > 300
    assert len(named) <= len(texts) * 0.01, named


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("kinnow", ["08"], id="of the good"),
        pytest.param("سنگ مرمر", ["25", "68"], id="most usual first"),
        pytest.param("rice and kinnow", ["10", "08"], id="of both"),
        pytest.param("umbrellas", ["66"], id="of a chapter's name"),
        pytest.param("چھتریاں", ["66"], id="of its Urdu name"),
        pytest.param("عتیقه", ["97"], id="of its Persian name"),
        pytest.param("nickel", ["75"], id="a metal"),
        pytest.param("explosivs", ["36"], id="misspelt"),
        pytest.param("trucking", [], id="a service has none"),
        pytest.param("qwertz", [], id="nothing"),
        pytest.param("other articles", [], id="words of many chapters"),
    ],
)
def test_chapters_are_suggested_or_none(goods: Goods, text: str, numbers: list[str]) -> None:
    assert [chapter.number for chapter in goods.suggest_chapters(text)] == numbers


def test_no_more_chapters_are_suggested_than_asked_for(goods: Goods) -> None:
    assert [chapter.number for chapter in goods.suggest_chapters("rice, kinnow, fabric, steel", limit=2)] == [
        "10",
        "08",
    ]


def test_a_good_and_a_chapter_are_found_by_what_names_them(goods: Goods) -> None:
    assert goods["kinnow"].sector is Sector.AGRICULTURE
    assert goods.get("unobtainium") is None
    with pytest.raises(KeyError):
        goods["unobtainium"]
    chapter = goods.chapter("08")
    assert chapter is not None
    assert "fruit" in chapter.names.en.lower()
    assert goods.chapter("77") is None


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_text_names_goods_once_or_none(text: str) -> None:
    named = [good.id for good in SMALL.named(text)]
    assert len(named) == len(set(named))
    assert len(SMALL.suggest_chapters(text)) <= 4


SMALL = Goods(
    GOODS.validate_python(
        [
            {
                "id": "kinnow",
                "names": {"en": "Kinnow", "ur": "کینو", "fa": "نارنگی"},
                "sector": "agriculture",
                "chapters": ["08"],
            }
        ]
    )
)


def test_goods_kept_as_json_find_the_same(goods: Goods, tmp_path: Path) -> None:
    load_library(date(2026, 11, 24), cache=tmp_path)
    again = load_library(date(2026, 11, 24), cache=tmp_path)  # from what was kept
    assert again.goods == goods
    assert [good.id for good in again.goods.named("sange marmar va berenge basmati")] == ["marble", "rice-basmati"]


def test_a_good_without_a_chapter_is_a_service_or_a_fault() -> None:
    row = {"id": "a", "names": {"en": "A", "ur": "ا", "fa": "ا"}, "sector": "other"}
    adapter = TypeAdapter(Good)
    assert adapter.validate_python(row | {"service": True}).service
    with pytest.raises(ValidationError, match="a service has none"):
        adapter.validate_python(row)
    with pytest.raises(ValidationError, match="a service has none"):
        adapter.validate_python(row | {"service": True, "chapters": ["08"]})


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small library with two goods and a chapter."""
    for name, text in (FILES | {GOODS_FILE: TWO_GOODS, CHAPTERS_FILE: ONE_CHAPTER}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(GOODS_FILE, None, None), (CHAPTERS_FILE, None, None)], [], id="a library without goods"),
        pytest.param(
            [(GOODS_FILE, '["08"]', '["99"]')], [f"{GOODS_FILE}:1: kinnow: there is no chapter 99"], id="no chapter"
        ),
        pytest.param(
            [(GOODS_FILE, "sector: agriculture", "sector: magic")],
            [
                f"{GOODS_FILE}:4: 0.sector: Input should be 'agriculture', 'livestock', 'energy', 'logistics', 'it', "
                "'textiles', 'minerals', 'food' or 'other'"
            ],
            id="no sector",
        ),
        pytest.param(
            [(GOODS_FILE, "  service: true\n", "")],
            [
                f"{GOODS_FILE}:6: 1: Value error, a good has its chapters of the Harmonized System, a service has none",
            ],
            id="neither good nor service",
        ),
        pytest.param(
            [(GOODS_FILE, "id: trucking", "id: kinnow")],
            [f"{GOODS_FILE}:6: the id kinnow stands here already"],
            id="an id twice",
        ),
        pytest.param(
            [(GOODS_FILE, "fa: باربری", "fa: کینو")],
            [f"{GOODS_FILE}:6: trucking: “کینو” is kinnow already"],
            id="the spelling of another",
        ),
        pytest.param(
            [(GOODS_FILE, "unlike: [tracking]", "unlike: [kinno]")],
            [f"{GOODS_FILE}:6: trucking: “kinno” is unlike it, but kinnow"],
            id="the spelling of another that names none",
        ),
        pytest.param(
            [(CHAPTERS_FILE, ONE_CHAPTER, ONE_CHAPTER + ONE_CHAPTER)],
            [f"{CHAPTERS_FILE}:3: the chapter 08 stands here already"],
            id="a chapter twice",
        ),
        pytest.param(
            [(CHAPTERS_FILE, ONE_CHAPTER, ONE_CHAPTER + ONE_CHAPTER.replace("08", "77"))],
            [f"{CHAPTERS_FILE}:3: the Harmonized System has no chapter 77"],
            id="the reserved chapter",
        ),
        pytest.param([(CHAPTERS_FILE, '"08"', '"8"')], None, id="one digit"),
        pytest.param([(GOODS_FILE, "- id", "- [id")], None, id="not YAML"),
    ],
)
def test_a_fault_of_the_goods_is_told_with_its_file_and_line(
    library: Path, changes: Iterable[Change], faults: list[str] | None
) -> None:
    change(library, changes)
    found = told(library)
    assert found == faults if faults is not None else found


# How near two wanted goods are.

KINNOW = Wanted("20 ton kinnow", "kinnow", "08", Sector.AGRICULTURE)
WANTED = st.builds(
    Wanted,
    text=st.sampled_from(
        ["kinnow", "20 tons of kinnow", "fresh mango", "dried mango", "سنگ مرمر", "sang marmar", "", "7"]
    )
    | st.text(max_size=30),
    good=st.sampled_from([None, "kinnow", "mango", "marble"]),
    chapter=st.sampled_from([None, "08", "25"]),
    sector=st.sampled_from(Sector),
)


@given(WANTED, WANTED)
def test_closeness_is_symmetric_and_between_none_and_one(a: Wanted, b: Wanted) -> None:
    assert 0 <= closeness(a, b) <= 1
    assert closeness(a, b) == closeness(b, a)


@given(WANTED)
def test_nothing_is_nearer_than_the_same(a: Wanted) -> None:
    b = Wanted("something else", "saffron", "09", Sector.AGRICULTURE)
    assert closeness(a, a) >= closeness(a, b)
    if a.good:
        assert closeness(a, a) == 1


def test_the_nearer_of_two_is_the_likelier_match() -> None:
    order = [
        closeness(KINNOW, Wanted("کینو", "kinnow", "08", Sector.AGRICULTURE)),
        closeness(KINNOW, Wanted("mandarins kinnow", None, "08", Sector.AGRICULTURE)),
        closeness(KINNOW, Wanted("mango", "mango", "08", Sector.AGRICULTURE)),
        closeness(KINNOW, Wanted("rice", "rice", "10", Sector.AGRICULTURE)),
        closeness(KINNOW, Wanted("marble", "marble", "25", Sector.MINERALS)),
    ]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == len(order)
    assert order[0] == 1
    assert order[2] >= 0.5 > order[3] > 0
    assert order[-1] == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("glass beads", "beads of glass 20 kg", id="other order"),
        pytest.param("رس ملائی", "ras malai", id="other letters"),
    ],
)
def test_the_same_words_of_no_known_good_are_near(one: str, other: str) -> None:
    a, b = (Wanted(text, None, None, Sector.OTHER) for text in (one, other))
    assert closeness(a, b) >= 0.7


def test_two_of_the_sector_of_all_others_share_nothing() -> None:
    a, b = (Wanted(text, None, None, Sector.OTHER) for text in ("toys", "soap"))
    assert closeness(a, b) == 0


# The finding of names.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("surgical instruments", [(0, 2)], id="as it is"),
        pytest.param("surgicalinstruments", [(0, 1)], id="joined"),
        pytest.param("the surgikal instruments of", [(1, 3)], id="misspelt"),
        pytest.param("surgical, instruments", [], id="parted by punctuation"),
        pytest.param("surgical or instruments", [], id="parted by a word"),
        pytest.param("surgical instruments; surgical instruments", [(0, 2), (3, 5)], id="twice"),
        pytest.param("surgical", [], id="half of it"),
        pytest.param(",,,", [], id="punctuation alone"),
    ],
)
def test_a_name_is_found_where_it_stands(text: str, found: list[tuple[int, int]]) -> None:
    names = Spellings([(spelling("Surgical instruments"), "surgical")])
    assert [(name.start, name.end) for name in names.find(words_of(text))] == found
