"""Who may do what: every route of the panel, asked by everybody, with and without the token of the session.

The routes are found by walking the application, so that a new one is asked without being named here. What its address
and its form want is in `SEEDED`; a parameter that is not there fails with its name.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args

import aiohttp
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.routing import Mount

from admin.access import COOKIE, PUBLIC
from admin.passwords import digest
from admin.site import build_site
from bot.conversation.turn import Counsel
from bot.enquiry import Enquiry, Town, Want
from bot.message import Address
from bot.records import questions, saved_views, traders
from bot.records.announcements import Announcement, AnnouncementState
from bot.records.base import Record
from bot.records.desks import RoutingRule
from bot.records.questions import Question
from bot.records.saved_views import SavedView
from bot.records.staff import Role, StaffMember, StaffSession
from knowledge.cities import Country
from knowledge.goods import Sector
from knowledge.language import Language, Style
from knowledge.understanding import Outcome
from tests.admin.conftest import Office
from tests.conftest import NOW

ENQUIRY = Enquiry(
    want=Want.SELL, sector=Sector.AGRICULTURE, product="kinnow", country=Country.PAKISTAN,
    city=Town("Sargodha", "sargodha"), name="Sample Trader", consent_at=NOW,
)  # fmt: skip
OPPOSITE = Enquiry(
    want=Want.BUY, sector=Sector.AGRICULTURE, product="kinnow", country=Country.IRAN,
    city=Town("Zahedan", "zahedan"), name="Another Trader", consent_at=NOW,
)  # fmt: skip

CSRF = "the token of {login}"
#: Who asks, in which role; `stranger` works at a desk at which the lead is not.
VISITORS = {"admin": Role.ADMIN, "officer": Role.OFFICER, "reader": Role.READER, "stranger": Role.OFFICER}

Rows = dict[str, list[Row[Any]]]


@dataclass(frozen=True)
class Asked:
    """A method of a route, with what it declares."""

    method: str
    path: str
    name: str
    roles: frozenset[Role] | None  # None: needs no session
    dependant: Dependant

    @property
    def of_a_lead(self) -> bool:
        """Whether it is about one lead, which is at one desk."""
        return "{reference}" in self.path


def every_route(site: Any) -> Iterator[Asked]:
    """All routes of the panel but the folder of static files."""
    for route in iter_route_contexts(site.routes):
        if isinstance(route.original_route, Mount):
            continue
        assert route.methods
        assert route.path
        assert route.name
        for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
            yield Asked(method, route.path, route.name, roles_of(route.dependant), route.dependant)


def roles_of(dependant: Dependant) -> frozenset[Role] | None:
    """The roles that all of a route's `allowed` dependencies let in; None where there is none."""
    found = [roles for roles in map(roles_of, dependant.dependencies) if roles is not None]
    own = getattr(dependant.call, "roles", None)
    return frozenset.intersection(*found, *([own] if own else [])) if found or own else None


ROUTES = list(every_route(build_site(None)))  # type: ignore[arg-type]  # nothing is asked of it but its routes


