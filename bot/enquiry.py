"""A business enquiry (B2B lead): what a trader wants, in the words that the conversation and the records share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from knowledge.cities import Country
from knowledge.goods import Sector

REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, no 1/I: read aloud on the telephone
REFERENCE_LETTERS = 4  # behind country and sector; a doubled one is drawn again


class Want(StrEnum):
    """What the trader is after."""

    BUY = "buy"
    SELL = "sell"
    PARTNER = "partner"
    OFFER_SERVICE = "offer_service"
    NEED_SERVICE = "need_service"

    @property
    def opposite(self) -> Want:
        """What the other side of a deal would want."""
        return _OPPOSITES[self]


_OPPOSITES = {
    Want.BUY: Want.SELL,
    Want.SELL: Want.BUY,
    Want.PARTNER: Want.PARTNER,
    Want.OFFER_SERVICE: Want.NEED_SERVICE,
    Want.NEED_SERVICE: Want.OFFER_SERVICE,
}


class Unit(StrEnum):
    """What a quantity counts."""

    KILOGRAM = "kg"
    TONNE = "tonne"
    LITRE = "litre"
    PIECE = "piece"
    HEAD = "head"  # of livestock
    CARTON = "carton"
    BAG = "bag"
    TRUCK = "truck"  # loads
    CONTAINER = "container"
    METRE = "metre"


@dataclass(frozen=True, slots=True)
class Town:
    """A place as the trader wrote it, and the city of the library where it is one."""

    name: str
    city: str | None = None  # id in cities.yaml


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A complete enquiry, sent with the trader's consent. At least one of phone, email and `in_chat` is given."""

    want: Want
    sector: Sector
    product: str  # in the trader's words
    country: Country  # where the trader's business is
    city: Town
    name: str
    consent_at: datetime  # when he agreed that chamber staff see and use this
    good: str | None = None  # id in goods.yaml, where the product is one
    chapter: str | None = None  # of the Harmonized System, two digits
    quantity: Decimal | None = None  # of `unit`
    unit: Unit | None = None
    origin: Town | None = None  # where the goods or the service come from
    destination: Town | None = None
    company: str | None = None
    phone: str | None = None  # E.164
    email: str | None = None
    in_chat: bool = True  # may be written to where he wrote the enquiry

    @property
    def prefix(self) -> str:
        """The beginning of its reference: PK-AGR."""
        return f"{self.country}-{self.sector.code}"


class LeadState(StrEnum):
    """How far the chamber has come with an enquiry."""

    NEW = "new"
    CONTACTED = "contacted"
    MATCHED = "matched"  # introduced to another trader, both willing
    CLOSED = "closed"  # done
    DECLINED = "declined"  # the chamber cannot help
    WITHDRAWN = "withdrawn"  # by the trader

    @property
    def is_open(self) -> bool:
        """Whether the chamber still works on it."""
        return self in {LeadState.NEW, LeadState.CONTACTED, LeadState.MATCHED}


@dataclass(frozen=True, slots=True)
class Progress:
    """How one enquiry of a trader stands, as he is told."""

    reference: str
    state: LeadState
    want: Want
    product: str
    sent_at: datetime
