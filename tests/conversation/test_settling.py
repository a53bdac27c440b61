"""Language, the welcome, stopping announcements, and being forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.conversation import converse
from bot.conversation.turn import AnnouncementsSet, Counsel, Forgotten, Memory
from bot.message import Incoming
from knowledge.language import Language
from tests.conversation.hand import assert_sound, buttons, labels, old_button, seen, tapped, typed

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

#: A memory with something in every field, to see what a turn leaves alone.
FULL = Memory(Language.UR, chosen=True, welcomed=True, announcements=False, forgetting="7")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", [typed("/language"), tapped("settle:languages")], ids=["command", "button"])
def test_every_language_is_offered_under_its_own_name_whichever_is_set(
    counsel: Counsel, language: Language, way: Incoming
) -> None:
    turn = converse(Memory(language), way, counsel)
    assert [(choice.label, choice.data) for choice in buttons(turn.replies[0])] == [
        ("اردو", "settle:language:ur"),
        ("فارسی", "settle:language:fa"),
        ("English", "settle:language:en"),
    ]
    assert turn.memory == Memory(language)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("en", "From now on I write to you in English.", id="English"),
        pytest.param("ur", "اب سے میں آپ کو اردو میں لکھوں گا۔", id="Urdu"),
        pytest.param("fa", "از این به بعد به فارسی برایتان می‌نویسم.", id="Persian"),
    ],
)
def test_a_chosen_language_is_spoken_at_once_and_nothing_else_changes(counsel: Counsel, code: str, words: str) -> None:
    memory = replace(FULL, chosen=False)
    turn = converse(memory, tapped(f"settle:language:{code}"), counsel)
    assert_sound(turn)
    assert seen(turn.replies[0]) == words
    assert turn.memory == replace(memory, language=Language(code), chosen=True)


def test_start_welcomes_again_and_forgets_nothing(counsel: Counsel) -> None:
    assert converse(FULL, typed("/start"), counsel).memory == FULL


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "command", ["/menu", "/papers", "/enquiry", "/enquiries", "/subscribe", "/language", "/stop", "/forget"]
)
def test_the_help_names_each_command_and_each_is_obeyed(counsel: Counsel, language: Language, command: str) -> None:
    (text,) = converse(Memory(language), typed("/help"), counsel).replies
    assert command in seen(text)
    turn = converse(Memory(language), typed(command), counsel)
    unknown = counsel.voices[language].say("I do not know this command. /help shows what I can do.")
    assert turn.replies[0].text != unknown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("incoming", "before", "after"),
    [
        pytest.param(typed("/stop"), True, False, id="stopped by command"),
        pytest.param(tapped("settle:stop"), True, False, id="stopped by button"),
        pytest.param(typed("/stop"), False, False, id="stopped again"),
        pytest.param(tapped("settle:allow"), False, True, id="allowed"),
        pytest.param(tapped("settle:allow"), True, True, id="allowed again"),
    ],
)
def test_announcements_are_stopped_and_allowed(
    counsel: Counsel, language: Language, incoming: Incoming, before: bool, after: bool
) -> None:
    memory = replace(FULL, language=language, announcements=before)
    turn = converse(memory, incoming, counsel)
    assert_sound(turn)
    assert turn.memory == replace(memory, announcements=after)
    assert turn.events == (AnnouncementsSet(allowed=after),)


def test_a_stop_offers_the_way_back(counsel: Counsel) -> None:
    (reply,) = converse(Memory(Language.EN), typed("/stop"), counsel).replies
    assert [choice.data for choice in buttons(reply)] == ["settle:allow", "menu:main"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_forgetting_asks_first(counsel: Counsel, language: Language) -> None:
    memory = Memory(language, welcomed=True)
    turn = converse(memory, typed("/forget", update="77"), counsel)
    assert_sound(turn)
    assert [choice.data for choice in buttons(turn.replies[0])] == ["settle:forget:77", "settle:keep"]
    assert turn.memory == replace(memory, forgetting="77")
    assert turn.events == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_once_confirmed_all_is_forgotten_and_said_in_the_language_that_was_known(
    counsel: Counsel, language: Language
) -> None:
    turn = converse(replace(FULL, language=language, forgetting="77"), tapped("settle:forget:77"), counsel)
    assert turn.memory == Memory()
    assert turn.events == (Forgotten(),)
    (reply,) = turn.replies
    assert reply.language is language
    assert labels(reply) == []


@pytest.mark.parametrize(
    ("forgetting", "data"),
    [
        pytest.param(None, "settle:forget:77", id="confirmed before"),
        pytest.param("78", "settle:forget:77", id="asked again since"),
        pytest.param(None, "settle:forget:None", id="the word None"),
        pytest.param(None, "settle:forget:", id="no update"),
        pytest.param("77", "settle:forget:7", id="the beginning of the update"),
        pytest.param("77", "settle:forget:77:77", id="too much"),
    ],
)
def test_a_stale_button_to_forget_deletes_nothing(counsel: Counsel, forgetting: str | None, data: str) -> None:
    memory = Memory(Language.EN, welcomed=True, forgetting=forgetting)
    turn = converse(memory, tapped(data), counsel)
    assert (turn.memory, turn.events) == (memory, ())
    assert turn.replies[0].text == old_button(Language.EN, counsel)


def test_what_was_kept_can_no_more_be_deleted_by_the_same_question(counsel: Counsel) -> None:
    asked = converse(Memory(Language.EN), typed("/forget", update="77"), counsel)
    delete, keep = buttons(asked.replies[0])
    kept = converse(asked.memory, tapped(keep.data), counsel)
    assert "Good, everything stays." in seen(kept.replies[0])
    assert kept.memory == Memory(Language.EN)
    assert converse(kept.memory, tapped(delete.data), counsel).events == ()


def test_whoever_was_forgotten_is_welcomed_anew(counsel: Counsel) -> None:
    turn = converse(replace(FULL, forgetting="77"), tapped("settle:forget:77"), counsel)
    (reply,) = converse(turn.memory, typed("hello"), counsel).replies
    assert "I am Saudagar" in seen(reply)
