"""How well two leads fit, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.matching import (
    SHOWN,
    THRESHOLD,
    Quantities,
    Reason,
    SameChapter,
    SameDestination,
    SameGood,
    SameOrigin,
    SimilarWords,
    Wish,
    best,
    fit,
)
from bot.enquiry import Enquiry, Town, Unit, Want
from knowledge.cities import Country
from knowledge.goods import Sector
from tests.admin.enquiries import BUYER, SELLER, buyer, seller
from tests.conftest import NOW

NO_GOOD = {"good": None, "chapter": None, "quantity": None}
SARGODHA, MASHHAD, LAHORE = Town("سرگودھا", "sargodha"), Town("Mashhad", "mashhad"), Town("Lahore", "lahore")


def found(one: Enquiry, other: Enquiry) -> tuple[Reason, ...]:
    """The reasons, both being of today."""
    return fit(Wish(one, NOW), Wish(other, NOW), NOW).reasons


def score(one: Enquiry, other: Enquiry) -> float:
    """The score, both being of today."""
    return fit(Wish(one, NOW), Wish(other, NOW), NOW).score


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        pytest.param(
            SELLER, BUYER, (SameGood("kinnow"), Quantities(Decimal(20), Decimal(25), Unit.TONNE)), id="kg and tonnes"
        ),
        pytest.param(
            SELLER, buyer(good="apple", quantity=None), (SameChapter("08"),), id="another good of the same chapter"
        ),
        pytest.param(
            seller(**NO_GOOD, product="hand-knotted carpets"),
            buyer(**NO_GOOD, product="carpets hand-knotted", sector=Sector.TEXTILES),
            (SimilarWords(),),
            id="similar words alone",
        ),
        pytest.param(
            SELLER, buyer(unit=Unit.CARTON), (SameGood("kinnow"),), id="cartons and tonnes cannot be compared"
        ),
        pytest.param(
            SELLER, buyer(unit=None), (SameGood("kinnow"),), id="a quantity without unit cannot be compared"
        ),
        pytest.param(
            seller(quantity=Decimal(900), unit=Unit.KILOGRAM),
            buyer(quantity=Decimal(1200)),
            (SameGood("kinnow"), Quantities(Decimal(900), Decimal(1200), Unit.KILOGRAM)),
            id="kilograms stay kilograms",
        ),
        pytest.param(
            seller(quantity=None, origin=None, destination=Town("mashhad")),
            buyer(quantity=None, origin=SARGODHA, city=Town("Mashhad")),
            (SameGood("kinnow"), SameOrigin(SARGODHA), SameDestination(Town("mashhad"))),
            id="a seller's city is where it comes from, a buyer's where it goes to",
        ),
        pytest.param(
            seller(quantity=None), buyer(quantity=None, origin=LAHORE), (SameGood("kinnow"),), id="from elsewhere"
        ),
    ],
)  # fmt: skip
def test_reasons(one: Enquiry, other: Enquiry, reasons: tuple[Reason, ...]) -> None:
    assert found(one, other) == reasons
    assert set(found(other, one)) == set(reasons)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(BUYER, buyer(good="apple"), id="the same good before the same chapter"),
        pytest.param(BUYER, buyer(quantity=Decimal(500)), id="much the same quantity before another one"),
        pytest.param(BUYER, buyer(quantity=None), id="a quantity that fits before none"),
        pytest.param(buyer(quantity=None), buyer(quantity=Decimal(10)), id="no quantity before one that does not fit"),
        pytest.param(buyer(origin=SARGODHA), BUYER, id="a place that fits before none"),
        pytest.param(BUYER, buyer(origin=LAHORE), id="no place before one that does not fit"),
        pytest.param(buyer(good="apple"), buyer(**NO_GOOD, sector=Sector.AGRICULTURE), id="chapter before sector"),
    ],
)
def test_order(better: Enquiry, worse: Enquiry) -> None:
    assert score(SELLER, better) > score(SELLER, worse)


def test_the_newer_of_two_equal_ones_fits_better_and_age_decides_nothing_else() -> None:
    old, own = Wish(BUYER, NOW - timedelta(days=80)), Wish(SELLER, NOW)
    assert fit(own, Wish(BUYER, NOW), NOW).score > fit(own, old, NOW).score
    assert fit(own, old, NOW).score > score(SELLER, buyer(good="apple"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(SELLER, buyer(country=Country.PAKISTAN), id="of one country"),
        pytest.param(SELLER, buyer(want=Want.SELL), id="two sellers"),
        pytest.param(SELLER, buyer(want=Want.PARTNER), id="a seller and one who seeks a partner"),
        pytest.param(seller(want=Want.NEED_SERVICE), buyer(want=Want.NEED_SERVICE), id="two who need a service"),
    ],
)
def test_no_deal(one: Enquiry, other: Enquiry) -> None:
    assert score(one, other) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(Want.PARTNER, Want.PARTNER, id="partners"),
        pytest.param(Want.OFFER_SERVICE, Want.NEED_SERVICE, id="a service"),
    ],
)
def test_other_deals(one: Want, other: Want) -> None:
    assert score(seller(want=one), buyer(want=other)) > THRESHOLD


def test_the_best_come_first_and_what_shares_the_sector_alone_does_not_come() -> None:
    others = [
        ("sector", buyer(**NO_GOOD, product="mushrooms", sector=Sector.AGRICULTURE)),
        ("chapter", buyer(good="apple")),
        ("good", BUYER),
    ]
    shown = best(Wish(SELLER, NOW), [(name, Wish(enquiry, NOW)) for name, enquiry in others], NOW)
    assert [name for name, _ in shown] == ["good", "chapter"]
    many = [(str(number), Wish(BUYER, NOW)) for number in range(50)]
    assert len(best(Wish(SELLER, NOW), many, NOW)) == SHOWN


towns = st.none() | st.builds(
    Town, st.sampled_from(["Lahore", "لاہور", "Tehran"]), st.sampled_from([None, "lahore", "tehran"])
)
wishes = st.builds(
    Wish,
    st.builds(
        replace,
        st.sampled_from([SELLER, BUYER]),
        want=st.sampled_from(Want),
        country=st.sampled_from(Country),
        product=st.text(max_size=30),
        good=st.sampled_from([None, "kinnow", "apple"]),
        chapter=st.sampled_from([None, "08", "10"]),
        sector=st.sampled_from(Sector),
        quantity=st.none() | st.decimals("0.001", "1e9", places=3),
        unit=st.none() | st.sampled_from(Unit),
        origin=towns,
        destination=towns,
    ),
    st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=400), NOW.replace(tzinfo=None)).map(
        lambda at: at.replace(tzinfo=NOW.tzinfo)
    ),
)


@given(wishes, wishes)
def test_a_score_lies_between_0_and_1_and_is_the_same_either_way(one: Wish, other: Wish) -> None:
    there, back = fit(one, other, NOW), fit(other, one, NOW)
    assert there.score == pytest.approx(back.score)
    assert there.reasons == back.reasons
    assert 0 <= there.score <= 1
