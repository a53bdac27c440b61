"""Words for traders: isolates, digits, dates in two calendars, plural forms."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, Voice, load_voices, shown
from knowledge.language import Language

VOICES = load_voices()

RIGHT_TO_LEFT = [pytest.param(language, id=language.value) for language in Language if language.right_to_left]

#: In the rows below [ and ] stand for the isolates, which no eye sees.
BRACKETS = str.maketrans({FIRST_STRONG_ISOLATE: "[", POP_ISOLATE: "]"})

NO_ISOLATES = str.maketrans("", "", FIRST_STRONG_ISOLATE + POP_ISOLATE)
ASCII_NUMBERS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٬٫٪", "0123456789,.%")


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("قاعدہ SRO 642(I)/2023 دیکھیں", "قاعدہ [SRO 642(I)/2023] دیکھیں", id="number of an order"),
        pytest.param("ای میل info@tdap.gov.pk", "ای میل [info@tdap.gov.pk]", id="mail address"),
        pytest.param(
            "سایت https://www.psw.gov.pk/a-b/17_x", "سایت [https://www.psw.gov.pk/a-b/17_x]", id="web address"
        ),
        pytest.param("فرم B2B و TIR/CMR", "فرم [B2B] و [TIR/CMR]", id="letters with digits and slash"),
        pytest.param("شرکت AT&T's R&D است", "شرکت [AT&T's R&D] است", id="ampersand and apostrophe"),
        pytest.param("کتاب café crème", "کتاب [café crème]", id="accents"),
        pytest.param("کتاب cafe\u0301 است", "کتاب [cafe\u0301] است", id="combining accents"),
        pytest.param("تلفن +98 54 3322 1100 است", "تلفن [+98 54 3322 1100] است", id="phone number with plus"),
        pytest.param("تلفن +92 (51) 920-1234 است", "تلفن [+92 (51) 920-1234] است", id="phone number with brackets"),
        pytest.param("تلفن +9251111772772، است", "تلفن [+9251111772772]، است", id="phone number in one"),
        pytest.param("تلفن 0825 510 100 است", "تلفن [0825 510 100] است", id="phone number with zero"),
        pytest.param("تلفن 021-99206501", "تلفن [021-99206501]", id="phone number with hyphen"),
        pytest.param("کامیون 3.5-ton truck است", "کامیون [3.5-ton truck] است", id="digits glued before letters"),
        pytest.param("کانال @saudagar_bot #taftan", "کانال [@saudagar_bot] [#taftan]", id="handle and tag"),
        pytest.param("TIR اور NLC", "[TIR] اور [NLC]", id="at both ends"),
        pytest.param("📍 Tehran, Chamber of Commerce", "📍 [Tehran, Chamber of Commerce]", id="comma inside a name"),
        pytest.param("TIR, اور", "[TIR], اور", id="comma of the sentence"),
    ],
)
def test_a_fragment_that_runs_the_other_way_is_isolated(language: Language, text: str, seen: str) -> None:
    assert shown(text, language).translate(BRACKETS) == seen


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_a_web_address_keeps_its_query(language: Language) -> None:
    assert "https://www.psw.gov.pk/a?b=1" in shown("سایت https://www.psw.gov.pk/a?b=1", language)


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("ادارہ FBR.", "ادارہ [FBR].", id="full stop"),
        pytest.param("ادارہ FBR: یہ", "ادارہ [FBR]: یہ", id="colon"),
        pytest.param("ادارہ FBR، یہ", "ادارہ [FBR]، یہ", id="Arabic comma"),
        pytest.param("تیر (TIR) است", "تیر ([TIR]) است", id="bracket opened by the sentence"),
        pytest.param("(دیکھیں SRO 642(I))", "(دیکھیں [SRO 642(I)])", id="only the outer bracket"),
        pytest.param("یہ SRO 642(I) ہے", "یہ [SRO 642(I)] ہے", id="own bracket stays inside"),
        pytest.param("U.S. است", "[U.S]. است", id="stop of an abbreviation"),
        pytest.param("FBR - یہ", "[FBR] - یہ", id="dash"),
        pytest.param("FBR\nTIR", "[FBR]\n[TIR]", id="line break"),
        pytest.param("سلام، دنیا", "سلام، دنیا", id="nothing foreign"),
        pytest.param("", "", id="nothing at all"),
    ],
)
def test_what_belongs_to_the_sentence_stays_outside(language: Language, text: str, seen: str) -> None:
    assert shown(text, language).translate(BRACKETS) == seen


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_a_command_keeps_its_slash_so_that_it_can_be_tapped(language: Language) -> None:
    assert "/forget" in shown("/forget – اپنا ریکارڈ", language)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("0123456789 تا", "۰۱۲۳۴۵۶۷۸۹ تا", id="every digit"),
        pytest.param("1,234,567 ریال", "۱٬۲۳۴٬۵۶۷ ریال", id="thousands"),
        pytest.param("12.5 تن", "۱۲٫۵ تن", id="decimals"),
        pytest.param("12.5% کمتر", "۱۲٫۵٪ کمتر", id="per cent"),
        pytest.param("سال 2025.", "سال ۲۰۲۵.", id="full stop behind a number"),
        pytest.param("2, 3", "۲, ۳", id="comma between two numbers"),
        pytest.param("1404/09/03", "۱۴۰۴/۰۹/۰۳", id="date"),
        pytest.param("12 km و 5 تن", "۱۲ [km] و ۵ تن", id="number before a unit"),
        pytest.param("تلفن 0825 510 100", "تلفن [0825 510 100]", id="phone numbers are dialled as they stand"),
        pytest.param("SRO 642 و 642", "[SRO 642] و ۶۴۲", id="number inside a foreign name"),
        pytest.param("۱۲ تن", "۱۲ تن", id="Persian already"),
    ],
)
def test_persian_has_its_own_digits_and_separators(text: str, seen: str) -> None:
    assert shown(text, Language.FA).translate(BRACKETS) == seen


@pytest.mark.parametrize("text", ["1,234.5 روپے", "12.5% کم", "تاریخ 3/12", "میل 72"])
def test_urdu_keeps_the_digits_that_pakistan_uses(text: str) -> None:
    assert shown(text, Language.UR) == text


@pytest.mark.parametrize("text", ["SRO 642(I)/2023, 12.5%", "گمرک at Taftan: +98 54 3322 1100"])
def test_english_is_shown_as_it_is_written(text: str) -> None:
    assert shown(text, Language.EN) == text


@given(
    text=st.text(
        st.sampled_from("abیک٫۰۹ہ۔،,.:;/-–_+@#%&'’()[]!? \n\t0123456789éß\u0301\u064b\u200c😀\u200fΩД中")
        | st.characters(exclude_characters=FIRST_STRONG_ISOLATE + POP_ISOLATE, exclude_categories=["Cs"]),
        max_size=60,
    ),
    language=st.sampled_from(Language),
)
def test_showing_loses_nothing_and_isolates_are_balanced_and_never_nested(text: str, language: Language) -> None:
    seen = shown(text, language)
    assert seen.translate(NO_ISOLATES).translate(ASCII_NUMBERS) == text.translate(ASCII_NUMBERS)
    isolates = "".join(letter for letter in seen if letter in FIRST_STRONG_ISOLATE + POP_ISOLATE)
    assert isolates == (FIRST_STRONG_ISOLATE + POP_ISOLATE) * (len(isolates) // 2)
    assert FIRST_STRONG_ISOLATE + POP_ISOLATE not in seen  # nothing is isolated from nothing


@pytest.mark.parametrize(
    ("day", "solar"),
    [
        pytest.param(date(2025, 3, 21), "۱ فروردین ۱۴۰۴", id="Nowruz"),
        pytest.param(date(2025, 3, 20), "۳۰ اسفند ۱۴۰۳", id="last day of a leap year"),
        pytest.param(date(2024, 3, 19), "۲۹ اسفند ۱۴۰۲", id="last day of a common year"),
        pytest.param(date(2024, 3, 20), "۱ فروردین ۱۴۰۳", id="Nowruz of a Gregorian leap year"),
        pytest.param(date(2026, 11, 24), "۳ آذر ۱۴۰۵", id="the day of the first entries"),
        pytest.param(date(1979, 2, 11), "۲۲ بهمن ۱۳۵۷", id="22 Bahman"),
        pytest.param(date(2025, 4, 21), "۱ اردیبهشت ۱۴۰۴", id="Ordibehesht"),
        pytest.param(date(2025, 5, 22), "۱ خرداد ۱۴۰۴", id="Khordad"),
        pytest.param(date(2025, 6, 22), "۱ تیر ۱۴۰۴", id="Tir"),
        pytest.param(date(2025, 7, 23), "۱ مرداد ۱۴۰۴", id="Mordad"),
        pytest.param(date(2025, 8, 23), "۱ شهریور ۱۴۰۴", id="Shahrivar"),
        pytest.param(date(2025, 9, 23), "۱ مهر ۱۴۰۴", id="Mehr"),
        pytest.param(date(2025, 10, 23), "۱ آبان ۱۴۰۴", id="Aban"),
        pytest.param(date(2025, 11, 22), "۱ آذر ۱۴۰۴", id="Azar"),
        pytest.param(date(2025, 12, 22), "۱ دی ۱۴۰۴", id="Dey"),
        pytest.param(date(2026, 1, 21), "۱ بهمن ۱۴۰۴", id="Bahman"),
        pytest.param(date(2026, 2, 20), "۱ اسفند ۱۴۰۴", id="Esfand"),
    ],
)
def test_persian_writes_a_day_in_the_calendar_of_iran(day: date, solar: str) -> None:
    assert VOICES[Language.FA].day(day).partition(" (")[0] == solar


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        pytest.param(Language.EN, "21 March 2025", "March 2025", id="English"),
        pytest.param(Language.UR, "21 مارچ 2025", "مارچ 2025", id="Urdu"),
        pytest.param(Language.FA, "۱ فروردین ۱۴۰۴ (۲۱ مارس ۲۰۲۵)", "مارس ۲۰۲۵", id="Persian"),
    ],
)
def test_each_language_writes_a_day_and_a_month(language: Language, day: str, month: str) -> None:
    voice = VOICES[language]
    assert voice.shown(voice.day(date(2025, 3, 21))) == day
    assert voice.shown(voice.month(date(2025, 3, 21))) == month


def test_every_day_of_a_leap_cycle_has_a_date_of_its_own_in_persian() -> None:
    days = [date(2020, 1, 1) + timedelta(number) for number in range(5 * 366)]
    assert len({VOICES[Language.FA].day(day).partition(" (")[0] for day in days}) == len(days)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        pytest.param(Language.EN, "since 24 November 2026, news of March 2025; {name} {2025} 2025-03-21", id="English"),
        pytest.param(Language.UR, "since 24 نومبر 2026, news of مارچ 2025; {name} {2025} 2025-03-21", id="Urdu"),
        pytest.param(
            Language.FA,
            "since ۳ آذر ۱۴۰۵ (۲۴ نوامبر ۲۰۲۶), news of مارس 2025; {name} {2025} 2025-03-21",
            id="Persian",
        ),
    ],
)
def test_only_dates_in_braces_are_written_out(language: Language, written: str) -> None:
    text = "since {2026-11-24}, news of {2025-03}; {name} {2025} 2025-03-21"
    assert VOICES[language].dated(text) == written


CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {forms}\\n"

msgid "one more"
msgid_plural "{{number}} more"
{messages}

msgid "to {{place}}"
msgstr "<{{place}}>"
"""


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Voice]:
    """Voices whose plural forms differ, which those of the product's only plural do not."""
    folder = tmp_path_factory.mktemp("locales")
    for language, forms, messages in [
        ("en", "nplurals=2; plural=(n != 1);", 'msgstr[0] "single"\nmsgstr[1] "several: {number}"'),
        ("ur", "nplurals=2; plural=(n != 1);", 'msgstr[0] "ایک {number}"\nmsgstr[1] "کئی {number}"'),
        ("fa", "nplurals=1; plural=0;", 'msgstr[0] "تا {number}"'),
    ]:
        path = folder / language / "LC_MESSAGES" / "bot.po"
        path.parent.mkdir(parents=True)
        path.write_text(CATALOGUE.format(forms=forms, messages=messages), encoding="utf-8")
    return load_voices(folder)


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        pytest.param(Language.EN, 1, "single", id="English, one"),
        pytest.param(Language.EN, 0, "several: 0", id="English, none"),
        pytest.param(Language.EN, 2, "several: 2", id="English, two"),
        pytest.param(Language.UR, 1, "ایک 1", id="Urdu, one"),
        pytest.param(Language.UR, 11, "کئی 11", id="Urdu, eleven"),
        pytest.param(Language.FA, 1, "تا 1", id="Persian, one"),
        pytest.param(Language.FA, 2, "تا 2", id="Persian has one form"),
    ],
)
def test_the_catalogue_decides_the_form_of_a_number(
    voices: dict[Language, Voice], language: Language, number: int, words: str
) -> None:
    assert voices[language].count("one more", "{number} more", number) == words


def test_values_are_put_into_the_translation(voices: dict[Language, Voice]) -> None:
    assert voices[Language.UR].say("to {place}", place="{x}") == "<{x}>"  # braces of a value are no placeholder


def test_a_message_that_no_catalogue_has_is_said_in_english(voices: dict[Language, Voice]) -> None:
    assert voices[Language.FA].say("Never heard of") == "Never heard of"


def test_a_missing_catalogue_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"bot\.po"):
        load_voices(tmp_path)
