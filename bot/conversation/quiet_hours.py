"""Quiet hours as they are typed: "10pm se 7 baje", "22-7", «از ۱۰ شب تا ۷ صبح», "raat 11 baje se subah 8 baje"."""

from __future__ import annotations

import re

from knowledge.script import compose, drop_marks, fold, fold_digits, fold_letters, split_joined

HOURS = tuple[int, int]  # from and until, each 0 to 23

#: Words for a part of the day → the part.
PARTS: dict[str, str] = {
    fold(word): part
    for part, words in {
        "night": "night raat rat shab midnight رات شب نیمه‌شب",
        "evening": "evening shaam sham asr maghrib ghorub شام عصر غروب مغرب",
        "morning": "morning subah subha sobh sob fajr bamdad صبح فجر بامداد سویرے",
        "noon": "noon afternoon dopahar dopehar zohr zuhr دوپہر ظهر ظہر",
        "am": "am",
        "pm": "pm",
    }.items()
    for word in words.split()
}
WORDS = 5  # of a message that is hardly more than an hour

#: Words that part the two hours.
SEAMS = frozenset(map(fold, ["se", "to", "till", "until", "and", "aur", "ta", "va", "سے", "تا", "و", "اور"]))

_POINT = re.compile(r"(?<=\d)[:.](?=\d\d(?!\d))")  # 22:30
_TIME = re.compile(r"(?<!\d)(\d{1,2})(?::(\d\d))?(?!\d)")
_LATIN_PART = re.compile(r"(?<=\d)\s*([ap])\.?\s?m\b\.?")  # 10pm, 10 p.m.
_WORD = re.compile(r"[^\W\d_]+")


def hours_in(text: str) -> HOURS | None:
    """Return the two hours that a message names, whole hours that cover what it says; None where it names no two."""
    plain = _plain(text)
    times = list(_TIME.finditer(plain))
    if len(times) != 2 or any(int(time[1]) > 24 or int(time[2] or 0) > 59 for time in times):
        return None
    first, second = times
    ended, begun = _parted(_WORD.findall(plain[first.end() : second.start()]))
    start_part = _part([*_WORD.findall(plain[: first.start()]), *ended])
    end_part = _part([*begun, *_WORD.findall(plain[second.end() :])])
    start_hour, end_hour = int(first[1]), int(second[1])
    starts = _start(start_hour, start_part, end_hour)
    ends = _end(end_hour, end_part, starts)
    ends += int(second[2] or 0) > 0  # until 6:30 is until 7
    return (starts % 24, ends % 24) if starts % 24 != ends % 24 else None


def looks_like_hours(text: str) -> bool:
    """Whether a message is hardly more than numbers that could be hours, though no two were understood."""
    numbers = [int(number) for number in re.findall(r"\d+", fold(text))]
    return bool(numbers) and max(numbers) <= 24 and len(text.split()) <= WORDS


def _plain(text: str) -> str:
    """The text with one form a letter; unlike `fold` it keeps what stands between hour and minute."""
    for step in (compose, split_joined, fold_letters, fold_digits, drop_marks):
        text = step(text)
    return _LATIN_PART.sub(r" \1m ", _POINT.sub(":", text))


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """The words between two hours: those of the first, those of the second."""
    for place, word in enumerate(words):
        if word in SEAMS:
            return words[:place], words[place + 1 :]
    return words, []


def _part(words: list[str]) -> str | None:
    return next((PARTS[word] for word in words if word in PARTS), None)


def _start(hour: int, part: str | None, end: int) -> int:
    if part or hour > 12 or hour == 0:
        return _by_part(hour, part)
    if end > 12 or end == 0 or hour < 6:
        return hour  # by a clock of 24 hours, or in the small hours
    return hour % 12 + 12 if hour < 12 else 0  # quiet hours begin in the evening, at twelve at midnight


def _end(hour: int, part: str | None, starts: int) -> int:
    if part or hour > 12:
        return _by_part(hour, part)
    in_the_afternoon = 12 <= starts < 18 and starts - 12 < hour < 12  # 1 pm to 3
    return hour + 12 if in_the_afternoon else hour


def _by_part(hour: int, part: str | None) -> int:
    """The hour of the day that an hour is in a part of it."""
    if hour > 12 or part is None:
        return hour
    match part:
        case "am" | "morning":
            return hour % 12
        case "night":  # from eight to midnight, and the small hours after it
            return hour % 12 + 12 if 6 <= hour < 12 else hour % 12
        case "noon":
            return hour if hour >= 10 else hour + 12
        case _:
            return hour % 12 + 12
