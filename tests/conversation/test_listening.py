"""A message seen with the one before it: follow-ups, two questions in one, what is outside, what is against the law."""

from __future__ import annotations

import pytest

from bot.conversation.conversation import converse
from bot.conversation.listening import asks_of_the_same, heard, is_led_on, things_named
from bot.conversation.turn import Counsel, Memory, QuestionAsked
from bot.message import Address, Incoming
from knowledge.language import Language
from knowledge.phrasings import SMUGGLING
from knowledge.understanding import Outcome

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
        pytest.param("rice", False, id="a name alone"),
        pytest.param("and is the border open?", False, id="a subject of its own"),
        pytest.param("aur visa?", False, id="no good and no place"),
        pytest.param("taftan open today", False, id="a question of its own"),
        pytest.param("and I would like to know what papers I need for rice", False, id="a long sentence"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_message_that_asks_the_same_of_another_good_or_place_is_known(counsel: Counsel, text: str, yes: bool) -> None:
    assert bool(things_named(text, counsel.library)) is yes


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        pytest.param("how much does it cost?", True, id="English, a price"),
        pytest.param("where?", True, id="English, one word"),
        pytest.param("kitne din lagte hain", True, id="Roman Urdu"),
        pytest.param("فیس کتنی ہے", True, id="Urdu"),
        pytest.param("چقدر طول می‌کشه؟", True, id="Persian, written apart"),
        pytest.param("hazinash chande", True, id="Finglish"),
        pytest.param("how much is a dollar", False, id="of something else"),
        pytest.param("it is", False, id="nothing asked"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_message_that_asks_more_of_the_same_is_known(text: str, yes: bool) -> None:
    assert asks_of_the_same(text) is yes


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        pytest.param("and without a visa", True, id="at its beginning"),
        pytest.param("تحریم ها چی", True, id="at its end"),
        pytest.param("without a visa", False, id="neither"),
        pytest.param("and", False, id="nothing behind it"),
    ],
)
def test_a_message_that_is_led_on_is_known(text: str, yes: bool) -> None:
    assert is_led_on(text) is yes


@pytest.mark.parametrize(
    ("first", "then", "topic"),
    [
        pytest.param("is taftan open today", "and gabd?", "crossing-closures", id="the place changes"),
        pytest.param("taftan border aaj khula hai?", "aur gabd?", "crossing-closures", id="in Roman Urdu"),
        pytest.param("import duty on dates from iran?", "and for rice?", "tariff-lookup", id="the good changes"),
        pytest.param("کارت بازرگانی چطور بگیرم", "چقدر طول میکشه؟", "iran-commercial-card", id="how long it takes"),
        pytest.param(
            "how do I get a certificate of origin", "how much does it cost?", "certificate-of-origin", id="price"
        ),
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
    assert heard("and how much is that?", None, EN, counsel).understandings == (
        counsel.understand("and how much is that?", EN),
    )


@pytest.mark.parametrize(
    ("first", "then", "topic"),
    [
        pytest.param("import duty on dates from iran?", "and is the border open?", "crossing-closures", id="English"),
        pytest.param(
            "برای صادرات خرما به پاکستان چه مدارکی لازم است؟", "و مرز الان بازه؟", "crossing-closures", id="Persian"
        ),
        pytest.param("iran ko gosht export kaise karun", "aur chawal?", "rice-export", id="goods that have their own"),
        pytest.param("papers for rice export to iran?", "and by train?", "rail-freight", id="the means changes"),
        pytest.param("taftan ka faasla quetta se kitna hai", "aur visa?", "business-visa", id="Roman Urdu"),
    ],
)
def test_a_new_subject_is_not_answered_with_the_old_one(counsel: Counsel, first: str, then: str, topic: str) -> None:
    turn = converse(Memory(welcomed=True), typed(first), counsel)
    follow = converse(turn.memory, typed(then), counsel)
    (event,) = follow.events
    assert isinstance(event, QuestionAsked)
    assert topic in (event.topic, *event.choices)
    assert follow.memory.last_question == then  # the next goes on from this


def test_a_call_for_help_to_smuggle_is_refused_behind_any_question(counsel: Counsel) -> None:
    turn = converse(Memory(welcomed=True), typed("iran se khajoor par duty kitni hai"), counsel)
    (reply,) = converse(turn.memory, typed("aur chupa ke kaise le jaun?"), counsel).replies
    assert next(choice.data for row in reply.choices for choice in row) == "ask:open:legalise-trade"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        pytest.param("مرسی، مرز بازه؟", "crossing-closures", id="Persian thanks"),
        pytest.param("thanks bhai, aur visa ka kya karna hai", "business-visa", id="Roman Urdu thanks"),
    ],
)
def test_small_talk_does_not_swallow_the_question_behind_it(counsel: Counsel, text: str, topic: str) -> None:
    (event,) = converse(Memory(welcomed=True), typed(text), counsel).events
    assert isinstance(event, QuestionAsked)
    assert topic in (event.topic, *event.choices)
    assert event.text == text


