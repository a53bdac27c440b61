"""Quantities and units in five ways of writing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.amounts import MOST, Amount, amount_in, unit_named
from bot.enquiry import Unit

KG, TONNE, PIECE, HEAD, BAG, TRUCK = Unit.KILOGRAM, Unit.TONNE, Unit.PIECE, Unit.HEAD, Unit.BAG, Unit.TRUCK


@pytest.mark.parametrize(
    ("text", "quantity", "unit"),
    [
        ("20 tons of kinnow", "20", TONNE),
        ("20 mt", "20", TONNE),
        ("20mt", "20", TONNE),
        ("20t", "20", TONNE),
        ("20 metric tons", "20", TONNE),
        ("2.5 ton", "2.5", TONNE),
        ("2,5 ton", "2.5", TONNE),
        ("2,500 kg", "2500", KG),
        ("1,00,000 pieces", "100000", PIECE),
        ("1.000.000 kg", "1000000", KG),
        ("five hundred kg", "500", KG),
        ("sell 5 containers from Karachi", "5", Unit.CONTAINER),
        ("300 metres of cloth", "300", Unit.METRE),
        ("20-25 ton", "25", TONNE),
        ("do truck", "2", TRUCK),
        ("bees ton", "20", TONNE),
        ("dhai ton", "2.5", TONNE),
        ("sadhe teen ton", "3.5", TONNE),
        ("sawa do ton", "2.25", TONNE),
        ("1 lakh bori", "100000", BAG),
        ("2.5 lakh bori", "250000", BAG),
        ("ek so bees kilo", "120", KG),
        ("das peti aam", "10", Unit.CARTON),
        ("50 ras bakre", "50", HEAD),
        ("sargodha se 20 ton", "20", TONNE),
        ("بیس ٹن", "20", TONNE),
        ("دو ٹرک", "2", TRUCK),
        ("ڈیڑھ لاکھ کلو", "150000", KG),
        ("ساڑھے تین ٹن", "3.5", TONNE),
        ("دو ہزار پانچ سو بوریاں", "2500", BAG),
        ("۲٫۵ تن", "2.5", TONNE),
        ("۲۰ تن کینو", "20", TONNE),
        ("٢٠ طن تن", None, None),
        ("هزار کیلو", "1000", KG),
        ("دو هزار و پانصد تن", "2500", TONNE),
        ("دو و نیم تن", "2.5", TONNE),
        ("سی تن", "30", TONNE),
        ("پنجاه رأس گوسفند", "50", HEAD),
        ("۳ کامیون", "3", TRUCK),
        ("se ton berenj", "3", TONNE),
        ("bist o panj ton", "25", TONNE),
        ("do kamyon kashi", "2", TRUCK),
        ("سرگودھا سے ٹن", None, None),
        ("quetta se truck", None, None),
        ("kinnow bechna he", None, None),
        ("B2B", None, None),
        ("", None, None),
    ],
)
def test_an_amount_is_read_in_every_way_of_writing(text: str, quantity: str | None, unit: Unit | None) -> None:
    amount = amount_in(text)
    assert (amount and (amount.rounded, amount.unit)) == (quantity and (Decimal(quantity), unit))


@pytest.mark.parametrize("text", ["500 man", "500 maund aloo", "۵۰۰ من", "20 quintal"])
def test_a_measure_that_differs_from_place_to_place_leaves_the_unit_open(text: str) -> None:
    amount = amount_in(text)
    assert amount
    assert amount.unit is None
    assert amount.is_sane


def test_a_bare_number_counts_where_it_was_asked_for() -> None:
    assert amount_in("20") is None
    assert amount_in("taqriban bees", bare=True) == Amount(Decimal(20), None, 9, 13)
    assert amount_in("koi nahi", bare=True) is None


@pytest.mark.parametrize(
    ("text", "sane"),
    [
        ("0 ton", False),
        ("-5 ton", False),
        ("− 5 ton", False),
        ("0.0001 ton", False),
        ("1000000000 ton", True),
        ("1000000001 ton", False),
        ("1000 crore ton", False),
        ("9" * 300 + " ton", False),
        ("0.5 ton", True),
        ("kinnow-5 ton", True),
    ],
)
def test_an_absurd_amount_is_told_from_a_sane_one(text: str, sane: bool) -> None:
    amount = amount_in(text)
    assert amount
    assert amount.is_sane is sane


@pytest.mark.parametrize(
    ("text", "unit"),
    [("ton", TONNE), ("ٹرک میں", TRUCK), ("کیلو", KG), ("peti", Unit.CARTON), ("man", None), ("", None)],
)
def test_a_unit_alone_is_read(text: str, unit: Unit | None) -> None:
    assert unit_named(text) is unit


@given(st.text(alphabet=st.characters(codec="utf-8")) | st.text("0123456789۰۱۲٫٬.,- tonکیلوehundredlakhہزار"))
def test_whatever_is_typed_an_amount_is_within_the_text_and_can_be_kept(text: str) -> None:
    amount = amount_in(text, bare=True)
    if amount:
        assert 0 <= amount.start < amount.end <= len(text)
        if amount.is_sane:
            assert 0 < amount.rounded <= MOST
            exponent = amount.rounded.as_tuple().exponent
            assert isinstance(exponent, int)
            assert exponent >= -3
