"""What a text for traders may hold, and the facts that it states: the same in every language, and with a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt

from knowledge.dates import DATE, replace_dates
from knowledge.entry import ANSWER_LETTERS, Entry, Texts
from knowledge.language import Language
from knowledge.script import fold_digits

#: What an answer may be made of (markdown-it token types): paragraphs, lists, bold, italics and links.
_PAIRED = ("paragraph", "ordered_list", "bullet_list", "list_item", "strong", "em", "link")
MARKUP = frozenset(
    ["inline", "text", "softbreak", "hardbreak", *(f"{name}_{end}" for name in _PAIRED for end in ("open", "close"))]
)

_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_ADDRESS = re.compile(r"https?://[^\s)>\]۔،؛؟]+|[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)
_MARKDOWN = MarkdownIt("commonmark")


def answer_faults(answer: str) -> Iterator[str]:
    """What is wrong with one text: its length, its markup, its dates."""
    if len(answer) > ANSWER_LETTERS:
        yield f"has {len(answer):,} letters, {ANSWER_LETTERS:,} are allowed"
    for token in _MARKDOWN.parse(answer):
        for part in (token, *(token.children or ())):
            if part.type not in MARKUP and part.nesting >= 0:  # its end is no second fault
                yield f"has markup that not every channel can show: {part.type.removesuffix('_open')}"
    try:
        without_dates = replace_dates(answer, day=lambda _: "", month=lambda _: "")
    except ValueError as error:
        yield f"has a date that is none: {error}"
    else:
        if re.search(r"[{}]", without_dates):
            yield "has a brace that is no date; dates are written {2025-01-13} or {2025-09}"


def faults_of_texts(texts: Texts, name: str, entry: Entry | None) -> Iterator[str]:
    """What is wrong with a text of the lists, above all a fact that the entry behind it does not state."""
    yield from differing_facts(texts, name)
    for language in Language:
        yield from (f"{name}.{language} {message}" for message in answer_faults(texts[language]))
        if entry:
            stated = _facts(entry.answer[language]) | _facts(entry.title[language])
            for fact in sorted(_facts(texts[language]) - stated):
                yield f"{name}.{language} states {fact}, which {entry.id} does not"


def differing_facts(texts: Texts, name: str) -> Iterator[str]:
    """Numbers, dates and addresses must be the same in all languages, or one of them misleads."""
    facts = {language: _facts(texts[language]) for language in Language}
    everything = set().union(*facts.values())
    for language in Language:
        missing = sorted(everything - facts[language])
        if missing:
            yield f"{name}.{language} lacks what another language states: {', '.join(missing)}"


def _facts(answer: str) -> set[str]:
    return set(_take(_ADDRESS, answer)) | set(_numbers(answer))


def _take(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return (match.group().rstrip(".,") for match in pattern.finditer(text))


def _numbers(answer: str) -> Iterator[str]:
    dates = [match.group() for match in DATE.finditer(answer)]
    yield from dates
    plain = fold_digits(DATE.sub(" ", _ADDRESS.sub(" ", answer))).replace("٬", ",").replace("٫", ".")
    without_list_numbers = re.sub(r"^\s*\d+[.)]\s", "", plain, flags=re.MULTILINE)
    yield from _NUMBER.findall(without_list_numbers)
