"""Amounts in the words of traders: "20 mt", "بیس ٹن", "do truck", "۲٫۵ تن", "1 lakh"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import regex

from bot.enquiry import Unit
from knowledge.script import fold, fold_digits

MOST = Decimal(10) ** 9  # of any unit; a trader who types more has slipped
DECIMALS = Decimal("0.001")  # what is kept of a fraction


@dataclass(frozen=True, slots=True)
class Word:
    """A word or number of a text, folded, and where it stands."""

    text: str
    written: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[:1].isdigit()


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity that a text states; its unit where it names one that we know. It may be absurd."""

    quantity: Decimal
    unit: Unit | None
    start: int  # where it stands in the text
    end: int

    @property
    def is_sane(self) -> bool:
        """Whether anybody trades so much, or so little."""
        return 0 < self.quantity <= MOST and self.rounded > 0

    @property
    def rounded(self) -> Decimal:
        """The quantity as it is kept; only where it is not too large."""
        rounded = self.quantity.quantize(DECIMALS)
        return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word.replace("_", " ")) for word in words.split())


#: How traders write each unit.
UNITS: dict[Unit, frozenset[str]] = {
    Unit.KILOGRAM: _folded("kg kgs kilo kilos kilogram kilograms kilogramme کلو کلوگرام کیلو کیلوگرم کلوگرم کیلوگرام"),
    Unit.TONNE: _folded("ton tons tonne tonnes tn mt mts tun tann tonn tuns ٹن ٹنز تن"),
    Unit.LITRE: _folded("litre litres liter liters ltr ltrs لیٹر لیتر"),
    Unit.PIECE: _folded("piece pieces pcs pc adad aded dana dane daane danay nos unit units پیس عدد دانہ دانے دانه تا"),
    Unit.HEAD: _folded("head heads ras raas rass janwar رأس راس جانور"),
    Unit.CARTON: _folded(
        "carton cartons karton kartan ctn ctns peti petiyan petian box boxes کارٹن پیٹی پیٹیاں کارتن جعبه"
    ),
    Unit.BAG: _folded(
        "bag bags bori boriyan borian boriya sack sacks kise kiseh gooni guni بوری بوریاں بوریا بیگ کیسه گونی"
    ),
    Unit.TRUCK: _folded(
        "truck trucks truk trak trailer trailers trala tralla tereili lorry kamyon kamion kamiyon truckload truckloads "
        "ٹرک ٹرالا ٹریلر کامیون تریلی"
    ),
    Unit.CONTAINER: _folded(
        "container containers contener kontainer konteyner kantiner fcl teu کنٹینر کانتینر کانٹینر"
    ),
    Unit.METRE: _folded("metre metres meter meters mitr metr میٹر متر"),
}
_ATTACHED = {"t": Unit.TONNE, "m": Unit.METRE, "l": Unit.LITRE}  # only right behind digits: 20t
_UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}

#: Measures that differ from place to place, so that the trader is asked for another: a maund has 37 or 40 kilos.
UNKNOWN_UNITS = _folded("man mann maund maunds mun من quintal quintals کوئنٹل ser gaz gaj گز foot feet yard yards")

_BETWEEN = _folded("metric matric میٹرک متریک")  # 20 metric tons
_AND = _folded("و aur and o اور")

#: Numbers in words, by value; each as Urdu, Persian and English write it, in both letters.
_SMALL: dict[str, str] = {
    "0.5": "adha aadha adhi aadhi half nim neem آدھا آدھی نیم نصف",
    "1": "ek aik one yek ye ایک یک",
    "1.5": "dedh derh deedh ڈیڑھ",
    "2": "do two دو",
    "2.5": "dhai dhaai adhai ڈھائی",
    "3": "teen tin three تین سه",
    "4": "char chaar four chahar chahaar چار چہار چهار",
    "5": "panch paanch five panj پانچ پنج",
    "6": "chhe chay chheh six shesh shish چھ شش",
    "7": "saat sat seven haft سات هفت",
    "8": "aath ath eight hasht آٹھ هشت",
    "9": "nau nao nine noh نو نه",
    "10": "das dus ten dah دس ده",
    "11": "gyarah gyara eleven yazdah گیارہ یازده",
    "12": "barah bara twelve davazdah بارہ دوازده",
    "13": "terah thirteen sizdah تیرہ سیزده",
    "14": "chaudah fourteen chahardah چودہ چهارده",
    "15": "pandrah pandra fifteen panzdah پندرہ پانزده",
    "16": "solah sola sixteen shanzdah سولہ شانزده",
    "17": "satrah seventeen hefdah سترہ هفده",
    "18": "atharah athara eighteen hejdah اٹھارہ هجده",
    "19": "unnis nineteen nuzdah انیس نوزده",
    "20": "bees bis twenty بیس بیست bist",
    "25": "pachees pachis pacchees پچیس",
    "30": "tees tis thirty si تیس",
    "35": "paintees پینتیس",
    "40": "chalis chalees forty fourty chehel چالیس چهل",
    "45": "paintalis پینتالیس",
    "50": "pachas pachaas fifty panjah پچاس پنجاه",
    "60": "saath sath sixty shast ساٹھ شصت",
    "70": "sattar seventy haftad ستر هفتاد",
    "75": "pachattar پچہتر",
    "80": "assi eighty hashtad اسی هشتاد",
    "90": "nabbe navve ninety navad نوے نود",
    "200": "devist devest دویست",
    "300": "sisad سیصد",
    "400": "charsad chaharsad چهارصد",
    "500": "pansad panjsad پانصد",
    "600": "sheshsad ششصد",
    "700": "haftsad هفتصد",
    "800": "hashtsad هشتصد",
    "900": "nohsad نهصد",
}
_MULTIPLIERS: dict[str, str] = {
    "100": "sau so hundred sad سو صد",
    "1000": "hazar hazaar hezar thousand ہزار هزار",
    "100000": "lakh lac lakhs lacs laakh لاکھ",
    "1000000": "million milion میلیون ملین",
    "10000000": "crore karor caror کروڑ",
}
_VALUE = {fold(word): Decimal(value) for value, words in _SMALL.items() for word in words.split()}
_MULTIPLIER = {fold(word): Decimal(value) for value, words in _MULTIPLIERS.items() for word in words.split()}
_AND_A_HALF = _folded("sadhe saadhe sarhe ساڑھے")  # before the number: sadhe teen is 3.5
_AND_A_QUARTER = _folded("sawa sava سوا")

