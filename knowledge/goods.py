"""Goods and services of the trade: which one a text names, its sector, its chapter of the Harmonized System."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, model_validator

from knowledge.entry import Line, Texts, Typed
from knowledge.script import fold, skeleton
from knowledge.spellings import Found, Spelling, Spellings, spelling, words_of

RESERVED = "77"  # the one chapter number that the Harmonized System keeps free
LAST = "97"  # 98 and 99 are for each country's own use
CHAPTER_LETTERS = 3  # of a word of a chapter's name that stands for it
WHOLE = 60  # what a word weighs that stands in the name of one chapter alone; shared among several

# How much each thing that two wanted goods share brings them together, of 1.
SAME_CHAPTER = 0.6
SAME_WORDS = 0.8
SAME_SECTOR = 0.15


class Sector(StrEnum):
    """The branch of trade."""

    AGRICULTURE = "agriculture"
    LIVESTOCK = "livestock"
    ENERGY = "energy"
    LOGISTICS = "logistics"
    IT = "it"
    TEXTILES = "textiles"
    MINERALS = "minerals"  # and metals
    FOOD = "food"
    OTHER = "other"

    @property
    def code(self) -> str:
        """Three letters of it in a reference."""
        return _CODES[self]


_CODES = {
    Sector.AGRICULTURE: "AGR",
    Sector.LIVESTOCK: "LIV",
    Sector.ENERGY: "ENE",
    Sector.LOGISTICS: "LOG",
    Sector.IT: "ITS",
    Sector.TEXTILES: "TEX",
    Sector.MINERALS: "MIN",
    Sector.FOOD: "FOD",
    Sector.OTHER: "OTH",
}

ChapterNumber = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|[1-9]\d)$")]


class Chapter(Typed):
    """A chapter of the Harmonized System, in plain words."""

    number: ChapterNumber
    names: Texts


class Good(Typed):
    """Something that is bought and sold, or a service that is done for it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=32)]
    names: Texts
    also: tuple[Line, ...] = ()  # further spellings
    alone: tuple[Line, ...] = ()  # spellings that are common words, too: named only where little else is said
    unlike: tuple[Line, ...] = ()  # words that look like a spelling, or hold one, and mean something else
    sector: Sector
    chapters: tuple[ChapterNumber, ...] = ()  # most usual first; none for a service
    service: bool = False
    #: Whether a good beside its name says what it is made of or for: mango juice is juice, a rice mill a machine.
    takes: bool = False

    @model_validator(mode="after")
    def _has_chapters_unless_service(self) -> Good:
        if self.service == bool(self.chapters):
            raise ValueError("a good has its chapters of the Harmonized System, a service has none")
        return self

    def spellings(self) -> Iterator[str]:
        """Every way in which it is written that means it wherever it stands."""
        common = {fold(name) for name in self.alone}
        for name in (self.names.en, self.names.ur, self.names.fa, *self.also):
            if fold(name) not in common:
                yield name


GOODS = TypeAdapter(tuple[Good, ...])
CHAPTERS = TypeAdapter(tuple[Chapter, ...])


class Kind(StrEnum):
    """When a spelling means its good."""

    ALWAYS = "always"
    ALONE = "alone"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class _Name:
    good: Good
    kind: Kind


