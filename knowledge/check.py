"""Every fault of the library, each with its file and line, found in one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge.checklists import Checklists
from knowledge.cities import CITIES, City, doubled_names
from knowledge.contacts import OFFICES, Office, unlike_entries
from knowledge.entry import Category, Entry, Phrasing
from knowledge.goods import CHAPTERS, GOODS, Goods, doubled_chapters, faults_of_goods
from knowledge.language import Language, Way
from knowledge.located_yaml import Document
from knowledge.phrasings import ASIDE, SUFFIX, read_phrasings
from knowledge.questions import Question, read_all_questions
from knowledge.script import fold
from knowledge.texts import answer_faults, differing_facts, faults_of_texts

PHRASINGS = 5  # questions that each entry has at least in each way of writing

Row = TypeVar("Row")
Read = TypeVar("Read")

_SHELVES: TypeAdapter[dict[Category, tuple[str, ...] | None]] = TypeAdapter(dict[Category, tuple[str, ...] | None])


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, and where; a warning stops nothing."""

    file: str
    line: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a folder of entries holds, and all that is wrong with it."""

    entries: dict[str, Entry]  # in the order of their shelves
    phrasings: tuple[Phrasing, ...]
    questions: tuple[Question, ...]
    faults: tuple[Fault, ...]
    cities: tuple[City, ...]
    offices: tuple[Office, ...]
    checklists: Checklists
    goods: Goods

    @property
    def errors(self) -> list[Fault]:
        """The faults that stop the start."""
        return [fault for fault in self.faults if not fault.warning]


def inspect(folder: Path, today: date) -> Inspection:
    """Read a library (its `entries`, `asides`, `shelves.yaml` and the other tables) and find every fault."""
    inspector = _Inspector(folder, today)
    inspector.run()
    return Inspection(
        inspector.entries,
        tuple(inspector.phrasings),
        tuple(inspector.asked),
        tuple(sorted(inspector.faults)),
        inspector.cities,
        inspector.offices,
        inspector.checklists,
        inspector.goods,
    )


class _Inspector:
    def __init__(self, folder: Path, today: date) -> None:
        self.folder = folder / "entries"
        self.asides = folder / "asides"
        self.shelves = folder / "shelves.yaml"
        self.evaluation = folder / "evaluation"
        self.map = folder / "cities.yaml"
        self.contacts = folder / "contacts.yaml"
        self.lists = folder / "checklists.yaml"
        self.wares = folder / "goods.yaml"
        self.nomenclature = folder / "hs_chapters.yaml"
        self.checklists = Checklists()
        self.goods = Goods()
        self.cities: tuple[City, ...] = ()
        self.offices: tuple[Office, ...] = ()
        self.asked: list[Question] = []
        self.today = today
        self.entries: dict[str, Entry] = {}
        self.phrasings: list[Phrasing] = []
        self.faults: list[Fault] = []
        self.documents: dict[str, tuple[Path, Document]] = {}
        self.questions: dict[str, Path] = {}  # topic or aside → its phrasings

    def run(self) -> None:
        paths = sorted(self.folder.glob("**/*.yaml"))
        if not paths:
            self.fault(self.folder, 1, "there is no entry in this folder")
        for path in paths:
            self.read_entry(path)
        for path in sorted(self.folder.glob("**/*" + SUFFIX)):
            if not path.with_name(path.name.removesuffix(SUFFIX) + ".yaml").exists():
                self.fault(path, 1, "there is no entry of this name beside it")
        for path in sorted(self.asides.glob("*" + SUFFIX)):
            self.read_questions(path, ASIDE + path.name.removesuffix(SUFFIX))
        for entry in self.entries.values():
            self.check_entry(entry)
        self.check_shared_phrasings()
        self.put_on_shelves()
        self.check_evaluation()
        self.check_map()
        self.check_contacts()
        self.check_lists()
        self.check_goods()

    def fault(self, path: Path, line: int, message: str, *, warning: bool = False) -> None:
        self.faults.append(Fault(str(path), line, message, warning))

    def read_entry(self, path: Path) -> None:
        self.read_questions(path.with_name(path.stem + SUFFIX), path.stem)
        try:
            document = Document(path.read_text(encoding="utf-8"))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.fault(path, mark.line + 1 if mark else 1, f"not YAML: {error.problem or error.context}")
            return
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.fault(path, 1, f"not YAML in UTF-8: {' '.join(str(error).split())}")
            return
        try:
            entry = Entry.model_validate(document.value)
        except ValidationError as error:
            for problem in error.errors():
                location = problem["loc"]
                name = ".".join(map(str, location)) or "the entry"
                self.fault(path, document.line(*location), f"{name}: {problem['msg']}")
            return
        if entry.id in self.entries:
            other = self.documents[entry.id][0]
            self.fault(path, document.line("id"), f"id {entry.id} is taken by {other}")
            return
        self.entries[entry.id] = entry
        self.documents[entry.id] = (path, document)

    def read_questions(self, path: Path, topic: str) -> None:
        self.questions[topic] = path
        if not path.exists():
            self.fault(path, 1, "the entry has no phrasings: this file is missing")
            return
        try:
            phrasings, faults = read_phrasings(path, topic)
        except UnicodeDecodeError as error:
            self.fault(path, 1, f"not UTF-8: {error.reason} at byte {error.start}")
            return
        for line, message in faults:
            self.fault(path, line, message)
        if faults:
            return
        self.phrasings += phrasings
        counts = Counter(phrasing.way for phrasing in phrasings)
        for way in Way:
            if counts[way] < PHRASINGS:
                self.fault(path, 1, f"{counts[way]} phrasings in {way}, at least {PHRASINGS} are needed")

    def check_entry(self, entry: Entry) -> None:
        path, document = self.documents[entry.id]
        if path.stem != entry.id:
            self.fault(path, document.line("id"), f"id {entry.id} in a file named {path.name}")
        if path.parent.name != entry.category:
            self.fault(path, document.line("category"), f"category {entry.category} in folder {path.parent.name}")
        for place, related in enumerate(entry.related):
            if related not in self.entries or related == entry.id:
                kind = "the entry itself" if related == entry.id else "no entry"
                self.fault(path, document.line("related", place), f"related: {related} is {kind}")
        if entry.verified > self.today:
            self.fault(path, document.line("verified"), f"verified on {entry.verified}, a day to come")
        if entry.review_after < entry.verified:
            self.fault(path, document.line("review_after"), "review_after lies before verified")
        elif entry.is_stale(self.today):
            self.fault(path, document.line("review_after"), f"review was due by {entry.review_after}", warning=True)
        for language in Language:
            for message in answer_faults(entry.answer[language]):
                self.fault(path, document.line("answer", language), f"answer.{language} {message}")
        for message in differing_facts(entry.answer, "answer"):
            self.fault(path, document.line("answer"), message)

    def check_shared_phrasings(self) -> None:
        first: dict[str, Phrasing] = {}
        for phrasing in self.phrasings:
            folded = fold(phrasing.text)
            path = self.questions[phrasing.topic]
            if not folded:
                self.fault(path, phrasing.line, "a phrasing without a letter or digit")
            elif (other := first.setdefault(folded, phrasing)) is not phrasing:
                where = f"{self.questions[other.topic]}:{other.line}"
                self.fault(path, phrasing.line, f"the phrasing “{phrasing.text}” stands at {where} already")

    def check_evaluation(self) -> None:
        """Read the questions that the understanding is measured on; the model must not have learned from them."""
        try:
            self.asked = read_all_questions(self.evaluation)
        except UnicodeDecodeError as error:
            self.fault(self.evaluation, 1, f"a table is not UTF-8: {error.reason} at byte {error.start}")
            return
        except ValueError as error:
            self.faults.append(Fault(*_located(str(error))))
            return
        taught = {fold(phrasing.text): phrasing for phrasing in self.phrasings}
        for question in self.asked:
            for topic in sorted(question.topics - self.entries.keys()):
                self.fault(Path(question.file), question.line, f"{topic} is no entry")
            if phrasing := taught.get(fold(question.text)):
                where = f"{self.questions[phrasing.topic]}:{phrasing.line}"
                self.fault(Path(question.file), question.line, f"the question stands at {where}, to be learned from")

    def check_map(self) -> None:
        """Read the cities; what a crossing says of one must be on a page that an entry lists."""
        self.cities, document = self.read_rows(self.map, CITIES)
        for place, message in doubled_names(self.cities):
            self.fault(self.map, document.line(place), message)
        known = {city.id for city in self.cities}
        pages = {(source.publisher, source.url) for entry in self.entries.values() for source in entry.sources}
        for entry in self.entries.values():
            path, text = self.documents[entry.id]
            for city, figures in entry.crossing.distances.items() if entry.crossing else ():
                if city not in known:
                    self.fault(path, text.line("crossing", "distances", city), f"{city} is no city of {self.map.name}")
                for place, figure in enumerate(figures):
                    if (figure.publisher, figure.url) not in pages:
                        message = f"no entry lists this page of {figure.publisher} as a source"
                        self.fault(path, text.line("crossing", "distances", city, place), message)

    def check_contacts(self) -> None:
        """Read the offices; they and the answers that print them must say the same."""
        self.offices, document = self.read_rows(self.contacts, OFFICES)
        for row, message in unlike_entries(self.offices, self.entries, self.cities):
            self.fault(self.contacts, 1 if row is None else document.line(row), message)
        for place, office in enumerate(self.offices):
            if office.verified > self.today:
                line = document.line(place, "verified")
                self.fault(self.contacts, line, f"verified on {office.verified}, a day to come")

    def read_rows(self, path: Path, rows: TypeAdapter[tuple[Row, ...]]) -> tuple[tuple[Row, ...], Document]:
        """The rows of a table that a library may have, and where they stand; none where it has faults."""
        if not path.exists():
            return (), Document("")
        document, read = self.read_document(path, rows.validate_python)
        return read or (), document

    def check_lists(self) -> None:
        """Read the lists of papers, where there are any; they may state only what the entries behind them state."""
        if not self.lists.exists():
            return
        document, lists = self.read_document(self.lists, Checklists.model_validate)
        if lists is None:
            return
        self.checklists = lists
        for keys, message in lists.faults(self.entries):
            self.fault(self.lists, document.line(*keys), message)
        for keys, texts, topic in lists.texts():
            for message in faults_of_texts(texts, str(keys[-1]), self.entries.get(topic)):
                self.fault(self.lists, document.line(*keys), message)

    def check_goods(self) -> None:
        """Read the goods and the chapters of the Harmonized System; each good is cleared under some of these."""
        chapters, nomenclature = self.read_rows(self.nomenclature, CHAPTERS)
        goods, document = self.read_rows(self.wares, GOODS)
        for place, message in doubled_chapters(chapters):
            self.fault(self.nomenclature, nomenclature.line(place), message)
        for place, message in faults_of_goods(goods, chapters):
            self.fault(self.wares, document.line(place), message)
        self.goods = Goods(goods, chapters)

    def read_document(self, path: Path, validate: Callable[[Any], Read]) -> tuple[Document, Read | None]:
        """A file beside the entries and what it holds; None where it has faults, which are told."""
        document = Document("")
        try:
            document = Document(path.read_text(encoding="utf-8"))
            return document, validate(document.value)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            self.fault(path, 1, f"cannot be read: {' '.join(str(error).split())}")
        except ValidationError as error:
            for problem in error.errors():
                keys = [key for key in problem["loc"] if key != "[key]"]
                name = ".".join(map(str, keys)) or "the file"
                self.fault(path, document.line(*keys), f"{name}: {problem['msg']}")
        return document, None

    def put_on_shelves(self) -> None:
        """Bring the entries into the order of `shelves.yaml`, on which each must stand once, in its category."""
        document, shelves = self.read_document(self.shelves, _SHELVES.validate_python)
        if shelves is None:
            return
        placed: dict[str, Entry] = {}
        for category, topics in shelves.items():
            for place, topic in enumerate(topics or ()):
                entry = self.entries.get(topic)
                line = document.line(category, place)
                if entry is None or entry.category != category:
                    self.fault(self.shelves, line, f"{topic} is no entry of the category {category}")
                elif topic in placed:
                    self.fault(self.shelves, line, f"{topic} stands on its shelf twice")
                else:
                    placed[topic] = entry
        for topic in sorted(self.entries.keys() - placed.keys()):
            self.fault(self.shelves, 1, f"the entry {topic} is missing")
        self.entries = placed


def _located(message: str) -> tuple[str, int, str]:
    file, line, rest = message.split(":", 2)
    return file, int(line), rest.strip()
