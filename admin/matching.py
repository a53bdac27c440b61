"""Which leads fit each other, how well, and why: a function of the two enquiries and the hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from bot.enquiry import Enquiry, Town, Unit, Want
from knowledge.goods import Wanted, closeness
from knowledge.script import fold

SHOWN = 8  # of the leads that fit
THRESHOLD = 0.35  # of 1: below it two leads have little more in common than their sector
ALIKE = 0.2  # closeness beyond what chapter and sector give, from which words of the product are the reason
FRESH = timedelta(days=90)  # after which age counts no further

# How much quantity, places and age together take off two leads whose goods are the same, of 1; each counts half where
# it is unknown.
QUANTITY, PLACES, AGE = 0.2, 0.2, 0.1

Key = TypeVar("Key")

#: Units that count the same thing, in the smallest of them.
KILOGRAMS = {Unit.KILOGRAM: Decimal(1), Unit.TONNE: Decimal(1000)}


@dataclass(frozen=True, slots=True)
class Wish:
    """An enquiry and when it was sent."""

    enquiry: Enquiry
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SameGood:
    """Both name the same good or service."""

    good: str


@dataclass(frozen=True, slots=True)
class SameChapter:
    """Both are cleared under the same chapter of the Harmonized System."""

    chapter: str


@dataclass(frozen=True, slots=True)
class SimilarWords:
    """Both describe what they want in much the same words."""


@dataclass(frozen=True, slots=True)
class Quantities:
    """How much of the larger quantity the smaller one is, both in the unit of the larger."""

    smaller: Decimal
    larger: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class SameOrigin:
    """Both name the place from which it comes."""

    town: Town


@dataclass(frozen=True, slots=True)
class SameDestination:
    """Both name the place to which it goes."""

    town: Town


Reason = SameGood | SameChapter | SimilarWords | Quantities | SameOrigin | SameDestination


@dataclass(frozen=True, slots=True)
class Fit:
    """How well two leads fit, from 0 to 1, and why."""

    score: float
    reasons: tuple[Reason, ...]


def fits(one: Enquiry, other: Enquiry) -> bool:
    """Whether the two could make a deal at all: opposite wants, from both countries."""
    return one.want is other.want.opposite and one.country is not other.country


def fit(one: Wish, other: Wish, now: datetime) -> Fit:
    """Say how well two leads fit; the same whichever comes first."""
    if not fits(one.enquiry, other.enquiry):
        return Fit(0.0, ())
    near = closeness(_wanted(one.enquiry), _wanted(other.enquiry))
    quantities = _quantities(one.enquiry, other.enquiry)
    share = 0.5 if quantities is None else float(quantities.smaller / quantities.larger)
    places, met = _places(one.enquiry, other.enquiry)
    age = (_freshness(one.sent_at, now) + _freshness(other.sent_at, now)) / 2
    lost = QUANTITY * (1 - share) + PLACES * (1 - places) + AGE * (1 - age)
    reasons = (*_goods(one.enquiry, other.enquiry, near), *([quantities] if quantities else []), *met)
    return Fit(near * (1 - lost), reasons)


def best(wish: Wish, others: Iterable[tuple[Key, Wish]], now: datetime) -> list[tuple[Key, Fit]]:
    """The ones that fit best, best first; none below the threshold."""
    found = [(key, fit(wish, other, now)) for key, other in others]
    found = [(key, how) for key, how in found if how.score >= THRESHOLD]
    return sorted(found, key=lambda each: each[1].score, reverse=True)[:SHOWN]


def _wanted(enquiry: Enquiry) -> Wanted:
    return Wanted(enquiry.product, enquiry.good, enquiry.chapter, enquiry.sector)


def _goods(one: Enquiry, other: Enquiry, near: float) -> list[Reason]:
    if one.good and one.good == other.good:
        return [SameGood(one.good)]
    reasons: list[Reason] = []
    if one.chapter and one.chapter == other.chapter:
        reasons.append(SameChapter(one.chapter))
    without_words = closeness(Wanted("", None, one.chapter, one.sector), Wanted("", None, other.chapter, other.sector))
    if near - without_words >= ALIKE * (1 - without_words):
        reasons.append(SimilarWords())
    return reasons


def _quantities(one: Enquiry, other: Enquiry) -> Quantities | None:
    """Both quantities in one unit; None where one is missing or they count different things."""
    if not (one.quantity and one.unit and other.quantity and other.unit):
        return None
    amounts = [(one.quantity, one.unit), (other.quantity, other.unit)]
    if one.unit is not other.unit:
        if not {one.unit, other.unit} <= set(KILOGRAMS):
            return None
        amounts = [(quantity * KILOGRAMS[unit] / KILOGRAMS[Unit.TONNE], Unit.TONNE) for quantity, unit in amounts]
    smaller, larger = sorted(amounts)
    return Quantities(smaller[0], larger[0], larger[1])


def _places(one: Enquiry, other: Enquiry) -> tuple[float, list[Reason]]:
    """How well the two ways agree, from 0 to 1, and which ends they share; an end that one leaves open counts half."""
    origins, destinations = (_start(one), _start(other)), (_end(one), _end(other))
    met: list[Reason] = []
    if town := _shared(*origins):
        met.append(SameOrigin(town))
    if town := _shared(*destinations):
        met.append(SameDestination(town))
    return (_agreement(*origins) + _agreement(*destinations)) / 2, met


def _start(enquiry: Enquiry) -> Town | None:
    """From where it comes: a seller's goods from his own city unless he says otherwise."""
    return enquiry.origin or (enquiry.city if enquiry.want is Want.SELL else None)


def _end(enquiry: Enquiry) -> Town | None:
    """To where it goes: a buyer's goods to his own city unless he says otherwise."""
    return enquiry.destination or (enquiry.city if enquiry.want is Want.BUY else None)


def _agreement(one: Town | None, other: Town | None) -> float:
    if one is None or other is None:
        return 0.5
    if one.city and other.city:
        return float(one.city == other.city)
    return float(fold(one.name) == fold(other.name))


def _shared(one: Town | None, other: Town | None) -> Town | None:
    """The town that both name, as it is known best."""
    if one is None or other is None or _agreement(one, other) != 1:
        return None
    return max((one, other), key=lambda town: (town.city is not None, town.name))


def _freshness(sent_at: datetime, now: datetime) -> float:
    return 1 - min(max((now - sent_at) / FRESH, 0.0), 1.0)
