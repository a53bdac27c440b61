"""Which dialogue has the word: first contact, languages, kinds, commands, and whatever a button may say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.conversation import LETTERS_READ, apologise, converse
from bot.conversation.turn import Counsel, Memory, QuestionAsked
from bot.message import Incoming, Kind, Place
from knowledge.language import Language, Style
from knowledge.understanding import Outcome, Understanding
from tests.conversation.hand import TRADER, UPDATE, assert_sound, buttons, labels, old_button, seen, tapped, typed

EN, UR, FA = Language.EN, Language.UR, Language.FA

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

WELCOME = {EN: "I am Saudagar", UR: "میں سوداگر ہوں", FA: "من سوداگر هستم"}
MENU = {EN: "What do you need?", UR: "آپ کو کیا چاہیے؟", FA: "چه کاری برایتان انجام دهم؟"}


def understood(language: Language, outcome: Outcome = Outcome.NO_ANSWER) -> Understanding:
    """An understanding, handed in where a rule of the conversation is to be shown apart from the learned models."""
    topic = "barter-trade" if outcome is Outcome.ANSWER else None
    choices = ("barter-trade", "crossing-hours") if outcome is Outcome.CHOICES else ()
    return Understanding("…", outcome, topic, choices, language, Style.SCRIPT, 0.5)


def with_understanding(counsel: Counsel, understanding: Understanding) -> Counsel:
    """The same counsel, to which every message means this."""
    return replace(counsel, understand=lambda _text, _expected: understanding)


@pytest.mark.parametrize(
    ("incoming", "language", "words"),
    [
        pytest.param(typed("hello"), EN, [WELCOME[EN]], id="greeting in English"),
        pytest.param(typed("السلام علیکم"), UR, [WELCOME[UR]], id="greeting in Urdu"),
        pytest.param(typed("assalam o alaikum"), UR, [WELCOME[UR]], id="greeting in Roman Urdu"),
        pytest.param(typed("سلام"), FA, [WELCOME[FA]], id="greeting in Persian"),
        pytest.param(typed("hello", "fa"), EN, [WELCOME[EN]], id="greeting in another language than the phone's"),
        pytest.param(
            typed("what is a certificate of origin"),
            EN,
            ["Certificate of origin", "What else?"],
            id="question in English",
        ),
        pytest.param(
            typed("barter trade kaise karte hain bhai"),
            UR,
            ["بارٹر", "اور کیا جاننا چاہیں گے؟"],
            id="question in Roman Urdu",
        ),
        pytest.param(typed("mirjave ta key baze"), FA, ["ساعت", "دیگر چه می‌خواهید بدانید؟"], id="question in Finglish"),
        pytest.param(typed("/start"), None, [WELCOME[EN]], id="start"),
        pytest.param(typed("/start", "ur"), None, [WELCOME[UR]], id="start on a phone in Urdu"),
        pytest.param(typed("/start", "fa-IR"), None, [WELCOME[FA]], id="start on a phone in Persian of Iran"),
        pytest.param(typed("/start", "de"), None, [WELCOME[EN]], id="start on a phone in German"),
        pytest.param(typed("/start", "-"), None, [WELCOME[EN]], id="start on a phone in no language"),
        pytest.param(typed("/start ref_42"), None, [WELCOME[EN]], id="start by a link with a payload"),
        pytest.param(tapped("settle:language:fa"), FA, [WELCOME[FA]], id="choosing the language"),
    ],
)
def test_first_contact_says_who_speaks(
    counsel: Counsel, incoming: Incoming, language: Language | None, words: list[str]
) -> None:
    turn = converse(Memory(), incoming, counsel)
    assert_sound(turn)
    assert len(turn.replies) == len(words)
    assert all(word in seen(reply) for reply, word in zip(turn.replies, words, strict=True))
    assert len(buttons(turn.replies[-1])) == 11  # the menu
    assert (turn.memory.language, turn.memory.welcomed) == (language, True)


@pytest.mark.parametrize(
    "outcome", [Outcome.CHOICES, Outcome.NO_ANSWER], ids=["a choice of topics", "nothing that we know"]
)
def test_first_contact_without_an_answer_is_not_lengthened_by_a_second_message(
    counsel: Counsel, outcome: Outcome
) -> None:
    turn = converse(Memory(), typed("…"), with_understanding(counsel, understood(EN, outcome)))
    assert len(turn.replies) == 1


def test_who_was_welcomed_is_greeted_back_without_being_told_again(counsel: Counsel) -> None:
    turn = converse(Memory(welcomed=True), typed("hello"), counsel)
    assert "Salaam!" in seen(turn.replies[0])
    assert WELCOME[EN] not in seen(turn.replies[0])
    (answer,) = converse(Memory(welcomed=True), typed("what is a certificate of origin"), counsel).replies
    assert WELCOME[EN] not in seen(answer)


@pytest.mark.parametrize(
    ("memory", "written", "kept"),
    [
        pytest.param(Memory(), UR, UR, id="first words decide"),
        pytest.param(Memory(FA), UR, UR, id="another language takes over"),
        pytest.param(Memory(FA, chosen=True), UR, FA, id="a chosen language is kept, not forced"),
        pytest.param(Memory(FA, chosen=True), FA, FA, id="writing in the chosen language"),
    ],
)
@pytest.mark.parametrize("outcome", [Outcome.ANSWER, Outcome.CHOICES, Outcome.NO_ANSWER])
def test_the_language_is_taken_from_the_writing_and_kept_when_chosen(
    counsel: Counsel,
    memory: Memory,
    written: Language,
    kept: Language,
    outcome: Outcome,
) -> None:
    turn = converse(memory, typed("two words"), with_understanding(counsel, understood(written, outcome)))
    assert {reply.language for reply in turn.replies} == {written}
    assert (turn.memory.language, turn.memory.chosen) == (kept, memory.chosen)


@pytest.mark.parametrize(
    ("memory", "client", "expected"),
    [
        pytest.param(Memory(FA), "ur", FA, id="what is remembered"),
        pytest.param(Memory(), "ur-PK", UR, id="else the phone's"),
        pytest.param(Memory(), "UR", UR, id="in capitals"),
        pytest.param(Memory(), "en", None, id="a phone in English says little"),
        pytest.param(Memory(), "sd", None, id="a phone in another language"),
        pytest.param(Memory(), None, None, id="a phone that does not say"),
    ],
)
def test_the_understanding_is_told_which_language_to_expect(
    counsel: Counsel, memory: Memory, client: str | None, expected: Language
) -> None:
    told: list[tuple[str, Language | None]] = []

    def understand(text: str, language: Language | None) -> Understanding:
        told.append((text, language))
        return understood(EN)

    converse(memory, typed("  taftan \n", client), replace(counsel, understand=understand))
    assert told == [("taftan", expected)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        pytest.param(Kind.TEXT, "Your message was empty. Write your question, a few words are enough.", id="text"),
        pytest.param(
            Kind.VOICE,
            "I cannot listen to voice messages yet. Please write your question, a few words are enough.",
            id="voice",
        ),
        pytest.param(
            Kind.PICTURE, "I cannot read pictures or files yet. Please write what you want to know.", id="picture"
        ),
        pytest.param(
            Kind.DOCUMENT, "I cannot read pictures or files yet. Please write what you want to know.", id="document"
        ),
        pytest.param(Kind.STICKER, "Nice one! Write me what you want to know, a few words are enough.", id="sticker"),
        pytest.param(Kind.CONTACT, "I do not keep contacts. Write me what you want to know.", id="contact"),
        pytest.param(
            Kind.REACTION, "Thank you! Write me what you want to know, a few words are enough.", id="reaction"
        ),
        pytest.param(
            Kind.ORDER, "I cannot take orders. Write me what you want to know, a few words are enough.", id="order"
        ),
        pytest.param(
            Kind.MOVED, "You have a new number. I know you as before; nothing of yours is lost.", id="new number"
        ),
        pytest.param(
            Kind.UNSUPPORTED, "I cannot read this kind of message. Please write your question.", id="unsupported"
        ),
        pytest.param(Kind.PLACE, "I cannot read this kind of message. Please write your question.", id="no place"),
        pytest.param(
            Kind.TAP, "This button is from an old message and leads nowhere now. Here is the menu:", id="no data"
        ),
    ],
)
def test_what_cannot_be_read_is_answered_in_the_traders_language_with_the_menu(
    counsel: Counsel, language: Language, kind: Kind, said: str
) -> None:
    memory = Memory(language, welcomed=True)
    turn = converse(memory, Incoming(TRADER, UPDATE, kind), counsel)
    assert_sound(turn)
    assert [reply.text for reply in turn.replies] == [counsel.voices[language].say(said)]
    assert len(buttons(turn.replies[0])) == 11
    assert (turn.memory, turn.events) == (memory, ())


def test_every_kind_is_in_the_table_above_or_has_tests_of_its_own() -> None:
    assert len(Kind) == 12


@pytest.mark.parametrize("kind", [Kind.PICTURE, Kind.DOCUMENT, Kind.VOICE, Kind.UNSUPPORTED])
def test_the_words_under_a_picture_are_a_question(counsel: Counsel, kind: Kind) -> None:
    turn = converse(Memory(EN, welcomed=True), Incoming(TRADER, UPDATE, kind, "what is barter trade"), counsel)
    assert [type(event) for event in turn.events] == [QuestionAsked]


@pytest.mark.parametrize("text", [" ", "\n\t", "\u200b", "?", "🙂", "...", "\u2068\u2069", "\u0651", "0", "ㅤ"])
def test_a_message_without_a_word_gets_a_reply(counsel: Counsel, text: str) -> None:
    assert_sound(converse(Memory(), typed(text), counsel))
    assert_sound(converse(Memory(FA, welcomed=True), typed(text), counsel))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("/menu", "What do you need?", id="menu"),
        pytest.param("/help", "/forget", id="help"),
        pytest.param("help", "/forget", id="help in a word"),
        pytest.param("کمک", "/forget", id="help in Persian"),
        pytest.param("Menu", "What do you need?", id="menu in a word"),
        pytest.param("/papers", "Which way do your goods go?", id="papers"),
        pytest.param("/enquiry", "What do you want?", id="enquiry"),
        pytest.param("/enquiries", "You have not sent an enquiry yet.", id="enquiries"),
        pytest.param("/language", "زبان منتخب کریں", id="language"),
        pytest.param("/stop", "no announcements", id="stop"),
        pytest.param("/forget", "cannot be undone", id="forget"),
        pytest.param("/start", "I am Saudagar", id="start again"),
        pytest.param("/HELP", "/forget", id="capitals"),
        pytest.param("  /help", "/forget", id="spaces before"),
        pytest.param("/help@saudagar_bot now", "/forget", id="bot's name and more words"),
        pytest.param("/help\nplease", "/forget", id="a line behind"),
        pytest.param("/nonsense", "I do not know this command", id="unknown"),
        pytest.param("/", "I do not know this command", id="slash alone"),
        pytest.param("/@", "I do not know this command", id="slash and at"),
        pytest.param("/ menu", "I do not know this command", id="space behind the slash"),
        pytest.param("/مینو", "I do not know this command", id="in Urdu"),
    ],
)
def test_a_command_is_obeyed_or_said_to_be_unknown(counsel: Counsel, text: str, words: str) -> None:
    turn = converse(Memory(EN, welcomed=True), typed(text), counsel)
    assert_sound(turn)
    assert words in seen(turn.replies[0])
    assert not any(isinstance(event, QuestionAsked) for event in turn.events)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "data",
    [
        "", ":", "::", "x", "x:y:z", "menu", "menu:", "menu:shelf", "menu:shelf:", "menu:shelf:documents",
        "menu:shelf:documents:", "menu:shelf:documents:-1", "menu:shelf:documents:x", "menu:shelf:documents:²",
        "menu:shelf:documents:1.0", "menu:shelf:documents:0:0", "menu:shelf:nothing:0", "MENU:main", " menu:main",
        "ask", "ask:open", "ask:open:", "ask:open:no-such-topic", "ask:open:barter-trade:x", "ask:mean:barter-trade",
        "ask:mean:1:", "ask:mean:1:gone", "ask:none", "ask:up:1", "ask:up:1:gone", "ask:down::",
        "ask:sideways:1:barter-trade",
        "list", "list:", "list:start:", "list:goods", "list:goods:pk", "list:show:pk-ir",
        "list:show:pk-ir:textiles", "list:show:pk-ir:textiles:9", "list:show:pk-ir:textiles:-1",
        "list:show:ir-ir:textiles:0", "list:show:pk-ir:gold:0", "list:show:pk-ir:textiles:0:0", "settle",
        "settle:", "settle:language", "settle:language:de", "settle:language:",
        "enquire", "enquire:", "enquire:x", "enquire:start:x", "enquire:show:PK-AGR-2K7F", "enquire:answer:PK-AGR-2K7F",
        "enquire:agree:x", "enquire:new:x", "settle:forget", "settle:forget:", "settle:forget:None", "settle:forget:1",
        "\x00", "😀:😀", "مینو",
    ],
)  # fmt: skip
def test_a_button_that_leads_nowhere_is_said_to_be_old_and_changes_nothing(
    counsel: Counsel, language: Language, data: str
) -> None:
    memory = Memory(language, welcomed=True)
    turn = converse(memory, tapped(data), counsel)
    assert_sound(turn)
    assert [reply.text for reply in turn.replies] == [old_button(language, counsel)]
    assert len(buttons(turn.replies[0])) == 11
    assert (turn.memory, turn.events) == (memory, ())


MEMORY = st.builds(
    Memory,
    language=st.none() | st.sampled_from(Language),
    chosen=st.booleans(),
    welcomed=st.booleans(),
    announcements=st.booleans(),
    forgetting=st.none() | st.sampled_from(["", "1", UPDATE]),
)

#: What our buttons are made of, put together anyhow, and text of any letters: at most 64, as channels let through.
DATA = st.lists(
    st.sampled_from(
        [
            "list", "goods", "show", "pk-ir", "ir-pk", "textiles", "services",
            "menu", "ask", "settle", "main", "shelf", "open", "mean", "none", "up", "down", "language", "languages",
            "forget", "keep", "stop", "allow", "enquiry", "person", "announcements", "documents", "crossings",
            "sectors", "enquire", "start", "answer", "agree", "send",
            "0", "1", "99999999999999999999", "٣", "-1", "", UPDATE, "fa", "barter-trade", "gone",
        ]
    ),
    max_size=5,
).map(":".join) | st.text(max_size=64)  # fmt: skip


@given(memory=MEMORY, data=DATA, client=st.none() | st.sampled_from(["en", "fa-IR", "x", ""]))
def test_whatever_a_button_says_there_is_a_reply(
    counsel: Counsel, memory: Memory, data: str, client: str | None
) -> None:
    assert_sound(converse(memory, tapped(data, client), counsel))


@given(
    memory=MEMORY,
    text=st.text(max_size=40),
    kind=st.sampled_from(Kind),
    place=st.none() | st.builds(Place, st.floats(-90, 90), st.floats(-180, 180)),
    edited=st.booleans(),
)
def test_whatever_is_sent_there_is_a_reply(
    counsel: Counsel, memory: Memory, text: str, kind: Kind, place: Place | None, edited: bool
) -> None:
    incoming = Incoming(TRADER, UPDATE, kind, text, place=place, edited=edited)
    assert_sound(converse(memory, incoming, counsel))


@pytest.mark.parametrize(
    ("letters", "outcome", "noted"),
    [
        pytest.param(LETTERS_READ + 1, Outcome.NO_ANSWER, True, id="long and not understood"),
        pytest.param(LETTERS_READ + 1, Outcome.CHOICES, True, id="long and doubtful"),
        pytest.param(LETTERS_READ + 1, Outcome.ANSWER, False, id="long and understood"),
        pytest.param(LETTERS_READ, Outcome.NO_ANSWER, False, id="not too long"),
    ],
)
def test_a_long_message_is_called_long_where_it_was_not_understood(
    counsel: Counsel, letters: int, outcome: Outcome, noted: bool
) -> None:
    counsel = with_understanding(counsel, understood(EN, outcome))
    turn = converse(Memory(welcomed=True), typed("x" * letters), counsel)
    assert ("That was a long message" in seen(turn.replies[0])) is noted
    assert len(turn.replies) == 1 + noted


def test_an_edited_message_is_said_to_be_before_its_answer(counsel: Counsel) -> None:
    note, answer = converse(Memory(EN, welcomed=True), typed("what is barter trade", edited=True), counsel).replies
    assert "You changed your message" in seen(note)
    assert note.choices == ()
    assert "👍" in labels(answer)


def test_an_edited_and_long_message_says_both(counsel: Counsel) -> None:
    counsel = with_understanding(counsel, understood(EN))
    turn = converse(Memory(welcomed=True), typed("x" * 1001, edited=True), counsel)
    assert len(turn.replies) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_apology_speaks_the_traders_language_and_leaves_his_memory(counsel: Counsel, language: Language) -> None:
    memory = Memory(language, forgetting="7")
    turn = apologise(memory, typed("…", "de"), counsel)
    assert_sound(turn)
    assert turn.replies[0].language is language
    assert (turn.memory, turn.events) == (memory, ())
    assert apologise(Memory(), typed("…", language.value), counsel).replies == turn.replies
