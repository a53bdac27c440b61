"""`saudagar check mail`: one line that says whether mail can be sent, and nothing sent."""

from __future__ import annotations

import asyncio

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from tests.servers.smtp import SmtpServer


async def check(**settings: str) -> Result:
    """Run the command in a thread: it has an event loop of its own."""
    environment: dict[str, str | None] = {"SMTP_URL": None, "MAIL_FROM": None, **settings}
    return await asyncio.to_thread(CliRunner().invoke, app, ["check", "mail"], env=environment)


async def test_a_server_that_can_be_used(server: SmtpServer) -> None:
    result = await check(SMTP_URL=f"smtp://127.0.0.1:{server.port}", MAIL_FROM="Saudagar <bot@chamber.example>")
    assert result.exit_code == 0
    expected = f"The mail server 127.0.0.1:{server.port} can be used; mails come from Saudagar <bot@chamber.example>.\n"
    assert result.stdout == expected
    assert server.attempts == 0


async def test_a_server_that_is_not_there(server: SmtpServer) -> None:
    await server.stop()
    result = await check(SMTP_URL=f"smtp://127.0.0.1:{server.port}", MAIL_FROM="bot@chamber.example")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"The mail server 127.0.0.1:{server.port} cannot be used: Error connecting")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({}, "Mail is off. To turn it on, set SMTP_URL and MAIL_FROM.\n", id="off"),
        pytest.param({"SMTP_URL": "ftp://x"}, "SMTP_URL must be smtp://", id="scheme"),
        pytest.param({"SMTP_URL": "smtp://mail.example"}, "MAIL_FROM must be an e-mail address", id="no sender"),
    ],
)
async def test_settings_that_cannot_be(settings: dict[str, str], said: str) -> None:
    result = await check(**settings)
    assert result.exit_code == 1
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1
