"""The command line, each command as a process: what it prints, what it leaves behind, how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.conversation.turn import Counsel
from bot.settings import Settings
from tests.conftest import ROOT

PATIENCE = 300  # seconds that a command may take: learning anew is the slowest

#: Where no database answers, so that a command that needs one falls.
NO_DATABASE = "postgresql://127.0.0.1:1/nothing"


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """A working directory and a home of its own, in which nothing may be left behind."""

    folder: Path

    def run(self, *arguments: str, typed: str = "", settings: Mapping[str, object] = MappingProxyType({})) -> Done:
        """Run a command of ours to its end."""
        done = subprocess.run(  # noqa: S603  (our own command)
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder / "work",
            env=self._environment(settings),
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def _environment(self, settings: Mapping[str, object]) -> dict[str, str]:
        names = {name.upper() for name in Settings.model_fields}
        kept = {name: value for name, value in os.environ.items() if name not in names}
        ours = {
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "DATA_DIR": str(ROOT / "data"),  # where the models are learned already
            "DATABASE_URL": NO_DATABASE,
        }
        return kept | ours | {name: str(value) for name, value in settings.items()}

    def left_behind(self) -> list[Path]:
        """The files in all its folders."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    for name in ("work", "home", "tmp"):
        (tmp_path / name).mkdir()
    return Shell(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _learned(counsel: object) -> None:
    """The models are in the data folder, lest the first command spend its time on learning them."""


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_ask_prints_one_json_object_with_the_promised_fields(shell: Shell) -> None:
    done = shell.run("ask", "--json", "how does barter trade with iran work")
    assert (done.code, done.err) == (0, "")
    (line,) = done.out.splitlines()
    understood = json.loads(line)
    assert list(understood) == ["text", "outcome", "topic", "choices", "language", "style", "confidence"]
    assert understood["text"] == "how does barter trade with iran work"
    assert (understood["outcome"], understood["topic"]) == ("answer", "barter-trade")
    assert (understood["language"], understood["style"]) == ("en", "latin")
    assert 0 <= understood["confidence"] <= 1


def test_ask_answers_each_line_in_its_place(shell: Shell) -> None:
    lines = [
        "hello",
        "",
        "ساعت کار مرز میرجاوه",
        "   ",
        "x" * 5000,
        '"quotes" \\ and \t tabs',
        "barter trade kaise karein",
    ]
    done = shell.run("ask", "--json", "-", typed="\n".join(lines) + "\n")
    assert (done.code, done.err) == (0, "")
    understood = [json.loads(line) for line in done.out.splitlines()]
    assert [one["text"] for one in understood] == lines
    assert [one["outcome"] for one in understood[1:4:2]] == ["no_answer"] * 2  # the lines without a word
    assert "ساعت کار" in done.out  # letters, no escapes: a person reads it, too


@pytest.mark.parametrize(
    ("typed", "texts"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("hello", ["hello"], id="no line break at the end"),
        pytest.param("hello\r\nthanks\r\n", ["hello", "thanks"], id="line breaks of Windows"),
        pytest.param("\n\n", ["", ""], id="empty lines alone"),
        pytest.param("a\u2028b\u0085c\n", ["a\u2028b\u0085c"], id="separators of Unicode part no line"),
        pytest.param("- \n--json\n", ["- ", "--json"], id="lines that look like options"),
    ],
)
def test_ask_reads_a_question_a_line(shell: Shell, typed: str, texts: list[str]) -> None:
    done = shell.run("ask", "--json", "-", typed=typed)
    assert done.code == 0
    assert [json.loads(line)["text"] for line in done.out.split("\n")[:-1]] == texts


def test_ask_takes_the_language_that_is_known(shell: Shell) -> None:
    done = [shell.run("ask", "--json", "--language", language, "?") for language in ("en", "ur", "fa")]
    assert [json.loads(one.out)["language"] for one in done] == ["en", "ur", "fa"]  # no letter says otherwise


def test_ask_without_json_prints_the_answer_with_its_sources(shell: Shell) -> None:
    done = shell.run("ask", "what is barter trade")
    assert (done.code, done.err) == (0, "")
    assert "Sources: " in done.out
    assert "Compared with its sources on" in done.out
    assert "**" not in done.out


def test_ask_needs_no_database_and_writes_nothing_outside_its_data_folder(shell: Shell, counsel: Counsel) -> None:
    del counsel  # it has learned what lies here now
    data = shell.folder / "data"
    shutil.copytree(ROOT / "data" / "understanding", data / "understanding")
    before = files_of_the_project()
    done = shell.run("ask", "--json", "hello", settings={"DATA_DIR": data})
    assert (done.code, done.err) == (0, "")  # nothing is learned anew
    assert len(done.out.splitlines()) == 1
    assert {path.relative_to(data).parts[0] for path in shell.left_behind()} == {"understanding"}
    assert files_of_the_project() == before


def files_of_the_project() -> set[Path]:
    """The files beside the code, where a careless cache would lie."""
    return {path for room in ("bot", "knowledge", "locales") for path in (ROOT / room).rglob("*") if path.is_file()}


def test_the_library_has_no_fault(shell: Shell) -> None:
    done = shell.run("knowledge", "check")
    assert done.code == 0
    assert re.fullmatch(r"\d+ entries, [\d,]+ phrasings, 0 faults\n", done.out)


def test_a_fault_of_the_library_is_told_with_file_and_line_and_exit_1(shell: Shell) -> None:
    library = shell.folder / "library"
    for name in ("entries", "asides", "shelves.yaml"):
        (shutil.copytree if (ROOT / "knowledge" / name).is_dir() else shutil.copy)(
            ROOT / "knowledge" / name, library / name
        )
    entry = library / "entries" / "rules" / "barter-trade.yaml"
    text = entry.read_text("utf-8")
    entry.write_text(text.replace("id: barter-trade\n", "id: barter-trade\nmood: good\n", 1), "utf-8")
    done = shell.run("knowledge", "check", str(library))
    assert done.code == 1
    assert f"{entry}:2: mood: " in done.err
    assert re.search(r" [1-9]\d* faults\n$", done.out)


@pytest.mark.parametrize("folder", ["nothing-here", ""], ids=["no such folder", "an empty folder"])
def test_a_library_without_entries_is_a_fault(shell: Shell, folder: str) -> None:
    done = shell.run("knowledge", "check", str(shell.folder / "work" / folder))
    assert done.code == 1
    assert "there is no entry in this folder" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["dance"], id="unknown command"),
        pytest.param(["knowledge", "dance"], id="unknown command of the library"),
        pytest.param(["ask"], id="no question"),
        pytest.param(["ask", "--loud", "hello"], id="unknown option"),
        pytest.param(["ask", "--language", "de", "hello"], id="unknown language"),
        pytest.param(["ask", "is", "it", "open"], id="too many words"),
    ],
)
def test_wrong_usage_ends_with_2(shell: Shell, arguments: list[str]) -> None:
    done = shell.run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Usage: " in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["serve", "setup", "chat", "ask"])
