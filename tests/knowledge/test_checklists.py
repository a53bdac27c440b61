"""The lists of papers: complete, each paper explained by an entry, each fault told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.turn import Counsel
from knowledge.checklists import EXPLAINING, Checklists, Direction, Group, Side
from knowledge.library import load_library
from tests.knowledge.test_check import FILES, TODAY, Change, change, told

L = "checklists.yaml"

PAPERS = """\
papers:
  - id: pass
    name: {en: Pass, ur: پاس, fa: برگه}
    issuer: {en: Office, ur: دفتر, fa: اداره}
    side: exporter
    topic: visa
  - id: form
    name: {en: Form, ur: فارم, fa: فرم}
    issuer: {en: Office, ur: دفتر, fa: اداره}
    side: importer
    condition: {en: For 60 dollars, ur: ۶۰ ڈالر میں, fa: با ۶۰ دلار}
    topic: visa
overviews: {pk-ir: [visa]}
lists:
"""

#: Both directions behind line 14, each list on one line: of pk-ir on 16 to 25, of ir-pk on 27 to 36.
LISTS = "".join(
    f"  {direction}:\n" + "".join(f"    {group}: {{papers: [form, pass]}}\n" for group in Group)
    for direction in Direction
)

OFFICE = "{en: Office, ur: دفتر, fa: اداره}"
STAMP = f"  - {{id: stamp, name: {OFFICE}, issuer: {OFFICE}, side: importer, topic: visa}}\n"
GROUPS = ", ".join(f"'{group}'" for group in list(Group)[:-1])
RICE = "rice-grain: {papers: [form, pass]}"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small library without a fault, with lists."""
    for name, text in {**FILES, L: PAPERS + LISTS}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def notice(text: str, topic: str = "visa") -> str:
    """The list of rice with a notice above it."""
    return f"rice-grain: {{papers: [form, pass], notices: [{{text: {text}, topic: {topic}}}]}}"


def test_lists_without_a_fault_are_loaded_with_the_library(library: Path) -> None:
    assert told(library) == []
    lists = load_library(TODAY, library).checklists
    rice = lists.get(Direction.PAKISTAN_TO_IRAN, Group.RICE_GRAIN)
    assert rice is not None
    assert [(paper.id, paper.side) for paper in lists.papers_of(rice)] == [
        ("form", Side.IMPORTER),  # as on the list, not as among the papers
        ("pass", Side.EXPORTER),
    ]
    assert lists.direction_of("visa") is Direction.PAKISTAN_TO_IRAN
    assert lists.direction_of("taftan") is None


