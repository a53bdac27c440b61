"""STOP, in all five ways of writing, and in whatever else is being written."""

from __future__ import annotations

import pytest

from bot.conversation.conversation import converse
from bot.conversation.draft import Draft
from bot.conversation.opting_out import WORDS, opted_out_in
from bot.conversation.turn import AnnouncementsSet, ChamberAnswered, Counsel, Memory
from knowledge.language import Language
from knowledge.script import fold
from tests.conversation.hand import assert_sound, labels, seen, typed

SUBJECTS = ("policy", "border:taftan-mirjaveh")
STOPPED = (AnnouncementsSet(allowed=False),)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("STOP", Language.EN), ("Stop!", Language.EN), ("unsubscribe", Language.EN), ("don’t send", Language.EN),
        ("بند کرو۔", Language.UR), ("میسج نہیں چاہیے", Language.UR), ("band karo", Language.UR),
        ("nahi chahiye msgs", Language.UR), ("توقف", Language.FA), ("لغو", Language.FA), ("پیام نمی‌خوام", Language.FA),
        ("tavaghof", Language.FA), ("laghv", Language.FA), ("بند", Language.UR), ("Band Karo.", Language.UR),
        ("TAVAGHOF", Language.FA), ("توقف!", Language.FA), ("Quit", Language.EN), ("unsub", Language.EN),
        ("پیغام بند کریں", Language.UR), ("میسج بند کر دیں", Language.UR), ("نوٹیفکیشن بند کریں", Language.UR),
        ("اشتراک لغو", Language.FA), ("انصراف", Language.FA),
    ],
)  # fmt: skip
def test_the_word_alone_ends_announcements_at_once(counsel: Counsel, text: str, language: Language) -> None:
    turn = converse(Memory(language, welcomed=True, subjects=SUBJECTS), typed(text), counsel)
    assert_sound(turn)
    assert turn.events == STOPPED
    assert turn.memory == Memory(language, welcomed=True, announcements=False, subjects=SUBJECTS)
    assert counsel.voices[language].say("What you had chosen is kept, in case you allow them again.") in seen(
        turn.replies[0]
    )


@pytest.mark.parametrize(
    "text",
    [
        "does the truck stop in taftan?", "can they stop my truck at the border", "border kab band karo ge",
        "بارڈر بند ہے", "چطور ثبت سفارش را لغو کنم", "nahi", "band", "بند؟", "band karo?", "لغو ثبت سفارش چطور است",
        "how do I unsubscribe from PSW", "انصراف از ثبت سفارش", "visa cancel kaise hoga", "انصراف؟",
        "can I quit the TIR system", "نوٹیفکیشن بند کریں تو کیا ہوگا",
    ],
)  # fmt: skip
def test_within_a_sentence_it_is_a_question(counsel: Counsel, text: str) -> None:
    turn = converse(Memory(welcomed=True, subjects=SUBJECTS), typed(text), counsel)
    assert AnnouncementsSet(allowed=False) not in turn.events
    assert turn.memory.announcements


def test_every_word_of_the_table_stops_and_none_stands_twice_with_two_languages() -> None:
    languages: dict[str, set[Language]] = {}
    for language, table in WORDS:
        for words in table.split("|"):
            assert opted_out_in(words.strip().upper())
            languages.setdefault(fold(words), set()).add(language)
    assert [words for words, several in languages.items() if len(several) > 1 or not words] == []


@pytest.mark.parametrize(
    ("text", "client", "language"),
    [("توقف", "en", Language.FA), ("band karo", None, Language.UR), ("STOP", "fa-IR", Language.FA)],
)
def test_who_never_wrote_before_is_answered_in_the_language_of_his_word(
    counsel: Counsel, text: str, client: str | None, language: Language
) -> None:
    turn = converse(Memory(), typed(text, client), counsel)
    assert turn.events == STOPPED
    assert turn.replies[0].language is language


@pytest.mark.parametrize("text", ["stop", "لغو", "band karo"])
def test_while_an_enquiry_is_written_it_ends_announcements_and_keeps_the_enquiry(counsel: Counsel, text: str) -> None:
    memory = Memory(Language.EN, welcomed=True, subjects=SUBJECTS, enquiring=Draft())
    turn = converse(memory, typed(text), counsel)
    assert turn.events == STOPPED
    assert turn.memory.enquiring == Draft()
    assert labels(turn.replies[-1]) == ["▶️ Go on with the enquiry"]


def test_who_hears_of_nothing_says_stop_to_what_he_is_writing(counsel: Counsel) -> None:
    enquiring = converse(Memory(Language.EN, welcomed=True, enquiring=Draft()), typed("stop"), counsel)
    assert enquiring.events == ()
    assert "Shall I delete this enquiry?" in seen(enquiring.replies[0])
    answering = converse(Memory(Language.EN, welcomed=True, answering="AGR-1"), typed("band karo"), counsel)
    assert answering.events == (ChamberAnswered("AGR-1", "band karo"),)
