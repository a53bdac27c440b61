"""A trader's words as the fields of an enquiry: one sentence may hold several."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.conversation import wants
from bot.conversation.amounts import Amount, amount_in, words_of
from bot.conversation.draft import Draft, Step
from bot.conversation.journeys import NOWHERE, Journey, journey_in
from bot.conversation.quoting import one_line
from bot.conversation.reaching import email_in, phone_in, without_address, without_phones
from bot.enquiry import Unit, Want
from knowledge.entry import Category
from knowledge.goods import Good
from knowledge.language import Language
from knowledge.library import Library
from knowledge.phrasings import OUT_OF_SCOPE, SMUGGLING
from knowledge.script import fold
from knowledge.understanding import LEGAL_WAY, Outcome, Understanding

PRODUCT_LETTERS = 120
NAME_LETTERS = 80  # of a name, a company, a place
LETTERS_READ = 400  # of a message, to look for fields
OWN_WORDS = 6  # a product of more words is a sentence about it
TRANSPORT = "trucking"  # the service that is meant by "truck chahiye"
CHAPTERS = 4  # of the Harmonized System that are offered


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a message."""

    said: str = ""  # the message without telephone number and e-mail address, in which the amount has its place
    want: Want | None = None
    good: Good | None = None
    amount: Amount | None = None
    journey: Journey = NOWHERE
    phone: str | None = None
    email: str | None = None


def read(text: str, library: Library, region: str, *, asked_way: bool = False) -> Reading:
    """Find what a message says; `region` is whose telephone numbers need no country code."""
    text = text[:LETTERS_READ]
    without_email = without_address(text)
    phone, email = phone_in(without_email, region), email_in(text)
    said = without_phones(without_email, region) if phone or email else text
    way = journey_in(said, library, asked=asked_way)
    amount = amount_in(said)
    goods = library.goods.named(said)
    # "truck chahiye quetta se": but two trucks of kinnow are kinnow
    carries = bool(way) and wants.is_of_transport(said) and not (goods and amount and amount.unit is Unit.TRUCK)
    if carries and not (goods and goods[0].service):
        goods = list(filter(None, [library.goods.get(TRANSPORT)]))
    want = wants.want_in(said, loosely=True)
    if want is None and amount and wants.has_in_stock(said):
        want = Want.SELL
    if goods and goods[0].service:
        offered = wants.offers(said) or (carries and want is None and wants.has_in_stock(said))
        want = Want.OFFER_SERVICE if offered else want and wants.of_service(want)
    return Reading(said, want, goods[0] if goods else None, amount, way, phone, email)


def opening(text: str, understanding: Understanding, library: Library, region: str) -> Reading | None:
    """What is read of a free message that begins an enquiry; None of one that asks the library.

    Most messages are told by their words alone, before anything is looked up.
    """
    if is_refused(text, understanding) or wants.asks(text) or wants.is_about_rules(text):
        return None
    if len(text.split()) > wants.WORDS_OF_AN_ENQUIRY or _is_forbidden(understanding):
        return None
    has = wants.has_in_stock(text)
    sure = wants.want_in(text) is not None or wants.offers(text) or (has and wants.is_of_transport(text))
    if not (sure or has or wants.want_in(text, loosely=True)):
        return None
    reading = read(text, library, region)
    counted = bool(reading.amount and reading.amount.unit and reading.amount.is_sane)
    if reading.want is None or not (reading.good or (counted and understanding.aside != OUT_OF_SCOPE)):
        return None
    if counted or (sure and not _is_answered(understanding, library)):
        return reading
    return reading if reading.want is Want.OFFER_SERVICE and wants.offers(text) else None


def _is_forbidden(understanding: Understanding) -> bool:
    if understanding.outcome is Outcome.CHOICES:
        return understanding.choices[0] == FUEL
    return understanding.outcome is Outcome.ANSWER and understanding.topic in FORBIDDING