_WORD = regex.compile(r"\p{Nd}+(?:[.,٫٬]\p{Nd}+)*|[\p{L}\p{M}]+")
_THIRTY = "سی"  # folds as the Urdu سے (from) does


def words_of(text: str) -> list[Word]:
    """The words and numbers of a text; a joiner that is not seen parts them as a space does."""
    words = (
        Word(_number(match.group()) or fold(match.group()), match.group(), match.start(), match.end())
        for match in _WORD.finditer(text)
    )
    return [word for word in words if word.text]


def amount_in(text: str, *, bare: bool = False) -> Amount | None:
    """The first amount of a text that names a unit; `bare`: else the first number, too."""
    words = words_of(text)
    without_unit = None
    for first, last, value in _numbers(words):
        quantity = -value if _is_negative(text, words[first]) else value
        unit, end = _unit_behind(words, last)
        if end > last:
            return Amount(quantity, unit, words[first].start, words[end].end)
        without_unit = without_unit or Amount(quantity, None, words[first].start, words[last].end)
    return without_unit if bare else None


def unit_named(text: str) -> Unit | None:
    """The unit that a text names."""
    return next((_UNIT_OF[word.text] for word in words_of(text) if word.text in _UNIT_OF), None)


def _number(written: str) -> str:
    """Digits of any script as Python writes them, with one point at most; empty where it is a word."""
    digits = fold_digits(written).replace("٫", ".").replace("٬", ",")
    if not digits[:1].isdigit():
        return ""
    if re.fullmatch(r"\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?", digits) or digits.count(",") > 1:
        digits = digits.replace(",", "")  # 2,500 and 1,00,000
    digits = digits.replace(",", ".")  # 2,5
    return digits if digits.count(".") < 2 else digits.replace(".", "")


def _is_negative(text: str, word: Word) -> bool:
    before = text[: word.start].rstrip(" ")
    return word.is_number and before[-1:] in {"-", "−"} and not before[:-1].rstrip(" ")[-1:].isalnum()


def _numbers(words: Sequence[Word]) -> Iterator[tuple[int, int, Decimal]]:
    """Each number, in digits or words, as the places of its first and last word, and its value."""
    place = 0
    while place < len(words):
        last, value = _number_from(words, place)
        if value is not None:
            yield place, last, value
        place = last + 1


def _number_from(words: Sequence[Word], first: int) -> tuple[int, Decimal | None]:
    total = current = extra = Decimal(0)
    last: int | None = None
    for place in range(first, len(words)):
        word = words[place]
        value = Decimal(word.text) if word.is_number else _in_words(words, place)
        if last is not None and word.is_number and words[place - 1].is_number:
            break  # 20-25: two numbers
        if value is not None:
            current += value
        elif word.text in _MULTIPLIER and not (word.text == "so" and last is None):  # ek so, but not "so ton"
            current = (current or 1) * _MULTIPLIER[word.text] + extra * _MULTIPLIER[word.text]
            extra = Decimal(0)
            if _MULTIPLIER[word.text] > 100:
                total, current = total + current, Decimal(0)
        elif place == first and word.text in _AND_A_HALF | _AND_A_QUARTER:
            extra = Decimal("0.5") if word.text in _AND_A_HALF else Decimal("0.25")
            continue
        elif last == place - 1 and word.text in _AND:
            continue
        else:
            break
        last = place
    return (first, None) if last is None else (last, total + current + extra)


def _in_words(words: Sequence[Word], place: int) -> Decimal | None:
    word = words[place]
    if word.text == _THIRTY:
        return Decimal(30) if word.written == _THIRTY else None
    if word.text == "se":  # three in Persian, from in Urdu
        return Decimal(3) if place == 0 and len(words) > 1 else None
    return _VALUE.get(word.text)


def _unit_behind(words: Sequence[Word], last: int) -> tuple[Unit | None, int]:
    """The unit behind a number and the place of its word; that of the number where no measure follows."""
    place = last + 1
    if place < len(words) and words[place].text in _BETWEEN:
        place += 1
    if place >= len(words):
        return None, last
    word = words[place]
    if word.text in _ATTACHED and words[last].is_number and word.start == words[last].end:
        return _ATTACHED[word.text], place
    if word.text in _UNIT_OF:
        return _UNIT_OF[word.text], place
    return None, place if word.text in UNKNOWN_UNITS and words[last].is_number else last
