"""An enquiry that is being written: what is known of it, what is still asked, and the enquiry that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.enquiry import Enquiry, Town, Unit, Want
from knowledge.cities import Country
from knowledge.goods import Sector


class Step(StrEnum):
    """What is asked, in the order in which it is."""

    WANT = "want"
    SECTOR = "sector"
    PRODUCT = "product"
    CHAPTER = "chapter"
    QUANTITY = "quantity"
    UNIT = "unit"
    ROUTE = "route"
    CITY = "city"
    COUNTRY = "country"
    NAME = "name"
    COMPANY = "company"
    REACH = "reach"
    EMAIL = "email"
    CHECK = "check"  # everything is read over, and agreed to or changed


#: What may be left open.
OPTIONAL = frozenset({Step.CHAPTER, Step.QUANTITY, Step.UNIT, Step.ROUTE, Step.COMPANY, Step.EMAIL})

SERVICES = frozenset({Want.OFFER_SERVICE, Want.NEED_SERVICE})
GOODS = frozenset({Want.BUY, Want.SELL})


@dataclass(frozen=True, slots=True)
class Draft:
    """What a trader has said of an enquiry that he has not sent yet."""

    step: Step = Step.WANT  # what he was asked last
    resting: bool = False  # kept for later: what he types now is no answer to the step
    opening: str | None = None  # the words that began it, to be answered as a question if they were one
    other: str | None = None  # words that would begin another, until he says which one he goes on with
    skipped: tuple[Step, ...] = ()
    chapters: tuple[str, ...] = ()  # of the Harmonized System, to choose from
    want: Want | None = None
    sector: Sector | None = None
    product: str | None = None
    good: str | None = None
    chapter: str | None = None
    quantity: Decimal | None = None
    unit: Unit | None = None
    origin: Town | None = None
    destination: Town | None = None
    city: Town | None = None
    country: Country | None = None
    name: str | None = None
    company: str | None = None
    phone: str | None = None  # E.164
    email: str | None = None
    in_chat: bool = False  # he wants to be reached nowhere but in this chat

    @property
    def about_service(self) -> bool:
        """Whether a service is offered or needed."""
        return self.want in SERVICES

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been said yet."""
        return self == Draft(step=self.step, resting=self.resting, opening=self.opening, other=self.other)

    def applies(self, step: Step) -> bool:
        """Whether a step has a meaning for this enquiry, as far as it is known."""
        match step:
            case Step.CHAPTER:
                return bool(self.chapters) and self.want not in SERVICES
            case Step.QUANTITY:
                return self.want not in SERVICES and self.want is not Want.PARTNER
            case Step.UNIT:
                return self.quantity is not None and self.applies(Step.QUANTITY)
            case Step.ROUTE:
                return self.want in GOODS or self.sector is Sector.LOGISTICS
            case Step.COUNTRY:
                return self.city is not None and self.city.city is None
            case Step.EMAIL:
                return self.phone is not None
            case _:
                return True

    def settled(self, step: Step) -> bool:
        """Whether a step was answered, or passed over."""
        match step:
            case _ if step in self.skipped:
                return True
            case Step.ROUTE:
                return self.origin is not None or self.destination is not None
            case Step.REACH:
                return bool(self.phone or self.email or self.in_chat)
            case Step.CHECK:
                return False
            case _:
                return getattr(self, step.value) is not None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this enquiry, without the last look at it."""
        return tuple(step for step in Step if step is not Step.CHECK and self.applies(step))

    def onward(self) -> Draft:
        """The draft at the first step that is still open, or at the last look."""
        return replace(self, step=next((step for step in self.steps if not self.settled(step)), Step.CHECK))

    def before(self, step: Step) -> Step | None:
        """The step that comes before one; None before the first. A single chapter was never asked for."""
        order = list(Step)
        asked = [other for other in self.steps if other is not Step.CHAPTER or len(self.chapters) > 1]
        earlier = [other for other in asked if order.index(other) < order.index(step)]
        return earlier[-1] if earlier else None

    def without(self, step: Step) -> Draft:
        """The draft with an optional step passed over, and what was said there taken back."""
        passed = replace(self, skipped=tuple(dict.fromkeys((*self.skipped, step))))
        match step:
            case Step.CHAPTER:
                return replace(passed, chapter=None)
            case Step.QUANTITY:
                return replace(passed, quantity=None, unit=None)
            case Step.UNIT:
                return replace(passed, unit=None)
            case Step.ROUTE:
                return replace(passed, origin=None, destination=None)
            case Step.COMPANY:
                return replace(passed, company=None)
            case Step.EMAIL:
                return replace(passed, email=None)
            case _:
                return self

    def enquiry(self, agreed_at: datetime) -> Enquiry | None:
        """The enquiry that he agreed to; None while a step is open."""
        if self.onward().step is not Step.CHECK or not self.settled(Step.REACH):
            return None
        if not (self.want and self.sector and self.product and self.city and self.country and self.name):
            return None
        counted, routed = self.applies(Step.QUANTITY), self.applies(Step.ROUTE)
        return Enquiry(
            want=self.want,
            sector=self.sector,
            product=self.product,
            country=self.country,
            city=self.city,
            name=self.name,
            consent_at=agreed_at,
            good=self.good,
            chapter=self.chapter if self.applies(Step.CHAPTER) else None,
            quantity=self.quantity if counted else None,
            unit=self.unit if counted else None,
            origin=self.origin if routed else None,
            destination=self.destination if routed else None,
            company=self.company,
            phone=self.phone,
            email=self.email,
        )