def is_refused(text: str, understanding: Understanding) -> bool:
    """Whether a message asks for help to smuggle, or wants what nobody may trade."""
    return understanding.aside == SMUGGLING or wants.is_contraband(text)


def refused(understanding: Understanding) -> Understanding:
    """The same message understood as what it is refused for."""
    return replace(understanding, outcome=Outcome.CHOICES, topic=None, choices=LEGAL_WAY, aside=SMUGGLING)


def _is_answered(understanding: Understanding, library: Library) -> bool:
    """Whether the library has the answer, and it is not about goods or meetings themselves."""
    if understanding.outcome is not Outcome.ANSWER or understanding.topic is None:
        return False
    return library[understanding.topic].category is not Category.SECTORS and understanding.topic not in LEADS


FUEL = "iranian-fuel"  # of which nobody means an honest enquiry, sure or not

#: Topics that are about what may not be traded: who is answered by one is not led into an enquiry.
FORBIDDING = frozenset(
    {FUEL, "smuggling-penalties"}
    | {f"banned-{way}-{country}" for way in ("exports", "imports") for country in ("pk", "ir")}
)

#: Topics beside those of sectors behind which a trader may want to write an enquiry.
LEADS = frozenset({"b2b-meetings"})


def filled(draft: Draft, reading: Reading, language: Language, library: Library) -> Draft:
    """The draft with everything that a message adds to it; what was known before stays."""
    if draft.good is None and draft.product is None and reading.good:
        draft = with_good(draft, reading.good, reading.good.names[language], library)
    if draft.want is None and reading.want:
        draft = with_want(draft, reading.want, library)
    amount = reading.amount
    if draft.quantity is None and amount and amount.is_sane:
        draft = with_amount(draft, amount)
    return replace(
        draft,
        origin=draft.origin or reading.journey.origin,
        destination=draft.destination or reading.journey.destination,
        phone=draft.phone or reading.phone,
        email=draft.email or reading.email,
    )


def with_good(draft: Draft, good: Good, product: str, library: Library) -> Draft:
    """The draft about a good of the library; a single chapter needs no question."""
    chapters = good.chapters[:CHAPTERS]
    drafted = replace(
        draft,
        good=good.id,
        product=product[:PRODUCT_LETTERS],
        sector=good.sector,
        chapters=chapters,
        chapter=chapters[0] if len(chapters) == 1 else None,
        skipped=tuple(step for step in draft.skipped if step is not Step.CHAPTER),
    )
    return with_want(drafted, drafted.want, library) if drafted.want else drafted


def with_product(draft: Draft, product: str, library: Library) -> Draft:
    """The draft about something in the trader's own words."""
    chapters = tuple(chapter.number for chapter in library.goods.suggest_chapters(product, CHAPTERS))
    skipped = tuple(step for step in draft.skipped if step is not Step.CHAPTER)
    return replace(draft, product=product, good=None, chapters=chapters, chapter=None, skipped=skipped)


def with_want(draft: Draft, want: Want, library: Library) -> Draft:
    """The draft with what is wanted: of a service, where the good is one."""
    good = library.goods.get(draft.good) if draft.good else None
    if good:
        want = wants.of_service(want) if good.service else wants.of_goods(want)
    return replace(draft, want=want)


def with_amount(draft: Draft, amount: Amount) -> Draft:
    """The draft with a sane amount."""
    reopened = tuple(step for step in draft.skipped if step not in {Step.QUANTITY, Step.UNIT})
    return replace(draft, quantity=amount.rounded, unit=amount.unit, skipped=reopened)


def product_in(reading: Reading, language: Language) -> str:
    """The words for the goods: the trader's own where he wrote little else, else the name of the good."""
    own = reading.said
    if reading.amount:
        own = f"{own[: reading.amount.start]} {own[reading.amount.end :]}"
    own = one_line(own, PRODUCT_LETTERS + 1)
    if reading.good and (reading.want or reading.journey or len(own.split()) > OWN_WORDS or not own):
        return reading.good.names[language]
    return own


