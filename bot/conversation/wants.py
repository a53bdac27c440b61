"""What a trader is after, read from his words: to sell, to buy, a partner, a service; or a question about papers."""

from __future__ import annotations

import re

from bot.enquiry import Want
from knowledge.script import fold


def _pattern(*alternatives: str) -> re.Pattern[str]:
    """Whole words of a folded text; those in Urdu and Persian letters are written plainly, a + for any ending."""
    folded = (
        alternative if alternative.isascii() else re.sub(r"\+", r"\\S*", _folded_with_ending(alternative))
        for alternative in alternatives
    )
    return re.compile(rf"(?<!\S)(?:{'|'.join(folded)})(?!\S)")


def _folded_with_ending(word: str) -> str:
    return fold(word) + ("+" if word.endswith("+") else "")


_BUYER = _pattern(
    r"kh?[ae]?r[ie]+d[ao]+r\w*", "buyers?", "importers?", "customers?", r"ga+ha?k\w*", r"gr?a+ha?k\w*",
    r"moshtari\w*", "خریدار+", "گاہک+", "مشتری+", "واردکننده+",
)  # fmt: skip
_SELLER = _pattern(
    "sellers?", "suppliers?", "exporters?", "manufacturers?", r"f[aou]?r[ou]+s+h?ande\w*", r"tamin konande\w*",
    r"b(?:e+|ai|ay)chne? ?wal\w*", "فروشنده+", "تامین کننده+", "سپلائر+", "بیچنے وال+", "فروخت کنند+", "صادرکننده+",
)  # fmt: skip
_NEED = _pattern(
    r"cha+h?[iey]+\w*", "darkar", "required", "needed", "wanted", "needs?", "looking for", "require", "requirement",
    r"mi ?kh(?:a|w|o)\w*", r"la+zem\w*", r"ni[y]?a+z\w*", r"donb[ae]l\w*", r"tala+sh\w*", r"dhoo?nd\w*",
    "zar[ou]+rat", "matl[ou]+b", "چاہیے", "چاہئے", "چاہیئے", "چاہییں", "چاہئیں", "درکار", "مطلوب", "ضرورت", "تلاش",
    "ڈھونڈ+", "می خوا+", "میخوا+", "نیاز+", "لازم", "دنبال", "خواهان", "خواستار+", "جویای",
)  # fmt: skip
_I_AM = _pattern(
    "hun", "hoon", "hu", "hain", "am", "i m", "hastam", "hastim", "we are", "ہوں", "ہیں", "هستم", "هستیم", "ام",
    "ایم",
)  # fmt: skip
_I_AM_A_BUYER = re.compile(rf"(?:kharidara?i?m|{fold('خریدارم')}|{fold('خریداریم')}|{fold('خریدارم')})\s*$")
_SELL = _pattern(
    "sell", "selling", "sale", r"b(?:e+|ai|ay|ae)ch(?:n\w*|en|ein|te|ta|ti|o|un\w*)?", r"f[ae]?r[ou]+kh?[ae]?t\w*",
    "(?:be|mi|bi)? ?f[aou]?r[ou]+s+h(?:am|im|i|an)?", "بیچ+", "فروخت", "فروش", "بفروش+", "می فروش+", "میفروش+",
    "فروشی", "سیل",
)  # fmt: skip
_BUY = _pattern(
    "buy", "buying", "purchase", "purchasing", r"kh?[ae]?r[ie]+d(?:n\w*|un\w*|en|ein|i|o|ari)?", "be ?khar[aie]+m",
    "mi ?khar[aie]+m", "خرید", "خریدن", "خریدنا", "خریدنی", "خریدنے", "خریداری", "بخر+", "می خر+", "میخر+",
)  # fmt: skip
_EXPORT = _pattern(
    "supply", "export", "صادر+", "ایکسپورٹ",
)  # fmt: skip
_IMPORT = _pattern(
    "import", r"mang[wv]\w+", "منگوا+", "وارد کن+", "امپورٹ",
)  # fmt: skip
_PARTNER = _pattern(
    r"partner\w*", "joint venture", r"sh[ia]r[aei]+k\w*", r"hiss[ae] ?da+r\w*", r"hamka+ri\w*", "distributors?",
    "dealers?", "dealership", r"nam[ae]yand\w*", r"num[ae]+ind\w*", "پارٹنر+", "شراکت+", "شریک+", "حصہ دار+",
    "همکاری+", "نماینده+", "نمایندگی+", "نمائندہ+", "ڈسٹری بیوٹر+", "ڈیلر+", "مشارکت+",
)  # fmt: skip
_OFFER = _pattern(
    "(?:i|we) (?:offer|provide|give|do)", r"offer\w*", r"provid\w+", r"det[eai] h\w+", r"fara+ham\w*",
    r"[ae]ra+ye\w*", "mi ?dah[aie]m", "فراہم+", "دیتے ہیں", "دیتا ہوں", "دیتی ہوں", "ارائه+", "می دهیم", "می دهم",
    "میدیم", "انجام می+",
)  # fmt: skip
_TRANSPORT = _pattern(
    "trucks?", "trucking", "trailers?", "tra+la", "lorry", "ga+ri", "transport", "kamyon", "kamion", "barbari", "ٹرک",
    "ٹرالا", "گاڑی", "ٹرانسپورٹ", "کامیون", "تریلی", "باربری", "حمل و نقل",
)  # fmt: skip
_SERVICE = _pattern(
    "services?", r"khi?dma\w*", r"khadama\w*", "خدمت", "خدمات", "سروس+", "سرویس+",
)  # fmt: skip
_HAVE = _pattern(
    "available", "have", "ready stock", "mere? pa+s+", "hamare? pa+s+", "da+r[aie]m", "da+st[iy]+a+b", "m[ao]uju?d",
    "میرے پاس", "ہمارے پاس", "دستیاب", "موجود", "دارم", "داریم",
)  # fmt: skip

