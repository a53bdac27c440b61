"""What the parts of an enquiry are called in the trader's language."""

from __future__ import annotations

from decimal import Decimal

from bot.conversation.draft import Step
from bot.enquiry import LeadState, Town, Unit, Want
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.library import Library


def want_name(want: Want, voice: Voice) -> str:
    """What the trader is after, as his button says it."""
    return {
        Want.SELL: voice.say("💰 I sell"),
        Want.BUY: voice.say("🛒 I buy"),
        Want.PARTNER: voice.say("🤝 I look for a partner"),
        Want.OFFER_SERVICE: voice.say("🛠 I offer a service"),
        Want.NEED_SERVICE: voice.say("🔎 I need a service"),
    }[want]


def sector_name(sector: Sector, voice: Voice) -> str:
    """The branch of trade."""
    return {
        Sector.AGRICULTURE: voice.say("🌾 Farm produce"),
        Sector.LIVESTOCK: voice.say("🐑 Livestock"),
        Sector.ENERGY: voice.say("🛢 Energy"),
        Sector.LOGISTICS: voice.say("🚛 Transport and logistics"),
        Sector.IT: voice.say("💻 IT services"),
        Sector.TEXTILES: voice.say("🧵 Textiles"),
        Sector.MINERALS: voice.say("⛏ Minerals and metals"),
        Sector.FOOD: voice.say("🍲 Food products"),
        Sector.OTHER: voice.say("📦 Something else"),
    }[sector]


def country_name(country: Country, voice: Voice) -> str:
    """One of the two countries."""
    match country:
        case Country.PAKISTAN:
            return voice.say("Pakistan")
        case Country.IRAN:
            return voice.say("Iran")


def unit_name(unit: Unit, voice: Voice) -> str:
    """A unit alone, on a button."""
    return {
        Unit.KILOGRAM: voice.say("kilograms"),
        Unit.TONNE: voice.say("tonnes"),
        Unit.LITRE: voice.say("litres"),
        Unit.PIECE: voice.say("pieces"),
        Unit.HEAD: voice.say("head of livestock"),
        Unit.CARTON: voice.say("cartons"),
        Unit.BAG: voice.say("bags"),
        Unit.TRUCK: voice.say("trucks"),
        Unit.CONTAINER: voice.say("containers"),
        Unit.METRE: voice.say("metres"),
    }[unit]


def amount(quantity: Decimal, unit: Unit | None, voice: Voice) -> str:
    """A quantity with its unit: 2,500 tonnes."""
    number = f"{quantity:,f}"
    return f"{number} {unit_name(unit, voice)}" if unit else number


def town_name(town: Town, voice: Voice, library: Library | None) -> str:
    """A place in the reader's language where it is one of the library's, else as it was written."""
    city = next((city for city in library.cities if city.id == town.city), None) if library else None
    return city.names[voice.language] if city else town.name


def state_words(state: LeadState, voice: Voice) -> str:
    """How an enquiry stands, in plain words."""
    return {
        LeadState.NEW: voice.say("📨 sent, the chamber has not begun yet"),
        LeadState.CONTACTED: voice.say("👤 the chamber is working on it"),
        LeadState.MATCHED: voice.say("🤝 a partner was found and introduced"),
        LeadState.CLOSED: voice.say("✅ done"),
        LeadState.DECLINED: voice.say("🚫 the chamber cannot help with it"),
        LeadState.WITHDRAWN: voice.say("↩️ withdrawn by you"),
    }[state]


def step_name(step: Step, voice: Voice) -> str:
    """What a step asks for, in a word."""
    return {
        Step.WANT: voice.say("What you want"),
        Step.SECTOR: voice.say("Branch"),
        Step.PRODUCT: voice.say("Goods or service"),
        Step.CHAPTER: voice.say("HS chapter"),
        Step.QUANTITY: voice.say("Quantity"),
        Step.UNIT: voice.say("Unit"),
        Step.ROUTE: voice.say("From – to"),
        Step.CITY: voice.say("City"),
        Step.COUNTRY: voice.say("Country"),
        Step.NAME: voice.say("Name"),
        Step.COMPANY: voice.say("Company"),
        Step.REACH: voice.say("How to reach you"),
        Step.EMAIL: voice.say("E-mail"),
        Step.CHECK: voice.say("Summary"),
    }[step]
