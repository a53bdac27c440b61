"""The checklists of papers: for a direction and a group of goods the papers in order, each explained by an entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum

from pydantic import Field

from knowledge.entry import Category, Entry, Line, Texts, Typed

#: The categories whose entries explain a paper.
EXPLAINING = frozenset({Category.DOCUMENTS, Category.RULES, Category.SECTORS})

Keys = tuple[str | int, ...]  # the way to a value in the file


class Direction(StrEnum):
    """The way that the goods go."""

    PAKISTAN_TO_IRAN = "pk-ir"
    IRAN_TO_PAKISTAN = "ir-pk"


class Group(StrEnum):
    """Goods that need the same papers."""

    RICE_GRAIN = "rice-grain"
    FRUIT_VEGETABLES = "fruit-vegetables"
    LIVE_ANIMALS = "live-animals"
    MEAT_FISH = "meat-fish"
    TEXTILES = "textiles"
    MINERALS_METALS = "minerals-metals"
    FUEL_LPG = "fuel-lpg"
    FOOD_COSMETICS = "food-cosmetics"
    MACHINERY = "machinery"
    SERVICES = "services"


class Side(StrEnum):
    """Who has to get a paper."""

    EXPORTER = "exporter"
    IMPORTER = "importer"


class Paper(Typed):
    """One paper of a shipment."""

    id: Line
    name: Texts
    issuer: Texts
    side: Side
    #: When it is needed, or what is to be heeded; None where it is simply needed.
    condition: Texts | None = None
    topic: str  # the entry that explains it, with the sources


class Notice(Typed):
    """What stands above a list: the trade is banned, closed or unclear."""

    text: Texts
    topic: str  # the entry that explains it


class Checklist(Typed):
    """The papers of one group of goods, in the order in which they are got."""

    notices: tuple[Notice, ...] = ()
    papers: tuple[str, ...]  # ids


class Checklists(Typed):
    """All of `checklists.yaml`; empty where a library has none."""

    papers: tuple[Paper, ...] = ()
    lists: dict[Direction, dict[Group, Checklist]] = Field(default_factory=dict)
    #: The entries on all papers of a direction; under their answers stands the way to its lists.
    overviews: dict[Direction, tuple[str, ...]] = Field(default_factory=dict)

    def get(self, direction: Direction, group: Group) -> Checklist | None:
        """The list of a direction and a group, or None."""
        return self.lists.get(direction, {}).get(group)

    def papers_of(self, checklist: Checklist) -> list[Paper]:
        """Its papers, in order."""
        papers = {paper.id: paper for paper in self.papers}
        return [papers[name] for name in checklist.papers]

    def direction_of(self, topic: str) -> Direction | None:
        """The direction on whose papers an entry is, or None."""
        return next((direction for direction, topics in self.overviews.items() if topic in topics), None)

    def faults(self, entries: Mapping[str, Entry]) -> Iterator[tuple[Keys, str]]:
        """All that is wrong with the lists in the light of the entries, each with its place in the file."""
        yield from self._faults_of_papers(entries)
        for direction in Direction:
            for group in Group:
                checklist = self.get(direction, group)
                if checklist is None:
                    yield ("lists", direction), f"{direction} has no list of {group}"
                else:
                    yield from self._faults_of_list(checklist, ("lists", direction, group), entries)
        for direction, topics in self.overviews.items():
            for place, topic in enumerate(topics):
                if topic not in entries:
                    yield ("overviews", direction, place), f"{topic} is no entry"

    def _faults_of_papers(self, entries: Mapping[str, Entry]) -> Iterator[tuple[Keys, str]]:
        times = Counter(paper.id for paper in self.papers)
        listed = {name for groups in self.lists.values() for checklist in groups.values() for name in checklist.papers}
        for place, paper in enumerate(self.papers):
            entry = entries.get(paper.topic)
            if entry is None:
                yield ("papers", place, "topic"), f"{paper.topic} is no entry"
            elif entry.category not in EXPLAINING:
                yield ("papers", place, "topic"), f"{paper.topic} is of {entry.category}, which explain no paper"
            if times[paper.id] > 1:
                yield ("papers", place, "id"), f"the paper {paper.id} stands here {times[paper.id]} times"
            if paper.id not in listed:
                yield ("papers", place, "id"), f"the paper {paper.id} is on no list"

    def _faults_of_list(
        self, checklist: Checklist, keys: Keys, entries: Mapping[str, Entry]
    ) -> Iterator[tuple[Keys, str]]:
        known = {paper.id for paper in self.papers}
        if not checklist.papers:
            yield keys, f"the list of {keys[-1]} has no paper"
        for place, name in enumerate(checklist.papers):
            if name not in known:
                yield (*keys, "papers", place), f"{name} is no paper"
            elif name in checklist.papers[:place]:
                yield (*keys, "papers", place), f"{name} stands on the list twice"
        for place, notice in enumerate(checklist.notices):
            if notice.topic not in entries:
                yield (*keys, "notices", place, "topic"), f"{notice.topic} is no entry"

    def texts(self) -> Iterator[tuple[Keys, Texts, str]]:
        """Every text with its place in the file and the entry that has to state the same."""
        for place, paper in enumerate(self.papers):
            yield ("papers", place, "name"), paper.name, paper.topic
            yield ("papers", place, "issuer"), paper.issuer, paper.topic
            if paper.condition:
                yield ("papers", place, "condition"), paper.condition, paper.topic
        for direction, groups in self.lists.items():
            for group, checklist in groups.items():
                for place, notice in enumerate(checklist.notices):
                    yield ("lists", direction, group, "notices", place, "text"), notice.text, notice.topic
