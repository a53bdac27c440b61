"""Between trader and chamber: messages, answers, introductions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.conversation import corresponding
from bot.conversation.corresponding import LETTERS
from bot.conversation.turn import ChamberAnswered, Counsel, IntroductionAnswered, Memory, Turn
from bot.enquiry import Enquiry, LeadState, Town, Unit, Want
from bot.message import Incoming, Kind, Outgoing
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from tests.conftest import NOW
from tests.conversation.hand import TRADER, UPDATE, Talk, assert_sound, buttons, old_button, seen
from tests.conversation.test_tracking import SENT, having

EN = Language.EN

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

REFERENCE = SENT.reference

ENQUIRY = Enquiry(
    Want.SELL,
    Sector.AGRICULTURE,
    "Kinnow *grade A*",
    Country.PAKISTAN,
    Town("Sargodha", "sargodha"),
    "Ahmed",
    NOW,
    quantity=Decimal("2500.5"),
    unit=Unit.TONNE,
    origin=Town("Sargodha", "sargodha"),
    company="Sample [Traders](x)",
    phone="+923001234567",
    email="ahmed@example.com",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_chamber_can_be_sent_and_answered(counsel: Counsel, language: Language) -> None:
    voice = counsel.voices[language]
    messages = [
        corresponding.from_chamber(voice, REFERENCE, "Price?\n\n*Please* send [samples](http://x)"),
        *(corresponding.state_told(voice, REFERENCE, state) for state in LeadState),
        corresponding.card(voice, 7, REFERENCE, ENQUIRY),
        corresponding.introduction_refused(voice, REFERENCE),
    ]
    for message in messages:
        assert_sound(Turn(Memory(), (message,)))
        assert message.language is language
        assert REFERENCE in seen(message)
        assert buttons(message)[0].data == f"enquire:answer:{REFERENCE}"


def test_the_words_of_staff_are_shown_as_they_were_written(counsel: Counsel) -> None:
    message = corresponding.from_chamber(counsel.voices[EN], REFERENCE, "Price?\n*Please* send [samples](http://x)")
    assert seen(message).endswith("Price?\n*Please* send [samples](http://x)")


def test_the_longest_message_of_staff_fits(counsel: Counsel) -> None:
    for language in Language:
        message = corresponding.from_chamber(counsel.voices[language], REFERENCE, "*" * 5000)
        assert_sound(Turn(Memory(), (message,)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_who_the_other_is_and_how_he_is_reached(counsel: Counsel, language: Language) -> None:
    card = seen(corresponding.card(counsel.voices[language], 7, REFERENCE, ENQUIRY))
    for value in ("Kinnow *grade A*", "Ahmed", "Sample [Traders](x)", "+92 300 1234567", "ahmed@example.com"):
        assert value in card


def test_a_card_without_phone_and_mail_leads_through_the_chamber(counsel: Counsel) -> None:
    enquiry = replace(ENQUIRY, phone=None, email=None)
    assert "through the chamber" in seen(corresponding.card(counsel.voices[EN], 7, REFERENCE, enquiry))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("step", "agreed"), [("agree", True), ("refuse", False)])
def test_an_introduction_is_answered_by_a_button(counsel: Counsel, language: Language, step: str, agreed: bool) -> None:
    question = corresponding.introduction_asked(counsel.voices[language], 12, REFERENCE, "Buyer of *kinnow*, Mashhad")
    assert_sound(Turn(Memory(), (question,)))
    assert "Buyer of *kinnow*, Mashhad" in seen(question)
    assert [choice.data for choice in buttons(question)] == ["enquire:agree:12", "enquire:refuse:12"]
    talk = having(counsel, SENT, language=language).sends(f"enquire:{step}:12")
    assert talk.events == [IntroductionAnswered(12, agreed)]


@pytest.mark.parametrize("data", ["enquire:agree:", "enquire:agree:x", "enquire:agree:²", "enquire:agree:-1",
                                  "enquire:agree:99999999999999999999", "enquire:refuse:1:2"])  # fmt: skip
def test_what_is_no_introduction_changes_nothing(counsel: Counsel, data: str) -> None:
    talk = having(counsel, SENT).sends(data)
    assert talk.turn.replies[0].text == old_button(EN, counsel)
    assert talk.events == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_words_go_to_the_chamber(counsel: Counsel, language: Language) -> None:
    talk = having(counsel, SENT, language=language).sends(f"enquire:answer:{REFERENCE}")
    assert talk.memory.answering == REFERENCE
    talk.types("taftan khula he?\nI can load on Monday")
    assert talk.events == [ChamberAnswered(REFERENCE, "taftan khula he?\nI can load on Monday")]
    assert talk.memory.answering is None
    talk.taps("✍️ Write more").types("Tuesday")
    assert talk.events[1:] == [ChamberAnswered(REFERENCE, "Tuesday")]


def test_a_message_that_is_too_long_is_not_cut_but_told(counsel: Counsel) -> None:
    talk = having(counsel, SENT).sends(f"enquire:answer:{REFERENCE}").types("x" * (LETTERS + 1))
    assert talk.events == []
    assert "too long for one message" in talk.read
    assert talk.types("x" * LETTERS).events == [ChamberAnswered(REFERENCE, "x" * LETTERS)]


@pytest.mark.parametrize("way", ["/menu", "menu:main", "enquire:list", "ask:open:barter-trade", "no such button"])
def test_a_command_or_another_tap_ends_the_writing(counsel: Counsel, way: str) -> None:
    talk = having(counsel, SENT).sends(f"enquire:answer:{REFERENCE}")
    talk = talk.types(way) if way.startswith("/") else talk.sends(way)
    assert talk.memory.answering is None
    talk.types("barter trade")
    assert not any(isinstance(event, ChamberAnswered) for event in talk.events)


@pytest.mark.parametrize("kind", [Kind.VOICE, Kind.PICTURE, Kind.STICKER, Kind.PLACE])
def test_only_words_go_to_the_chamber(counsel: Counsel, kind: Kind) -> None:
    talk = having(counsel, SENT).sends(f"enquire:answer:{REFERENCE}")
    talk.receives(Incoming(TRADER, UPDATE, kind))
    assert "written words only" in talk.read
    assert talk.memory.answering == REFERENCE


def test_an_enquiry_waits_while_the_chamber_is_answered(counsel: Counsel) -> None:
    talk = having(counsel, SENT).types("sell 20 ton potatoes").sends(f"enquire:answer:{REFERENCE}").types("Monday")
    assert talk.events == [ChamberAnswered(REFERENCE, "Monday")]
    assert talk.draft.good == "potato"


def test_nothing_is_written_about_what_was_withdrawn(counsel: Counsel) -> None:
    talk: Talk = having(counsel, replace(SENT, state=LeadState.WITHDRAWN)).sends(f"enquire:answer:{REFERENCE}")
    assert talk.memory.answering is None
    assert isinstance(talk.turn.replies[0], Outgoing)
    assert "You withdrew" in talk.read
