"""The mail server: how its address is read, encryption, sign-in, and what is told when it does not answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from bot.notices.letter import compose
from bot.notices.mail_server import MailAway, MailServer
from knowledge.language import Language
from tests.servers.smtp import PASSWORD, USER, SmtpServer, trusting

SIGN_IN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@"


def letter() -> EmailMessage:
    """A letter to somebody."""
    to = Address(addr_spec="noor@chamber.example")
    return compose(to, to, "Salaam", "Salaam", Language.EN, datetime(2026, 11, 24, tzinfo=UTC))


@asynccontextmanager
async def serving(*, encrypts: bool = False, smtps: bool = False) -> AsyncIterator[SmtpServer]:
    """A server that can encrypt."""
    server = SmtpServer(encrypts=encrypts, smtps=smtps)
    await server.start()
    yield server
    await server.stop()


@pytest.mark.parametrize(
    ("url", "sender", "read"),
    [
        pytest.param(
            "smtp://bot%40chamber.example:a%3Ab@mail.example:2525", None,
            ("mail.example", 2525, False, "bot@chamber.example", "a:b", "bot@chamber.example"), id="all",
        ),
        pytest.param(
            "smtps://mail.example", "Saudagar <bot@chamber.example>",
            ("mail.example", 465, True, None, "", "Saudagar <bot@chamber.example>"), id="smtps",
        ),
        pytest.param(
            "smtp://key:secret@mail.example", "bot@chamber.example",
            ("mail.example", 587, False, "key", "secret", "bot@chamber.example"), id="user is no address",
        ),
        pytest.param(
            "smtp://[::1]:25/", "bot@chamber.example",
            ("::1", 25, False, None, "", "bot@chamber.example"), id="IPv6",
        ),
    ],
)  # fmt: skip
def test_an_address_is_read(url: str, sender: str | None, read: tuple[object, ...]) -> None:
    server = MailServer.parse(url, sender)
    assert (server.host, server.port, server.smtps, server.user, server.password, str(server.sender)) == read
    assert "secret" not in repr(server)


@pytest.mark.parametrize(
    ("url", "sender", "fault"),
    [
        pytest.param("http://mail.example", "a@b.example", "SMTP_URL must be smtp://", id="scheme"),
        pytest.param("mail.example:25", "a@b.example", "SMTP_URL must be smtp://", id="no scheme"),
        pytest.param("smtp://", "a@b.example", "SMTP_URL must be smtp://", id="no host"),
        pytest.param("smtp://u:pa/ss:w@mail.example", "a@b.example", "percent-encode", id="raw slash"),
        pytest.param("smtp://mail.example:70000", "a@b.example", "host or port", id="port"),
        pytest.param("smtp://[::1", "a@b.example", "host or port", id="bracket"),
        pytest.param("smtp://mail.example", None, "MAIL_FROM", id="no sender"),
        pytest.param("smtp://key:secret@mail.example", None, "MAIL_FROM", id="user is no sender"),
        pytest.param("smtp://mail.example", "Saudagar", "MAIL_FROM", id="name alone"),
    ],
)
def test_an_address_that_cannot_be_is_told_by_its_setting_without_the_password(
    url: str, sender: str | None, fault: str
) -> None:
    with pytest.raises(ValueError, match=fault) as error:
        MailServer.parse(url, sender)
    assert "secret" not in str(error.value)
    assert "pa/ss" not in str(error.value)


@pytest.mark.parametrize(
    ("scheme", "encrypted"), [pytest.param("smtp", "encrypts", id="STARTTLS"), pytest.param("smtps", "smtps", id="TLS")]
)
async def test_where_the_server_encrypts_everything_goes_encrypted(scheme: str, encrypted: str) -> None:
    async with serving(**{encrypted: True}) as server:
        mail_server = MailServer.parse(f"{scheme}://{SIGN_IN}127.0.0.1:{server.port}", None, trusting())
        await mail_server.check()
        await mail_server.send(letter())
        (taken,) = server.letters
        assert taken.encrypted
        assert taken.user == USER


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(scheme: str) -> None:
    async with serving(encrypts=scheme == "smtp", smtps=scheme == "smtps") as server:
        with pytest.raises(MailAway, match="certificate verify failed"):
            await MailServer.parse(f"{scheme}://{SIGN_IN}127.0.0.1:{server.port}", None).send(letter())
        assert server.attempts == 0


async def test_a_password_goes_over_no_open_line_but_within_this_machine() -> None:
    async with serving() as server:
        await MailServer.parse(f"smtp://{SIGN_IN}127.0.0.1:{server.port}", None).check()
        foreign = f"smtp://{SIGN_IN}127.1:{server.port}"  # the same place by a name that does not say so
        with pytest.raises(MailAway, match="not sent unencrypted"):
            await MailServer.parse(foreign, None).check()
        await MailServer.parse(foreign.replace(SIGN_IN, ""), USER).check()


async def test_a_wrong_password_is_told_as_the_server_says_it() -> None:
    async with serving() as server:
        with pytest.raises(MailAway, match="535") as error:
            await MailServer.parse(f"smtp://bot%40chamber.example:guess@127.0.0.1:{server.port}", None).check()
    assert "guess" not in str(error.value)
    assert "\n" not in str(error.value)


async def test_a_server_that_is_not_there_is_told_with_its_port() -> None:
    async with serving() as server:
        port = server.port
    with pytest.raises(MailAway, match=f"port {port}"):
        await MailServer.parse(f"smtp://127.0.0.1:{port}", "bot@chamber.example").check()


async def test_a_host_name_that_cannot_be_is_told() -> None:
    with pytest.raises(MailAway):
        await MailServer.parse(f"smtp://{'a' * 70}.example", "bot@chamber.example").check()
