"""The questions that the bot could not answer, nearly the same ones together: a list for the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from admin import lead_words, question
from admin.access import PanelOf, Reads, Transaction
from admin.pages import Reader, page
from bot.records import questions
from bot.records.questions import FOR_STAFF, Fate, Order, Sought
from knowledge.language import Language

router = APIRouter()
router.include_router(question.router)

CLUSTERS = 50  # on a page
DAYS = (7, 30, 90)
CHANNELS = ("telegram", "whatsapp", "web")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address of the list says; what it says wrongly counts as not said."""

    fate: Fate
    order: Order
    language: Language | None
    channel: str | None
    days: int | None

    def query(self, **changes: Any) -> dict[str, Any]:
        """What stands behind the question mark of its address, some of it changed."""
        said = {
            "state": self.fate.value,
            "order": self.order.value,
            "language": self.language and self.language.value,
            "channel": self.channel,
            "days": self.days,
        }
        return said | changes


def wanted(state: str = "", order: str = "", language: str = "", channel: str = "", days: str = "") -> Wanted:
    """Read the filters of an address."""
    return Wanted(
        next((fate for fate in FOR_STAFF if fate == state), Fate.WAITING),
        next((known for known in Order if known == order), Order.NEWEST),
        next((known for known in Language if known == language), None),
        next((known for known in CHANNELS if known == channel), None),
        next((known for known in DAYS if str(known) == days), None),
    )


@router.get("/questions", name="questions")
async def show(
    request: Request,
    visitor: Reads,
    database: Transaction,
    panel: PanelOf,
    wanted: Annotated[Wanted, Depends(wanted)],
    behind: Annotated[str, Query()] = "",
) -> Response:
    """Show a page of the list."""
    since = panel.now() - timedelta(days=wanted.days) if wanted.days else None
    sought = Sought(wanted.fate, wanted.language, wanted.channel, since)
    found = await questions.clusters(database, sought, wanted.order, place(behind), CLUSTERS + 1)
    reader = Reader(visitor.voice, visitor.zone, panel.now())
    values = {
        "clusters": found[:CLUSTERS],
        "following": "-".join(map(str, found[CLUSTERS - 1].place)) if len(found) > CLUSTERS else "",
        "first": not place(behind),
        "wanted": wanted,
        "fates": FOR_STAFF,
        "days": DAYS,
        "channels": {channel: lead_words.channel(reader, channel) for channel in CHANNELS},
        "Fate": Fate,
        "Order": Order,
        "reached": _number(request.query_params.get("reached", "")),
        "missed": _number(request.query_params.get("missed", "")),
    }
    return page(request, "questions/list.html", values)


def place(behind: str) -> tuple[int, int] | None:
    """Read a place of the list from an address; None where it is none."""
    number, _, question_id = behind.partition("-")
    place = _number(number), _number(question_id)
    return place if all(place) else None


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 18 else 0