class Case:
    """An office with one of everything, which can be put back as it was."""

    def __init__(self, office: Office, topic: str) -> None:
        self.office = office
        self.topic = topic  # one of the library
        self.seeded: dict[str, str] = {}
        self.rows: Rows = {}

    async def seed(self) -> None:
        """Fill the office: a lead at a desk, one who works there, one who works elsewhere."""
        office = self.office
        here, elsewhere = await office.desk("Here"), await office.desk("Elsewhere")
        await office.member("admin", Role.ADMIN)
        await office.member("reader", Role.READER, here)
        await office.member("stranger", Role.OFFICER, elsewhere)
        await office.member("officer", Role.OFFICER, here)
        target = await office.member("target", Role.OFFICER, here)
        async with office.sessions.begin() as session:
            rule = RoutingRule(desk_id=here.id, country=Country.PAKISTAN)
            session.add(rule)
            for login in VISITORS:
                session.add(await self._session(session, login))
            trader = await traders.hold(session, Address("telegram", "501"), NOW)
            question = await self._question(session, trader.id)
            announcement = await self._announcement(session)
            own = await self._own_views(session)
        lead = await office.lead("PK-AGR-2222", ENQUIRY)
        other = await office.lead("IR-AGR-3333", OPPOSITE, chat=502)
        assert lead.desk_id == here.id
        self.seeded = {
            "reference": lead.reference,
            "leads": lead.reference,
            "other": other.reference,
            "member_id": str(target.id),
            "desk_id": str(here.id),
            "desk": str(elsewhere.id),
            "desks": str(here.id),
            "to": str(elsewhere.id),
            "lead:state was": "new",
            "lead:state to": "contacted",
            "lead:assignee to": str(target.id),
            "rule_id": str(rule.id),
            "question": str(question),
            "announcement_id": str(announcement),
            "invitation": "none-such",
            "topic": self.topic,
            "language": "ur",
            "zone": "UTC",
        } | own
        self.rows = await self.snapshot()

    async def _question(self, session: AsyncSession, trader: int) -> int:
        """A question that nobody could answer; return its id."""
        await questions.keep(
            session, trader, "1", NOW, text="who sells saffron", language=Language.EN, style=Style.LATIN,
            outcome=Outcome.NO_ANSWER, topic=None, choices=[], confidence=0.1,
        )  # fmt: skip
        return (await session.scalars(select(Question.id))).one()

    async def _announcement(self, session: AsyncSession) -> int:
        """A draft that nobody is the author of; return its id."""
        draft = Announcement(
            state=AnnouncementState.DRAFT, title="JEC", texts={"en": "The JEC meets."}, stand_ins={},
            subjects=["policy"], languages=[], countries=[], channels=[], created_at=NOW, changed_at=NOW,
        )  # fmt: skip
        session.add(draft)
        await session.flush()
        return draft.id

    async def _own_views(self, session: AsyncSession) -> dict[str, str]:
        """A saved view of each member."""
        members = await session.execute(select(StaffMember.login, StaffMember.id))
        for login, member in members.all():
            await saved_views.save(session, member, login, "state=new", NOW)
        views = await session.execute(select(SavedView.name, SavedView.id))
        return {f"view of {login}": str(view) for login, view in views.all()}

    async def _session(self, session: AsyncSession, login: str) -> StaffSession:
        member = (await session.scalars(select(StaffMember.id).where(StaffMember.login == login))).one()
        return StaffSession(
            token_hash=digest(login), staff_id=member, csrf=CSRF.format(login=login), complete=True, browser="",
            created_at=NOW, seen_at=NOW, ends_at=NOW + timedelta(hours=1),
        )  # fmt: skip

    async def snapshot(self) -> Rows:
        """Every row of every table."""
        async with self.office.sessions() as session:
            return {
                name: list((await session.execute(select(table).order_by(*table.primary_key))).all())
                for name, table in Record.metadata.tables.items()
            }

    async def put_back(self) -> None:
        """Make every table again what it was when it was seeded."""
        async with self.office.sessions.begin() as session:
            for table in reversed(Record.metadata.sorted_tables):
                await session.execute(table.delete())
            for table in Record.metadata.sorted_tables:
                columns = [column.name for column in table.columns if column.computed is None]
                if rows := [{name: getattr(row, name) for name in columns} for row in self.rows[table.name]]:
                    await session.execute(insert(table), rows)

    async def asks(self, route: Asked, login: str | None, csrf: str | None) -> int:
        """Ask for a route as a member does; return the status alone, since some answers never end."""
        fields = dict(self.fields(route, login)) | ({"csrf": csrf} if csrf else {})
        headers = {"Cookie": f"{COOKIE}={login}"} if login else {}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), headers=headers) as browser:
            address = f"{self.office.running.address}/admin{self.path(route)}"
            form = fields if route.method == "POST" else None
            async with browser.request(route.method, address, data=form, allow_redirects=False) as answer:
                return answer.status

    def path(self, route: Asked) -> str:
        """The path of a route with what was seeded in the place of its parameters."""
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda parameter: self.value(parameter[1], route), route.path)

    def fields(self, route: Asked, login: str | None) -> Iterator[tuple[str, str]]:
        """What the form of a route carries; what is seeded for this route or this member goes first."""
        for field, annotation in fields_of(route.dependant):
            keys = (f"{route.name} {field}", f"{field} of {login}", field)
            seeded = (self.seeded[key] for key in keys if key in self.seeded)
            yield field, next(seeded, None) or something(annotation)

    def value(self, name: str, route: Asked) -> str:
        """What was seeded for a parameter of an address."""
        if name not in self.seeded:
            pytest.fail(f"say what to put for {{{name}}} in {route.path}: Case.seed in {__file__}")
        return self.seeded[name]


