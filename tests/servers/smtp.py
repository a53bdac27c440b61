"""A mail server on loopback: speaks SMTP on a socket, keeps what it takes, can be told to refuse, wait, be away."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "bot@chamber.example", "a: secret/with @ signs"  # of the tests

CERTIFICATE = Path(__file__).parent / "loopback.pem"
PATIENCE = 10.0  # seconds that a test waits for a letter before it fails


def trusting() -> ssl.SSLContext:
    """A client's trust in this server's certificate alone."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@dataclass(frozen=True)
class Letter:
    """What the server took, and how."""

    sender: str  # of the envelope
    recipients: list[str]
    mail: EmailMessage
    raw: bytes
    encrypted: bool
    user: str | None

    def text(self, kind: str = "plain") -> str:
        """Its text, plain or html."""
        part = self.mail.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert isinstance(content, str)
        return content.replace("\r\n", "\n")


@dataclass
class SmtpServer:
    """The server; `letters` holds every mail that it took, in order."""

    encrypts: bool = False  # offers STARTTLS
    smtps: bool = False  # is encrypted from the first byte
    letters: list[Letter] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # recipient → answer
    scripted: deque[str] = field(default_factory=deque)  # answers to a mail, instead of taking it
    gate: asyncio.Event = field(default_factory=asyncio.Event)  # a mail is answered once it is set
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    attempts: int = 0  # mails that were brought, taken or not
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on loopback: on a free port, later on the same one."""
        self.gate.set()
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(CERTIFICATE)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(
                self,
                hostname="mail.chamber.example",
                tls_context=tls if self.encrypts else None,
                authenticator=self._authenticate,
                auth_require_tls=False,
            ),
            "127.0.0.1",
            self.port,
            ssl=tls if self.smtps else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be away."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def takes(self, number: int) -> list[Letter]:
        """Wait until it has taken so many letters."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: len(self.letters) >= number), PATIENCE)
        return self.letters

    async def is_brought(self) -> None:
        """Wait until somebody brings a mail, taken or not."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: self.attempts), PATIENCE)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse him."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail, or answer as scripted."""
        self.attempts += 1
        await self._tell()
        await self.gate.wait()
        if self.scripted:
            return self.scripted.popleft()
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        encrypted = self.smtps or session.ssl is not None
        user = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else None
        self.letters.append(
            Letter(envelope.mail_from, list(envelope.rcpt_tos), mail, envelope.content, encrypted, user)
        )
        await self._tell()
        return "250 taken"

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    @staticmethod
    def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False, auth_data=data if right else None)