#: Words with which one asks, and words for what the library answers: papers, rules, money, addresses.
_ASKS = _pattern(
    "kya", "kia", "kiya", "kyun?", "kyon", "k[ae][iy]?s[aei]y?", "kaisay", "kesy", "kahan?", "kidhar", "kab",
    "k[ao]u?n", "kon", "konn?s[aei]", r"kaun ?s\w+", r"kitn\w+", "kis", "how", "what", "which", "where", "when",
    "whom?", "why", "whose", "can (?:i|we|you|it)", "may (?:i|we)", "should", "must", "do (?:i|we|you|they)", "does",
    "is it", "is there", "are there", "any", "aya", "che", "chi", "chia", r"chet[ou]r\w*", r"chegu?n\w*", "koja",
    "kod[aou]+m", "ya na+", "ya nah?i+n?", "ya kh?ei?r", "h(?:ai|ay|e) ya",
    "chan", "chand", "che ?juri", "bayad", r"cheq\w*", "chegh?adr", "mishe", "mitunam", r"mitoon\w+",
    r"sakt\w+", "کیا", "کیوں", "کیسے", "کہاں", "کدھر", "کب", "کون", "کونسا", "کونسی", "کون سے", "کتنا", "کتنی",
    "کتنے", "کس", "سکتے", "سکتا", "سکتی", "سکتے ہیں", "آیا", "چه", "چی", "چیه", "چطور+", "چجوری", "چه جوری", "باید",
    "چگونه", "کجا", "کدام", "کدوم", "چند", "چقدر", "میشه", "می شود", "می شه", "میشود", "میتوان+", "می توان+",
    "می تون+", "یا نه", "یا خیر", "یا نہیں", "ہے یا",
)  # fmt: skip
_ABOUT = _pattern(
    r"ka+gh?[ae]+z\w*", "documents?", "docs?", "papers?", r"licen[cs]\w*", "permits?", "permission", r"certificat\w*",
    "sertifiket", "tax(?:es)?", "dut(?:y|ies)", "customs?", "gomr[uo]k", "kasta?m", "visa", "rules?", "laws?",
    r"qan[ou]+n\w*", "allowed", "ij[ae]+zat", "ban(?:ned)?", r"paband\w*", "mana", "mane", "tariff", "fees?",
    "rates?", "prices?", "procedure", "nu?m?ba?rs?", "numbers?", r"shomare\w*", "contacts?", "addresse?s?", "list",
    "checklist", r"info\w*", "malu?o?mat", "et+el[ae]+t", r"ba?ta\w*", "process", "requirements?", "adres+", "tell",
    "explain", "bidunam", r"bed[ou]+n\w*", "begi?[dn]", "madr[ae]+k", "madarek", "moj[ae]+v[ae]z", "gavahi", "kart",
    "shart", "limit", "quota", "problem", "apply", r"regist\w+", "payment", "code", "کاغذ+", "دستاویز+", "لائسنس+",
    "پرمٹ", "سرٹیفکیٹ+", "ٹیکس", "ڈیوٹی", "کسٹم+", "گمرک+", "ویزا", "ویزه", "ویزای", "قانون+", "قواعد", "اجازت",
    "پابندی", "ٹیرف", "فیس", "ریٹ", "قیمت", "قیمتش", "طریقہ", "نمبر", "فون", "رابطہ", "پتہ", "فہرست", "لسٹ",
    "معلومات", "بتا+", "سمجھا+", "مدارک", "مدرک", "مجوز+", "گواهی+", "کارت", "قانون", "شرط", "شرایط", "اجازه",
    "مالیات", "تعرفه", "هزینه", "شماره+", "تماس", "لیست+", "اطلاعات", "بگید", "بگین", "بگویید", "بدانم", "بدونم",
    "بدونیم", "نمونہ", "منظوری", "رجسٹر+", "تجربہ", "ثبت", "کد", "پروانه", "کوٹہ", "معافی", "نرخ",
)  # fmt: skip
_OPEN = _pattern(
    r"kh?ul[aie]\w*", "open", "closed?", r"band h\w+", "baz[eh]?", r"bast[ae]\w*", "کھلا", "کھلی", "کھلے", "بند",
    "باز", "بازه", "بسته", "بستس",
)  # fmt: skip
_CONTRABAND = _pattern(
    "opium", "afyun", "afyoon", "afeem", "teryak", "taryak", "charas", "hashish", "heroin", "heroine", "cocaine",
    "kokain", "meth", "crystal meth", "weapons?", "pistols?", "kal[ae]shnikovs?", "asl[ae]ha", "rifles?",
    "ammunition", "explosives?", "sha?ra+b", "wine", "whisky", "whiskey", "vodka", "beer", r"smuggl\w+",
    r"gha?cha+gh?\w*", r"qa?cha+q\w*", "bina kagh?az", "bina gd", "افیون", "افیم", "چرس", "ہیروئن", "حشیش", "کوکین",
    "اسلحہ", "اسلحه", "ہتھیار", "پستول", "کلاشنکوف", "شراب", "مشروب", "تریاک", "هروئین", "قاچاق+", "سمگل+", "اسمگل+",
    "مهمات", "تفنگ", "بندوق",
)  # fmt: skip
WORDS_BETWEEN = 3  # "خریدار برنج باسمتی هستم"
WORDS_OF_AN_ENQUIRY = 30  # a longer message tells a story and asks something


