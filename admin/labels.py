"""What the panel calls the members of the records' enums, in the reader's words."""

from __future__ import annotations

from bot.enquiry import LeadState, Unit, Want
from bot.records.introductions import IntroductionState
from bot.records.staff import Notices, Role
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.goods import Sector


def want(voice: Voice, want: Want) -> str:
    """What a trader is after."""
    return {
        Want.BUY: voice.say("Buys"),
        Want.SELL: voice.say("Sells"),
        Want.PARTNER: voice.say("Seeks a partner"),
        Want.OFFER_SERVICE: voice.say("Offers a service"),
        Want.NEED_SERVICE: voice.say("Needs a service"),
    }[want]


def sector(voice: Voice, sector: Sector) -> str:
    """A branch of trade."""
    return {
        Sector.AGRICULTURE: voice.say("Agriculture"),
        Sector.LIVESTOCK: voice.say("Livestock"),
        Sector.ENERGY: voice.say("Energy"),
        Sector.LOGISTICS: voice.say("Logistics"),
        Sector.IT: voice.say("IT services"),
        Sector.TEXTILES: voice.say("Textiles"),
        Sector.MINERALS: voice.say("Minerals and metals"),
        Sector.FOOD: voice.say("Food"),
        Sector.OTHER: voice.say("Other"),
    }[sector]


def unit(voice: Voice, unit: Unit) -> str:
    """What a quantity counts."""
    return {
        Unit.KILOGRAM: voice.say("kg"),
        Unit.TONNE: voice.say("tonnes"),
        Unit.LITRE: voice.say("litres"),
        Unit.PIECE: voice.say("pieces"),
        Unit.HEAD: voice.say("head"),
        Unit.CARTON: voice.say("cartons"),
        Unit.BAG: voice.say("bags"),
        Unit.TRUCK: voice.say("truckloads"),
        Unit.CONTAINER: voice.say("containers"),
        Unit.METRE: voice.say("metres"),
    }[unit]


def state(voice: Voice, state: LeadState) -> str:
    """How far the chamber has come with a lead."""
    return {
        LeadState.NEW: voice.say("New"),
        LeadState.CONTACTED: voice.say("Contacted"),
        LeadState.MATCHED: voice.say("Matched"),
        LeadState.CLOSED: voice.say("Closed"),
        LeadState.DECLINED: voice.say("Declined"),
        LeadState.WITHDRAWN: voice.say("Withdrawn"),
    }[state]


def introduction(voice: Voice, state: IntroductionState) -> str:
    """What two traders said to being introduced."""
    return {
        IntroductionState.ASKED: voice.say("Asked, not both have answered"),
        IntroductionState.AGREED: voice.say("Both agreed, cards sent"),
        IntroductionState.REFUSED: voice.say("Refused"),
    }[state]


def country(voice: Voice, country: Country) -> str:
    """One of the two countries."""
    return {Country.PAKISTAN: voice.say("Pakistan"), Country.IRAN: voice.say("Iran")}[country]


def role(voice: Voice, role: Role) -> str:
    """What a member of the staff may do."""
    return {
        Role.ADMIN: voice.say("Admin"),
        Role.OFFICER: voice.say("Desk staff"),
        Role.READER: voice.say("Read-only"),
    }[role]


def notices(voice: Voice, notices: Notices) -> str:
    """How a member of the staff is told of new leads."""
    return {
        Notices.NONE: voice.say("Not at all"),
        Notices.TELEGRAM: voice.say("By Telegram, at once"),
        Notices.EMAIL: voice.say("By e-mail, as a digest"),
    }[notices]