def test_a_bad_setting_ends_with_1_and_one_line(shell: Shell, command: str) -> None:
    arguments = [command, "hello"] if command == "ask" else [command]
    done = shell.run(*arguments, settings={"PORT": "eight thousand"})
    assert (done.code, done.out) == (1, "")
    assert re.fullmatch(r"Setting PORT: .+\n", done.err)


def test_a_port_in_use_ends_with_1_and_one_line_that_says_what_to_do(shell: Shell, taken_port: int) -> None:
    done = shell.run("serve", settings={"PORT": taken_port})
    assert (done.code, done.out) == (1, "")
    assert re.fullmatch(rf"Cannot listen on 127\.0\.0\.1:{taken_port}: Address already in use\. .*PORT=.*\n", done.err)
    assert shell.left_behind() == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "256.1.1.1", "192.0.2.1"])
def test_an_address_that_is_not_ours_ends_with_1_and_one_line(shell: Shell, host: str) -> None:
    done = shell.run("serve", settings={"HOST": host, "PORT": 0})
    assert (done.code, done.out) == (1, "")
    assert re.fullmatch(rf"Cannot listen on {re.escape(host)}:0: .+\n", done.err)


@pytest.mark.parametrize("address", [NO_DATABASE, "nonsense"], ids=["nobody answers", "no address"])
def test_a_database_that_cannot_be_had_ends_with_1_and_one_line(shell: Shell, address: str) -> None:
    done = shell.run("setup", settings={"DATABASE_URL": address})
    assert done.code == 1
    assert len(done.err.splitlines()) == 1


def test_a_talk_in_the_terminal(shell: Shell) -> None:
    done = shell.run("chat", typed="/start\n3\n1\n\n/stop\n")
    assert (done.code, done.err) == (0, "")
    assert "I am Saudagar" in done.out
    assert "[3] 🛂 Borders" in done.out
    assert done.out.index("[3] 🛂 Borders") < done.out.index("Choose a topic:") < done.out.index("Sources: ")
    assert "You will get no announcements" not in done.out  # the empty line ended it
    assert shell.left_behind() == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("hello", "I am Saudagar", id="the input ends without a line break"),
        pytest.param("/language\n2\n", "من سوداگر هستم", id="a language by number"),
        pytest.param("سلام\n", "من سوداگر هستم", id="Persian"),
    ],
)
def test_a_talk_goes_by_what_is_typed(shell: Shell, typed: str, words: str) -> None:
    done = shell.run("chat", typed=typed)
    assert (done.code, done.err) == (0, "")
    assert words in done.out


def test_a_talk_begins_in_the_language_that_is_asked_for(shell: Shell) -> None:
    done = shell.run("chat", "--language", "ur", typed="/menu\n\n")
    assert "آپ کو کیا چاہیے؟" in done.out
