"""What the inbox is asked for: filters as they stand in its address, and the search that they make."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import QueryParams

from admin.access import Visitor
from bot.enquiry import LeadState, Want
from bot.records.lead_search import Order, Search
from knowledge.cities import Country
from knowledge.goods import Sector

ME, NOBODY = "me", "nobody"
OPEN = tuple(state for state in LeadState if state.is_open)
SEARCH_LETTERS = 100


class Filters(BaseModel):
    """What a reader of the inbox chose; what is left empty matches all."""

    model_config = ConfigDict(frozen=True)

    search: str = Field("", max_length=SEARCH_LETTERS)
    state: tuple[LeadState, ...] = ()
    desk: int | None = Field(None, ge=1, lt=2**63)
    sector: Sector | None = None
    country: Country | None = None
    want: Want | None = None
    assignee: str = Field("", pattern=r"^(me|nobody|[0-9]{1,18}|)$")
    overdue: bool = False
    sort: Order = Order.NEWEST

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters as pairs of an address, what is left empty left out."""
        given = [
            ("search", self.search.strip()),
            *(("state", state.value) for state in LeadState if state in self.state),
            ("desk", str(self.desk or "")),
            *((name, value.value if value else "") for name, value in self._enums()),
            ("assignee", self.assignee),
            ("overdue", "1" if self.overdue else ""),
            ("sort", self.sort.value if self.sort is not Order.NEWEST else ""),
        ]
        return [(name, value) for name, value in given if value]

    @property
    def query(self) -> str:
        """The filters as they stand behind the question mark of an address; the same for the same filters."""
        return urlencode(self.pairs)

    @property
    def narrow(self) -> bool:
        """Whether they leave out any lead."""
        return any(name != "sort" for name, _ in self.pairs)

    @property
    def chosen(self) -> int:
        """How many filters are chosen, beside the search and the order."""
        return len({name for name, _ in self.pairs} - {"search", "sort"})

    def search_for(self, visitor: Visitor) -> Search:
        """The search for a reader: never beyond his desks."""
        at = tuple(desk for desk in visitor.desk_ids if self.desk in (None, desk))
        someone = {ME: visitor.member.id, NOBODY: None, "": None}
        return Search(
            desk_ids=at,
            states=self.state,
            sector=self.sector,
            country=self.country,
            want=self.want,
            assignee_id=someone[self.assignee] if self.assignee in someone else int(self.assignee),
            nobodys=self.assignee == NOBODY,
            overdue=self.overdue,
            words=self.search,
            order=self.sort,
        )

    def _enums(self) -> tuple[tuple[str, Sector | Country | Want | None], ...]:
        return ("sector", self.sector), ("country", self.country), ("want", self.want)


def filters_in(address: QueryParams) -> Filters:
    """Read filters from the parameters of an address; raise RequestValidationError where one is none of ours."""
    given = {name: value for name, value in address.multi_items() if value and name in Filters.model_fields}
    try:
        return Filters.model_validate(given | {"state": tuple(filter(None, address.getlist("state")))})
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def filters_of(request: Request) -> Filters:
    """Read the filters in the address of a request."""
    return filters_in(request.query_params)


FiltersOf = Annotated[Filters, Depends(filters_of)]

#: The views that everybody has, by the key of their name.
BUILT_IN = {
    "new": Filters(state=(LeadState.NEW,)),
    "mine": Filters(assignee=ME, state=OPEN),
    "overdue": Filters(overdue=True, sort=Order.PROMISE),
    "all": Filters(),
}
