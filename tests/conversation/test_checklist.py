"""The papers of a shipment: which way, which goods, and a list whose every button leads somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.conversation.checklist import PAGE
from bot.conversation.conversation import converse
from bot.conversation.turn import Counsel, Memory, Turn
from bot.message import Incoming, Outgoing
from knowledge.checklists import Checklists, Direction, Group, Side
from knowledge.language import Language
from tests.conversation.hand import ISOLATES, assert_sound, buttons, labels, old_button, seen, tapped, typed

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]
LISTS = [
    pytest.param(direction, group, id=f"{direction} {group}") for direction in Direction for group in Group
]  # fmt: skip


def talk(counsel: Counsel, data: str, language: Language = Language.EN) -> Outgoing:
    """The one reply to a tap, which changes nothing and causes nothing."""
    memory = Memory(language, welcomed=True)
    turn = converse(memory, tapped(data), counsel)
    assert_sound(turn)
    assert (turn.memory, turn.events) == (memory, ())
    (reply,) = turn.replies
    assert reply.language is language
    assert reply.text != old_button(language, counsel)
    return reply


def pages(counsel: Counsel, direction: Direction, group: Group, language: Language = Language.EN) -> list[Outgoing]:
    """A list and the pages behind it, turned over by its buttons."""
    found = [talk(counsel, f"list:show:{direction}:{group}:0", language)]
    more = counsel.voices[language].say("More")
    while data := next((choice.data for choice in buttons(found[-1]) if choice.label == more), None):
        found.append(talk(counsel, data, language))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", [typed("/papers"), tapped("list:start")], ids=["command", "button"])
def test_first_the_direction_is_asked(counsel: Counsel, language: Language, way: Incoming) -> None:
    turn: Turn = converse(Memory(language), way, counsel)
    assert_sound(turn)
    data = [choice.data for choice in buttons(turn.replies[0])]
    assert data == ["list:goods:pk-ir", "list:goods:ir-pk", "menu:main"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("direction", list(Direction))
def test_then_every_group_of_goods_is_offered(counsel: Counsel, language: Language, direction: Direction) -> None:
    reply = talk(counsel, f"list:goods:{direction}", language)
    *goods, back, menu = buttons(reply)
    assert [choice.data for choice in goods] == [f"list:show:{direction}:{group}:0" for group in Group]
    assert len({choice.label for choice in goods}) == len(Group)
    assert (back.data, menu.data) == ("list:start", "menu:main")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("direction", "group"), LISTS)
def test_a_list_says_each_paper_in_order_with_its_issuer_in_one_message(
    counsel: Counsel, direction: Direction, group: Group, language: Language
) -> None:
    voice, lists = counsel.voices[language], counsel.library.checklists
    checklist = lists.get(direction, group)
    assert checklist is not None
    text = seen(talk(counsel, f"list:show:{direction}:{group}:0", language))
    expected = [
        voice.shown(voice.dated(part)).translate(ISOLATES)
        for number, paper in enumerate(lists.papers_of(checklist), start=1)
        for part in (
            f"{number}. {paper.name[language]}\n",
            paper.issuer[language],
            *([paper.condition[language]] if paper.condition else ()),
        )
    ]
    place = 0
    for part in expected:
        place = text.find(part, place)
        assert place >= 0, part
    assert all(voice.shown(voice.dated(each.text[language])).translate(ISOLATES) in text for each in checklist.notices)
    assert "{" not in text
    assert "*" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("direction", "group"), LISTS)
def test_each_paper_and_each_notice_has_a_button_that_opens_its_entry(
    counsel: Counsel, direction: Direction, group: Group, language: Language
) -> None:
    lists = counsel.library.checklists
    checklist = lists.get(direction, group)
    assert checklist is not None
    found = [choice for page in pages(counsel, direction, group, language) for choice in buttons(page)]
    opening = [choice for choice in found if choice.data.startswith("ask:open:")]
    numbered = enumerate(lists.papers_of(checklist), start=1)
    assert [(choice.label, choice.data) for choice in opening] == [
        *((f"⚠️ {counsel.library[each.topic].title[language]}", f"ask:open:{each.topic}") for each in checklist.notices),
        *((f"{number}. {paper.name[language]}", f"ask:open:{paper.topic}") for number, paper in numbered),
    ]
    for data in {choice.data for choice in found}:
        talk(counsel, data, language)


@pytest.mark.parametrize(("direction", "group"), LISTS)
def test_pages_hold_eight_buttons_and_can_be_turned_back(counsel: Counsel, direction: Direction, group: Group) -> None:
    found = pages(counsel, direction, group)
    for number, page in enumerate(found):
        *opening, turning = page.choices
        assert 0 < len(opening) <= PAGE
        assert [choice.label for choice in turning] == [
            "Back", *(["More"] if number < len(found) - 1 else []), "Menu",
        ]  # fmt: skip
        back = talk(counsel, turning[0].data)
        assert back == (found[number - 1] if number else talk(counsel, f"list:goods:{direction}"))


def test_who_has_to_get_a_paper_is_said(counsel: Counsel) -> None:
    text = seen(talk(counsel, "list:show:pk-ir:textiles:0"))
    lists = counsel.library.checklists
    checklist = lists.get(Direction.PAKISTAN_TO_IRAN, Group.TEXTILES)
    assert checklist is not None
    for paper in lists.papers_of(checklist):
        who = "Exporter" if paper.side is Side.EXPORTER else "Importer"
        assert f"{paper.name.en}\n{who}; issuer: {paper.issuer.en}" in text


def test_a_ban_stands_above_the_papers(counsel: Counsel) -> None:
    text = seen(talk(counsel, "list:show:pk-ir:live-animals:0"))
    assert text.index("Pakistan does not let live animals out") < text.index("\n1. ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("direction", "group"), LISTS)
def test_a_list_warns_and_still_fits_once_an_entry_behind_it_is_due(
    counsel: Counsel, direction: Direction, group: Group, language: Language
) -> None:
    lists = counsel.library.checklists
    checklist = lists.get(direction, group)
    assert checklist is not None
    topics = [*(paper.topic for paper in lists.papers_of(checklist)), *(each.topic for each in checklist.notices)]
    first = min(counsel.library[topic].review_after for topic in topics)
    voice = counsel.voices[language]

    def text(today: date) -> str:
        on_that_day = replace(counsel, now=lambda: datetime.combine(today, time(9), UTC))
        return seen(talk(on_that_day, f"list:show:{direction}:{group}:0", language))

    warning = voice.say(
        "⚠️ This answer was due for a new check by {day}. Ask the office before you rely on it.", day=voice.day(first)
    )
    shown = voice.shown(warning).translate(ISOLATES)
    assert shown in text(first + timedelta(days=1))
    assert shown in text(date(2040, 1, 1))  # the day that passed first, however many have
    assert shown not in text(first)


@pytest.mark.parametrize(
    ("topic", "data"),
    [
        pytest.param("export-documents-pk", "list:goods:pk-ir", id="Pakistan's exports"),
        pytest.param("import-documents-ir", "list:goods:pk-ir", id="Iran's imports"),
        pytest.param("export-documents-ir", "list:goods:ir-pk", id="Iran's exports"),
        pytest.param("import-documents-pk", "list:goods:ir-pk", id="Pakistan's imports"),
        pytest.param("barter-trade", None, id="another entry"),
    ],
)
def test_the_answers_on_all_papers_lead_to_the_lists_of_their_direction(
    counsel: Counsel, topic: str, data: str | None
) -> None:
    offered = buttons(talk(counsel, f"ask:open:{topic}"))
    assert [choice.data for choice in offered if choice.data.startswith("list:")] == ([data] if data else [])


def test_a_library_without_lists_says_so_and_shows_the_menu(counsel: Counsel) -> None:
    bare = replace(counsel, library=replace(counsel.library, checklists=Checklists()))
    reply = talk(bare, "list:goods:pk-ir")
    assert "There is no list of papers here yet" in seen(reply)
    assert "❓ Ask a question" in labels(reply)
    old = converse(Memory(Language.EN, welcomed=True), tapped("list:show:pk-ir:textiles:0"), bare)
    assert old.replies[0].text == old_button(Language.EN, bare)
