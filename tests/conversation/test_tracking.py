"""What becomes of sent enquiries, as their trader sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.tracking import SHOWN, followed
from bot.conversation.turn import Counsel, EnquiryWithdrawn, Forgotten, Memory
from bot.enquiry import LeadState, Progress, Want
from knowledge.language import Language
from tests.conftest import NOW
from tests.conversation.hand import Talk, old_button

EN = Language.EN

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]

SENT = Progress("PK-AGR-2K7F", LeadState.NEW, Want.SELL, "Kinnow", NOW - timedelta(days=3))


def having(counsel: Counsel, *enquiries: Progress, language: Language = EN) -> Talk:
    """A trader who has sent these."""
    talk = Talk(counsel, language, Memory(language, welcomed=True, has_enquiries=bool(enquiries)))
    talk.enquiries = enquiries
    return talk


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", list(LeadState))
def test_the_list_says_how_each_stands_and_when_it_was_sent(
    counsel: Counsel, language: Language, state: LeadState
) -> None:
    talk = having(counsel, replace(SENT, state=state), language=language).types("/enquiries")
    words = {
        other: having(counsel, replace(SENT, state=other), language=language).types("/enquiries").read
        for other in LeadState
    }
    assert SENT.reference in talk.read
    assert "Kinnow" in talk.read
    assert list(words.values()).count(talk.read) == 1  # no two states are told alike
    assert talk.offered[0].data == "enquire:show:PK-AGR-2K7F"


def test_who_has_sent_none_is_told_so_and_offered_to(counsel: Counsel) -> None:
    talk = having(counsel).types("/enquiries")
    assert "You have not sent an enquiry yet." in talk.read
    assert talk.offered[0].data == "enquire:start"
    talk = having(counsel).types("sell 20 ton kinnow").types("/enquiries")
    assert talk.offered[0].data == "enquire:resume"


def test_of_many_the_newest_are_shown_and_the_others_counted(counsel: Counsel) -> None:
    many = [replace(SENT, reference=f"PK-AGR-{number:04}") for number in range(SHOWN + 3)]
    talk = having(counsel, *many).types("/enquiries")
    assert "PK-AGR-0007" in talk.read
    assert "PK-AGR-0008" not in talk.read
    assert "3 older ones" in talk.read


def test_an_enquiry_is_withdrawn_once_that_is_confirmed(counsel: Counsel) -> None:
    talk = having(counsel, SENT).types("/enquiries").sends("enquire:show:PK-AGR-2K7F").taps("↩️ Withdraw it")
    assert talk.events == []
    talk.taps("↩️ Yes, withdraw it")
    assert talk.events == [EnquiryWithdrawn("PK-AGR-2K7F")]
    talk.sends("enquire:withdrawn:PK-AGR-2K7F")
    assert len(talk.events) == 1
    assert "withdrawn by you" in talk.read


def test_it_may_be_kept_instead(counsel: Counsel) -> None:
    talk = having(counsel, SENT).sends("enquire:withdraw:PK-AGR-2K7F").taps("No, keep it")
    assert talk.events == []
    assert "PK-AGR-2K7F" in talk.read


@pytest.mark.parametrize("state", [state for state in LeadState if not state.is_open])
def test_what_is_not_open_any_more_cannot_be_withdrawn(counsel: Counsel, state: LeadState) -> None:
    talk = having(counsel, replace(SENT, state=state)).sends("enquire:withdraw:PK-AGR-2K7F")
    assert "↩️ Withdraw it" not in [choice.label for choice in talk.offered]
    assert talk.sends("enquire:withdrawn:PK-AGR-2K7F").events == []


@pytest.mark.parametrize("step", ["show", "withdraw", "withdrawn", "answer"])
def test_the_enquiry_of_somebody_else_is_not_found(counsel: Counsel, step: str) -> None:
    talk = having(counsel, SENT).sends(f"enquire:{step}:PK-AGR-3333")
    assert talk.turn.replies[0].text == old_button(EN, counsel)
    assert talk.events == []


def test_a_conversation_without_records_follows_its_own_events() -> None:
    assert followed([SENT], [EnquiryWithdrawn("PK-AGR-2K7F")])[0].state is LeadState.WITHDRAWN
    assert followed([SENT], [EnquiryWithdrawn("PK-AGR-3333")]) == (SENT,)
    assert followed([SENT], [Forgotten()]) == ()
