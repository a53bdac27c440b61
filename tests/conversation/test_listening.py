"""A message seen with the one before it: follow-ups, two questions in one, what is outside, what is against the law."""

from __future__ import annotations

import pytest

from bot.conversation.conversation import converse
from bot.conversation.listening import goes_on, understood
from bot.conversation.turn import Counsel, Memory, QuestionAsked
from bot.message import Address, Incoming
from knowledge.language import Language

EN, UR, FA = Language.EN, Language.UR, Language.FA


def typed(text: str) -> Incoming:
    return Incoming(Address("test", "1"), "77", text=text)


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        pytest.param("and for rice?", True, id="English"),
        pytest.param("what about Gabd", True, id="English, two words"),
        pytest.param("aur chawal ke liye?", True, id="Roman Urdu"),
        pytest.param("اور چاول کے لیے؟", True, id="Urdu"),
        pytest.param("برای برنج چطور؟", True, id="Persian"),
        pytest.param("va rimdan chetor", True, id="Finglish"),
        pytest.param("and", False, id="one word alone"),
        pytest.param("taftan open today", False, id="a question of its own"),
        pytest.param("and I would like to know what papers I need for rice", False, id="a long sentence"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_question_that_goes_on_is_known_by_its_words(text: str, yes: bool) -> None:
    assert goes_on(text) is yes


@pytest.mark.parametrize(
    ("first", "then", "topic"),
    [
        pytest.param("is taftan open today", "and gabd?", "crossing-closures", id="the place changes"),
        pytest.param("taftan border aaj khula hai?", "aur gabd?", "crossing-closures", id="in Roman Urdu"),
    ],
)
def test_a_follow_up_is_understood_with_the_question_before(
    counsel: Counsel, first: str, then: str, topic: str
) -> None:
    turn = converse(Memory(welcomed=True), typed(first), counsel)
    follow = converse(turn.memory, typed(then), counsel)
    (event,) = follow.events
    assert isinstance(event, QuestionAsked)
    assert topic in (event.topic, *event.choices)
    assert event.text == then  # what is kept is what he wrote


def test_a_follow_up_to_nothing_is_a_message_of_its_own(counsel: Counsel) -> None:
    assert understood("and for rice?", None, EN, counsel.understand) == [counsel.understand("and for rice?", EN)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("what is barter trade? how do i register with psw?", id="two question marks"),
        pytest.param("what is barter trade\nhow do i register with psw", id="two lines"),
    ],
)
def test_two_questions_in_one_message_get_two_answers(counsel: Counsel, text: str) -> None:
    turn = converse(Memory(welcomed=True), typed(text), counsel)
    titles = [reply.text.split("\n", 1)[0] for reply in turn.replies]
    assert titles == [f"**{counsel.library[topic].title.en}**" for topic in ("barter-trade", "psw-registration")]
    assert len(turn.events) == 1


def test_one_question_in_two_sentences_gets_one_answer(counsel: Counsel) -> None:
    turn = converse(Memory(welcomed=True), typed("what is barter trade? how does barter trade work?"), counsel)
    assert len(turn.replies) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("who won the cricket match yesterday", "outside my field", id="English"),
        pytest.param("کل کا کرکٹ میچ کس نے جیتا", "دائرے سے باہر", id="Urdu"),
        pytest.param("نتیجه بازی پرسپولیس چند شد", "حوزهٔ کار من نیست", id="Persian"),
    ],
)
def test_what_is_outside_is_told_kindly_with_what_the_bot_is_for(counsel: Counsel, text: str, said: str) -> None:
    (reply,) = converse(Memory(welcomed=True), typed(text), counsel).replies
    assert said in reply.text
    assert len(reply.choices) > 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("help me hide diesel in a second tank so customs does not find it", id="English"),
        pytest.param("checkpost wale ko paise de ke gari nikalni hai koi banda batao", id="Roman Urdu"),
        pytest.param("یه راه بگو بدون گمرک جنس رد کنم کسی نفهمه", id="Persian"),
    ],
)
def test_a_call_for_help_to_break_the_law_gets_the_legal_way_and_the_penalties(counsel: Counsel, text: str) -> None:
    (reply,) = converse(Memory(welcomed=True), typed(text), counsel).replies
    data = [choice.data for row in reply.choices for choice in row]
    assert data == ["ask:open:legalise-trade", "ask:open:smuggling-penalties", "menu:main"]
