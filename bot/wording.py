"""Words for traders: the catalogue, plurals, digits, dates in two calendars, and right-to-left isolation."""

from __future__ import annotations

import gettext
import io
from datetime import date
from functools import cache
from pathlib import Path

import jdatetime
import regex
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from knowledge.dates import replace_dates
from knowledge.language import Language

LOCALES = Path(__file__).parent.parent / "locales"

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

#: Words in Latin letters with what belongs to them (SRO 642(I)/2023, info@tdap.gov.pk), and phone numbers: what a
#: right-to-left sentence would otherwise tear apart and reorder.
FOREIGN = regex.compile(
    r"""
    https?:// [^\s<>]+
      | [+] \p{Nd} [\p{Nd}\ ()-]* \p{Nd}                              # +98 54 3322 1100
      | (?<![\p{Nd}.,/-]) 0\p{Nd}+ (?:[\ -]\p{Nd}+)+                  # 0825 510 100
      | [@\#/]? (?: \p{Nd}[\p{Nd}.-]*(?=\p{Latin}) )? \p{Latin} [\p{Latin}\p{Nd}\p{M}'’&@.:/_+%()-]*
        (?: (?: [\ ] [(&+]? [\p{Latin}\p{Nd}] | ,[\ ] \p{Latin} ) [\p{Latin}\p{Nd}\p{M}'’&@.:/_+%()-]* )*
    """,
    regex.VERBOSE,
)
_NUMBER = regex.compile(r"[0-9]+(?:[.,][0-9]+)*%?")

_SOLAR_MONTHS = {
    Language.FA: (
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
        "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
    Language.UR: (
        "فروردین", "اردیبہشت", "خرداد", "تیر", "مرداد", "شہریور",
        "مہر", "آبان", "آذر", "دے", "بہمن", "اسفند",
    ),
    Language.EN: (
        "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
        "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
    ),
}  # fmt: skip


class Voice:
    """One language's words."""

    def __init__(self, language: Language, translations: gettext.NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def say(self, message: str, **values: object) -> str:
        """The message in this language with its values put in; `message` is the English text of the catalogue."""
        return self._translations.gettext(message).format(**values)

    def count(self, singular: str, plural: str, number: int, **values: object) -> str:
        """The form of the message that this language uses for `number`, which is put in as {number}."""
        return self._translations.ngettext(singular, plural, number).format(number=number, **values)

    def day(self, day: date) -> str:
        """The day written out; in Persian by the Solar Hijri calendar with the Gregorian date beside it."""
        gregorian: str = format_date(day, format="d MMMM y", locale=self.language.value)
        if self.language is not Language.FA:
            return gregorian
        return f"{self._solar(day)} ({gregorian})".translate(PERSIAN_DIGITS)

    def both_days(self, day: date) -> str:
        """The day written out in both calendars, in every language: traders of both countries read it."""
        if self.language is Language.FA:
            return self.day(day)
        return f"{self.day(day)} ({self._solar(day)})"

    def _solar(self, day: date) -> str:
        solar = jdatetime.date.fromgregorian(date=day)
        return f"{solar.day} {_SOLAR_MONTHS[self.language][solar.month - 1]} {solar.year}"

    def short_day(self, day: date) -> str:
        """The day for tables: 24 Nov 2026; in Persian by the Solar Hijri calendar: 1405/09/03. Digits plain."""
        if self.language is Language.FA:
            return str(jdatetime.date.fromgregorian(date=day).strftime("%Y/%m/%d"))
        written: str = format_date(day, format="d MMM y", locale=self.language.value)
        return written

    def month(self, day: date) -> str:
        """The Gregorian month of a day with its year."""
        written: str = format_skeleton("yMMMM", day, locale=self.language.value)
        return written

    def dated(self, text: str) -> str:
        """The text of an answer with its dates written out."""
        return replace_dates(text, self.day, self.month)

    def shown(self, text: str) -> str:
        """The text as it is shown: foreign fragments isolated, numbers in the language's own digits."""
        return shown(text, self.language)


def shown(text: str, language: Language) -> str:
    """Return plain text as a reader of the language sees it.

    In Urdu and Persian every Latin fragment and phone number stands between FSI and PDI, so that it keeps its own
    order; in Persian the other numbers get Persian digits and separators. Urdu keeps the digits that Pakistan uses.
    """
    if not language.right_to_left:
        return text
    parts: list[str] = []
    end = 0
    for match in FOREIGN.finditer(text):
        fragment = _trimmed(match.group())
        parts += [_numbers(text[end : match.start()], language), FIRST_STRONG_ISOLATE, fragment, POP_ISOLATE]
        end = match.start() + len(fragment)
    parts.append(_numbers(text[end:], language))
    return "".join(parts)


def _trimmed(fragment: str) -> str:
    """Leave to the sentence what belongs to it: the last stop or colon, and a bracket that was opened outside."""
    while fragment[-1] in ".:/&(-" or (fragment[-1] == ")" and fragment.count(")") > fragment.count("(")):
        fragment = fragment[:-1]
    return fragment.rstrip()


def _numbers(text: str, language: Language) -> str:
    if language is not Language.FA:
        return text
    return _NUMBER.sub(lambda number: _persian(number.group()), text)


def _persian(number: str) -> str:
    return number.translate(PERSIAN_DIGITS).replace(",", "٬").replace(".", "٫").replace("%", "٪")


def load_voices(folder: Path = LOCALES, domain: str = "bot") -> dict[Language, Voice]:
    """Read the catalogue of every language, of the bot or of the `admin` panel.

    Raises FileNotFoundError where one is missing.
    """
    return {language: Voice(language, _translations(folder / language.value, domain)) for language in Language}


@cache  # a process builds its parts more than once, and reading a catalogue takes a tenth of a second
def _translations(folder: Path, domain: str) -> gettext.GNUTranslations:
    path = folder / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as source:
        catalog = read_po(source, locale=folder.name)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
