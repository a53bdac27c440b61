"""Telephone numbers and e-mail addresses as traders type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.reaching import Fault, email_in, phone_fault, phone_in, region_of, shown_phone
from knowledge.cities import Country
from knowledge.language import Language


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("0300 1234567", "PK", "+923001234567"),
        ("03001234567", "PK", "+923001234567"),
        ("mera number 0300-1234567 hai", "PK", "+923001234567"),
        ("۰۳۰۰۱۲۳۴۵۶۷", "PK", "+923001234567"),
        ("00923001234567", "PK", "+923001234567"),
        ("+92 300 1234567", "IR", "+923001234567"),
        ("0912 345 6789", "IR", "+989123456789"),
        ("0912 345 6789", "PK", "+929123456789"),  # a number in Peshawar, too: the region goes first
        ("0300 1234567", "IR", "+923001234567"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789"),
        ("+98 912 345 6789", "PK", "+989123456789"),
        ("+971501234567", "PK", "+971501234567"),
        ("0300 1234567 20 ton", "PK", "+923001234567"),
        ("0300 123", "PK", None),
        ("03001234567890123", "PK", None),
        ("20 ton", "PK", None),
        ("", "PK", None),
    ],
)
def test_a_number_is_read_in_any_digits_and_kept_as_e164(text: str, region: str, phone: str | None) -> None:
    assert phone_in(text, region) == phone


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0300 123", Fault.SHORT),
        ("1", Fault.NO_NUMBER),
        ("03001234567890123", Fault.LONG),
        ("9" * 300, Fault.NO_NUMBER),
        ("+999 1234567", Fault.NO_NUMBER),
        ("12345678901", Fault.NO_NUMBER),
        ("ali", Fault.NO_NUMBER),
    ],
)
def test_what_is_wrong_with_a_number_is_known(text: str, fault: Fault) -> None:
    assert phone_fault(text, "PK") is fault


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ali@example.com", "ali@example.com"),
        ("my mail: Ali.Khan@Example.COM.", "Ali.Khan@example.com"),
        ("ali@example", None),
        ("ali@", None),
        ("@example.com", None),
        ("ali.example.com", None),
        ("ali @ example.com", None),
        ("a@b@c.com", None),
    ],
)
def test_an_address_is_read_by_its_form_alone(text: str, email: str | None) -> None:
    assert email_in(text) == email


@pytest.mark.parametrize(
    ("country", "language", "region"),
    [
        (Country.IRAN, Language.UR, "IR"),
        (Country.PAKISTAN, Language.FA, "PK"),
        (None, Language.FA, "IR"),
        (None, Language.UR, "PK"),
        (None, Language.EN, "PK"),
    ],
)
def test_a_number_without_its_country_belongs_to_that_of_the_trader(
    country: Country | None, language: Language, region: str
) -> None:
    assert region_of(country, language) == region


def test_a_number_is_shown_as_it_is_dialled_from_abroad() -> None:
    assert shown_phone("+923001234567") == "+92 300 1234567"
    assert shown_phone("none") == "none"


@given(st.text() | st.text("+0123456789۰۱۲() -@.a"))
def test_whatever_is_typed_is_a_number_or_has_a_fault(text: str) -> None:
    phone = phone_in(text, "PK")
    assert phone is None or (phone.startswith("+") and phone[1:].isdigit())
    assert phone_fault(text, "IR") in Fault
    assert "@" in (email_in(text) or "@")
