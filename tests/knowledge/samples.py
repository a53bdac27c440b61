"""A valid entry and a small set of phrasings, to be changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from knowledge.entry import Phrasing
from knowledge.language import Way
from knowledge.library import Library
from knowledge.questions import Question

MISSING = object()  # stands for a key that is left out


def facts(**changes: Any) -> dict[str, Any]:
    """A valid entry as YAML reads it; a dotted key, with `__` for the dot, reaches inside."""
    values: dict[str, Any] = {
        "id": "taftan-mirjaveh",
        "category": "crossings",
        "title": {"en": "Taftan", "ur": "تفتان", "fa": "تفتان"},
        "scope": "Where it lies.",
        "answer": {"en": "At the border.", "ur": "سرحد پر۔", "fa": "سر مرز."},
        "keywords": ["Taftan", "تفتان"],
        "related": [],
        "sources": [{"publisher": "Dawn", "title": "Reopened", "date": "2025-01-13", "url": "https://dawn.com/1"}],
        "verified": date(2026, 11, 1),
        "reviewed": None,
        "review_after": date(2027, 1, 31),
        "volatile": True,
        "crossing": {"latitude": 28.97736, "longitude": 61.55005, "names": ["Taftan"], "town": None},
    }
    for path, value in changes.items():
        *above, last = path.split("__")
        target: Any = values
        for key in above:
            target = target[int(key) if key.isdigit() else key]
        if value is MISSING:
            del target[last]
        else:
            target[last] = value
    return values


#: Two topics and an aside, in each way of writing as often as learning needs.
TAUGHT: dict[tuple[str, Way], tuple[str, ...]] = {
    ("taftan", Way.EN): ("is the taftan border open", "where is taftan", "taftan gate for trucks", "taftan today"),
    ("taftan", Way.UR): ("تفتان بارڈر کھلا ہے", "تفتان کہاں ہے", "تفتان کا گیٹ", "آج تفتان کیسا ہے"),
    ("taftan", Way.UR_LATN): ("taftan khula hai kya", "taftan kahan hai", "taftan ka rasta", "aaj taftan kaisa hai"),
    ("taftan", Way.FA): ("مرز تفتان باز است", "تفتان کجاست", "دروازهٔ تفتان", "امروز تفتان چطور است"),
    ("taftan", Way.FA_LATN): ("taftan baze emruz", "taftan kojast", "darvaze taftan", "emruz taftan chetore"),
    ("visa", Way.EN): ("how do i get a visa", "visa fee please", "the visa was refused", "apply for visa"),
    ("visa", Way.UR): ("ویزا کیسے ملے گا", "ویزے کی فیس کتنی ہے", "ویزا نہیں ملا", "ویزا لگوانا ہے"),
    ("visa", Way.UR_LATN): ("visa kaise milega", "visa ki fees kitni hai", "visa nahi mila", "visa lagwana hai"),
    ("visa", Way.FA): ("ویزا چطور بگیرم", "هزینهٔ ویزا چقدر است", "ویزا ندادند", "درخواست ویزا"),
    ("visa", Way.FA_LATN): ("chetor visa begiram", "hazine visa cheghadre", "visa nadadan", "darkhaste visa"),
    ("@greeting", Way.EN): ("hello sir", "good morning", "hi there", "good evening"),
    ("@greeting", Way.UR): ("السلام علیکم", "صبح بخیر جناب", "آداب عرض ہے", "کیا حال ہے"),
    ("@greeting", Way.UR_LATN): ("assalam o alaikum", "kya haal hai", "adaab arz hai", "kaise ho bhai"),
    ("@greeting", Way.FA): ("سلام چطوری", "درود بر شما", "عصر بخیر آقا", "خسته نباشید"),
    ("@greeting", Way.FA_LATN): ("salam chetori", "dorood bar shoma", "asr bekheir agha", "khaste nabashid"),
}

#: What the library has no answer to; the fifth of each way is the least that learning needs.
OUTSIDE = {
    Way.EN: ("cricket score", "weather in lahore", "tell me a joke", "who is the president", "biryani recipe"),
    Way.UR: ("کرکٹ کا سکور", "لاہور کا موسم", "کوئی لطیفہ سناؤ", "صدر کون ہے", "بریانی کی ترکیب"),
    Way.UR_LATN: ("match kon jeeta", "mausam kaisa hai", "gana sunao", "sadar kon hai", "biryani banana sikhao"),
    Way.FA: ("نتیجهٔ فوتبال", "هوا چطور است", "یک جوک بگو", "رئیس جمهور کیست", "دستور پخت قورمه"),
    Way.FA_LATN: ("natije football", "hava chetore", "ye jok begu", "rais jomhur kie", "dasture ghorme"),
}
TAUGHT |= {("@out-of-scope", way): texts for way, texts in OUTSIDE.items()}

PHRASINGS = tuple(
    Phrasing(topic, way, text, line)
    for (topic, way), texts in TAUGHT.items()
    for line, text in enumerate(texts, start=2)
)

#: Questions by other hands, on which confidence is learned: right ones, wrong ones and such as nothing answers.
QUESTIONS = tuple(
    Question(style, frozenset(topics), text, "evaluation.tsv", line)
    for line, (style, text, topics) in enumerate(
        (
            ("ur-Latn", "taftan border kab khulta hai", {"taftan"}),
            ("fa", "آیا تفتان باز است", {"taftan"}),
            ("en", "visa for my brother", {"visa"}),
            ("fa", "ویزا می‌خواهم", {"visa"}),
            ("en", "price of gold", ()),
            ("fa", "فوتبال کی بود", ()),
            ("ur-Latn", "gaari ka number", ()),
        ),
        start=2,
    )
)


def library(phrasings: tuple[Phrasing, ...] = PHRASINGS, questions: tuple[Question, ...] = QUESTIONS) -> Library:
    """A library to learn from; what its entries say is not learned."""
    return Library({}, phrasings, questions)
