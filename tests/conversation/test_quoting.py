"""Words of people inside our Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.quoting import one_line, quoted, quoted_lines
from bot.markup import Span, layout, plain
from knowledge.language import Language


@pytest.mark.parametrize(
    "text",
    [
        "*bold* _it_ [pay here](https://example.com) `code`",
        "# not a title",
        "1. not a list",
        "- neither",
        "> nor a quotation",
        "a &amp; b <b>c</b> \\",
        "![x](y) ~~z~~ | {name}",
    ],
)
def test_markup_in_somebodys_words_is_shown_as_it_was_written(text: str) -> None:
    assert layout(quoted(text), Language.EN) == (Span(text),)


def test_lines_stay_lines_and_what_turns_the_direction_falls_out() -> None:
    assert plain(layout(quoted_lines("one\n\n\n\ntwo\nthree"), Language.EN)) == "one\n\ntwo\nthree"
    assert one_line(" a\nb\u202ec\x00d  e ", 20) == "a b c d e"
    assert one_line("abcdef", 3) == "abc"


@given(st.text())
def test_no_words_of_anybody_become_bold_a_link_or_a_list(text: str) -> None:
    spans = layout(f"x {quoted(text)}", Language.EN)
    assert all((span.bold, span.italic, span.link) == (False, False, None) for span in spans)
    assert " ".join("".join(span.text for span in spans).split()) == " ".join(f"x {one_line(text, 10**6)}".split())