class Command(StrEnum):
    """What is typed instead of tapping one of the buttons that every step has."""

    SKIP = "skip"
    BACK = "back"
    LATER = "later"
    CANCEL = "cancel"
    AGREE = "agree"


_COMMANDS: dict[Command, str] = {
    Command.SKIP: """
        skip|no|none|nahi|nahin|nhi|nai|ni|na
        nahi hai|nahin hai|koi nahi|chhoro|chhoro ise|pata nahi|maloom nahi|not sure
        dont know|i dont know|nadaram|nemidanam|nemidoonam|rad kon|aage|agla|next
        نہیں|نہیں ہے|چھوڑیں|معلوم نہیں|پتا نہیں|آگے|نه|ندارم|نمی دانم|نمیدونم|رد کن|لازم نیست|بعدی
    """,
    Command.BACK: """
        back|go back|wapas|wapis|peeche|peechay|pichla|bargard|bazgasht
        واپس|پیچھے|برگرد|بازگشت|قبلی
    """,
    Command.LATER: """
        later|keep it|keep it for later|baad me|baad mein|baad main|phir kabhi|badan
        بعد میں|پھر کبھی|بعدا|بعداً
    """,
    Command.CANCEL: """
        cancel|stop|delete it|discard|khatam|khatam karo|rehne do|rahne do|mansookh|cancel karo|laghv|enseraf|bikhial
        منسوخ|ختم کرو|رہنے دو|رہنے دیں|کینسل|لغو|انصراف|بی خیال
    """,
    Command.AGREE: """
        yes|i agree|agree|agreed|ok|okay|send|send it|yes send|yes send it|ji|jee|ji haan|han|haan|haa|theek hai|thik he
        bhejo|bhej do|bhej den|bhej dein|manzoor|manzoor hai|bale|baleh|are|movafegham|befrest|ersal
        جی|جی ہاں|ہاں|ٹھیک ہے|بھیجیں|بھیج دیں|بھیج دو|منظور|منظور ہے|اوکے|بله|آره|موافقم|بفرست|بفرستید|ارسال|ارسال کن
    """,
}
_DASHES = frozenset("-–—ـ.")
_COMMAND_OF = {
    fold(words): command
    for command, every in _COMMANDS.items()
    for line in every.split("\n")
    for words in line.split("|")
    if words.strip()
}


def command_in(text: str) -> Command | None:
    """The command that a message is, where it is nothing else; a dash alone passes a step over."""
    return Command.SKIP if text.strip() in _DASHES else _COMMAND_OF.get(fold(text))


_NUMBER = re.compile(r"[+\d][\d\s().+/-]{5,}\d")  # a telephone number, also a wrong one, beside a name
_NAMING = re.compile(
    r"^(?:my name is|mera naam|naam|name|esm[ea]? man|nam[ea]? man|esmam|میرا نام|نام من|اسم من|اسمم|نام)\s*[:\-]?\s+",
    re.IGNORECASE,
)
_BEING = re.compile(
    r"^(?:i am|i'?m|main|mai|man|میں|من)\s+(.*\S)\s+(?:hun|hoon|hu|hastam|ہوں|هستم)$|^(?:i am|i'?m)\s+(.*\S)$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\s+(?:hai|he|ast|ہے|است|هست)[\s.۔]*$", re.IGNORECASE)


def name_in(text: str) -> str:
    """The name in what was typed for one: without "my name is"."""
    line = one_line(_NUMBER.sub(" ", without_address(text)), NAME_LETTERS + 1)
    if being := _BEING.match(line):
        line = being.group(1) or being.group(2)
    elif named := _NAMING.match(line):
        line = _NAMED.sub("", line[named.end() :])
    return line.strip(" .,;:-،۔")


def has_letters(text: str) -> bool:
    """Whether a text has a word at all."""
    return any(not word.is_number for word in words_of(text))
