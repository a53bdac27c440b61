"""From an answer's Markdown to spans of styled text, which every channel renders and splits in its own way."""

from __future__ import annotations

import html as html_escapes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE, shown
from knowledge.language import Language

_MARKDOWN = MarkdownIt("commonmark")
_GRAPHEME = regex.compile(r"\X")

#: Where a long text is parted, best first: behind a paragraph, a line, a sentence, a word.
_SEAMS = tuple(map(regex.compile, (r"\n\n+", r"\n", r"[.!?؟۔…]\s+", r"\s+")))


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


Spans = tuple[Span, ...]


def layout(markdown: str, language: Language) -> Spans:
    """Lay an answer out as spans, each shown as the language's readers see it (isolates, digits)."""
    return tuple(span for span in _spans(_MARKDOWN.parse(markdown), language) if span.text)


def _spans(tokens: Sequence[Token], language: Language) -> Iterator[Span]:
    numbers: list[int | None] = []  # of the lists that are open: the next number, None for bullets
    begun = False  # whether the innermost list has an item already
    marker = ""  # of the item that has begun and has no text yet
    gap = ""  # between what was written and what comes
    for token in tokens:
        match token.type:
            case "ordered_list_open":
                numbers.append(int(token.attrGet("start") or 1))
                begun = False
            case "bullet_list_open":
                numbers.append(None)
                begun = False
            case "ordered_list_close" | "bullet_list_close":
                numbers.pop()
                begun = bool(numbers)
            case "list_item_open":
                gap = "\n" if gap and (begun or len(numbers) > 1) else gap
                begun = True
                marker += ("" if marker else "  " * (len(numbers) - 1)) + _marker(numbers, language)
            case "inline" | "fence" | "code_block" | "html_block":
                # code and HTML are no markup of answers: their text is shown as it is
                children = token.children if token.children is not None else [token]
                yield Span(gap + marker)
                yield from _inline(children, language)
                marker, gap = "", "\n\n"


def _marker(numbers: list[int | None], language: Language) -> str:
    number = numbers[-1]
    if number is None:
        return "• "
    numbers[-1] = number + 1
    return shown(f"{number}", language) + ". "


def _inline(tokens: Sequence[Token], language: Language) -> Iterator[Span]:
    style = Span("")
    for token in tokens:
        match token.type:
            case "text":
                yield replace(style, text=shown(token.content, language))
            case "softbreak" | "hardbreak":
                yield Span("\n")
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.nesting > 0)
            case "em_open" | "em_close":
                style = replace(style, italic=token.nesting > 0)
            case "link_open":
                style = replace(style, link=str(token.attrGet("href")))
            case "link_close":
                style = replace(style, link=None)
            case _:
                yield replace(style, text=shown(token.content.rstrip("\n"), language))


def plain(spans: Spans) -> str:
    """The text alone; a link's address behind its text."""
    return "".join(span.text + (f" ({span.link})" if span.link and span.link != span.text else "") for span in spans)


def html(spans: Spans) -> str:
    """HTML of `b`, `i` and `a` alone, which Telegram and browsers read alike; line breaks stay line breaks."""
    return "".join(map(_element, spans))


def _element(span: Span) -> str:
    text = html_escapes.escape(span.text, quote=False)
    if span.italic:
        text = f"<i>{text}</i>"
    if span.bold:
        text = f"<b>{text}</b>"
    if span.link:
        text = f'<a href="{html_escapes.escape(span.link)}">{text}</a>'
    return text


def split(spans: Spans, limit: int, length: Callable[[str], int] = len) -> list[Spans]:
    """Part a text into messages of at most `limit` (measured by `length`), at the best seam that each one has.

    A style that runs over a seam goes on in the next message; a letter stays with its combining marks.
    """
    parts: list[Spans] = []
    rest = _stripped(spans)
    while length("".join(span.text for span in rest)) > limit:
        text = "".join(span.text for span in rest)
        end = _seam(text, _longest(text, limit, length))
        head, rest = _cut(rest, end)
        parts.append(_stripped(head))
        rest = _stripped(rest)
    return [*parts, rest] if rest else parts


def _longest(text: str, limit: int, length: Callable[[str], int]) -> int:
    """The end of the longest head of whole graphemes that fits; one grapheme that alone is too long is cut."""
    end = used = 0
    for grapheme in _GRAPHEME.finditer(text):
        used += length(grapheme.group())
        if used > limit:
            break
        end = grapheme.end()
    return end or limit // 2


def _seam(text: str, most: int) -> int:
    for seam in _SEAMS:
        ends = [match.end() for match in seam.finditer(text, 0, most) if match.end() >= most // 2]
        whole = [end for end in ends if not _isolated(text, end)]
        if whole:
            return whole[-1]
    return most


def _isolated(text: str, at: int) -> bool:
    return text.rfind(FIRST_STRONG_ISOLATE, 0, at) > text.rfind(POP_ISOLATE, 0, at)


def _cut(spans: Spans, at: int) -> tuple[Spans, Spans]:
    head: list[Span] = []
    for index, span in enumerate(spans):
        if len(span.text) >= at:
            first, second = replace(span, text=span.text[:at]), replace(span, text=span.text[at:])
            return (*head, first), (second, *spans[index + 1 :])
        head.append(span)
        at -= len(span.text)
    return tuple(head), ()


def _stripped(spans: Spans) -> Spans:
    kept = [span for span in spans if span.text]
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return tuple(kept)
