"""What commands begin with: settings, library, database, port; where one cannot be had, a line says why, and exit 1."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import typer
from pydantic import ValidationError

from bot.conversation.turn import Counsel
from bot.counsel import build_counsel, utc_now
from bot.settings import Settings
from knowledge.library import Library, LibraryFaults, load_library

if TYPE_CHECKING:
    from bot.notices.mail_server import MailServer


def tell(line: str) -> None:
    """Say a line to the operator, beside what the command prints."""
    typer.echo(line, err=True)


def read_settings() -> Settings:
    """The settings of the environment; one line a fault, and exit 1."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(map(str, problem["loc"])).upper()
            tell(f"Setting {name}: {problem['msg']}" if name else problem["msg"])
        raise typer.Exit(1) from None


def open_counsel(settings: Settings) -> Counsel:
    """What a conversation draws on."""
    return build_counsel(open_library(settings), settings.data_dir, tell)


def open_library(settings: Settings) -> Library:
    """The library; its faults, one a line, and exit 1."""
    try:
        return load_library(utc_now().date(), cache=settings.data_dir / "understanding")
    except LibraryFaults as faults:
        tell(str(faults))
        tell("The library has faults, so nothing is started.")
        raise typer.Exit(1) from None


def open_database(settings: Settings) -> str:
    """The address of a database that is up to date; one line, and exit 1, where there is none to be had."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415  (the drivers cost a second or two that `ask` saves)

    from bot.app import prepare_database  # noqa: PLC0415

    try:
        return prepare_database(settings, tell)
    except (SQLAlchemyError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        tell(f"The database cannot be used: {reason}. Check DATABASE_URL, or leave it out for the embedded one.")
        raise typer.Exit(1) from None


def open_mail_server(settings: Settings) -> MailServer | None:
    """The mail server of the settings, if one is set; one line, and exit 1, where it cannot be."""
    from bot.app import mail_server  # noqa: PLC0415  (likewise)

    try:
        return mail_server(settings)
    except ValueError as error:
        tell(f"{error}.")
        raise typer.Exit(1) from None


def listen(settings: Settings) -> socket.socket:
    """The port to serve on, taken before anything slow is done; exit 1 where it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)  # taken for good: a second process that starts meanwhile fails here, not later
    except OSError as error:
        tell(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Try another port: PORT=8001 make run"
        )
        raise typer.Exit(1) from None
    return listener


def greet(settings: Settings, port: int, address: str) -> None:
    """Say where the service is, which channels are on, and how the first admin gets into the panel."""
    from bot import staffing  # noqa: PLC0415  (likewise)

    tell(f"Browser chat  on   http://{settings.host}:{port}")
    if settings.telegram_bot_token:
        tell(f"Telegram      on   {'webhook at ' + settings.public_url if settings.public_url else 'polling'}")
    else:
        tell("Telegram      off  to turn it on: TELEGRAM_BOT_TOKEN=… make run (a token from @BotFather)")
    if settings.whatsapp_token:
        tell(
            "WhatsApp      on   webhook at /whatsapp/webhook; saudagar check whatsapp tells what is wrong, if anything"
        )
    else:
        tell("WhatsApp      off  to turn it on: see “Connecting a WhatsApp number” in the README")
    if mail := open_mail_server(settings):
        tell(f"Mail          on   digests to the staff by {mail.place}; saudagar check mail tries it")
    else:
        tell("Mail          off  to turn it on: SMTP_URL=… MAIL_FROM=… make run (docs/settings.md)")
    tell(f"Panel         on   {staffing.panel_address(settings, port)}")
    if not asyncio.run(staffing.has_admin(address)):
        tell("              No admin can sign in yet. The first: saudagar staff add LOGIN --name NAME --role admin")
    tell("Stop with Ctrl-C.")
