"""The page of the desks and of the rules by which leads find them, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from admin import desk, desk_closing
from admin.access import Administers, PanelOf, Transaction, Visitor, panel_of
from admin.forms import Id
from admin.pages import page, see_other
from admin.rule_forms import Matched, Rule, cities_by_country
from bot.records import desk_load, desks
from bot.records.desks import Desk, Routed, RoutingRule
from knowledge.cities import Country
from knowledge.goods import Sector

router = APIRouter()


@router.get("/desks", name="desks")
async def show(
    request: Request, visitor: Administers, database: Transaction, tried: Annotated[Matched, Query()]
) -> Response:
    """List the desks and the rules; where a lead is described, say which desk it would go to and why."""
    routed = None
    if tried.country and tried.sector:
        routed = await desks.route(database, tried.country, tried.sector, tried.city)
    return await _page(request, visitor, database, tried=tried, routed=routed)


@router.post("/desks/rules", name="desks:add_rule")
async def add_rule(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, given: Annotated[Rule, Form()]
) -> Response:
    """Add a rule, unless one says the same already."""
    if fault := given.fault(panel.library) or await _keep(database, given):
        return await _page(request, visitor, database, given=given, faults={"rule": fault})
    desk_name = next(desk.name_en for desk in visitor.desks if desk.id == given.desk)
    visitor.audits(database, panel.now(), "rule.added", desk_name, **_columns(given))
    return see_other(request, "desks", done="rule_added")


@router.post("/desks/rules/{rule_id}/remove", name="desks:remove_rule")
async def remove_rule(
    request: Request, visitor: Administers, panel: PanelOf, database: Transaction, rule_id: Id
) -> Response:
    """Remove a rule; leads that came by it stay where they are."""
    rule = await database.get(RoutingRule, rule_id, with_for_update=True)
    if rule is None:
        return see_other(request, "desks", done="rule_gone")
    desk_name = (await database.get_one(Desk, rule.desk_id)).name_en
    visitor.audits(database, panel.now(), "rule.removed", desk_name, **_columns(rule))
    await database.execute(delete(RoutingRule).where(RoutingRule.id == rule_id))
    return see_other(request, "desks", done="rule_removed")


router.include_router(desk.router)
router.include_router(desk_closing.router)


def _columns(given: Matched | RoutingRule) -> dict[str, object]:
    return {"country": given.country, "sector": given.sector, "city": given.city}


async def _keep(database: AsyncSession, given: Rule) -> str:
    """Keep a rule; return the fault where its desk is gone or another rule says the same."""
    if not await desk_load.hold(database, given.desk):
        return "no_desk"
    row = insert(RoutingRule).values(**_columns(given), desk_id=given.desk).on_conflict_do_nothing()
    return "" if await database.scalar(row.returning(RoutingRule.id)) is not None else "doubled"


async def _page(
    request: Request,
    visitor: Visitor,
    database: AsyncSession,
    *,
    tried: Matched | None = None,
    routed: Routed | None = None,
    given: Rule | None = None,
    faults: dict[str, str] | None = None,
) -> Response:
    language = visitor.voice.language
    library = panel_of(request).library
    rules = (await database.scalars(select(RoutingRule).order_by(RoutingRule.id))).all()
    values = {
        "desks": visitor.desks,
        "names": {desk.id: desk.name(language) for desk in visitor.desks},
        "loads": await desk_load.loads(database),
        "rules": sorted(rules, key=lambda rule: (-_says(rule), rule.country or "", rule.sector or "")),
        "cities": cities_by_country(library, language),
        "city_names": {city.id: city.names[language] for city in library.cities},
        "countries": list(Country),
        "sectors": list(Sector),
        "tried": tried or Matched(),
        "routed": routed,
        "given": given or Rule(),
        "faults": faults or {},
    }
    return page(request, "desks/desks.html", values, status=422 if faults else 200)


def _says(rule: RoutingRule) -> int:
    """How much a rule says: of two that match a lead the one that says more wins."""
    return 4 * bool(rule.city) + 2 * bool(rule.sector) + bool(rule.country)
