"""What a message asks, seen with the one before it: several questions in one, and one that goes on from the last."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.conversation.enquiry_reading import refused
from bot.conversation.turn import Counsel
from knowledge.entry import Category
from knowledge.language import Language, Style
from knowledge.library import Library
from knowledge.phrasings import SMUGGLING
from knowledge.places import cities_named, crossing_named
from knowledge.script import fold
from knowledge.understanding import Outcome, Thresholds, Understanding

REMEMBERED = 200  # letters of a question that are kept for the next one to go on from
WORDS = 6  # that a question has at most which goes on from another
NAME_WORDS = 3  # that the name of a good or a place has at most
OFFERED_FROM = Thresholds().choices  # the confidence from which a first topic is more than one of a bare word
PARTS_READ = 5  # of a message of many: its time is bounded, for everybody else waits

_QUESTION = re.compile(r"[?؟\n]+")
_CLAUSE = re.compile(r"[?؟\n,،.!؛;]+")
_ASKED = frozenset({Outcome.ANSWER, Outcome.CHOICES})


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message asks, most often one thing, and what the next message may go on from."""

    understandings: tuple[Understanding, ...]
    last_question: str | None

    def said_in(self, language: Language) -> Heard:
        """The same in another language, but for what is written in letters that it does not have."""
        kept = (
            one if language is Language.EN and one.style is Style.SCRIPT else replace(one, language=language)
            for one in self.understandings
        )
        return replace(self, understandings=tuple(kept))

    def refused(self) -> Heard:
        """The message heard as a call for what nobody may do, whatever else it asks."""
        return replace(self, understandings=(refused(self.understandings[0]),))


def heard(text: str, last_question: str | None, expected: Language | None, counsel: Counsel) -> Heard:
    """Understand a message; `last_question` is what it may go on from, `expected` the trader's language if known.

    What a message says by itself counts first, unless it only names another good or place: "and is the border open?"
    begins a subject of its own.
    """
    if several := _several_questions(text, expected, counsel):
        return Heard(several, text[:REMEMBERED])
    alone = counsel.understand(text, expected)
    if alone.outcome is Outcome.SMALLTALK:
        alone = _behind_small_talk(text, expected, counsel) or alone
    if last_question and (joined := _gone_on(alone, last_question, expected, counsel)):
        return Heard((joined,), last_question)
    alone = _of_a_good_alone(alone, counsel.library)
    asked = alone.outcome in _ASKED and len(text.split()) > 1 and alone.confidence >= OFFERED_FROM
    return Heard((alone,), text[:REMEMBERED] if asked else last_question)


def _several_questions(text: str, expected: Language | None, counsel: Counsel) -> tuple[Understanding, ...]:
    """The questions of a message in several parts, if at least one of them is answered and another asks more."""
    parts = [part for part in map(str.strip, _QUESTION.split(text)) if len(part.split()) > 1]
    if len(parts) < 2:
        return ()
    rest = " ".join(parts[PARTS_READ - 1 :])
    read = [*parts[: PARTS_READ - 1], rest] if rest else parts
    understood = [counsel.understand(part, expected) for part in read]
    answered = {one.topic for one in understood if one.outcome is Outcome.ANSWER}
    several: dict[str | None, Understanding] = {}
    for one in understood:
        if one.outcome is Outcome.ANSWER:
            several.setdefault(one.topic, one)
        elif one.outcome is Outcome.CHOICES and (one.aside == SMUGGLING or answered.isdisjoint(one.choices)):
            several.setdefault(one.aside or one.choices[0], one)
    return tuple(several.values()) if answered and len(several) > 1 else ()


def _behind_small_talk(text: str, expected: Language | None, counsel: Counsel) -> Understanding | None:
    """What is asked behind a word of thanks, a greeting, an insult."""
    parts = [part for part in map(str.strip, _CLAUSE.split(text)) if part]
    for part in reversed(parts[-PARTS_READ:] if len(parts) > 1 else ()):
        understood = counsel.understand(part, expected)
        if understood.outcome in _ASKED:
            return replace(understood, text=text)
    return None


def _gone_on(
    alone: Understanding, last_question: str, expected: Language | None, counsel: Counsel
) -> Understanding | None:
    """The message understood together with the question before it, where it says little by itself."""
    if alone.aside == SMUGGLING or alone.outcome is Outcome.SMALLTALK:
        return None
    if asks_of_the_same(alone.text):
        goes_on = alone.outcome is not Outcome.ANSWER
    elif named := things_named(alone.text, counsel.library):
        before = _best(counsel.understand(last_question, expected))
        of_goods = before is None or counsel.library[before].category is not Category.CROSSINGS
        goes_on = ("places" in named or of_goods) and not _of_one_kind(before, _best(alone), counsel.library)
    else:
        goes_on = alone.outcome is Outcome.NO_ANSWER and is_led_on(alone.text)
    if not goes_on:
        return None
    joined = counsel.understand(f"{last_question} {alone.text}", expected)
    if joined.outcome not in _ASKED or joined.aside == SMUGGLING:
        return None
    return replace(joined, text=alone.text, language=alone.language, style=alone.style)