@dataclass(frozen=True)
class Goods:
    """All goods and services by their id, and the chapters that they are cleared under."""

    goods: tuple[Good, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    #: Every spelling as it is compared (words and bones), the good's id and the kind. Kept with the library, for
    #: folding is slow; taken from the goods where it is not handed in.
    spelt: tuple[tuple[str, str, str, Kind], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.spelt:
            object.__setattr__(self, "spelt", tuple(_spelt(self.goods)))
        self._names  # noqa: B018  built at the start, so that no trader waits for it

    def __iter__(self) -> Iterator[Good]:
        return iter(self.goods)

    def __len__(self) -> int:
        return len(self.goods)

    def __getitem__(self, good: str) -> Good:
        return self._by_id[good]

    def get(self, good: str) -> Good | None:
        """The good of this id, or None."""
        return self._by_id.get(good)

    def chapter(self, number: str) -> Chapter | None:
        """The chapter of this number, or None."""
        return self._by_number.get(number)

    def named(self, text: str) -> list[Good]:
        """The goods that a text names, in any spelling, each once, in its order."""
        words = words_of(text)
        found = list(_meant(list(self._names.find(words)), words))
        owners = dict.fromkeys(name.owner.good.id for name in _without_attributes(found, words))
        return [self._by_id[owner] for owner in owners]

    def suggest_chapters(self, text: str, limit: int = 4) -> list[Chapter]:
        """The chapters under which what a text names is cleared; none where nothing fits."""
        named = self.named(text)
        numbers = [number for good in named for number in good.chapters] if named else self._chapters_like(text)
        return [self._by_number[number] for number in dict.fromkeys(numbers) if number in self._by_number][:limit]

    def _chapters_like(self, text: str) -> list[str]:
        """The chapters whose names have words of the text, first those with the rarest and the most."""
        words = words_of(text)
        doubtful = {place for name in self._names.find(words) for place in range(name.start, name.end)}
        weights: Counter[str] = Counter()
        for word in self._chapter_words.find(words):
            for number in word.owner if word.start not in doubtful else ():
                weights[number] += WHOLE // len(word.owner)
        return sorted(weights, key=lambda number: (-weights[number], number))

    @cached_property
    def _by_id(self) -> dict[str, Good]:
        return {good.id: good for good in self.goods}

    @cached_property
    def _by_number(self) -> dict[str, Chapter]:
        return {chapter.number: chapter for chapter in self.chapters}

    @cached_property
    def _names(self) -> Spellings[_Name]:
        owners = {(good.id, kind): _Name(good, kind) for good in self.goods for kind in Kind}
        return Spellings((Spelling(words, bones), owners[good, kind]) for words, bones, good, kind in self.spelt)

    @cached_property
    def _chapter_words(self) -> Spellings[tuple[str, ...]]:
        """Each word of the chapters' names, with the chapters that it stands for."""
        chapters: dict[str, list[str]] = defaultdict(list)
        for chapter in self.chapters:
            for name in (chapter.names.en, chapter.names.ur, chapter.names.fa):
                for word in dict.fromkeys(fold(name).split()):
                    if len(word) >= CHAPTER_LETTERS and word not in _OF_MANY_CHAPTERS:
                        chapters[word].append(chapter.number)
        return Spellings((spelling(word), tuple(dict.fromkeys(numbers))) for word, numbers in chapters.items())


def _meant(found: list[Found[_Name]], words: list[str]) -> Iterator[Found[_Name]]:
    """The names that are goods where they stand: a common word is one behind a quantity, or with nothing else."""
    for place, name in enumerate(found):
        if name.owner.kind is Kind.ALWAYS:
            yield name
        elif name.owner.kind is Kind.ALONE:
            before = [word for word in words[: name.start] if word not in _JOINING][-2:]
            rest = words[: name.start] + words[name.end :]
            # "pyaz ka beej"; not so with services: the truck of "kinnow ka truck" is stuck, not wanted
            head = name.owner.good.takes and not name.owner.good.service
            if (
                _is_quantity(before)
                or all(map(_says_little, rest))
                or (head and place > 0 and _adjoin(found[place - 1], name, words))
            ):
                yield name


def _adjoin(one: Found[_Name], other: Found[_Name], words: list[str]) -> bool:
    return _JOINING.issuperset(words[one.end : other.start])


def _spelt(goods: tuple[Good, ...]) -> Iterator[tuple[str, str, str, Kind]]:
    # what a word never means comes first: it wins over the same word as a spelling of another good
    for kind in (Kind.NEVER, Kind.ALONE, Kind.ALWAYS):
        for good in goods:
            names = {Kind.ALWAYS: good.spellings(), Kind.ALONE: good.alone, Kind.NEVER: good.unlike}
            for name in names[kind]:
                yield (*spelling(name), good.id, kind)


def doubled_chapters(chapters: tuple[Chapter, ...]) -> Iterator[tuple[int, str]]:
    """The place in the file of each chapter that stands there twice or that the nomenclature does not have."""
    for place, chapter in enumerate(chapters):
        if chapter.number in {other.number for other in chapters[:place]}:
            yield place, f"the chapter {chapter.number} stands here already"
        if chapter.number == RESERVED or chapter.number > LAST:
            yield place, f"the Harmonized System has no chapter {chapter.number}"


def faults_of_goods(goods: tuple[Good, ...], chapters: tuple[Chapter, ...]) -> Iterator[tuple[int, str]]:
    """What is wrong with each good, with its place in the file: an unknown chapter, the id or spelling of another."""
    known = {chapter.number for chapter in chapters}
    ids: dict[str, Good] = {}
    spelt: dict[str, Good] = {}
    for place, good in enumerate(goods):
        for number in good.chapters:
            if number not in known:
                yield place, f"{good.id}: there is no chapter {number}"
        if ids.setdefault(good.id, good) is not good:
            yield place, f"the id {good.id} stands here already"
        for name in dict.fromkeys(fold(name).replace(" ", "") for name in (*good.spellings(), *good.alone)):
            if (other := spelt.setdefault(name, good)) is not good:
                yield place, f"{good.id}: “{name}” is {other.id} already"
    for place, good in enumerate(goods):
        for name in good.unlike:
            if (namesake := spelt.get(fold(name).replace(" ", ""))) is not None:
                yield place, f"{good.id}: “{name}” is unlike it, but {namesake.id}"


#: Words beside a good that say nothing of what it is.
_SAYS_LITTLE = frozenset(
    fold(
        """
        i we want to a the some of for sell buy need and have ton tons kg rent fresh new good best quality
        iran irani iranian pakistan pakistani taza kiraya kiraye ejare
        mujhe mujhay hamen chahiye bechna he hai kharidna mere paas ka ki ke ko
        man ma mikham mikhahim befrusham kharidar forush dar baraye daram
        مجھے ہمیں چاہیے بیچنا ہے خریدنا میرے پاس کا کی کے کو ٹن کلو
        ایران ایرانی پاکستان پاکستانی تازہ کرائے کرایہ
        من ما می خواهم میخواهم بفروشم خریدار فروش برای دارم تن کیلو تازه اجاره
        """
    ).split()
)

#: Words of the chapters' names that say nothing of what is cleared there.
_OF_MANY_CHAPTERS = frozenset(
    fold(
        """
        and other of or the its their for small live raw used prepared products materials articles parts goods general
        animal animals plant plants machines food woven small technical measuring films work works products
        اور دیگر یا کی کے کا ان اس چیزیں سامان تیار بنا بنے بنی ہوا ہوئے خام چھوٹی عام حیوانی جانور جانوروں مواد شدہ بند
        آن دیگر فرآورده های ها مصنوعات مواد خام آماده خرد پایه زنده قطعات خوراکی دیگر خوراک پرانے دست دوم کار صنعتی
        آلات آٹے
        """
    ).split()
)

#: Words of a quantity, behind which a common word is a good: "20 ton aam".
_MEASURES = frozenset(
    fold(
        """
        ton tons tonne tonnes tan mt kg kilo kilos kilogram litre liter litres liters carton cartons bag bags bori peti
        truck trucks container containers trailer metre meter metres meters piece pieces head adad dane
        ٹن کلو کلوگرام لیٹر کارٹن بوری بوریاں پیٹی پیٹیاں ٹرک کنٹینر میٹر عدد
        تن کیلو کیلوگرم لیتر کارتن کیسه جعبه کامیون کانتینر متر عدد رأس راس دستگاه
        """
    ).split()
)

_NUMBERS = frozenset(
    fold(
        """
        one two three four five ten twenty fifty hundred thousand ek do teen char panch das bees pachas sau hazar yek
        dah bist panjah sad chand kuch ایک دو تین چار پانچ دس بیس تیس پچاس سو ہزار یک سه چهار پنج ده بیست سی پنجاه صد
        هزار چند کچھ few some
        """
    ).split()
)


def _is_quantity(words: list[str]) -> bool:
    return len(words) == 2 and words[1] in _MEASURES and (words[0].isdigit() or words[0] in _NUMBERS)


def _says_little(word: str) -> bool:
    return word in _SAYS_LITTLE or word in _MEASURES or word.isdigit()


#: Words that may stand between an attribute and what it is the attribute of, or between a quantity and a good.
_JOINING = frozenset(fold("ka ke ki ko e of for wala wali کا کے کی والا والی برای").split())


def _without_attributes(found: list[Found[_Name]], words: list[str]) -> list[Found[_Name]]:
    """The goods found without those that say what another one is made of or for."""
    attributes = []
    for one, other in pairwise(found):
        if _adjoin(one, other, words):
            if other.owner.good.takes:
                attributes.append(one)
            elif one.owner.good.takes:
                attributes.append(other)
    return [name for name in found if name not in attributes]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one side of a deal wants or has."""

    text: str  # in the trader's words
    good: str | None  # id, where the text names one
    chapter: str | None  # of the Harmonized System
    sector: Sector


def closeness(a: Wanted, b: Wanted) -> float:
    """How near two wanted goods are, from 0 to 1: same good 1, same chapter or words much, same sector little."""
    if a.good and a.good == b.good:
        return 1.0
    apart = 1 - SAME_WORDS * _shared_words(a.text, b.text)
    if a.chapter and a.chapter == b.chapter:
        apart *= 1 - SAME_CHAPTER
    if a.sector is b.sector and a.sector is not Sector.OTHER:
        apart *= 1 - SAME_SECTOR
    return 1 - apart


def _shared_words(one: str, other: str) -> float:
    first, second = _bare(one), _bare(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def _bare(text: str) -> set[str]:
    """The words of a text that say what is wanted, so that all ways of writing meet."""
    words = {word for word in fold(text).split() if word not in _SAYS_LITTLE and not word.isdigit()}
    return {skeleton(word) or word for word in words}
