"""What a typed or tapped answer makes of a draft; what is no answer to its step is told kindly, with an example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.conversation import wants
from bot.conversation.amounts import amount_in, unit_named
from bot.conversation.draft import Draft, Step
from bot.conversation.enquiry_reading import (
    NAME_LETTERS,
    PRODUCT_LETTERS,
    Reading,
    filled,
    has_letters,
    is_refused,
    name_in,
    product_in,
    with_amount,
    with_good,
    with_product,
    with_want,
)
from bot.conversation.enquiry_reading import read as read_text
from bot.conversation.enquiry_words import country_name, sector_name
from bot.conversation.journeys import country_named, journey_in, town_of
from bot.conversation.quoting import one_line
from bot.conversation.reaching import Fault, digits_in, phone_fault, region_of
from bot.conversation.turn import Counsel
from bot.enquiry import Town, Unit, Want
from bot.wording import Voice
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from knowledge.library import Library
from knowledge.places import city_named
from knowledge.script import fold
from knowledge.understanding import Outcome, Understanding


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed is no answer but a question for the library."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """What was typed is no answer to the step; the note says why and shows how."""

    note: str


Answer = Draft | Question | Unclear

CODE_DIGITS = frozenset({2, 4, 6, 8, 10})  # of the Harmonized System, with what countries add

#: The steps at which anything written is an answer: names may be made of any words.
_FREE = frozenset({Step.NAME, Step.COMPANY, Step.CITY})
#: The steps at which the goods and their way are asked; a sentence there may say any of it.
_OF_GOODS = frozenset({Step.WANT, Step.SECTOR, Step.PRODUCT, Step.CHAPTER, Step.QUANTITY, Step.UNIT, Step.ROUTE})


def read(text: str, draft: Draft, voice: Voice, counsel: Counsel) -> Reading:
    """What a message says, seen from where the draft stands."""
    region = region_of(draft.country, voice.language)
    return read_text(text, counsel.library, region, asked_way=draft.step is Step.ROUTE)


def answer(draft: Draft, text: str, understanding: Understanding, voice: Voice, counsel: Counsel) -> Answer:
    """What a typed message makes of a draft."""
    reading = read(text, draft, voice, counsel)
    if _is_question(draft.step, text, reading, understanding):
        return Question()
    answered = _ANSWERS[draft.step](draft, text, reading, voice, counsel.library)
    if isinstance(answered, Draft):
        return _and_the_rest(answered, draft.step, reading, voice, counsel.library)
    if (more := _and_the_rest(draft, draft.step, reading, voice, counsel.library)) != draft:
        return more  # he says something else of it first
    return Question() if _could_be_asked(draft.step, text, understanding) else answered


def _and_the_rest(draft: Draft, step: Step, reading: Reading, voice: Voice, library: Library) -> Draft:
    if step in _OF_GOODS or step is Step.CHECK:
        return filled(draft, reading, voice.language, library)
    return replace(draft, phone=draft.phone or reading.phone, email=draft.email or reading.email)


def _is_question(step: Step, text: str, reading: Reading, understanding: Understanding) -> bool:
    """Whether a message is a question, whatever the step would make of it."""
    if step not in _FREE and is_refused(text, understanding):
        return True
    if reading.phone or reading.email:
        return False
    answered, words = understanding.outcome is Outcome.ANSWER, len(text.split())
    if wants.is_marked(text) and words > 2:
        return True
    if wants.asks(text) or wants.is_open_or_closed(text):
        return answered or (understanding.outcome is Outcome.CHOICES and words > 2)
    return step is Step.PRODUCT and reading.good is None and answered and words > 2


def _could_be_asked(step: Step, text: str, understanding: Understanding) -> bool:
    """Whether a message that is no answer to its step may be put to the library."""
    return step is not Step.REACH and understanding.outcome is Outcome.ANSWER and len(text.split()) > 1


def _want(draft: Draft, text: str, reading: Reading, voice: Voice, library: Library) -> Answer:
    want = reading.want or wants.want_said(text)
    if want is None:
        return Unclear(voice.say("I did not understand that. Tap a button, or write for example “sell”."))
    return with_want(draft, want, library)


def _sector(draft: Draft, text: str, reading: Reading, voice: Voice, library: Library) -> Answer:
    if sector := _sector_named(text, voice):
        return replace(draft, sector=sector)
    if draft.product is None:
        return _product(draft, text, reading, voice, library)  # where its branch is not known, that is asked next
    if reading.good:
        return replace(draft, sector=reading.good.sector)
    return Unclear(voice.say("Please tap the branch that comes nearest."))


def _sector_named(text: str, voice: Voice) -> Sector | None:
    words = set(fold(text).split())
    if not words:
        return None
    for sector in Sector:
        if words == {sector.value} or words <= set(fold(sector_name(sector, voice)).split()):
            return sector
    return None


def _product(draft: Draft, _: str, reading: Reading, voice: Voice, library: Library) -> Answer:
    product = product_in(reading, voice.language)
    if not has_letters(product):
        return Unclear(voice.say("Write the goods in words, for example “kinnow” or “transport”."))
    if len(product) > PRODUCT_LETTERS:
        return Unclear(
            voice.say("That is too long. Please write it in at most {number} letters.", number=PRODUCT_LETTERS)
        )
    if reading.good:
        return with_good(draft, reading.good, product, library)
    return with_product(draft, product, library)


def _chapter(draft: Draft, text: str, _: Reading, voice: Voice, library: Library) -> Answer:
    code = fold(text).replace(" ", "")  # of two digits, or a longer one that begins with its chapter
    if code.isdigit() and len(code) in CODE_DIGITS and library.goods.chapter(code[:2]):
        return replace(draft, chapter=code[:2], skipped=_without(draft, Step.CHAPTER))
    suggested = library.goods.suggest_chapters(text, 1)
    if suggested and suggested[0].number in draft.chapters:
        return replace(draft, chapter=suggested[0].number, skipped=_without(draft, Step.CHAPTER))
    return Unclear(voice.say("Tap a chapter, or write its two digits, for example 08. You can skip this."))


def _quantity(draft: Draft, text: str, _: Reading, voice: Voice, __: Library) -> Answer:
    amount = amount_in(text, bare=True)
    if amount is None:
        return Unclear(voice.say("I see no number. Write for example “20 ton”, or skip this."))
    if not amount.is_sane:
        return Unclear(
            voice.say("That number cannot be right: more than zero, at most a billion. Write for example “20 ton”.")
        )
    return with_amount(draft, amount)


def _unit(draft: Draft, text: str, _: Reading, voice: Voice, __: Library) -> Answer:
    amount = amount_in(text)
    if amount and amount.unit and amount.is_sane:
        return with_amount(draft, amount)
    if unit := unit_named(text):
        return replace(draft, unit=unit, skipped=_without(draft, Step.UNIT))
    return Unclear(
        voice.say("I do not know this unit, or it is not the same everywhere. Choose one, for example “kg” or “ton”.")
    )


def _route(draft: Draft, text: str, reading: Reading, voice: Voice, library: Library) -> Answer:
    journey = reading.journey or journey_in(text, library, asked=True)
    if journey:
        return replace(
            draft,
            origin=journey.origin or draft.origin,
            destination=journey.destination or draft.destination,
            skipped=_without(draft, Step.ROUTE),
        )
    place, skipped = one_line(text, NAME_LETTERS), _without(draft, Step.ROUTE)
    city, home = city_named(library, text), draft.country or _HOME.get(voice.language)
    country = city.country if city else country_named(text)
    if country is None or home is None or len(place.split()) > 3:
        return Unclear(voice.say("Write both places, for example “from Sargodha to Mashhad”, or skip this."))
    town = town_of(city, place) if city else Town(place)  # one place alone; he sees what we took it for
    if (country is home) is (draft.want is not Want.BUY):
        return replace(draft, origin=town, skipped=skipped)
    return replace(draft, destination=town, skipped=skipped)


#: Where a trader of this language is at home, as far as his language says it.
_HOME = {Language.UR: Country.PAKISTAN, Language.FA: Country.IRAN}


def _city(draft: Draft, text: str, _: Reading, voice: Voice, library: Library) -> Answer:
    if city := city_named(library, text):
        return replace(draft, city=Town(city.names[voice.language], city.id), country=city.country)
    name = one_line(text, NAME_LETTERS + 1)
    if not has_letters(name) or len(name) > NAME_LETTERS:
        return Unclear(voice.say("Write the name of your city, for example “Quetta”."))
    country = country_named(text)
    if country and fold(name) in map(fold, (country.name, country_name(country, voice))):
        return Unclear(voice.say("And in which city there? Write its name, for example “Quetta”."))
    return replace(draft, city=Town(name), country=country)


def _country(draft: Draft, text: str, _: Reading, voice: Voice, library: Library) -> Answer:
    if country := country_named(text):
        return replace(draft, country=country)
    if city := city_named(library, text):  # he corrects the city
        return replace(draft, city=Town(city.names[voice.language], city.id), country=city.country)
    return Unclear(voice.say("This desk serves traders of Pakistan and Iran. Tap one of the two."))


def _name(draft: Draft, text: str, _: Reading, voice: Voice, __: Library) -> Answer:
    name = name_in(text)
    if not has_letters(name):
        return Unclear(voice.say("Write your name in letters, so that the staff know how to address you."))
    return _short(name, voice) or replace(draft, name=name)


def _company(draft: Draft, text: str, _: Reading, voice: Voice, __: Library) -> Answer:
    company = one_line(text, NAME_LETTERS + 1)
    if not has_letters(company):
        return Unclear(voice.say("Write the name of the company or shop, or skip this."))
    return _short(company, voice) or replace(draft, company=company, skipped=_without(draft, Step.COMPANY))


def _short(name: str, voice: Voice) -> Unclear | None:
    if len(name) <= NAME_LETTERS:
        return None
    return Unclear(voice.say("That is too long. Please write it in at most {number} letters.", number=NAME_LETTERS))


def _reach(draft: Draft, text: str, reading: Reading, voice: Voice, _: Library) -> Answer:
    if reading.phone or reading.email:
        # a number that is corrected takes the place of the old one
        return replace(draft, phone=reading.phone or draft.phone, email=reading.email or draft.email, in_chat=False)
    if _says_in_chat(text):
        return replace(draft, phone=None, email=None, in_chat=True)
    if "@" in text or digits_in(text) == 0:
        return Unclear(_no_email(voice) if "@" in text else _no_way(voice))
    match phone_fault(text, region_of(draft.country, voice.language)):
        case Fault.SHORT:
            return Unclear(voice.say("This number is too short. Write all of it, for example 0300 1234567."))
        case Fault.LONG:
            return Unclear(voice.say("This number is too long. Write it for example like this: 0300 1234567."))
        case Fault.NO_NUMBER:
            return Unclear(
                voice.say(
                    "No such phone number exists. Write it as 0300 1234567, or with the country code: +92 300 1234567."
                )
            )


def _email(draft: Draft, _: str, reading: Reading, voice: Voice, __: Library) -> Answer:
    if reading.email:
        return replace(draft, email=reading.email, skipped=_without(draft, Step.EMAIL))
    return Unclear(_no_email(voice))


def _check(draft: Draft, _: str, reading: Reading, voice: Voice, __: Library) -> Answer:
    corrected = draft
    if reading.amount and reading.amount.is_sane and draft.applies(Step.QUANTITY):
        corrected = with_amount(corrected, reading.amount)
    if reading.journey and draft.applies(Step.ROUTE):
        origin, destination = reading.journey.origin, reading.journey.destination
        corrected = replace(corrected, origin=origin or draft.origin, destination=destination or draft.destination)
    corrected = replace(corrected, phone=reading.phone or draft.phone, email=reading.email or draft.email)
    if corrected != draft:
        return corrected
    return Unclear(voice.say("Is it right so? Write “yes” to send it, or tap what you want to do."))


def _no_email(voice: Voice) -> str:
    return voice.say("That is no e-mail address. It looks like this: name@example.com")


def _no_way(voice: Voice) -> str:
    return voice.say("Write a phone number or an e-mail address, or tap “only here in this chat”.")


_IN_CHAT = frozenset(
    fold(words)
    for words in (
        *("chat", "here", "only here", "yahin", "yahan", "isi chat", "hamin ja", "haminja"),
        *("یہیں", "یہاں", "چیٹ", "صرف یہیں", "همین جا", "همینجا", "فقط همین جا"),
    )
)


def _says_in_chat(text: str) -> bool:
    return fold(text) in _IN_CHAT


def _without(draft: Draft, step: Step) -> tuple[Step, ...]:
    return tuple(other for other in draft.skipped if other is not step)


_ANSWERS: dict[Step, Callable[[Draft, str, Reading, Voice, Library], Answer]] = {
    Step.WANT: _want,
    Step.SECTOR: _sector,
    Step.PRODUCT: _product,
    Step.CHAPTER: _chapter,
    Step.QUANTITY: _quantity,
    Step.UNIT: _unit,
    Step.ROUTE: _route,
    Step.CITY: _city,
    Step.COUNTRY: _country,
    Step.NAME: _name,
    Step.COMPANY: _company,
    Step.REACH: _reach,
    Step.EMAIL: _email,
    Step.CHECK: _check,
}


def chosen(draft: Draft, step: str, values: list[str], voice: Voice, library: Library) -> Draft | None:
    """What the button of a choice makes of a draft; None where there is no such choice."""
    match step, values:
        case "want", [want] if want in set(Want):
            return replace(draft, want=Want(want))
        case "sector", [sector] if sector in set(Sector):
            return replace(draft, sector=Sector(sector))
        case "product", [good] if named := library.goods.get(good):
            return with_good(draft, named, named.names[voice.language], library)
        case "chapter", [number] if library.goods.chapter(number):
            return replace(draft, chapter=number, skipped=_without(draft, Step.CHAPTER))
        case "unit", [unit] if unit in set(Unit) and draft.quantity is not None:
            return replace(draft, unit=Unit(unit), skipped=_without(draft, Step.UNIT))
        case "route", [("pk-ir" | "ir-pk") as way]:
            here, there = (Town(country_name(Country(code), voice)) for code in way.upper().split("-"))
            return replace(draft, origin=here, destination=there, skipped=_without(draft, Step.ROUTE))
        case "city", [city_id] if city := next((city for city in library.cities if city.id == city_id), None):
            return replace(draft, city=Town(city.names[voice.language], city.id), country=city.country)
        case "country", [code] if code in set(Country) and draft.city and draft.city.city is None:
            return replace(draft, country=Country(code))
        case "reach", ["chat"]:
            return replace(draft, phone=None, email=None, in_chat=True)
    return None