def test_a_library_may_have_no_lists(library: Path) -> None:
    (library / L).unlink()
    assert told(library) == []
    assert load_library(TODAY, library).checklists == Checklists()


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param(
            [(L, None, "")],
            [f"{L}:1: the file: Input should be a valid dictionary or instance of Checklists"],
            id="empty",
        ),
        pytest.param(
            [(L, "side: importer", "side: driver")],
            [f"{L}:10: papers.1.side: Input should be 'exporter' or 'importer'"],
            id="unknown side",
        ),
        pytest.param([(L, ", fa: برگه}", "}")], [f"{L}:3: papers.0.name.fa: Field required"], id="language missing"),
        pytest.param(
            [(L, "side: exporter\n    topic: visa", "side: exporter\n    topic: pass")],
            [f"{L}:6: pass is no entry"],
            id="explained by nothing",
        ),
        pytest.param(
            [(L, "side: exporter\n    topic: visa", "side: exporter\n    topic: taftan")],
            [f"{L}:6: taftan is of crossings, which explain no paper"],
            id="explained by a crossing",
        ),
        pytest.param(
            [(L, "- id: pass", "- id: form")],
            [
                f"{L}:2: the paper form stands here 2 times",
                f"{L}:7: the paper form stands here 2 times",
                *(f"{L}:{line}: pass is no paper" for line in (*range(16, 26), *range(27, 37))),
            ],
            id="id taken",
        ),
        pytest.param(
            [(L, "overviews:", STAMP + "overviews:")], [f"{L}:13: the paper stamp is on no list"], id="on no list"
        ),
        pytest.param(
            [(L, RICE, "rice-grain: {papers: [form, stamp]}")], [f"{L}:16: stamp is no paper"], id="unknown paper"
        ),
        pytest.param(
            [(L, RICE, "rice-grain: {papers: [form, pass, form]}")],
            [f"{L}:16: form stands on the list twice"],
            id="paper twice",
        ),
        pytest.param(
            [(L, RICE, "rice-grain: {papers: []}")], [f"{L}:16: the list of rice-grain has no paper"], id="no paper"
        ),
        pytest.param([(L, f"    {RICE}\n", "")], [f"{L}:15: pk-ir has no list of rice-grain"], id="group missing"),
        pytest.param(
            [(L, RICE, f"gold: {{papers: [pass]}}\n    {RICE}")],
            [f"{L}:16: lists.pk-ir.gold: Input should be {GROUPS} or 'services'"],
            id="unknown group",
        ),
        pytest.param(
            [(L, RICE, notice("{en: Stop, ur: رکیں, fa: ایست}", "gone"))],
            [f"{L}:16: gone is no entry"],
            id="notice explained by nothing",
        ),
        pytest.param(
            [(L, RICE, notice("{en: Stop 60, ur: رکیں, fa: ایست 60}"))],
            [f"{L}:16: text.ur lacks what another language states: 60"],
            id="number missing in a language",
        ),
        pytest.param([(L, "pk-ir: [visa]", "pk-ir: [gone]")], [f"{L}:13: gone is no entry"], id="overview of nothing"),
        pytest.param(
            [(L, f"{OFFICE}\n    side: importer", "{en: Office 7, ur: دفتر 7, fa: اداره ۷}\n    side: importer")],
            [f"{L}:9: issuer.{language} states 7, which visa does not" for language in ("en", "fa", "ur")],
            id="a fact without an entry behind it",
        ),
        pytest.param(
            [(L, "en: Pass,", "en: '`Pass`',")],
            [f"{L}:3: name.en has markup that not every channel can show: code_inline"],
            id="markup",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(library: Path, changes: list[Change], faults: list[str]) -> None:
    change(library, changes)
    assert told(library) == faults


def test_each_direction_and_group_is_served_with_papers_that_an_entry_explains(counsel: Counsel) -> None:
    library = counsel.library
    for direction in Direction:
        for group in Group:
            checklist = library.checklists.get(direction, group)
            assert checklist is not None, (direction, group)
            for paper in library.checklists.papers_of(checklist):
                assert library[paper.topic].category in EXPLAINING
            for each in checklist.notices:
                assert each.topic in library.entries


@pytest.mark.parametrize(
    ("direction", "group", "topic"),
    [
        pytest.param(Direction.PAKISTAN_TO_IRAN, Group.LIVE_ANIMALS, "livestock-trade", id="Pakistan's live animals"),
        pytest.param(Direction.IRAN_TO_PAKISTAN, Group.RICE_GRAIN, "banned-exports-ir", id="Iran's grain"),
        pytest.param(Direction.IRAN_TO_PAKISTAN, Group.FRUIT_VEGETABLES, "banned-exports-ir", id="Iran's fruit"),
        pytest.param(Direction.IRAN_TO_PAKISTAN, Group.MEAT_FISH, "banned-exports-ir", id="Iran's meat"),
        pytest.param(Direction.IRAN_TO_PAKISTAN, Group.LIVE_ANIMALS, "banned-exports-ir", id="Iran's animals"),
        pytest.param(Direction.IRAN_TO_PAKISTAN, Group.FOOD_COSMETICS, "banned-exports-ir", id="Iran's food"),
        pytest.param(Direction.IRAN_TO_PAKISTAN, Group.FUEL_LPG, "iranian-fuel", id="Iran's fuel"),
        pytest.param(Direction.PAKISTAN_TO_IRAN, Group.SERVICES, "it-services", id="services"),
    ],
)
def test_what_is_banned_or_unclear_is_said_on_top(
    counsel: Counsel, direction: Direction, group: Group, topic: str
) -> None:
    checklist = counsel.library.checklists.get(direction, group)
    assert checklist is not None
    assert topic in [each.topic for each in checklist.notices]
