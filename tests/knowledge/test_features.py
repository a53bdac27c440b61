"""What the model sees of a question."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.features import LETTERS_READ, Features, keys_of, pieces, topic_features, way_features, words
from knowledge.script import fold, skeleton

SKELETON_PIECES, SKELETON_WORDS, LETTER_PIECES, LETTER_WORDS = range(4)


def same(one: Features, other: Features) -> bool:
    """Whether two texts look alike in every family."""
    return all(map(np.array_equal, one, other))


SAFE = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=80)


@pytest.mark.parametrize(
    ("text", "sizes", "expected"),
    [
        pytest.param("marz", (3,), [" ma", "mar", "arz", "rz "], id="runs of three, ends marked"),
        pytest.param("marz", (2, 6), [" m", "ma", "ar", "rz", "z ", " marz "], id="two sizes"),
        pytest.param("ab cd", (4,), [" ab ", " cd "], id="no run reaches across words"),
        pytest.param("a", (5,), [" a "], id="a word shorter than the run is taken whole"),
        pytest.param("", (2, 3), [], id="nothing"),
        pytest.param("  \n", (2, 3), [], id="only space"),
    ],
)
def test_pieces_are_the_runs_of_letters_of_each_word(text: str, sizes: tuple[int, ...], expected: list[str]) -> None:
    assert pieces(text, sizes).tolist() == keys_of(expected).tolist()


def test_a_key_is_the_checksum_of_its_feature() -> None:
    # 3421780262 is the check value of CRC-32, of the digits 1 to 9
    assert keys_of(["123456789", "marz"]).tolist() == [3421780262, zlib.crc32(b"marz")]
    assert keys_of([]).tolist() == []


def test_words_are_single_and_in_pairs() -> None:
    both = ["ثبت", "سفارش", "کالا", "ثبت سفارش", "سفارش کالا"]
    assert words("ثبت سفارش کالا").tolist() == keys_of(both).tolist()
    assert words("marz").tolist() == keys_of(["marz"]).tolist()
    assert words("").tolist() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("گمرک میرجاوه", "gomrok mirjaveh", id="Persian in both letters"),
        pytest.param("میرجاوہ", "mirjawa", id="Urdu in both letters"),
        pytest.param("ثبت‌سفارش", "sabt sefaresh", id="non-joiner or space"),
    ],
)
def test_topics_look_alike_in_either_letters_by_their_skeleton(one: str, other: str) -> None:
    first, second = topic_features(one), topic_features(other)
    for family in (SKELETON_PIECES, SKELETON_WORDS):
        assert first[family].tolist() == second[family].tolist() != []
    assert not {*first[LETTER_WORDS].tolist()} & {*second[LETTER_WORDS].tolist()}


def test_topic_features_hold_skeleton_and_letters_in_pieces_and_words() -> None:
    features = topic_features("Marz, marz!")
    assert len(features) == 4
    assert features[SKELETON_WORDS].tolist() == keys_of(["mrz", "mrz", "mrz mrz"]).tolist()
    assert features[LETTER_WORDS].tolist() == keys_of(["marz", "marz", "marz marz"]).tolist()
    assert features[SKELETON_PIECES].tolist() == pieces("mrz mrz", (2, 3, 4, 5)).tolist()
    assert features[LETTER_PIECES].tolist() == pieces("marz marz", (2, 3, 4, 5)).tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("کا", "كا", id="Persian and Arabic kaf"),
        pytest.param("ہے", "هی", id="Urdu and Persian letters"),
        pytest.param("می‌شود", "می شود", id="non-joiner"),
        pytest.param("۴", "4", id="digits"),
    ],
)
def test_ways_of_writing_are_told_by_letters_that_topics_do_not_see(one: str, other: str) -> None:
    assert same(topic_features(one), topic_features(other))
    assert not same(way_features(one), way_features(other))


def test_ways_of_writing_do_not_depend_on_capitals_or_presentation_forms() -> None:
    assert same(way_features("TAFTAN"), way_features("taftan"))
    assert same(way_features("ﺗﻔﺘﺎﻥ"), way_features("تفتان"))


def test_a_long_message_costs_no_more_than_a_page() -> None:
    assert len(topic_features("taftan " * 1500)[LETTER_WORDS]) < 300
    assert len(way_features("taftan " * 1500)[1]) < 300


def test_only_the_beginning_of_a_long_message_is_read() -> None:
    # a word of ten letters with its space fills the limit without a rest, so that both parts end with a word
    beginning = "abcdefghi " * (LETTERS_READ // 10)
    for extract in (topic_features, way_features):
        assert same(extract(beginning + "taftan " * 9000), extract(beginning))
        assert not same(extract(beginning[10:] + "taftan"), extract(beginning[10:]))


@given(SAFE)
@settings(max_examples=200)
def test_any_text_has_features_of_the_same_families(text: str) -> None:
    assert len(topic_features(text)) == 4
    assert len(way_features(text)) == 2
    for family, of in ((LETTER_WORDS, fold), (SKELETON_WORDS, skeleton)):
        single = len(of(text[:LETTERS_READ]).split())
        assert len(topic_features(text)[family]) == max(0, 2 * single - 1)  # each word, and each pair of neighbours
