"""The command line lets the first admin in, and everybody who lost the way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from typer.testing import CliRunner

from admin.passwords import digest
from bot import staffing
from bot.__main__ import app
from bot.records import staff
from bot.records.audit import AuditEntry
from bot.records.staff import Role, StaffMember, StaffSession
from bot.settings import Settings
from bot.staffing import StaffFault
from knowledge.language import Language
from tests.admin.conftest import PASSWORD_HASH
from tests.conftest import NOW

Sessions = async_sessionmaker[AsyncSession]

ADD = ["staff", "add", "gul", "--name", "Gul Sample", "--role", "admin", "--language", "ur"]


@pytest.fixture
def _on_the_database(monkeypatch: pytest.MonkeyPatch, database_address: str) -> None:
    """The settings of a command on the database of the test, with a public address."""
    monkeypatch.setenv("DATABASE_URL", database_address)
    monkeypatch.setenv("PUBLIC_URL", "https://saudagar.example/")


@pytest.mark.usefixtures("_on_the_database")
def test_a_member_is_added_listed_and_given_a_new_link() -> None:
    shell = CliRunner()
    added = shell.invoke(app, ADD)
    assert added.exit_code == 0
    link = re.compile(r"https://saudagar\.example/admin/invitation/[\w-]{43}\n")
    assert link.fullmatch(added.stdout)
    again = shell.invoke(app, ADD)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "The login gul is taken. A new link for it: saudagar staff link gul\n"
    listed = shell.invoke(app, ["staff", "list"])
    assert re.fullmatch(r"gul +admin +invited +Gul Sample\n", listed.stdout)
    new = shell.invoke(app, ["staff", "link", "GUL", "--without-second-factor"])
    assert link.fullmatch(new.stdout)
    assert new.stdout != added.stdout


@pytest.mark.usefixtures("_on_the_database")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(["add", "Gul", "--name", "Gul"], 1, "“Gul” is no login", id="no login"),
        pytest.param(["add", "gul", "--name", " \t"], 1, "The name is empty", id="no name"),
        pytest.param(["link", "nobody"], 1, "Nobody of the login nobody works here", id="nobody"),
        pytest.param(["add", "gul", "--name", "Gul", "--role", "emperor"], 2, "emperor", id="no such role"),
        pytest.param(["add", "gul"], 2, "--name", id="name left out"),
    ],
)
def test_what_cannot_be_is_told_and_nobody_is_added(arguments: list[str], code: int, told: str) -> None:
    done = CliRunner().invoke(app, ["staff", *arguments])
    assert (done.exit_code, done.stdout) == (code, "")
    assert told in done.stderr
    if code == 1:
        assert len(done.stderr.splitlines()) == 1
    assert CliRunner().invoke(app, ["staff", "list"]).stdout == ""


async def test_the_link_is_the_members_and_the_log_says_who_made_it(database_address: str, sessions: Sessions) -> None:
    token = await staffing.add(database_address, "gul", "Gul", Role.ADMIN, Language.FA, NOW)
    async with sessions() as session:
        assert await staff.by_invitation(session, digest(token), NOW + timedelta(hours=73)) is None
        member = await staff.by_invitation(session, digest(token), NOW + timedelta(hours=71))
        assert member is not None
        assert (member.login, member.name, member.role, member.language) == ("gul", "Gul", Role.ADMIN, Language.FA)
        (entry,) = await session.scalars(select(AuditEntry))
    assert (entry.actor, entry.action, entry.subject) == ("command line", "staff.added", "gul")
    assert entry.details == {"role": "admin"}


@pytest.mark.parametrize("without_second_factor", [True, False])
async def test_a_new_link_ends_sessions_and_takes_off_what_it_is_told(
    database_address: str, sessions: Sessions, without_second_factor: bool
) -> None:
    await staffing.add(database_address, "gul", "Gul", Role.ADMIN, Language.EN, NOW)
    async with sessions.begin() as session:
        member = await staff.by_login(session, "gul")
        assert member is not None
        member.password_hash, member.totp_secret = PASSWORD_HASH, "A" * 32
        session.add(
            StaffSession(
                token_hash=digest("x"), staff_id=member.id, csrf="x", complete=True, browser="", created_at=NOW,
                seen_at=NOW, ends_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
    token = await staffing.link(database_address, "gul", NOW, without_second_factor=without_second_factor)
    async with sessions() as session:
        linked = await staff.by_invitation(session, digest(token), NOW)
        assert linked is not None
        assert linked.password_hash == PASSWORD_HASH
        assert (linked.totp_secret is None) == without_second_factor
        assert await staff.sessions_of(session, linked.id, NOW) == []


async def test_one_who_left_gets_no_link(database_address: str, sessions: Sessions) -> None:
    await staffing.add(database_address, "gul", "Gul", Role.ADMIN, Language.EN, NOW)
    async with sessions.begin() as session:
        (await session.scalars(select(StaffMember))).one().active = False
    with pytest.raises(StaffFault, match="Nobody of the login gul works here"):
        await staffing.link(database_address, "gul", NOW, without_second_factor=False)
    assert "left" in (await staffing.listed(database_address))[0]


async def test_an_admin_who_never_used_his_link_is_none_yet(database_address: str, sessions: Sessions) -> None:
    assert not await staffing.has_admin(database_address)
    await staffing.add(database_address, "gul", "Gul", Role.ADMIN, Language.EN, NOW)
    assert not await staffing.has_admin(database_address)
    async with sessions.begin() as session:
        (await session.scalars(select(StaffMember))).one().password_hash = PASSWORD_HASH
    assert await staffing.has_admin(database_address)


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"public_url": "https://saudagar.example"}, "https://saudagar.example/admin"),
        ({"host": "127.0.0.1"}, "http://127.0.0.1:8001/admin"),
        ({"host": "0.0.0.0"}, "http://localhost:8001/admin"),  # noqa: S104  (nothing listens)
        ({"host": "::1"}, "http://[::1]:8001/admin"),
        ({"host": "::"}, "http://localhost:8001/admin"),
    ],
)
def test_a_link_leads_where_browsers_find_the_panel(settings: dict[str, str], address: str) -> None:
    assert staffing.panel_address(Settings(_env_file=None, **settings), 8001) == address  # type: ignore[arg-type]
