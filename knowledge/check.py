"""Every fault of the library, each with its file and line, found in one run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from pydantic import TypeAdapter, ValidationError

from knowledge.dates import DATE, replace_dates
from knowledge.entry import ANSWER_LETTERS, Category, Entry, Phrasing
from knowledge.language import Language, Way
from knowledge.phrasings import ASIDE, SUFFIX, read_phrasings
from knowledge.questions import Question, read_all_questions
from knowledge.script import fold, fold_digits

PHRASINGS = 5  # questions that each entry has at least in each way of writing

#: What an answer may be made of (markdown-it token types): paragraphs, lists, bold, italics and links.
_PAIRED = ("paragraph", "ordered_list", "bullet_list", "list_item", "strong", "em", "link")
MARKUP = frozenset(
    ["inline", "text", "softbreak", "hardbreak", *(f"{name}_{end}" for name in _PAIRED for end in ("open", "close"))]
)

_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_ADDRESS = re.compile(r"https?://[^\s)>\]۔،؛؟]+|[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)
_MARKDOWN = MarkdownIt("commonmark")
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

    @property
    def errors(self) -> list[Fault]:
        """The faults that stop the start."""
        return [fault for fault in self.faults if not fault.warning]


def inspect(folder: Path, today: date) -> Inspection:
    """Read a library (its `entries`, `asides` and `shelves.yaml`) and find every fault."""
    inspector = _Inspector(folder, today)
    inspector.run()
    return Inspection(
        inspector.entries, tuple(inspector.phrasings), tuple(inspector.asked), tuple(sorted(inspector.faults))
    )


class _Loader(yaml.CSafeLoader):
    """Leaves dates as they are written: the model reads them, and tells the line of one that no calendar has."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class _Document:
    """A YAML file that knows on which line each of its values stands."""

    def __init__(self, text: str) -> None:
        loader = _Loader(text)
        try:
            self.root = loader.get_single_node()
            self.value = loader.construct_document(self.root) if self.root else None
        finally:
            loader.dispose()

    def line(self, *keys: str | int) -> int:
        """The line of the value under these keys; of the deepest one that is there, where the rest is missing."""
        node = self.root
        line = 1
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line


def _child(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


class _Inspector:
    def __init__(self, folder: Path, today: date) -> None:
        self.folder = folder / "entries"
        self.asides = folder / "asides"
        self.shelves = folder / "shelves.yaml"
        self.evaluation = folder / "evaluation"
        self.asked: list[Question] = []
        self.today = today
        self.entries: dict[str, Entry] = {}
        self.phrasings: list[Phrasing] = []
        self.faults: list[Fault] = []
        self.documents: dict[str, tuple[Path, _Document]] = {}
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

    def fault(self, path: Path, line: int, message: str, *, warning: bool = False) -> None:
        self.faults.append(Fault(str(path), line, message, warning))

    def read_entry(self, path: Path) -> None:
        self.read_questions(path.with_name(path.stem + SUFFIX), path.stem)
        try:
            document = _Document(path.read_text(encoding="utf-8"))
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
            for message in _answer_faults(entry.answer[language]):
                self.fault(path, document.line("answer", language), f"answer.{language} {message}")
        for message in _differing_facts(entry):
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

    def put_on_shelves(self) -> None:
        """Bring the entries into the order of `shelves.yaml`, on which each must stand once, in its category."""
        try:
            document = _Document(self.shelves.read_text(encoding="utf-8"))
            shelves = _SHELVES.validate_python(document.value)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            self.fault(self.shelves, 1, f"cannot be read: {' '.join(str(error).split())}")
            return
        except ValidationError as error:
            for problem in error.errors():
                keys = [key for key in problem["loc"] if key != "[key]"]
                self.fault(self.shelves, document.line(*keys), f"{'.'.join(map(str, keys))}: {problem['msg']}")
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


def _answer_faults(answer: str) -> Iterator[str]:
    if len(answer) > ANSWER_LETTERS:
        yield f"has {len(answer):,} letters, {ANSWER_LETTERS:,} are allowed"
    for token in _MARKDOWN.parse(answer):
        for part in (token, *(token.children or ())):
            if part.type not in MARKUP and part.nesting >= 0:  # its end is no second fault
                yield f"has markup that not every channel can show: {part.type.removesuffix('_open')}"
    try:
        without_dates = replace_dates(answer, day=lambda _: "", month=lambda _: "")
    except ValueError as error:
        yield f"has a date that is none: {error}"
    else:
        if re.search(r"[{}]", without_dates):
            yield "has a brace that is no date; dates are written {2025-01-13} or {2025-09}"


def _differing_facts(entry: Entry) -> Iterator[str]:
    """Numbers, dates and addresses must be the same in all languages, or one of them misleads."""
    facts = {language: _facts(entry.answer[language]) for language in Language}
    everything = set().union(*facts.values())
    for language in Language:
        missing = sorted(everything - facts[language])
        if missing:
            yield f"answer.{language} lacks what another language states: {', '.join(missing)}"


def _facts(answer: str) -> set[str]:
    return set(_take(_ADDRESS, answer)) | set(_numbers(answer))


def _take(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return (match.group().rstrip(".,") for match in pattern.finditer(text))


def _numbers(answer: str) -> Iterator[str]:
    dates = [match.group() for match in DATE.finditer(answer)]
    yield from dates
    plain = fold_digits(DATE.sub(" ", _ADDRESS.sub(" ", answer))).replace("٬", ",").replace("٫", ".")
    without_list_numbers = re.sub(r"^\s*\d+[.)]\s", "", plain, flags=re.MULTILINE)
    yield from _NUMBER.findall(without_list_numbers)