def is_led_on(text: str) -> bool:
    """Whether a message is short and begins or ends as a question does that goes on from another."""
    return 1 < len(fold(text).split()) <= WORDS and _rest(text) != fold(text).split()


def things_named(text: str, library: Library) -> set[str]:
    """The "goods" or "places" of which a message asks what was asked before: "and for rice?", «برای برنج چطور؟»."""
    rest = [word for word in _rest(text) if word not in SMALL_WORDS]
    if not is_led_on(text) or not 0 < len(rest) <= NAME_WORDS:
        return set()
    name, named = " ".join(rest), set()
    if any(not good.service for good in library.goods.named(name)):
        named.add("goods")
    if crossing_named(library, name) or cities_named(library, name):
        named.add("places")
    return named


def asks_of_the_same(text: str) -> bool:
    """Whether a message asks only how much, how long, where, who: of what was asked before."""
    words = fold(text).split()
    return len(words) <= WORDS and not ASKING_WORDS.isdisjoint(words) and (ASKING_WORDS | SMALL_WORDS).issuperset(words)


def _rest(text: str) -> list[str]:
    """The words of a message without those that lead on from another."""
    words = fold(text).split()
    for size in (2, 1):
        if " ".join(words[:size]) in LEADING:
            words = words[size:]
        if " ".join(words[-size:]) in TRAILING:
            words = words[:-size]
    return words


def _best(understanding: Understanding) -> str | None:
    return understanding.topic or next(iter(understanding.choices), None)


def _of_one_kind(one: str | None, other: str | None, library: Library) -> bool:
    """Whether two topics are each about a gate, or each about goods: then the second is no question about the first."""
    if one is None or other is None:
        return False
    first, second = library[one], library[other]
    return bool(first.crossing and second.crossing) or first.category is second.category is Category.SECTORS


def _of_a_good_alone(understanding: Understanding, library: Library) -> Understanding:
    """The name of a good without a question is offered what is mostly asked of goods."""
    text = understanding.text
    if understanding.outcome is Outcome.ANSWER or understanding.aside == SMUGGLING or len(text.split()) > 1:
        return understanding
    goods = library.goods.named(text)
    if not goods or goods[0].service:
        return understanding
    sure = understanding.confidence >= OFFERED_FROM  # of fuel: that it may not be traded
    known = [each for each in understanding.choices if sure or library[each].category is Category.SECTORS]
    country = "ir" if understanding.language is Language.FA else "pk"
    asked = [*known[:1], f"export-documents-{country}", f"import-documents-{country}", "tariff-lookup"]
    choices = tuple(topic for topic in dict.fromkeys(asked) if topic in library.entries)[:3]
    if not choices:
        return understanding
    return replace(understanding, outcome=Outcome.CHOICES, choices=choices, aside=None, smalltalk=None)


#: Words with which a question that goes on from the last one begins, and ends.
LEADING = frozenset(map(fold, (
    "and", "what about", "how about", "or", "then", "aur", "phir", "اور", "پھر", "va", "o", "و", "پس", "pas", "hala",
    "حالا",
)))  # fmt: skip
TRAILING = frozenset(map(fold, (
    "chi", "chetor", "chetore", "چی", "چطور", "چطوره", "چه طور", "ka kya", "کا کیا", "ki kya", "کی کیا", "instead",
)))  # fmt: skip

#: Words beside a name, or beside words that ask, which ask for nothing themselves.
SMALL_WORDS = frozenset(
    fold(
        """
        for to of from at in on by the a an it is are does do did i we me my that one there will be per and so please
        get need gives
        ke kay k ka ki ko se liye liey lie par pe mein me main hai hain he h ho hoga hogi ye yeh is us iska
        iski aur to bhi
        کے کا کی کو سے لیے لئے پر میں ہے ہیں ہو ہوگا ہوگی یہ اس اسکا اسکی اور تو بھی گا گے گی
        baraye bara vase az be ba ro ra e ast in an on ham hast mishe mishavad va
        برای واسه از به با رو را است این ان هم هست میشه می شود شود و اش
        """
    ).split()
)

#: Words that ask something of what was spoken of.
ASKING_WORDS = frozenset(
    fold(
        """
        how much many long where when who whom which what cost costs price fee fees charge days weeks take takes taken
        issues valid validity apply
        kitna kitne kitni kitnay kab kahan kahaan kidhar kaun kon kaise kese din dino waqt dair lagta lagte
        lagti lagenge
        lagega lagegi kharcha kharch paise fees milega milegi milta banega banegi banta deta
        کتنا کتنے کتنی کب کہاں کدھر کون کیسے دن دنوں وقت دیر لگتا لگتے لگتی لگیں لگے خرچہ خرچ پیسے فیس ملے ملتا ملتی بنے
        بنتا دیتا
        cheghadr cheqadr cheghad chand chande chandeh chanta kojast koja kie rooz ruz roz tool tul mikeshe mikesheh
        hazine hazinash zaman vaght begiram bayad mide midan mibare etebar
        چقدر چقد چند چنده چندتا کجا کجاست کی کیه روز روزه طول میکشه کشد کشه می هزینه هزینش هزینهاش قیمت قیمتش
        زمان وقت بگیرم
        باید میده میدن میبره اعتبار اعتبارش
        """
    ).split()
)
