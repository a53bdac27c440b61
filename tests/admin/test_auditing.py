"""The audit log: who changed what, in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from admin import audit_words
from bot.records import audit
from bot.records.staff import Role
from bot.wording import load_voices
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.conftest import NOW, ROOT
from tests.officer import Officer

VOICES = load_voices(domain="admin")


async def at_log(office: Office, *entries: tuple[str, str, str], language: Language = Language.EN) -> Officer:
    """A browser in which an admin is signed in; a log with these entries: actor, action, subject."""
    await office.member("gul", Role.ADMIN, language=language)
    admin = await office.signed_in("gul")
    async with office.sessions.begin() as session:
        for minute, (actor, action, subject) in enumerate(entries):
            audit.note(session, NOW + timedelta(minutes=minute), action, subject, actor=actor)
    return admin


def subjects(html: str) -> list[str]:
    """What the rows of the page are about, in their order."""
    return re.findall(r'<td><a href="[^"]*"><bdi[^>]*>([^<]*)</bdi></a></td>', html)


async def test_the_newest_comes_first_in_pages_of_fifty(office: Office) -> None:
    admin = await at_log(office, *(("gul", "staff.changed", f"member-{number}") for number in range(119)))
    seen: list[str] = []
    path = "/audit"
    for rows in (50, 50, 20):  # with the sign-in of the admin
        page = await admin.opens(path)
        assert len(subjects(page.html)) == rows
        seen += subjects(page.html)
        older = re.search(r'href="/admin(/audit\?before=\d+)"', page.html)
        path = older[1] if older else ""
    assert path == ""
    assert seen == [f"member-{number}" for number in reversed(range(119))] + ["gul"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["quetta", "PK-AGR-2222", "ali", "gul"]),
        ("actor=zarina", ["PK-AGR-2222"]),
        ("actor=command+line", ["ali"]),
        ("action=desk.opened", ["quetta"]),
        ("subject=PK-AGR-2222", ["PK-AGR-2222"]),
        ("subject=++ali+", ["ali"]),
        ("actor=zarina&action=desk.opened", []),
        ("actor=%00&action=%00", ["quetta", "PK-AGR-2222", "ali", "gul"]),
    ],
)
async def test_the_log_is_filtered(office: Office, query: str, found: list[str]) -> None:
    admin = await at_log(
        office,
        ("command line", "staff.added", "ali"),
        ("zarina", "lead.noted", "PK-AGR-2222"),
        ("gul", "desk.opened", "quetta"),
    )
    page = await admin.opens(f"/audit?{query}")
    assert subjects(page.html) == found
    assert ("No change matches." in page.html) == (not found)


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30])
async def test_a_page_that_there_is_not_is_told(office: Office, before: str) -> None:
    admin = await at_log(office)
    assert (await admin.opens(f"/audit?before={before}")).status == 422


async def test_an_unknown_action_is_shown_by_its_name_and_nothing_runs(office: Office) -> None:
    admin = await at_log(office, ("<script>alert(1)</script>", "thing.happened", "<script>alert(2)</script>"))
    page = await admin.opens("/audit")
    assert "thing.happened" in page.html
    assert "<script>alert" not in page.html


@pytest.mark.parametrize(
    ("details", "lines"),
    [
        ({"role": "officer", "desks": ["Quetta", "Taftan"]}, ["Role: Desk staff", "Desks: Quetta, Taftan"]),
        ({"role": {"from": "officer", "to": "admin"}}, ["Role: Desk staff → Admin"]),
        ({"email": {"from": None, "to": "a@example.org"}}, ["E-mail: – → a@example.org"]),
        ({"desks": {"from": [], "to": ["Quetta desk"]}}, ["Desks: – → Quetta desk"]),
        ({"country": "PK", "sector": None, "city": "sargodha"}, ["Country: Pakistan", "City of the trader: Sargodha"]),
        ({"state": {"from": "new", "to": "closed"}}, ["State: New → Closed"]),
        ({"from": "new", "to": "closed"}, ["From: New", "To: Closed"]),
        ({"to": "Taftan desk", "leads": 2}, ["To: Taftan desk", "Leads moved: 2"]),
        ({"some_new_thing": True}, ["some new thing: yes"]),
        ({"filters": {"state": ["new", "closed"]}}, ["Filters: State: New, Closed"]),
        ({}, []),
    ],
)  # fmt: skip
async def test_details_are_words(office: Office, details: dict[str, object], lines: list[str]) -> None:
    await office.member("gul", Role.ADMIN)
    admin = await office.signed_in("gul")
    async with office.sessions.begin() as session:
        audit.note(session, NOW, "staff.changed", "ali", actor="gul", details=details)
    row = (await admin.opens("/audit?subject=ali")).html.partition("<tbody>")[2]
    found = [re.sub("[\u2066-\u2069]", "", line) for line in re.findall(r"<div>([^<]*)</div>", row)]
    assert found == lines


def actions_of_the_code() -> Iterator[str]:
    """Every action that the code writes into the log: the constants of the calls that do."""
    for file in (*ROOT.glob("admin/**/*.py"), *ROOT.glob("bot/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"audits", "note"}:
                for argument in node.args:
                    for part in ast.walk(argument):
                        if isinstance(part, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(part.value)):
                            yield str(part.value)


def test_every_action_of_the_code_has_words() -> None:
    missing = set(actions_of_the_code()) - set(audit_words.actions(VOICES[Language.EN]))
    assert missing == set(), "say in admin/audit_words.py what they are called"


def test_the_log_names_no_action_that_the_code_does_not_write() -> None:
    assert set(audit_words.actions(VOICES[Language.EN])) - set(actions_of_the_code()) == set()
