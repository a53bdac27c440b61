"""How a trader is reached: telephone numbers that an exchange could have, and e-mail addresses by their form."""

from __future__ import annotations

import re
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberMatcher, ValidationResult

from knowledge.cities import Country
from knowledge.language import Language
from knowledge.script import fold_digits

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"'،؛]+@[^\s@<>()\[\],;:\"'،؛]+")
_DIALLED = re.compile(r"[+\d][\d\s().+/-]{2,}")  # what was meant as a number
_GAP = re.compile(r"\s+")


class Fault(StrEnum):
    """What is wrong with a telephone number."""

    SHORT = "short"
    LONG = "long"
    NO_NUMBER = "no number"


def region_of(country: Country | None, language: Language) -> str:
    """The country whose numbers need no country code: of the business, else of the trader's language."""
    return country.value if country else ("IR" if language is Language.FA else "PK")


def phone_in(text: str, region: str) -> str | None:
    """The first valid telephone number of a text, as E.164; without a country code, of the region if it is one there.

    Else of the other country: a trader in Mashhad may well have his number in Karachi.
    """
    return next((number for _, _, number in _phones(text, region)), None)


def without_phones(text: str, region: str) -> str:
    """The text without its valid telephone numbers."""
    dialled = _dialled(text)
    written = text if len(text) == len(dialled) else dialled
    for start, end, _ in reversed(_phones(text, region)):
        written = f"{written[:start]} {written[end:]}"
    return written


def _phones(text: str, region: str) -> list[tuple[int, int, str]]:
    """Each valid number with its place; also one that another number follows: 0300 1234567 20 ton."""
    dialled = _dialled(text)
    for country in (region, *(each.value for each in Country if each.value != region)):
        found = [(match.start, match.end, _e164(match.number)) for match in PhoneNumberMatcher(dialled, country)]
        found = found or [run for match in _DIALLED.finditer(dialled) if (run := _head(match, country))]
        if found:
            return found
    return []


def _head(match: re.Match[str], region: str) -> tuple[int, int, str] | None:
    """The longest beginning of a run of digits that is a valid number."""
    for end in (gap.start() for gap in reversed(list(_GAP.finditer(match.group())))):
        try:
            number = phonenumbers.parse(match.group()[:end], region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return match.start(), match.start() + end, _e164(number)
    return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def phone_fault(text: str, region: str) -> Fault:
    """Why the number that was typed is none."""
    match = _DIALLED.search(_dialled(text))
    try:
        number = phonenumbers.parse(match.group() if match else "", region)
    except NumberParseException as error:
        return Fault.SHORT if error.error_type == NumberParseException.TOO_SHORT_NSN else Fault.NO_NUMBER
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return Fault.SHORT
        case ValidationResult.TOO_LONG:
            return Fault.LONG
        case _:
            return Fault.NO_NUMBER


def digits_in(text: str) -> int:
    """How many digits a text has."""
    return sum(letter.isdigit() for letter in _dialled(text))


def email_in(text: str) -> str | None:
    """The first e-mail address of a text that could be one; whether it exists is not looked up."""
    for match in _ADDRESS.finditer(text):
        try:
            return validate_email(match.group().strip(".!?-"), check_deliverability=False).normalized
        except EmailNotValidError:
            continue
    return None


def without_address(text: str) -> str:
    """The text without what looks like an e-mail address, whose digits are no telephone number."""
    return _ADDRESS.sub(" ", text)


def shown_phone(phone: str) -> str:
    """A number as its country writes it for callers from abroad: +92 300 1234567."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(phone), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return phone


def _dialled(text: str) -> str:
    return fold_digits(text)
