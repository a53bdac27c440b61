"""The command line: thin commands, one call each."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot import logs
from bot.channels import terminal
from bot.conversation.conversation import converse
from bot.conversation.tracking import followed
from bot.conversation.turn import Memory
from bot.counsel import utc_now
from bot.enquiry import Progress
from bot.message import Choice, Incoming
from bot.startup import greet, listen, open_counsel, open_database, open_library, open_mail_server, read_settings, tell
from bot.wording import load_voices
from knowledge import evaluation
from knowledge.check import inspect
from knowledge.language import Language
from knowledge.library import LIBRARY
from knowledge.questions import read_questions
from knowledge.report import report as library_report
from knowledge.retrieval import models_for
from knowledge.understanding import Understander

if TYPE_CHECKING:
    from bot.channels.whatsapp.checking import Finding

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Saudagar: answers, enquiries and announcements for Pakistan–Iran trade.",
)
knowledge = typer.Typer(no_args_is_help=True, help="The curated library.")
app.add_typer(knowledge, name="knowledge")
staff = typer.Typer(no_args_is_help=True, help="Who may sign in to the panel.")
app.add_typer(staff, name="staff")
announce = typer.Typer(no_args_is_help=True, help="How announcements stand; they are written in the panel.")
app.add_typer(announce, name="announce")
checks = typer.Typer(no_args_is_help=True, help="Whether a service that the settings name can be used.")
app.add_typer(checks, name="check")
whatsapp = typer.Typer(no_args_is_help=True, help="The WhatsApp Business Platform.")
app.add_typer(whatsapp, name="whatsapp")


@app.command()
def setup() -> None:
    """Prepare what `serve` needs: the database with its tables, and the learned models."""
    settings = read_settings()
    open_counsel(settings)
    open_database(settings)


@app.command()
def serve() -> None:
    """Serve the browser chat, and Telegram where a token is set, until interrupted."""
    import uvicorn  # noqa: PLC0415  (the web framework and the drivers cost a second or two that `ask` saves)

    from bot.app import build  # noqa: PLC0415

    settings = read_settings()
    logs.configure(settings.log_level)
    open_mail_server(settings)  # a fault of its settings is told before anything slow is done
    listener = listen(settings)
    with ThreadPoolExecutor(1) as pool:  # the database starts while the library is loaded
        address = pool.submit(open_database, settings)
        counsel = open_counsel(settings)
    service = build(settings, counsel, address.result())
    greet(settings, listener.getsockname()[1], address.result())
    config = uvicorn.Config(
        service.web, log_config=None, access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=3
    )
    # uvicorn shuts down and then lets the signal take its course, which by default ends the process on the spot: the
    # embedded database, which stops when the interpreter ends, would go on alone
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda number, _frame: sys.exit(128 + number))
    uvicorn.Server(config).run(sockets=[listener])


@app.command()
def work() -> None:
    """Send what waits, announcements and notices, without serving; any number of these may run beside `serve`."""
    from bot.app import work as work_on  # noqa: PLC0415  (as in serve)

    settings = read_settings()
    logs.configure(settings.log_level)
    address = open_database(settings)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda number, _frame: sys.exit(128 + number))
    tell("Working. Stop with Ctrl-C.")
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        raise typer.Exit(128 + runner.run(work_on(settings, address)))


@app.command()
def chat(language: Annotated[Language, typer.Option(help="The language to begin in.")] = Language.EN) -> None:
    """Talk to Saudagar here in the terminal. Nothing is kept; numbers tap buttons; an empty line ends it."""
    counsel = open_counsel(read_settings())
    memory = Memory()
    enquiries: tuple[Progress, ...] = ()
    offered: list[Choice] = []  # the buttons of the last replies; emptied and filled in place, the reader sees it
    typer.echo("Write a question, or /start. An empty line ends the conversation.")
    for incoming in terminal.read(_typed_lines(), offered, language):
        turn = converse(memory, incoming, counsel, enquiries)
        memory, enquiries = turn.memory, followed(enquiries, turn.events)
        offered.clear()
        for reply in turn.replies:
            text, choices = terminal.write(reply, first=len(offered) + 1)
            offered += choices
            typer.echo(f"\n{text}\n")


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="The question; - reads one question a line from standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a question.")] = False,
    language: Annotated[Language | None, typer.Option(help="The trader's language, where it is known.")] = None,
) -> None:
    """Print the answer to a question, or what is understood of it; needs no database."""
    counsel = open_counsel(read_settings())
    for question in (line.rstrip("\r\n") for line in sys.stdin) if text == "-" else [text]:
        if as_json:
            understanding = counsel.understand(question, language)
            print(json.dumps(understanding.as_json(), ensure_ascii=False), flush=True)
        else:
            incoming = Incoming(terminal.ADDRESS, "1", text=question, client_language=language)
            for reply in converse(Memory(welcomed=True), incoming, counsel).replies:
                typer.echo(terminal.write(reply, first=1)[0])


@app.command()
def evaluate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Tables of questions; by default the library's own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
    with_curve: Annotated[
        bool, typer.Option("--curve", help="Learn from parts of the phrasings, too (minutes).")
    ] = False,
    across: Annotated[
        bool,
        typer.Option(
            "--across",
            help="Take confidence from other authors alone, and learn without each way of writing (minutes).",
        ),
    ] = False,
) -> None:
    """Measure how well questions by other hands are understood (columns: style, topic, also, text)."""
    settings = read_settings()
    library = open_library(settings)
    models = models_for(library, settings.data_dir / "understanding", tell)
    try:
        questions = [question for file in files for question in read_questions(file)] if files else library.questions
    except (OSError, ValueError) as error:
        tell(str(error))
        raise typer.Exit(1) from None
    understander = Understander(models)
    report = evaluation.evaluate(
        understander.understand, lambda text: evaluation.first_topic(models.topics, text), questions
    )
    typer.echo(json.dumps(report.as_json()) if as_json else evaluation.as_table(report))
    if with_curve:
        for count, share in evaluation.curve(library.phrasings, questions):
            typer.echo(f"{count:6} phrasings: {share:.1%} first right")
    if across:
        typer.echo("confidence learned on the questions of other authors:")
        typer.echo(evaluation.as_table(evaluation.evaluate_across_authors(models, questions)))
        for way, share in evaluation.across_ways(library.phrasings, questions):
            typer.echo(f"{way:8} taught in the other ways alone: {share:.1%} first right")


@checks.command("mail")
def check_mail() -> None:
    """Connect to the mail server and sign in, without sending anything; say in one line what is wrong."""
    from bot.notices.mail_server import MailAway  # noqa: PLC0415  (as in serve)

    server = open_mail_server(read_settings())
    if server is None:
        tell("Mail is off. To turn it on, set SMTP_URL and MAIL_FROM.")
        raise typer.Exit(1)
    try:
        asyncio.run(server.check())
    except MailAway as error:
        tell(f"The mail server {server.place} cannot be used: {error}. Check SMTP_URL.")
        raise typer.Exit(1) from None
    typer.echo(f"The mail server {server.place} can be used; mails come from {server.sender}.")


@knowledge.command()
def check(folder: Annotated[Path, typer.Argument(help="The folder of the library.")] = LIBRARY) -> None:
    """Report every fault of the entries with file and line; exit 1 where there is one."""
    inspection = inspect(folder, utc_now().date())
    for fault in inspection.faults:
        typer.echo(fault, err=True)
    questions = sum(phrasing.topic in inspection.entries for phrasing in inspection.phrasings)
    typer.echo(f"{len(inspection.entries)} entries, {questions:,} phrasings, {len(inspection.errors)} faults")
    raise typer.Exit(1 if inspection.errors else 0)


@knowledge.command()
def report() -> None:
    """Show what is stale, due soon or volatile, and how many phrasings each entry has."""
    for line in library_report(open_library(read_settings()), utc_now().date()):
        typer.echo(line)


@knowledge.command()
def suggest() -> None:
    """Propose phrasings from traders' taps: + a topic was chosen for the words, ? its answer was rated down."""
    from sqlalchemy.ext.asyncio import AsyncSession  # noqa: PLC0415  (as in serve)

    from bot.records.database import open_engine  # noqa: PLC0415
    from bot.suggestions import suggestions  # noqa: PLC0415

    settings = read_settings()
    library = open_library(settings)
    address = open_database(settings)

    async def lines() -> list[str]:
        engine = open_engine(address)
        async with AsyncSession(engine) as session:
            found = list(await suggestions(session, library))
        await engine.dispose()
        return found

    for line in asyncio.run(lines()):
        typer.echo(line)


