"""The words that all channels share: what the outbox keeps of a message, and what every button may carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.asking import asked
from bot.conversation.conversation import converse
from bot.conversation.turn import Counsel, Memory, Turn
from bot.message import OUTGOING, Address, Choice, Outgoing, Place
from knowledge.entry import Entry
from knowledge.language import Language, Style
from knowledge.library import Library
from knowledge.understanding import Outcome, Understanding
from tests.conversation.hand import UPDATE, assert_sound, buttons, old_button, tapped, typed

CHOICE = st.builds(Choice, label=st.text(), data=st.text(max_size=64))
PLACE = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
OUTGOINGS = st.builds(
    Outgoing,
    text=st.text(),
    language=st.sampled_from(Language),
    choices=st.lists(st.lists(CHOICE, max_size=3).map(tuple), max_size=3).map(tuple),
    place=st.none() | PLACE,
)


@given(message=OUTGOINGS)
def test_a_message_comes_back_out_of_the_outbox_as_it_went_in(message: Outgoing) -> None:
    assert OUTGOING.validate_json(OUTGOING.dump_json(message)) == message
    assert OUTGOING.validate_python(OUTGOING.dump_python(message, mode="json")) == message


def test_an_outbox_of_before_a_field_was_added_is_still_read() -> None:
    assert OUTGOING.validate_json('{"text": "salaam", "language": "ur"}') == Outgoing("salaam", Language.UR)


def test_an_address_is_written_with_its_channel() -> None:
    assert str(Address("telegram", "-1001")) == "telegram:-1001"


def beginnings(counsel: Counsel, language: Language) -> Iterator[Turn]:
    """Every turn that is not caused by a button: all else is reached from these."""
    memory = Memory(language, welcomed=True)
    for command in ("/menu", "/papers", "/help", "/language", "/stop", "/forget", "/start", "/unknown"):
        yield converse(memory, typed(command), counsel)
    yield converse(Memory(language, welcomed=True, announcements=False), tapped("menu:announcements"), counsel)
    topics = tuple(counsel.library.entries)
    voice = counsel.voices[language]
    for outcome, topic, choices in [
        *((Outcome.ANSWER, topic, ()) for topic in topics),
        (Outcome.CHOICES, None, topics),  # all at once: each is offered now and then
        (Outcome.NO_ANSWER, None, ()),
    ]:
        understanding = Understanding("…", outcome, topic, choices, language, Style.SCRIPT, confidence=1.0)
        yield asked(memory, [understanding], UPDATE, voice, counsel)


@pytest.mark.parametrize("language", [pytest.param(language, id=language.value) for language in Language])
def test_every_button_that_can_be_reached_fits_every_channel_and_leads_somewhere(
    counsel: Counsel, language: Language
) -> None:
    waiting = [(turn.memory, choice) for turn in beginnings(counsel, language) for choice in taken(turn)]
    walked: set[str] = set()
    while waiting:
        memory, choice = waiting.pop()
        if choice.data in walked:
            continue
        walked.add(choice.data)
        turn = converse(memory, tapped(choice.data), counsel)
        assert turn.replies[0].text != old_button(turn.replies[0].language, counsel), choice
        waiting += [(turn.memory, further) for further in taken(turn)]
    for topic in counsel.library.entries:
        assert {f"ask:open:{topic}", f"ask:mean:{UPDATE}:{topic}", f"ask:down:{UPDATE}:{topic}"} <= walked
    assert f"settle:forget:{UPDATE}" in walked


def taken(turn: Turn) -> list[Choice]:
    """The buttons of a turn, each checked for its length."""
    assert_sound(turn)
    return [choice for reply in turn.replies for choice in buttons(reply)]


def test_an_entry_with_the_longest_id_that_is_allowed_can_be_rated(counsel: Counsel) -> None:
    written = counsel.library["barter-trade"].model_dump(mode="json")
    entry = Entry.model_validate(written | {"id": "a" * 36})
    counsel = replace(counsel, library=Library({entry.id: entry}, ()))
    assert_sound(converse(Memory(), tapped(f"ask:open:{entry.id}"), counsel))