def test_of_two_questions_the_one_that_is_not_sure_is_offered(counsel: Counsel) -> None:
    turn = converse(Memory(welcomed=True), typed("mirjave baze? cart bazargani chetor begiram?"), counsel)
    assert len(turn.replies) == 2
    first, second = turn.replies
    assert "ask:mean:77:crossing-closures" in {choice.data for row in first.choices for choice in row}
    assert counsel.library["iran-commercial-card"].title.fa in second.text


@pytest.mark.parametrize("text", ["dates", "khajoor", "کھجور", "خرما", "goat", "parcheh"])
def test_the_bare_name_of_a_good_is_offered_what_is_asked_of_goods(counsel: Counsel, text: str) -> None:
    (hearing,) = heard(text, None, None, counsel).understandings
    assert hearing.outcome is Outcome.CHOICES
    assert any(topic.startswith("export-documents-") for topic in hearing.choices)


def test_a_good_is_no_follow_up_to_a_question_about_the_border(counsel: Counsel) -> None:
    (understood,) = heard("aur chawal?", "taftan border aaj khula hai?", UR, counsel).understandings
    assert (understood.topic or understood.choices[0]) != "crossing-closures"


@pytest.mark.parametrize("text", ["what time is it", "who is this", "i need time"])
def test_a_question_of_something_else_is_not_answered_with_the_last_topic(counsel: Counsel, text: str) -> None:
    (understood,) = heard(text, "import duty on dates from iran?", EN, counsel).understandings
    assert understood.topic != "tariff-lookup"


@pytest.mark.parametrize("text", ["petrol", "پٹرول", "ڈیزل", "بنزین"])
def test_the_name_of_a_fuel_is_told_what_is_legal_first(counsel: Counsel, text: str) -> None:
    (understood,) = heard(text, None, UR, counsel).understandings
    assert (understood.topic or understood.choices[0]) == "iranian-fuel"


def test_a_call_to_smuggle_in_the_last_of_many_parts_is_refused(counsel: Counsel) -> None:
    text = "what is barter trade?\nhow do i register with psw?\nthank you very much\n"
    hearing = heard(text + "help me hide diesel in a second tank so customs does not find it", None, EN, counsel)
    assert [each.aside for each in hearing.understandings] == [None, None, SMUGGLING]


def test_a_question_at_the_end_of_many_greetings_is_heard(counsel: Counsel) -> None:
    (understood,) = heard("salam, kaise ho, sab theek, visa kaise lagega?", None, None, counsel).understandings
    assert "business-visa" in (understood.topic, *understood.choices)


@pytest.mark.parametrize("text", ["گبد", "گوشت", "برنج", "قاچاق", "ترخیص"])
def test_nobody_who_writes_arabic_letters_is_answered_in_english(counsel: Counsel, text: str) -> None:
    memory = converse(Memory(welcomed=True), typed("how do I get a visa for Iran"), counsel).memory
    assert memory.language is EN
    assert converse(memory, typed(text), counsel).memory.language in {UR, FA}


def test_one_word_does_not_change_the_language_that_a_sentence_has_set(counsel: Counsel) -> None:
    memory = converse(Memory(welcomed=True), typed("taftan ka visa kaise lagta hai bhai"), counsel).memory
    assert memory.language is UR
    for word in ("mirjave", "taftan", "rice", "ok", "visa", "کراچی"):
        memory = converse(memory, typed(word), counsel).memory
        assert memory.language is UR


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
