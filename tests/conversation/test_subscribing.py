"""Subscribing: subjects as toggles, quiet hours, where one works, the bell under an answer, the calendar."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import subjects
from bot.conversation.conversation import converse
from bot.conversation.turn import (
    AnnouncementsSet,
    CalendarWanted,
    Counsel,
    CountryTold,
    Memory,
    QuietHoursSet,
    SubjectsSet,
)
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language
from tests.conversation.hand import Talk, assert_sound, buttons, labels, old_button, seen, tapped, typed

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]
CROSSINGS = ("taftan-mirjaveh", "gabd-rimdan", "mand-pishin", "chedgi-kuhak")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_subscribes_first_is_told_what_comes_and_how_it_ends_and_asked_where_he_works_once(
    counsel: Counsel, language: Language
) -> None:
    talk = Talk(counsel, language)
    talk.types("/subscribe").sends("subscribe:on:policy")
    assert talk.events == [SubjectsSet(("policy",))]
    assert "STOP" in talk.read
    assert len(talk.turn.replies) == 2
    assert talk.voice.say("I do not want to say") in labels(talk.turn.replies[1])
    talk.taps("I do not want to say")
    talk.sends("subscribe:on:events")
    assert talk.memory.subjects == ("policy", "events")
    assert len(talk.turn.replies) == 1
    assert "STOP" not in talk.read


@pytest.mark.parametrize("data", ["subscribe:on:policy", "subscribe:tell:policy"])
@pytest.mark.parametrize(("client", "kept"), [("fa", Language.FA), ("ur-PK", Language.UR), ("en", None), (None, None)])
def test_who_only_taps_gets_announcements_in_the_language_of_his_app(
    counsel: Counsel, data: str, client: str | None, kept: Language | None
) -> None:
    turn = converse(Memory(), replace(tapped(data), client_language=client), counsel)
    assert turn.memory.language is kept
    assert not turn.memory.chosen
    assert converse(Memory(Language.EN), replace(tapped(data), client_language=client), counsel).memory.language == "en"


def test_a_toggle_shows_how_it_stands_and_an_old_one_does_what_it_says(counsel: Counsel) -> None:
    talk = Talk(counsel, Language.EN).types("/subscribe")
    assert "⬜ ⚖️ Trade policy and JEC sessions" in labels(talk.turn.replies[0])
    for _ in range(2):  # the second tap is on the same old button
        talk.sends("subscribe:on:policy")
        assert "✅ ⚖️ Trade policy and JEC sessions" in labels(talk.turn.replies[0])
    talk.sends("subscribe:off:policy")
    assert talk.memory.subjects == ()
    assert "⬜ ⚖️ Trade policy and JEC sessions" in labels(talk.turn.replies[0])


def test_borders_are_chosen_one_by_one_or_all_at_once(counsel: Counsel) -> None:
    talk = Talk(counsel, Language.EN).types("/subscribe").taps("⬜ 🛂 Borders")
    assert labels(talk.turn.replies[0])[0] == "⬜ All borders"
    talk.taps("⬜ Mand–Pishin crossing")
    assert talk.events == [SubjectsSet(("border:mand-pishin",))]
    assert "✅ Mand–Pishin crossing" in labels(talk.turn.replies[0])
    talk.taps("⬜ All borders")
    assert {*talk.memory.subjects} == {f"border:{crossing}" for crossing in CROSSINGS}
    talk.taps("✅ All borders")
    assert talk.memory.subjects == ()


def test_every_sector_can_be_heard_of(counsel: Counsel) -> None:
    talk = Talk(counsel, Language.UR).sends("subscribe:sectors")
    assert len(labels(talk.turn.replies[0])) == len(Sector) + 1
    for sector in Sector:
        talk.sends(f"subscribe:on:sector:{sector}")
    assert talk.memory.subjects == tuple(f"sector:{sector}" for sector in Sector)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("topic", "subject"),
    [("gabd-rimdan", "border:gabd-rimdan"), ("joint-economic-commission", "policy"), ("b2b-meetings", "events")],
)
def test_the_bell_under_an_answer_subscribes_to_what_it_is_about(
    counsel: Counsel, language: Language, topic: str, subject: str
) -> None:
    talk = Talk(counsel, language).sends(f"ask:open:{topic}").taps("🔔 Tell me when this changes")
    assert talk.events == [SubjectsSet((subject,))]
    assert subjects.subject_name(subject, talk.voice, counsel.library) in talk.read
    again = talk.sends(f"subscribe:tell:{subject}")
    assert again.memory.subjects == (subject,)


def test_the_bell_under_a_general_answer_is_that_of_the_crossing_that_was_named(counsel: Counsel) -> None:
    (answer, *_) = converse(Memory(Language.FA, welcomed=True), typed("mirjave ta key baze"), counsel).replies
    assert [b.data for b in buttons(answer) if b.data.startswith("subscribe:")] == [
        "subscribe:tell:border:taftan-mirjaveh"
    ]


def test_what_was_chosen_outlives_a_stop_and_is_shown_when_they_are_allowed_again(counsel: Counsel) -> None:
    talk = Talk(counsel, Language.EN).sends("subscribe:on:policy").types("/stop")
    assert (talk.memory.announcements, talk.memory.subjects) == (False, ("policy",))
    talk.types("/subscribe")
    assert "What you had chosen is kept: ⚖️ Trade policy" in talk.read
    talk.taps("🔔 Allow them again")
    assert "You will get announcements again" in talk.read
    assert "You hear of: ⚖️ Trade policy and JEC sessions." in talk.read
    assert talk.memory.announcements


def test_subscribing_after_a_stop_allows_again_and_says_so(counsel: Counsel) -> None:
    talk = Talk(counsel, Language.EN, Memory(Language.EN, announcements=False, subjects=("events",)))
    talk.sends("subscribe:off:events")
    assert not talk.memory.announcements
    talk.sends("subscribe:tell:policy")
    assert talk.turn.events == (SubjectsSet(("policy",)), AnnouncementsSet(allowed=True))
    assert "You had stopped announcements" in talk.read
    assert talk.memory.announcements


@pytest.mark.parametrize(
    ("data", "quiet"),
    [("subscribe:quiet:22:7", (22, 7)), ("subscribe:quiet:23:8", (23, 8)), ("subscribe:quiet:off", None)],
)
@pytest.mark.parametrize(
    ("language", "country", "zone"),
    [
        pytest.param(Language.UR, None, "Asia/Karachi", id="Urdu"),
        pytest.param(Language.FA, None, "Asia/Tehran", id="Persian"),
        pytest.param(Language.FA, Country.PAKISTAN, "Asia/Karachi", id="Persian in Pakistan"),
    ],
)
def test_quiet_hours_go_by_the_clock_of_the_trader(
    counsel: Counsel,
    data: str,
    quiet: tuple[int, int] | None,
    language: Language,
    country: Country | None,
    zone: str,
) -> None:
    turn = converse(Memory(language, quiet=(1, 2), country=country), tapped(data), counsel)
    assert_sound(turn)
    starts, ends = quiet or (None, None)
    assert turn.events == (QuietHoursSet(starts, ends, zone),)
    assert turn.memory == Memory(language, quiet=quiet, country=country, zone=zone)


def test_own_quiet_hours_are_typed(counsel: Counsel) -> None:
    talk = Talk(counsel, Language.EN).sends("subscribe:hours")
    talk.types("10 baje")
    assert "I did not find two hours" in talk.read
    talk.types("10pm se 7 baje")
    assert talk.events == [QuietHoursSet(22, 7, "Asia/Karachi")]
    assert "from 22:00 to 07:00, Pakistan time" in talk.read
    assert not talk.memory.asked_hours


def test_a_question_instead_of_hours_is_answered_and_hours_are_not_waited_for_any_more(counsel: Counsel) -> None:
    talk = Talk(counsel, Language.EN).sends("subscribe:hours").types("what is barter trade?")
    assert "Barter" in talk.read
    assert not talk.memory.asked_hours
    assert not any(isinstance(event, QuietHoursSet) for event in talk.types("10pm to 7am").events)


@pytest.mark.parametrize(("country", "zone"), [(Country.PAKISTAN, "Asia/Karachi"), (Country.IRAN, "Asia/Tehran")])
def test_where_he_works_sets_the_clock(counsel: Counsel, country: Country, zone: str) -> None:
    talk = Talk(counsel, Language.EN).sends(f"subscribe:country:{country}")
    assert talk.events == [CountryTold(country, zone)]
    assert (talk.memory.country, talk.memory.zone) == (country, zone)
    talk.sends("subscribe:country:skip")
    assert talk.memory.country is country


@pytest.mark.parametrize(
    "data",
    [
        "subscribe:on:border:nowhere", "subscribe:on:sector:gold", "subscribe:on:", "subscribe:on", "subscribe:tell:x",
        "subscribe:quiet:24:7", "subscribe:quiet:7:7", "subscribe:quiet:٢:3", "subscribe:country:IN", "subscribe:x",
        "news:calendar:x", "news:calendar:-1", "news:calendar:" + "9" * 30, "news:calendar:٣", "news:", "subscribe",
    ],
)  # fmt: skip
def test_a_button_that_leads_nowhere_changes_nothing(counsel: Counsel, data: str) -> None:
    memory = Memory(Language.EN, subjects=("policy",))
    turn = converse(memory, tapped(data), counsel)
    assert (turn.memory, turn.events) == (memory, ())
    assert turn.replies[0].text == old_button(Language.EN, counsel)


def test_a_crossing_that_left_the_library_is_kept_and_not_shown(counsel: Counsel) -> None:
    memory = Memory(Language.EN, asked_country=True, subjects=("border:gone", "policy"))
    turn = converse(memory, tapped("subscribe:on:events"), counsel)
    assert turn.memory.subjects == ("policy", "events", "border:gone")
    assert "gone" not in seen(turn.replies[0])


def test_the_calendar_is_asked_of_what_knows_the_event(counsel: Counsel) -> None:
    turn = converse(Memory(Language.EN), tapped("news:calendar:12"), counsel)
    assert turn.events == (CalendarWanted(12),)
    assert_sound(turn)


@given(data=st.data())
@settings(max_examples=60)
def test_after_any_taps_the_last_event_holds_what_is_remembered(counsel: Counsel, data: st.DataObject) -> None:
    everything = [*subjects.all_subjects(counsel.library), "borders"]
    talk = Talk(counsel, data.draw(st.sampled_from(list(Language))))
    wanted: set[str] = set()
    for which in data.draw(st.lists(st.sampled_from(everything), max_size=8)):
        on = data.draw(st.booleans())
        talk.sends(f"subscribe:{'on' if on else 'off'}:{which}")
        these = set(subjects.borders(counsel.library)) if which == "borders" else {which}
        wanted = wanted | these if on else wanted - these
        assert {*talk.memory.subjects} == wanted
        assert talk.turn.events[0] == SubjectsSet(talk.memory.subjects)
        assert len(talk.memory.subjects) == len(wanted)
    talk.types("/stop")
    assert {*talk.memory.subjects} == wanted
    assert talk.memory == replace(talk.memory, announcements=False)
