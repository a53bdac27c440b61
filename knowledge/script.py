"""Folding: the many spellings of one word in Arabic and Latin letters made comparable.

`fold` keeps a text readable and makes equal what a reader takes for equal. `skeleton` goes further: it writes Urdu,
Persian, Roman Urdu, Finglish and English with one small set of consonants, so that گمرک, gomrok and gumrak meet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

import regex

Step = Callable[[str], str]

#: Letter → the letter that stands for it. Urdu's retroflex and nasal letters fold to the plain ones because
#: traders on Persian or Arabic keyboards type those.
LETTERS: dict[str, str] = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ێ": "ی", "ے": "ی", "ۓ": "ی", "ئ": "ی",
    "ك": "ک", "ڪ": "ک",
    "ة": "ه", "ۀ": "ه", "ہ": "ه", "ۂ": "ه", "ۃ": "ه", "ھ": "ه", "ە": "ه",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ٲ": "ا",
    "ؤ": "و", "ۇ": "و", "ۆ": "و", "ۋ": "و",
    "ٹ": "ت", "ڈ": "د", "ڑ": "ر", "ں": "ن", "ڭ": "ک",
    "ء": "",
}  # fmt: skip

#: Joiners that separate the parts of one word for the eye; many keyboards have none and type a space.
ZERO_WIDTH_NON_JOINER = "\u200c"

#: Consonant of the skeleton ← the Arabic letters that it stands for, after `LETTERS`.
SOUNDS: dict[str, str] = {
    "b": "ب", "p": "پ", "t": "تط", "j": "ج", "c": "چ", "d": "د", "r": "ر", "z": "زذضظژ", "s": "سثص", "S": "ش",
    "k": "کخ", "g": "گغق", "f": "ف", "l": "ل", "m": "م", "n": "ن",
}  # fmt: skip

#: Latin spelling → consonants of the skeleton; the first that fits from the left wins, so longer ones come first.
#: An h behind a consonant marks breath (کھ kh, گھ gh) or a fricative (خ kh, غ gh): both are written without it.
SPELLINGS: tuple[tuple[str, str], ...] = (
    ("tch", "c"), ("sch", "S"), ("tion", "Sn"), ("cion", "Sn"),
    ("ch", "c"), ("sh", "S"), ("zh", "z"), ("ph", "p"), ("ck", "k"), ("qu", "k"), ("ce", "s"), ("ci", "s"), ("cy", "s"),
    ("c", "k"), ("q", "g"), ("x", "ks"), ("v", ""), ("w", ""), ("y", ""), ("h", ""),
)  # fmt: skip

_INITIALS = {"و": "v", "v": "v", "w": "v", "ی": "y", "y": "y"}  # at a word's start these are consonants
_VOWELS = frozenset("aeiouاعوی")
_ARABIC_SOUNDS = {letter: sound for sound, letters in SOUNDS.items() for letter in letters}
_LETTER_TABLE = str.maketrans(LETTERS)
_NO_SEPARATOR = regex.compile(r"[^\p{L}\p{N}]+")
_ELONGATION = regex.compile(r"(\p{L})\1{2,}")
_DROPPED = regex.compile(r"[\p{Mn}\p{Cf}\u0640]")  # marks, invisible controls, tatweel
_DIGITS = regex.compile(r"\p{Nd}")
_DOUBLED = regex.compile(r"(\p{L})\1+")
_SPELLING = regex.compile("|".join(spelling for spelling, _ in SPELLINGS))
_SPELLING_TABLE = dict(SPELLINGS)


def compose(text: str) -> str:
    """Make presentation forms and decomposed letters plain, and all Latin letters small."""
    return unicodedata.normalize("NFKC", text).lower()


def fold_letters(text: str) -> str:
    """Write each Arabic letter as the one that stands for it in `LETTERS`."""
    return text.translate(_LETTER_TABLE)


def fold_digits(text: str) -> str:
    """Write the digits of every script as 0–9."""
    # a script newer than this Python's tables has digits that it does not know: they fall out
    return _DIGITS.sub(lambda digit: str(unicodedata.digit(digit.group(), "")), text)


def split_joined(text: str) -> str:
    """Write a space where a zero-width non-joiner parts a word, as most keyboards do."""
    return text.replace(ZERO_WIDTH_NON_JOINER, " ")


def drop_marks(text: str) -> str:
    """Leave out vowel signs, accents, the tatweel and every invisible control character."""
    return _DROPPED.sub("", unicodedata.normalize("NFD", text))


def shorten(text: str) -> str:
    """Write a letter that is drawn out (three times or more) once."""
    return _ELONGATION.sub(r"\1", text)


def space(text: str) -> str:
    """Write one space for all that is neither letter nor digit, and none at the ends."""
    return _NO_SEPARATOR.sub(" ", text).strip()


#: compose first: the tables know plain letters only; letters before marks: NFD takes آ and ئ apart.
FOLDING: tuple[Step, ...] = (compose, split_joined, fold_letters, fold_digits, drop_marks, shorten, space)


def fold(text: str) -> str:
    """Return the text as its readers compare it: one form a letter, no marks, no punctuation, small letters."""
    for step in FOLDING:
        text = step(text)
    return text


def skeleton(text: str) -> str:
    """Return the consonants of a text, the same for all five ways of writing; words stay apart.

    A vowel shows only at a word's start, as "A"; doubled consonants count once.
    """
    words = (_consonants(word) for word in fold(text).split())
    return " ".join(word for word in words if word)


@lru_cache(maxsize=4096)
def _consonants(word: str) -> str:
    if len(word) == 1 and word in _VOWELS:  # an ezafe written apart (kart-e bazargani), an article
        return ""
    initial = _INITIALS.get(word[0], "A" if word[0] in _VOWELS else "")
    rest = word[1:] if initial else word
    spelled = _SPELLING.sub(lambda match: _SPELLING_TABLE[match.group()], rest)
    sounds = "".join(_ARABIC_SOUNDS.get(letter, letter) for letter in spelled if letter not in _VOWELS)
    return _DOUBLED.sub(r"\1", initial + sounds.replace("ه", "").replace("ح", ""))
