"""The main menu, the shelves, and what is not there yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.conversation import converse
from bot.conversation.menu import PAGE, main_menu
from bot.conversation.turn import Counsel, Memory
from knowledge.entry import Category
from knowledge.language import Language
from knowledge.library import Library
from tests.conversation.hand import assert_sound, buttons, old_button, seen, tapped

LANGUAGES = [pytest.param(language, id=language.value) for language in Language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_of_the_menu_leads_somewhere(counsel: Counsel, language: Language) -> None:
    menu = main_menu(counsel.voices[language])
    assert [len(row) for row in menu.choices] == [2] * 5 + [1]
    for choice in buttons(menu):
        turn = converse(Memory(language, welcomed=True), tapped(choice.data), counsel)
        assert_sound(turn)
        assert turn.replies[0].text != old_button(language, counsel)
        assert {reply.language for reply in turn.replies} == {language}


def test_every_shelf_of_the_library_is_in_the_menu(counsel: Counsel) -> None:
    data = {choice.data for choice in buttons(main_menu(counsel.voices[Language.EN]))}
    assert {f"menu:shelf:{category}:0" for category in Category} <= data


def of_length(counsel: Counsel, number: int) -> Counsel:
    """A counsel with so many entries on the shelf of documents, and no others."""
    entry = counsel.library["goods-declaration"]
    copies = {f"topic-{place}": entry.model_copy(update={"id": f"topic-{place}"}) for place in range(number)}
    return replace(counsel, library=Library(copies, ()))


@pytest.mark.parametrize(
    ("number", "page", "topics", "turning"),
    [
        pytest.param(1, 0, [0], ["Menu"], id="one topic"),
        pytest.param(PAGE, 0, [*range(PAGE)], ["Menu"], id="a full page"),
        pytest.param(PAGE + 1, 0, [*range(PAGE)], ["More", "Menu"], id="one more than a page"),
        pytest.param(PAGE + 1, 1, [PAGE], ["Back", "Menu"], id="the page behind"),
        pytest.param(3 * PAGE, 1, [*range(PAGE, 2 * PAGE)], ["Back", "More", "Menu"], id="a page in the middle"),
    ],
)
def test_a_shelf_is_turned_over_page_by_page(
    counsel: Counsel, number: int, page: int, topics: list[int], turning: list[str]
) -> None:
    tap = tapped(f"menu:shelf:documents:{page}")
    (reply,) = converse(Memory(Language.EN), tap, of_length(counsel, number)).replies
    *titles, last = reply.choices
    assert [choice.data for (choice,) in titles] == [f"ask:open:topic-{topic}" for topic in topics]
    assert [choice.label for choice in last] == turning
    destinations = {"Back": page - 1, "More": page + 1}
    assert [choice.data for choice in last[:-1]] == [f"menu:shelf:documents:{destinations[t]}" for t in turning[:-1]]


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("language", LANGUAGES)
def test_turning_the_pages_shows_each_entry_once_in_the_order_of_its_shelf(
    counsel: Counsel, category: Category, language: Language
) -> None:
    shown: list[tuple[str, str]] = []
    data: str | None = f"menu:shelf:{category}:0"
    while data:
        (reply,) = converse(Memory(language), tapped(data), counsel).replies
        shown += [(choice.data, choice.label) for choice in buttons(reply) if choice.data.startswith("ask:open:")]
        more = counsel.voices[language].say("More")
        data = next((choice.data for choice in buttons(reply) if choice.label == more), None)
    entries = counsel.library.shelf(category)
    assert shown == [(f"ask:open:{entry.id}", entry.title[language]) for entry in entries]


@pytest.mark.parametrize(
    "data", ["menu:shelf:sectors:0", "menu:shelf:documents:7"], ids=["an empty shelf", "a page that is no more"]
)
def test_nothing_on_a_shelf_is_said_and_the_menu_shown(counsel: Counsel, data: str) -> None:
    (reply,) = converse(Memory(Language.EN), tapped(data), of_length(counsel, 3)).replies
    assert "There is nothing on this shelf yet" in seen(reply)
    assert len(buttons(reply)) == 11


@pytest.mark.parametrize("data", ["subscribe:subjects", "menu:announcements"])
def test_the_announcements_of_a_menu_of_today_and_of_before_lead_to_the_subjects(counsel: Counsel, data: str) -> None:
    turn = converse(Memory(Language.EN), tapped(data), counsel)
    assert "Announcements of the chambers" in seen(turn.replies[0])
    assert (turn.memory, turn.events) == (Memory(Language.EN), ())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param("menu:main", "What do you need?", id="menu"),
        pytest.param("menu:ask", "Is Taftan open on Friday?", id="ask"),
        pytest.param("menu:person", "they may answer it here later", id="person"),
    ],
)
def test_what_is_not_there_yet_is_said_honestly(counsel: Counsel, data: str, words: str) -> None:
    memory = Memory(Language.EN)
    turn = converse(memory, tapped(data), counsel)
    assert words in seen(turn.replies[0])
    assert (turn.memory, turn.events) == (memory, ())
