"""The cities of the trade: each in its country, none with the name of another."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.conversation.turn import Counsel
from knowledge.cities import City, doubled_names
from knowledge.entry import Traffic
from knowledge.language import Language
from tests.knowledge.test_check import FILES, Change, T, change, told

QUETTA = """\
- id: quetta
  names: {en: Quetta, ur: کوئٹہ, fa: کویته}
  country: PK
  latitude: 30.18
  longitude: 67.00
  also: [Kwetta]
"""

MAP = "cities.yaml"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small library with a map of one city."""
    for name, text in (FILES | {MAP: QUETTA}).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def figure(url: str = "https://www.dawn.com/news/1", city: str = "quetta") -> Change:
    """A distance by road in the entry of Taftan; its city stands on line 29, its figure on line 30."""
    return (
        T,
        "  town: null\n",
        f"  town: null\n  distances:\n    {city}:\n      - {{km: 605, publisher: Dawn, url: '{url}'}}\n",
    )


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(MAP, None, None)], [], id="a library without a map"),
        pytest.param([figure()], [], id="a distance on a listed page"),
        pytest.param(
            [(MAP, "latitude: 30.18", "latitude: 67.00")],
            [f"{MAP}:4: 0.latitude: Input should be less than or equal to 40"],
            id="latitude and longitude swapped",
        ),
        pytest.param(
            [(MAP, "country: PK", "country: AF")],
            [f"{MAP}:3: 0.country: Input should be 'PK' or 'IR'"],
            id="a third country",
        ),
        pytest.param(
            [(MAP, QUETTA, QUETTA + QUETTA.replace("id: quetta", "id: kwetta").replace("[Kwetta]", "[]"))],
            [
                f"{MAP}:7: kwetta: “kwetta” is quetta already",
                f"{MAP}:7: kwetta: “quetta” is quetta already",
                f"{MAP}:7: kwetta: “کویته” is quetta already",
            ],
            id="the names of another city",
        ),
        pytest.param([(MAP, "- id", "- [id")], None, id="not YAML"),
        pytest.param(
            [figure(city="lahore")], [f"{T}:29: lahore is no city of cities.yaml"], id="the distance of no city"
        ),
        pytest.param(
            [figure("https://www.dawn.com/news/2")],
            [f"{T}:30: no entry lists this page of Dawn as a source"],
            id="the distance of no source",
        ),
        pytest.param(
            [figure(), (T, "km: 605", "km: 0")],
            None,
            id="a distance of nothing",
        ),
    ],
)
def test_a_fault_of_the_map_is_told_with_its_file_and_line(
    library: Path, changes: Iterable[Change], faults: list[str] | None
) -> None:
    change(library, changes)
    found = told(library)
    assert found == faults if faults is not None else found


def test_the_same_city_may_be_spelt_twice_alike() -> None:
    city = City.model_validate(
        {
            "id": "karachi",
            "names": {"en": "Karachi", "ur": "کراچی", "fa": "کراچی"},
            "country": "PK",
            "latitude": 24.86,
            "longitude": 67.01,
        }
    )
    assert list(doubled_names((city,))) == []


def test_a_common_word_is_a_spelling_only_alone(counsel: Counsel) -> None:
    (hub,) = (city for city in counsel.library.cities if city.id == "hub")
    assert "Hub" not in list(hub.spellings())
    assert "Hub" in list(hub.spellings(alone=True))


def test_every_crossing_of_the_library_is_described(counsel: Counsel) -> None:
    by_id = {entry.id: entry.crossing for entry in counsel.library.crossings()}
    for topic, crossing in by_id.items():
        assert crossing is not None
        assert crossing.counterpart is not None, topic
        assert crossing.passes, topic
        sides = (crossing.counterpart.pakistan, crossing.counterpart.iran)
        assert all(side[language] for side in sides for language in Language)
    tir = {topic for topic, crossing in by_id.items() if crossing and Traffic.TIR in crossing.passes}
    assert tir == {"taftan-mirjaveh", "gabd-rimdan"}  # the two that a notification was found for


def test_every_distance_of_the_library_stands_in_an_answer(counsel: Counsel) -> None:
    answers = [
        counsel.library[topic].answer.en
        for topic in ("road-distances", *(entry.id for entry in counsel.library.crossings()))
    ]
    figures = [
        f"{figure.km:,}"
        for entry in counsel.library.crossings()
        if entry.crossing
        for pages in entry.crossing.distances.values()
        for figure in pages
    ]
    assert len(figures) >= 10
    assert [figure for figure in figures if not any(figure in answer for answer in answers)] == []
