"""The questions of an enquiry: one a step, with buttons where the choices are few."""

from __future__ import annotations

from collections.abc import Iterable

from bot.conversation.draft import OPTIONAL, Draft, Step
from bot.conversation.enquiry_summary import check
from bot.conversation.enquiry_words import amount, country_name, sector_name, unit_name, want_name
from bot.conversation.quoting import quoted
from bot.conversation.turn import rows
from bot.enquiry import Unit, Want
from bot.message import Choice, Outgoing
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.goods import Good, Sector
from knowledge.language import Language
from knowledge.library import Library

PAGE = 8  # goods on one page
LABEL = 40  # letters of a button; a longer one is cut by the telephone

Rows = tuple[tuple[Choice, ...], ...]

#: The cities that are offered, by country; any other one is typed.
CITIES: dict[Country, tuple[str, ...]] = {
    Country.PAKISTAN: ("quetta", "karachi", "lahore", "peshawar", "faisalabad", "sialkot"),
    Country.IRAN: ("zahedan", "mashhad", "tehran", "chabahar", "bandar-abbas", "kerman"),
}


def question(draft: Draft, voice: Voice, library: Library, note: str = "", page: int = 0) -> Outgoing:
    """Ask the step at which a draft is, behind a note; the last step is the summary."""
    if draft.step is Step.CHECK:
        reply = check(draft, voice, library)
        return Outgoing(f"{note}\n\n{reply.text}" if note else reply.text, reply.language, reply.choices)
    parts = [note, f"*{progress(draft, voice)}*\n{_asked(draft, voice)}"]
    buttons = (*_choices(draft, voice, library, page), *_turning(draft, voice))
    return Outgoing("\n\n".join(filter(None, parts)), voice.language, buttons)


def progress(draft: Draft, voice: Voice) -> str:
    """How far the draft has come."""
    steps = draft.steps
    number = steps.index(draft.step) + 1 if draft.step in steps else len(steps)
    return voice.say("Enquiry, {number} of {total}", number=number, total=len(steps))


def goods_of(draft: Draft, library: Library) -> list[Good]:
    """The goods, or the services, that are offered in the sector of a draft."""
    return [
        good
        for good in library.goods
        if good.sector is draft.sector and (draft.want is Want.PARTNER or good.service == draft.about_service)
    ]


def _asked(draft: Draft, voice: Voice) -> str:
    match draft.step:
        case Step.SECTOR if draft.product:
            return voice.say("To which branch does “{product}” belong?", product=quoted(draft.product))
        case Step.UNIT if draft.quantity is not None:
            return voice.say("{quantity} of what? Choose the unit:", quantity=amount(draft.quantity, None, voice))
        case Step.COUNTRY if draft.city:
            return voice.say("In which country is {city}?", city=quoted(draft.city.name))
        case step:
            return _always_asked(voice)[step]


def _always_asked(voice: Voice) -> dict[Step, str]:
    return {
        Step.WANT: voice.say("What do you want?"),
        Step.SECTOR: voice.say(
            "Which goods or which service? Write the name, for example “kinnow”, or choose the branch:"
        ),
        Step.PRODUCT: voice.say(
            "What exactly? Choose, or write it in your own words, for example “basmati rice 1121”:"
        ),
        Step.CHAPTER: voice.say("Which chapter of the customs tariff (HS)? If you are not sure, skip it."),
        Step.QUANTITY: voice.say("How much? Write number and unit, for example “20 ton” or “2 truck”."),
        Step.ROUTE: voice.say("From where to where? Write for example “from Sargodha to Mashhad”, or choose:"),
        Step.CITY: voice.say("In which city is your business? Write it or choose:"),
        Step.NAME: voice.say("Your name, please?"),
        Step.COMPANY: voice.say("The name of your company or shop? You can skip this."),
        Step.REACH: voice.say(
            "How can the chamber reach you? Write your phone number or your e-mail address, "
            "for example 0300 1234567, or choose:"
        ),
        Step.EMAIL: voice.say("An e-mail address, too? You can skip this."),
    }


def _choices(draft: Draft, voice: Voice, library: Library, page: int) -> Rows:
    match draft.step:
        case Step.WANT:
            wants = (Want.SELL, Want.BUY, Want.OFFER_SERVICE, Want.NEED_SERVICE, Want.PARTNER)
            return _rows("want", ((want.value, want_name(want, voice)) for want in wants), across=2)
        case Step.SECTOR:
            return _rows("sector", ((sector.value, sector_name(sector, voice)) for sector in Sector), across=2)
        case Step.PRODUCT:
            return _goods(draft, voice, library, page)
        case Step.CHAPTER:
            chapters = filter(None, map(library.goods.chapter, draft.chapters))
            named = ((chapter.number, f"{chapter.number}: {chapter.names[voice.language]}") for chapter in chapters)
            return _rows("chapter", named)
        case Step.UNIT:
            return _rows("unit", ((unit.value, unit_name(unit, voice)) for unit in Unit), across=3)
        case Step.ROUTE:
            ways = (("pk-ir", voice.say("From Pakistan to Iran")), ("ir-pk", voice.say("From Iran to Pakistan")))
            return _rows("route", ways)
        case Step.CITY:
            return _cities(draft, voice, library)
        case Step.COUNTRY:
            return _rows("country", ((country.value, country_name(country, voice)) for country in Country), across=2)
        case Step.REACH:
            return _rows("reach", (("chat", voice.say("💬 Only here in this chat")),))
    return ()


def _rows(step: str, values: Iterable[tuple[str, str]], *, across: int = 1) -> Rows:
    """Buttons of a step, from its values and their labels."""
    return rows(*(Choice(label, f"enquire:{step}:{value}") for value, label in values), across=across)


def _goods(draft: Draft, voice: Voice, library: Library, page: int) -> Rows:
    goods = goods_of(draft, library)
    shown = goods[page * PAGE : (page + 1) * PAGE] or goods[:PAGE]
    buttons = _rows("product", ((good.id, good.names[voice.language][:LABEL]) for good in shown), across=2)
    if len(goods) <= PAGE:
        return buttons
    following = page + 1 if goods[(page + 1) * PAGE :] else 0
    return (*buttons, (Choice(voice.say("More"), f"enquire:goods:{following}"),))


def _cities(draft: Draft, voice: Voice, library: Library) -> Rows:
    home, abroad = _countries(voice.language)
    offered = [*CITIES[home], *CITIES[abroad][:2]] if voice.language is not Language.EN else _both()
    if draft.origin and draft.origin.city and draft.want in {Want.SELL, Want.OFFER_SERVICE}:
        offered = [draft.origin.city, *(city for city in offered if city != draft.origin.city)]
    names = {city.id: city.names[voice.language] for city in library.cities}
    return _rows("city", ((city, names[city]) for city in offered if city in names), across=2)


def _countries(language: Language) -> tuple[Country, Country]:
    return (Country.IRAN, Country.PAKISTAN) if language is Language.FA else (Country.PAKISTAN, Country.IRAN)


def _both() -> list[str]:
    return [city for pair in zip(*(CITIES[country][:4] for country in Country), strict=True) for city in pair]


def _turning(draft: Draft, voice: Voice) -> Rows:
    turning = []
    if draft.before(draft.step):
        turning.append(Choice(voice.say("Back"), f"enquire:back:{draft.step}"))
    if draft.step in OPTIONAL:
        turning.append(Choice(voice.say("Skip"), f"enquire:skip:{draft.step}"))
    turning.append(Choice(voice.say("🕓 Keep for later"), "enquire:leave"))
    return (tuple(turning),)