@checks.command("whatsapp")
def check_whatsapp() -> None:
    """Check token, number, webhook and templates of WhatsApp; one line each, exit 1 where something is wrong."""
    from bot.channels.whatsapp import checking  # noqa: PLC0415  (as in serve)

    _show(checking.check(read_settings(), load_voices()))


@whatsapp.command("templates")
def whatsapp_templates() -> None:
    """Have Meta approve the templates that are missing, and show how each stands; exit 1 where one cannot be used."""
    from bot.channels.whatsapp import checking  # noqa: PLC0415  (as in serve)

    _show(checking.create_templates(read_settings(), load_voices()))


def _show(looking: Coroutine[None, None, list[Finding]]) -> None:
    """Print what was found, one line a thing; exit 1 where something is wrong."""
    logs.configure("ERROR")  # what is wrong stands in the findings
    findings = asyncio.run(looking)
    for finding in findings:
        typer.echo(finding)
    raise typer.Exit(0 if all(finding.right for finding in findings) else 1)


@staff.command("add")
def staff_add(
    login: Annotated[str, typer.Argument(help="Small Latin letters, digits, dots, hyphens, underscores.")],
    name: Annotated[str, typer.Option(help="As colleagues see it.")],
    role: Annotated[Literal["admin", "officer", "reader"], typer.Option(help="What the member may do.")] = "officer",
    language: Annotated[Language, typer.Option(help="Of the panel.")] = Language.EN,
) -> None:
    """Add a member and print the one-time link with which he chooses his password."""
    from bot import staffing  # noqa: PLC0415  (as in serve)
    from bot.records.staff import Role  # noqa: PLC0415

    _invite(lambda address: staffing.add(address, login, name, Role(role), language, utc_now()))


