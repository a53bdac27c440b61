"""Answers as styled text: laid out, written as HTML or plain, and parted into messages."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.sending import utf16_length
from bot.markup import Span, Spans, html, layout, plain, split
from bot.wording import FIRST_STRONG_ISOLATE, POP_ISOLATE
from knowledge.language import Language

GRAPHEME = regex.compile(r"\X")


def text_of(spans: Spans) -> str:
    """The text without its styles."""
    return "".join(span.text for span in spans)


def without_space(text: str) -> str:
    """What may not be lost."""
    return "".join(text.split())


@pytest.mark.parametrize(
    ("markdown", "spans"),
    [
        pytest.param("plain words", (Span("plain words"),), id="plain"),
        pytest.param("**bold**", (Span("bold", bold=True),), id="bold"),
        pytest.param("*italic*", (Span("italic", italic=True),), id="italic"),
        pytest.param("a **b** c", (Span("a "), Span("b", bold=True), Span(" c")), id="bold inside"),
        pytest.param(
            "*a **b** c*",
            (Span("a ", italic=True), Span("b", bold=True, italic=True), Span(" c", italic=True)),
            id="bold in italic",
        ),
        pytest.param("[FBR](https://fbr.gov.pk/a)", (Span("FBR", link="https://fbr.gov.pk/a"),), id="link"),
        pytest.param(
            "[a **b**](https://x.pk/) c",
            (Span("a ", link="https://x.pk/"), Span("b", bold=True, link="https://x.pk/"), Span(" c")),
            id="bold in link",
        ),
        pytest.param("**a**\n\n*b*", (Span("a", bold=True), Span("\n\n"), Span("b", italic=True)), id="paragraphs"),
        pytest.param("a\nb", (Span("a"), Span("\n"), Span("b")), id="line break"),
        pytest.param("a  \nb", (Span("a"), Span("\n"), Span("b")), id="hard line break"),
        pytest.param("`a`", (Span("a"),), id="code is only its text"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_each_markup_becomes_a_style(markdown: str, spans: Spans) -> None:
    laid_out = layout(markdown, Language.EN)
    assert tuple(span for span in laid_out if span.text) == spans


@pytest.mark.parametrize(
    ("markdown", "language", "text"),
    [
        pytest.param("- a\n- b", Language.EN, "• a\n• b", id="bullets"),
        pytest.param("1. a\n2. b", Language.EN, "1. a\n2. b", id="numbers"),
        pytest.param("3. a\n4. b", Language.EN, "3. a\n4. b", id="numbers from three"),
        pytest.param("1. a\n1. b", Language.EN, "1. a\n2. b", id="numbers are counted"),
        pytest.param(
            "before\n\n- a\n- b\n\nbehind", Language.EN, "before\n\n• a\n• b\n\nbehind", id="between paragraphs"
        ),
        pytest.param("- a\n  - b\n  - c\n- d", Language.EN, "• a\n  • b\n  • c\n• d", id="nested"),
        pytest.param(
            "1. a\n   1. b\n   2. c\n2. d", Language.EN, "1. a\n  1. b\n  2. c\n2. d", id="the outer count goes on"
        ),
        pytest.param("- a\n  1. b\n     - c", Language.EN, "• a\n  1. b\n    • c", id="three deep"),
        pytest.param("- a\n\n- b", Language.EN, "• a\n• b", id="loose"),
        pytest.param("- a\n\n1. b", Language.EN, "• a\n\n1. b", id="one list behind another"),
        pytest.param("- a\n\n  b\n- c", Language.EN, "• a\n\nb\n• c", id="an item of two paragraphs"),
        pytest.param("9. یک\n10. دو", Language.FA, "۹. یک\n۱۰. دو", id="Persian numbers"),
        pytest.param("- یک\n  1. دو", Language.FA, "• یک\n  ۱. دو", id="Persian numbers in a nested list"),
        pytest.param("9. ایک\n10. دو", Language.UR, "9. ایک\n10. دو", id="Urdu numbers"),
    ],
)
def test_lists_are_written_with_their_marks(markdown: str, language: Language, text: str) -> None:
    assert text_of(layout(markdown, language)) == text


def test_an_item_that_begins_with_a_list_is_counted() -> None:
    assert text_of(layout("1. - a\n2. b", Language.EN)).endswith("2. b")


def test_words_are_shown_as_the_language_has_them_and_addresses_are_not() -> None:
    spans = layout("سال 2025: [FBR 12](https://fbr.gov.pk/2025)", Language.FA)
    assert spans == (Span("سال ۲۰۲۵: "), Span("\u2068FBR 12\u2069", link="https://fbr.gov.pk/2025"))


@pytest.mark.parametrize(
    ("markdown", "written"),
    [
        pytest.param("**a** *b*", "<b>a</b> <i>b</i>", id="bold and italic"),
        pytest.param("a\n\nb", "a\n\nb", id="line breaks stay"),
        pytest.param("[a](https://x.pk/?b=1&c=2)", '<a href="https://x.pk/?b=1&amp;c=2">a</a>', id="address"),
        pytest.param("**[a](https://x.pk/)**", '<a href="https://x.pk/"><b>a</b></a>', id="bold link"),
        pytest.param("[a](<https://x.pk/\"onload='x>)", '<a href="https://x.pk/%22onload=&#x27;x">a</a>', id="quotes"),
        pytest.param("5 < 6 & 7 > 6", "5 &lt; 6 &amp; 7 &gt; 6", id="signs"),
        pytest.param("a <b>c</b>", "a &lt;b&gt;c&lt;/b&gt;", id="looks like HTML"),
        pytest.param("<script>x</script> y", "&lt;script&gt;x&lt;/script&gt; y", id="inline script"),
        pytest.param("<div>x</div>", "&lt;div&gt;x&lt;/div&gt;", id="block of HTML"),
        pytest.param("&lt;b&gt;", "&lt;b&gt;", id="entities are written anew"),
        pytest.param("[a](javascript:x)", "[a](javascript:x)", id="no address that runs"),
    ],
)  # fmt: skip
def test_html_is_bold_italic_and_links_alone(markdown: str, written: str) -> None:
    assert html(layout(markdown, Language.EN)) == written


class Reader(HTMLParser):
    """Reads what we write as Telegram does: three elements, each closed in its turn."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        assert tag in ("b", "i", "a")
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Read text."""
        self.text += data


MARKDOWN = st.lists(
    st.sampled_from(
        [
            "a", "word ", "گمرک ", "SRO 642(I) ", " ", "\n", "\n\n", "\n- ", "\n  - ", "\n1. ", "*", "**", "_",
            "`", "[", "](", ")", "](https://x.pk/?a=1&b=2)", "https://x.pk", "<", ">", "<b>", "</b>", "<a href='x'>",
            "&", "&amp;", "&lt;", '"', "'", "!", "\\", "#", "\u0651", "😀", "12.5%", "<!--", "-->",
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(markdown=MARKDOWN, language=st.sampled_from(Language))
def test_whatever_the_markdown_its_html_is_balanced_and_reads_as_the_text(markdown: str, language: Language) -> None:
    spans = layout(markdown, language)
    reader = Reader()
    reader.feed(html(spans))
    reader.close()
    assert reader.open == []
    assert reader.text == text_of(spans)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        pytest.param("**a** *b*", "a b", id="no marks"),
        pytest.param("[FBR](https://fbr.gov.pk/)", "FBR (https://fbr.gov.pk/)", id="address behind its text"),
        pytest.param("<https://fbr.gov.pk>", "https://fbr.gov.pk", id="an address that is its text, once"),
        pytest.param("5 < 6 & 7", "5 < 6 & 7", id="nothing escaped"),
    ],
)
def test_plain_text_keeps_the_addresses(markdown: str, text: str) -> None:
    assert plain(layout(markdown, Language.EN)) == text


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        pytest.param("short", 5, ["short"], id="fits exactly"),
        pytest.param("", 5, [], id="nothing gives no message"),
        pytest.param("one.\ntwo\n\nthree four", 16, ["one.\ntwo", "three four"], id="paragraph before line and word"),
        pytest.param("one two\nthree four", 14, ["one two", "three four"], id="line before word"),
        pytest.param("One. Two three", 12, ["One. Two", "three"], id="a sentence in the first half is too early"),
        pytest.param("One two. Three four", 14, ["One two.", "Three four"], id="sentence before word"),
        pytest.param("ایک دو۔ تین چار", 12, ["ایک دو۔", "تین چار"], id="Urdu full stop"),
        pytest.param("یک دو؟ سه چهار", 12, ["یک دو؟", "سه چهار"], id="question mark of Arabic script"),
        pytest.param("one two three", 9, ["one two", "three"], id="word"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="no seam at all"),
        pytest.param("a\n\n\n\n\n\nb", 4, ["a", "b"], id="space at a seam is not sent"),
    ],
)
def test_a_text_is_parted_at_its_best_seam(text: str, limit: int, parts: list[str]) -> None:
    spans = (Span(text),) if text else ()
    assert [text_of(part) for part in split(spans, limit)] == parts


def test_styles_and_links_go_on_over_a_seam() -> None:
    spans = (Span("a "), Span("bold words", bold=True), Span(" "), Span("two links", italic=True, link="https://x.pk/"))
    assert split(spans, 8) == [
        (Span("a "), Span("bold", bold=True)),
        (Span("words", bold=True),),
        (Span("two", italic=True, link="https://x.pk/"),),
        (Span("links", italic=True, link="https://x.pk/"),),
    ]


CLUSTERS = [
    pytest.param("\u0627\u064e\u0651", id="Urdu letter with two marks"),
    pytest.param("\u0646\u0651\u064e\u0670", id="letter with three marks"),
    pytest.param("e\u0301", id="accent"),
    pytest.param("👨\u200d👩\u200d👧\u200d👦", id="family of four"),
    pytest.param("🇵🇰", id="flag"),
    pytest.param("👍🏽", id="skin tone"),
    pytest.param("⚠\ufe0f", id="emoji presentation"),
]


@pytest.mark.parametrize("cluster", CLUSTERS)
@pytest.mark.parametrize("before", ["", "a", "aa", "aaa"])
def test_what_the_eye_takes_for_one_letter_is_never_cut(cluster: str, before: str) -> None:
    limit = 2 * utf16_length(cluster) + 1  # never a multiple, so that every cut would fall inside one
    parts = split((Span(before + cluster * 7),), limit, utf16_length)
    letters = [letter for part in parts for letter in GRAPHEME.findall(text_of(part))]
    assert letters == [*before, *[cluster] * 7]


def test_a_letter_too_long_for_any_message_is_cut_rather_than_lost() -> None:
    text = "\u0627" + "\u0651" * 30
    parts = split((Span(text),), 10, utf16_length)
    assert "".join(map(text_of, parts)) == text
    assert all(utf16_length(text_of(part)) <= 10 for part in parts)


def test_a_family_measured_in_utf_16_is_counted_by_its_units() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"  # one letter to the eye, seven code points, eleven units
    assert [text_of(part) for part in split((Span(family * 3),), 24, utf16_length)] == [family * 2, family]


@pytest.mark.parametrize("limit", range(14, 30))
def test_a_foreign_fragment_is_not_cut_where_a_seam_outside_it_exists(limit: int) -> None:
    text = "یک دو سه \u2068SRO 642 I\u2069 چهار پنج"  # its inner spaces are tempting seams
    parts = [text_of(part) for part in split((Span(text),), limit)]
    assert all(part.count(FIRST_STRONG_ISOLATE) == part.count(POP_ISOLATE) for part in parts)


WORDS = st.sampled_from(
    [
        "گمرک", "ا\u064e\u0651ن", "کی\u0670", "word", "a", "x" * 9, "\u2068SRO 642\u2069", "۔", ".",
        "👨\u200d👩\u200d👧\u200d👦", "🇵🇰🇮🇷", "⚠\ufe0f",
    ]
)  # fmt: skip
SPAN = st.builds(
    Span,
    text=st.lists(WORDS | st.sampled_from([" ", "\n", "\n\n"]), min_size=1, max_size=12).map("".join),
    bold=st.booleans(),
    link=st.none() | st.just("https://x.pk/"),
)


@given(spans=st.lists(SPAN, max_size=6), limit=st.integers(24, 60))
def test_parts_keep_to_the_limit_and_lose_nothing_but_white_space(spans: list[Span], limit: int) -> None:
    whole = (Span("a"), *spans)
    parts = split(whole, limit, utf16_length)
    assert all(0 < utf16_length(text_of(part)) <= limit for part in parts)
    assert without_space("".join(map(text_of, parts))) == without_space(text_of(whole))
    letters = [letter for part in parts for letter in GRAPHEME.findall(text_of(part)) if not letter.isspace()]
    assert letters == [letter for letter in GRAPHEME.findall(text_of(whole)) if not letter.isspace()]


@given(spans=st.lists(SPAN, max_size=6), limit=st.integers(24, 60))
def test_every_letter_keeps_its_style_in_whichever_part(spans: list[Span], limit: int) -> None:
    def styled(run: Spans) -> list[tuple[str, bool, str | None]]:
        return [(letter, span.bold, span.link) for span in run for letter in span.text if not letter.isspace()]

    whole = (Span("a"), *spans)
    assert [letter for part in split(whole, limit, utf16_length) for letter in styled(part)] == styled(whole)


def test_white_space_alone_never_becomes_a_message() -> None:
    assert [text_of(part) for part in split((Span("\n" * 20 + "word"),), 10)] == ["word"]