def want_in(text: str, *, loosely: bool = False) -> Want | None:
    """What a message wants, of goods; None where it does not say, or says both.

    `loosely`: to import is to buy, and to export to sell.
    """
    words = fold(text)
    needs = bool(_NEED.search(words))
    if needs and _PARTNER.search(words):
        return Want.PARTNER
    if _I_AM_A_BUYER.search(words):
        return Want.BUY
    for trader, looked_for, himself in ((_BUYER, Want.SELL, Want.BUY), (_SELLER, Want.BUY, Want.SELL)):
        if trader.search(words) and (needs or _is_one(words, trader)):
            return looked_for if needs else himself
    bare = _SELLER.sub(" ", _BUYER.sub(" ", words))
    sells = _SELL.search(bare) or (loosely and _EXPORT.search(bare))
    buys = _BUY.search(bare) or (loosely and _IMPORT.search(bare))
    if sells and not buys:
        return Want.SELL
    if buys and not sells:
        return Want.BUY
    return Want.BUY if needs and not sells else None


def _is_one(words: str, trader: re.Pattern[str]) -> bool:
    """Whether the writer says that he is a buyer, or a seller: "we are buyers", "خریدار برنج باسمتی هستم"."""
    places = words.split()
    traders = [place for place, word in enumerate(places) if trader.fullmatch(word)]
    himself = [place for place in range(len(places)) if _I_AM.search(" ".join(places[place : place + 2]))]
    return any(abs(one - other) <= WORDS_BETWEEN for one in traders for other in himself)


def of_service(want: Want) -> Want:
    """What the same want is where a service is meant."""
    return {Want.SELL: Want.OFFER_SERVICE, Want.BUY: Want.NEED_SERVICE}.get(want, want)


def of_goods(want: Want) -> Want:
    """What the same want is where goods are meant."""
    return {Want.OFFER_SERVICE: Want.SELL, Want.NEED_SERVICE: Want.BUY}.get(want, want)


def has_in_stock(text: str) -> bool:
    """Whether a message says that its writer has something: with an amount, he offers it."""
    return bool(_HAVE.search(fold(text)))


def is_of_transport(text: str) -> bool:
    """Whether a message needs, has or offers something that carries goods."""
    words = fold(text)
    said = _NEED.search(words) or _HAVE.search(words) or _OFFER.search(words)
    return bool(said and _TRANSPORT.search(words))


def offers(text: str) -> bool:
    """Whether a message offers to do something."""
    return bool(_OFFER.search(fold(text)))


def want_said(text: str) -> Want | None:
    """What a trader wants who was asked for just that, in a word or two."""
    words = fold(text)
    if _PARTNER.search(words):
        return Want.PARTNER
    serves = bool(_SERVICE.search(words))
    if serves and _OFFER.search(words):
        return Want.OFFER_SERVICE
    if want := want_in(text, loosely=True):
        return of_service(want) if serves else want
    if serves:
        return None
    if bool(_BUYER.search(words)) != bool(_SELLER.search(words)):
        return Want.BUY if _BUYER.search(words) else Want.SELL
    return None


def is_marked(text: str) -> bool:
    """Whether a message has the mark of a question."""
    return "?" in text or "؟" in text


def asks(text: str) -> bool:
    """Whether a message is put as a question."""
    return is_marked(text) or bool(_ASKS.search(fold(text)))


def is_open_or_closed(text: str) -> bool:
    """Whether a message has the words in which drivers ask for a border, often without any word of a question."""
    return bool(_OPEN.search(fold(text)))


def is_contraband(text: str) -> bool:
    """Whether a message names drugs, arms, alcohol or smuggling, of which no enquiry is carried."""
    return bool(_CONTRABAND.search(fold(text)))


def is_about_rules(text: str) -> bool:
    """Whether a message has a word for what is asked of the library: papers, rules, money, addresses."""
    return bool(_ABOUT.search(fold(text)))
