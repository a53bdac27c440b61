"""The operator's mail server: where it is, how it is spoken to, and the two ways in which it does not take a mail."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPNotSupported, SMTPRecipientsRefused

TIMEOUT = 20.0  # seconds for each answer of the server
PORTS = {"smtp": 587, "smtps": 465}


class MailAway(Exception):
    """The mail server takes no mail from us now; every mail waits."""


class MailRefused(Exception):
    """The mail server does not take this one mail; others may pass."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and who writes by it."""

    host: str
    port: int
    sender: Address
    smtps: bool = False  # encrypted from the first byte; else by STARTTLS, where the server offers it
    user: str | None = None
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None  # None: the certificates that the system trusts

    @classmethod
    def parse(cls, url: str, sender: str | None, tls: ssl.SSLContext | None = None) -> MailServer:
        """Read smtp[s]://user:password@host:port; raise ValueError with what is wrong, without the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(
                "SMTP_URL has a host or port that cannot be; percent-encode : / @ in the password"
            ) from None
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("SMTP_URL must be smtp://host or smtps://host, with user:password@ where needed")
        user = unquote(parts.username) if parts.username else None
        smtps, password = parts.scheme == "smtps", unquote(parts.password or "")
        return cls(
            parts.hostname, port or PORTS[parts.scheme], _writer(sender or user or ""), smtps, user, password, tls
        )

    @property
    def place(self) -> str:
        """Host and port, as the operator is told them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    async def send(self, mail: EmailMessage) -> None:
        """Send a mail; return once the server took it. Raises MailAway or MailRefused."""
        async with self._translated(str(mail["To"])), self._signed_in() as client:
            await client.send_message(mail)

    async def check(self) -> None:
        """Connect and sign in, sending nothing. Raises MailAway."""
        async with self._translated(), self._signed_in():
            pass

    @asynccontextmanager
    async def _signed_in(self) -> AsyncIterator[SMTP]:
        client = SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.smtps,
            start_tls=None,
            timeout=TIMEOUT,
            tls_context=self.tls,
        )
        await client.connect()
        try:
            if self.user is not None:
                if client.get_transport_info("sslcontext") is None and not _is_loopback(self.host):
                    raise MailAway("it offers no STARTTLS, and the password is not sent unencrypted")
                await client.login(self.user, self.password)
            yield client
            with suppress(SMTPException, OSError):  # the mail is taken; how the server says goodbye changes nothing
                await client.quit()
        finally:
            client.close()

    @asynccontextmanager
    async def _translated(self, recipient: str = "") -> AsyncIterator[None]:
        """Turn what the protocol can raise into the two ways to fail."""
        try:
            yield
        except (SMTPRecipientsRefused, SMTPDataError, SMTPNotSupported) as error:
            raise MailRefused(_reason(error, recipient)) from error
        except (SMTPException, OSError, UnicodeError) as error:  # UnicodeError: a host name that no DNS could hold
            raise MailAway(_reason(error, recipient)) from error


def _writer(sender: str) -> Address:
    """Read name and address of the sender."""
    name, address = parseaddr(sender)
    try:
        writer = Address(name, addr_spec=address)
    except (ValueError, MessageError, IndexError):
        writer = Address()
    if not (writer.username and writer.domain):
        raise ValueError("MAIL_FROM must be an e-mail address; without it, the user of SMTP_URL must be one")
    return writer


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Exception, recipient: str) -> str:
    """What the server or the network said, on one line and without the recipient, whose address is in no log."""
    said = error.recipients[0] if isinstance(error, SMTPRecipientsRefused) else error
    code = f"{getattr(said, 'code', '')} "
    text = " ".join((code + str(getattr(said, "message", "") or said)).split())
    return (text.replace(recipient, "…") if recipient else text)[:200] or type(error).__name__
