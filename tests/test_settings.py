"""Settings: each described and documented, read from the environment, and told in one line where they cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from bot.__main__ import app
from bot.settings import Settings
from tests.conftest import ROOT

TOKEN = "123456:ABC-no-such-bot"  # noqa: S105  (nobody's)

FIELDS = [pytest.param(name, id=name) for name in Settings.model_fields]


def settings() -> Settings:
    """The settings of the environment alone."""
    return Settings(_env_file=None)


@pytest.mark.parametrize("name", FIELDS)
def test_each_setting_is_described_in_one_sentence(name: str) -> None:
    description = Settings.model_fields[name].description or ""
    assert re.fullmatch(r"[A-Z][^\n]+\.", description)


def test_the_page_of_settings_has_each_with_its_default_and_meaning() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.+) \|$", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.M)
    assert rows == [
        (name.upper(), "–" if field.default is None else f"`{field.default}`", field.description)
        for name, field in Settings.model_fields.items()
    ]


@pytest.fixture
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without any of ours, in a folder without a file of settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_no_settings")
def test_nothing_need_be_set() -> None:
    assert Settings().telegram_bot_token is None


@pytest.mark.usefixtures("_no_settings")
@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        pytest.param("PORT", "8080", "port", 8080, id="number"),
        pytest.param("PORT", "", "port", 8000, id="an empty value counts as none"),
        pytest.param("TELEGRAM_BOT_TOKEN", "", "telegram_bot_token", None, id="an empty token counts as none"),
        pytest.param("DATA_DIR", "/srv/saudagar", "data_dir", Path("/srv/saudagar"), id="folder"),
        pytest.param("LOG_LEVEL", "DEBUG", "log_level", "DEBUG", id="level"),
    ],
)
def test_a_setting_is_the_variable_of_its_name_in_capitals(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, read: object
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(settings(), field) == read


@pytest.mark.usefixtures("_no_settings")
def test_a_file_in_the_working_directory_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("PORT=8001\nHOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("PORT", "8002")
    assert (Settings().host, Settings().port) == ("0.0.0.0", 8002)  # noqa: S104  (nothing listens)


BAD = [
    pytest.param("PORT", "abc", id="no number"),
    pytest.param("PORT", "70000", id="no such port"),
    pytest.param("PORT", "-1", id="negative port"),
    pytest.param("LOG_LEVEL", "loud", id="no such level"),
    pytest.param("LOG_LEVEL", "INFO ", id="space behind a level"),
]


@pytest.mark.usefixtures("_no_settings")
@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_value_that_cannot_be_is_told_in_one_line_that_names_the_setting(name: str, value: str) -> None:
    result = CliRunner().invoke(app, ["ask", "salaam"], env={name: value})
    assert result.exit_code == 1
    assert re.fullmatch(rf"Setting {name}: [^\n]+\n", result.stderr)
    assert result.stdout == ""


@pytest.mark.usefixtures("_no_settings")
def test_two_faults_are_told_at_once() -> None:
    result = CliRunner().invoke(app, ["ask", "salaam"], env={"PORT": "abc", "LOG_LEVEL": "loud"})
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["Setting PORT", "Setting LOG_LEVEL"]


@pytest.mark.usefixtures("_no_settings")
def test_settings_are_not_changed_once_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings().port = 1  # type: ignore[misc]  # what mypy forbids as well


@pytest.mark.usefixtures("_no_settings")
def test_the_token_shows_nowhere_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    assert TOKEN not in f"{settings()!r} {settings()} {settings().model_dump()} {settings().model_dump_json()}"
    assert TOKEN not in settings().telegram_webhook_secret


@pytest.mark.usefixtures("_no_settings")
def test_the_webhook_secret_is_known_to_every_process_and_differs_from_bot_to_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    ours, again = settings().telegram_webhook_secret, settings().telegram_webhook_secret
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN + "2")
    assert ours == again != settings().telegram_webhook_secret
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", ours)  # core.telegram.org/bots/api#setwebhook