@staff.command("link")
def staff_link(
    login: Annotated[str, typer.Argument(help="Of a member who lost the password or never used the first link.")],
    without_second_factor: Annotated[
        bool, typer.Option("--without-second-factor", help="Take it off, too: the telephone is lost.")
    ] = False,
) -> None:
    """Print a new one-time link for a member, and sign him out everywhere."""
    from bot import staffing  # noqa: PLC0415  (as in serve)

    _invite(lambda address: staffing.link(address, login, utc_now(), without_second_factor=without_second_factor))


@staff.command("list")
def staff_list() -> None:
    """Print all members: login, role, whether active, name."""
    from bot import staffing  # noqa: PLC0415  (as in serve)

    for line in asyncio.run(staffing.listed(open_database(read_settings()))):
        typer.echo(line)


@announce.command("list")
def announce_list() -> None:
    """Print the announcements: id, state, hour, title."""
    from bot import announced  # noqa: PLC0415  (as in serve)

    for line in asyncio.run(announced.listed(open_database(read_settings()))):
        typer.echo(line)


@announce.command("status")
def announce_status(
    number: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="Of the announcement.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print how far an announcement has come: by occasion, language, channel and state, with what kept it back."""
    from bot import announced  # noqa: PLC0415  (as in serve)

    found = asyncio.run(announced.status(open_database(read_settings()), number, utc_now()))
    if found is None:
        tell(f"There is no announcement {number}. All of them: saudagar announce list")
        raise typer.Exit(1)
    for line in [json.dumps(found.as_json(), ensure_ascii=False)] if as_json else found.as_lines():
        typer.echo(line)


def _invite(invite: Callable[[str], Coroutine[None, None, str]]) -> None:
    """Print the one-time link that a change in the database makes; one line, and exit 1, where it cannot be made."""
    from bot import staffing  # noqa: PLC0415  (as in serve)

    settings = read_settings()
    try:
        token = asyncio.run(invite(open_database(settings)))
    except staffing.StaffFault as fault:
        tell(str(fault))
        raise typer.Exit(1) from None
    typer.echo(f"{staffing.panel_address(settings, settings.port)}/invitation/{token}")


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop that uvicorn takes for `serve`, too; None for that of Python where there is no other."""
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415  (not on Windows)

    return uvloop.new_event_loop


def _typed_lines() -> Iterator[str]:
    while True:
        try:
            line = input("> ")
        except (EOFError, KeyboardInterrupt):
            return
        if not line.strip():
            return
        yield line


if __name__ == "__main__":
    app()
