"""Spans as WhatsApp's own markup (faq.whatsapp.com/539178204879377), and texts parted at its limit."""

from __future__ import annotations

from dataclasses import replace

from bot import markup
from bot.channels.whatsapp.limits import LIMITS, length
from bot.markup import Span, Spans


def texts(spans: Spans) -> list[str]:
    """Part laid out text into bodies of text messages, marks and addresses counted, for the platform counts them."""
    spans = tuple(map(_with_address, spans))
    limit = LIMITS.text
    while True:
        bodies = [render(part) for part in markup.split(spans, limit, length)]
        longest = max(map(length, bodies), default=0)
        if longest <= LIMITS.text:
            return bodies
        limit = max(2, limit * LIMITS.text // longest - 1)  # the marks took more than there was


def _with_address(span: Span) -> Span:
    """A link as text with its address behind it: WhatsApp makes addresses tappable, and knows no other links."""
    if not span.link:
        return span
    text = span.text if span.link == span.text else f"{span.text} ({span.link})"
    return replace(span, text=text, link=None)


def render(spans: Spans) -> str:
    """Text with *bold* and _italic_."""
    text = "".join(span.text for span in spans)
    parts: list[str] = []
    at = 0
    for span in spans:
        end = at + len(span.text)
        touches = _is_letter(text[at - 1 : at]) or _is_letter(text[end : end + 1])
        parts.append(span.text if touches else _marked(span))
        at = end
    return "".join(parts)


def _is_letter(neighbour: str) -> bool:
    """Whether a mark beside this letter would be shown as it stands: WhatsApp reads marks around whole words alone."""
    return neighbour.isalnum()


def _marked(span: Span) -> str:
    """Each line of a span in its marks, which must hug the words."""
    marks = ("*" if span.bold else "") + ("_" if span.italic else "")
    if not marks:
        return span.text
    return "\n".join(_line(line, marks) for line in span.text.split("\n"))


def _line(line: str, marks: str) -> str:
    words = line.strip()
    if not words:
        return line
    before, behind = line[: line.index(words)], line[line.index(words) + len(words) :]
    return f"{before}{marks}{words}{marks[::-1]}{behind}"
