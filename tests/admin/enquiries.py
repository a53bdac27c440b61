"""Enquiries of two invented traders whose wishes fit each other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.enquiry import Enquiry, Town, Unit, Want
from knowledge.cities import Country
from knowledge.goods import Sector
from tests.conftest import NOW

SELLER = Enquiry(
    want=Want.SELL,
    sector=Sector.AGRICULTURE,
    product="kinnow, first grade",
    country=Country.PAKISTAN,
    city=Town("Sargodha", "sargodha"),
    name="Gul Example",
    consent_at=NOW,
    good="kinnow",
    chapter="08",
    quantity=Decimal(20),
    unit=Unit.TONNE,
    origin=Town("Sargodha", "sargodha"),
    company="Example Fruits",
    phone="+923001234567",
    email="gul@example.com",
)

BUYER = Enquiry(
    want=Want.BUY,
    sector=Sector.FOOD,
    product="نارنگی کینو",
    country=Country.IRAN,
    city=Town("مشهد", "mashhad"),
    name="Bahar Namuneh",
    consent_at=NOW,
    good="kinnow",
    chapter="08",
    quantity=Decimal(25000),
    unit=Unit.KILOGRAM,
    phone="+989121234567",
)


def seller(**changes: Any) -> Enquiry:
    """The seller's enquiry with something else in it."""
    return replace(SELLER, **changes)


def buyer(**changes: Any) -> Enquiry:
    """The buyer's enquiry with something else in it."""
    return replace(BUYER, **changes)