def fields_of(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    """The fields of a route's form with their types; those of a model one by one."""
    for parameter in dependant.body_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from ((name, field.annotation) for name, field in annotation.model_fields.items())
        else:
            yield parameter.name, annotation
    for dependency in dependant.dependencies:
        yield from fields_of(dependency)


def something(annotation: Any) -> str:
    """A value that a field of a type takes."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return str(next(iter(kind)).value)
        if kind is bool:
            return "true"
        if kind is int:
            return "1"
    return "something"


@pytest.fixture
async def case(office: Office, counsel: Counsel) -> Case:
    """A seeded office."""
    case = Case(office, topic=next(iter(counsel.library.entries)))
    await case.seed()
    return case


def fault_of(route: Asked, login: str | None, status: int) -> str:
    """What is wrong with a status, by what the route declares; empty where it is right."""
    role = VISITORS[login] if login else None
    if route.roles is None:
        right = status < 500
    elif role is None:
        right = status == (303 if route.method == "GET" else 401)
    elif role not in route.roles:
        right = status == 403
    elif route.of_a_lead and login == "stranger":
        right = status == 404 or (status == 422 and route.method != "GET")  # what was sent is looked at first
    else:
        right = status < 500 and status not in {401, 403, 404, 405}
    return "" if right else f"{route.method} {route.path} as {login or 'nobody'}: {status}"


def changed(before: Rows, after: Rows) -> list[str]:
    """The tables that are not as they were."""
    return [name for name in before if before[name] != after[name]]


def test_the_walk_finds_the_pages_that_the_panel_is_known_for() -> None:
    assert {"overview", "leads", "lead", "questions", "desks", "staff", "audit", "account", "sign_in"} <= {
        route.name for route in ROUTES
    }


@pytest.mark.parametrize("route", [pytest.param(route, id=f"{route.method} {route.path}") for route in ROUTES])
def test_every_route_says_who_may_use_it(route: Asked) -> None:
    if route.name in PUBLIC:
        assert route.roles is None, "it is public and wants a role"
    else:
        assert route.roles, "it lets in everybody or nobody: name Reads, Works or Administers, or put it into PUBLIC"


@pytest.mark.parametrize("route", [pytest.param(route, id=f"{route.method} {route.path}") for route in ROUTES])
def test_readers_change_nothing_but_their_own(route: Asked) -> None:
    if route.method != "GET" and route.roles and Role.READER in route.roles:
        own = ("/account/", "/sign-out", "/leads/views")
        assert route.path.startswith(own), "a reader could change what others see"


@pytest.mark.parametrize("login", [None, *VISITORS])
async def test_every_route_lets_in_its_roles_and_turns_the_others_away(case: Case, login: str | None) -> None:
    faults = []
    for route in ROUTES:
        status = await case.asks(route, login, CSRF.format(login=login) if login else None)
        faults += [fault for fault in [fault_of(route, login, status)] if fault]
        tables = changed(case.rows, await case.snapshot())
        refused = status in {401, 403, 404} or (status == 303 and login is None)
        if tables and (refused or (route.method == "GET" and tables != ["audit"])) and route.roles is not None:
            faults.append(f"{route.method} {route.path} as {login or 'nobody'}: {status}, and yet changed {tables}")
        if tables:
            await case.put_back()
    assert faults == []


@pytest.mark.parametrize("csrf", [None, "", CSRF.format(login="officer"), CSRF.format(login="admin") + " "])
async def test_no_change_is_made_without_the_token_of_the_session(case: Case, csrf: str | None) -> None:
    faults = []
    for route in ROUTES:
        if route.method == "GET" or route.roles is None:
            continue
        status = await case.asks(route, "admin", csrf)
        if status != 403:
            faults.append(f"{route.method} {route.path}: {status}")
    assert faults == []
    assert changed(case.rows, await case.snapshot()) == []


async def test_a_session_that_owes_the_second_factor_opens_nothing(case: Case) -> None:
    async with case.office.sessions.begin() as session:
        for held in await session.scalars(select(StaffSession)):
            held.complete = False
    before = await case.snapshot()
    faults = []
    for route in ROUTES:
        if route.roles is None:
            continue
        status = await case.asks(route, "admin", CSRF.format(login="admin"))
        if status != (303 if route.method == "GET" else 401):
            faults.append(f"{route.method} {route.path}: {status}")
    assert faults == []
    assert changed(before, await case.snapshot()) == []


async def test_a_session_that_is_over_opens_nothing(case: Case) -> None:
    async with case.office.sessions.begin() as session:
        for held in await session.scalars(select(StaffSession)):
            held.ends_at = NOW
    for route in ROUTES:
        if route.roles is not None:
            assert await case.asks(route, "admin", CSRF.format(login="admin")) in {303, 401}
