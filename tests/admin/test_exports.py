"""Exports: what is in the file, that text stays text, who may take it, and that it is written down."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from admin.exports import BATCH, Cell, _batches, harmless, in_csv
from bot.records.audit import AuditEntry
from bot.records.desks import Desk
from bot.records.leads import Lead
from bot.records.staff import Role
from knowledge.language import Language
from tests.admin.conftest import Office
from tests.admin.test_leads import KINNOW, PISTACHIOS, general
from tests.conftest import NOW
from tests.officer import Officer

KARACHI = ZoneInfo("Asia/Karachi")
FORMULA = '=HYPERLINK("https://elsewhere.example", "kinnow")'


async def downloaded(officer: Officer, path: str) -> tuple[int, dict[str, str], bytes]:
    async with officer.browser.get(f"{officer.address}/admin{path}") as response:
        return response.status, dict(response.headers), await response.read()


def lines(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def sheet(body: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of openpyxl's own use of utcnow
        found = openpyxl.load_workbook(io.BytesIO(body)).active
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        ("kinnow", "kinnow"),
        ("زعفران", "زعفران"),
        ("=1+1", "'=1+1"),
        ("+923001234567", "'+923001234567"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("   =1", "'   =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("  two words", "  two words"),
        ("a=b", "a=b"),
        ("", ""),
        (-2, -2),
        (Decimal("1200.500"), "1200.5"),
        (Decimal("-3"), "-3"),
        (Decimal("100000.000"), "100000"),
        (NOW, "2026-11-24 14:00"),
    ],
)
def test_a_cell_of_csv(cell: Cell, written: str | int) -> None:
    assert in_csv(cell, KARACHI) == written


@given(st.text(max_size=20))
def test_no_text_begins_as_a_formula(text: str) -> None:
    shown = harmless(text).lstrip()
    assert shown[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20") or not shown
    assert shown in {text.lstrip(), f"'{text}"}


@pytest.mark.parametrize("number", [0, 1, BATCH, BATCH + 1, 3 * BATCH])
async def test_batches_hold_every_row_once(number: int) -> None:
    async def rows() -> AsyncGenerator[Sequence[Cell], None]:
        for place in range(number):
            yield (place,)

    batches = [batch async for batch in _batches(rows())]
    assert [row[0] for batch in batches for row in batch] == list(range(number))
    assert all(len(batch) <= BATCH for batch in batches)


async def filled(office: Office) -> Desk:
    """One lead of formulas, one of Persian, one at a desk of others."""
    desk, other = await general(office), await office.desk("Other desk")
    lead = await office.lead("PK-AGR-2K7F", KINNOW)
    await office.lead("IR-FOD-3M8Q", PISTACHIOS, chat=502)
    hidden = await office.lead("IR-FOD-HIDE", PISTACHIOS, chat=503)
    async with office.sessions.begin() as session:
        kept = await session.get_one(Lead, lead.id)
        kept.product, kept.name, kept.company = FORMULA, "  @gul", "x" * 40_000
        kept.sent_at = NOW - timedelta(hours=1)
        (await session.get_one(Lead, hidden.id)).desk_id = other.id
    return desk


async def test_csv_has_the_leads_of_the_view_in_its_order_as_text(office: Office) -> None:
    await office.member("gul", Role.OFFICER, await filled(office))
    gul = await office.signed_in("gul")
    status, headers, body = await downloaded(gul, "/leads/export?format=csv&sort=oldest")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert headers["Content-Disposition"] == 'attachment; filename="leads-2026-11-24.csv"'
    header, *rows = lines(body)
    assert [row[0] for row in rows] == ["PK-AGR-2K7F", "IR-FOD-3M8Q"]
    kinnow = dict(zip(header, rows[0], strict=True))
    assert kinnow["Product"] == f"'{FORMULA}"
    assert kinnow["Name"] == "'  @gul"
    assert kinnow["Telephone"] == "'+923001234567"
    assert kinnow["Quantity"] == "1200.5"
    assert kinnow["Sent (Asia/Karachi)"] == "2026-11-24 13:00"
    assert kinnow["Company"] == "x" * 40_000
    *_, filtered = lines((await downloaded(gul, "/leads/export?format=csv&search=pista&state=new"))[2])
    assert filtered[0] == "IR-FOD-3M8Q"


@pytest.mark.parametrize(("language", "mirrored"), [(Language.EN, False), (Language.UR, True), (Language.FA, True)])
async def test_xlsx_has_numbers_and_dates_as_such_and_text_as_text(
    office: Office, language: Language, mirrored: bool
) -> None:
    await office.member("gul", Role.READER, await filled(office), language=language)
    status, headers, body = await downloaded(await office.signed_in("gul"), "/leads/export?format=xlsx&sort=oldest")
    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="leads-2026-11-24.xlsx"'
    assert int(headers["Content-Length"]) == len(body)
    table = sheet(body)
    assert bool(table.sheet_view.rightToLeft) is mirrored
    assert table.freeze_panes == "A2"
    assert table.max_row == 3
    assert table["A1"].font.b
    assert (table["A1"].value == "Reference") is (language is Language.EN)
    product, quantity, company, phone, sent = (table[f"{column}2"] for column in "DFMOT")
    assert (product.data_type, product.value) == ("s", FORMULA)
    assert (quantity.data_type, quantity.value) == ("n", 1200.5)
    assert len(str(company.value)) == 32_767
    assert (phone.data_type, phone.value) == ("s", "+923001234567")
    assert (sent.is_date, sent.value) == (True, datetime(2026, 11, 24, 13, 0))  # noqa: DTZ001  (spreadsheets know no zone)
    assert table["D3"].value == "پسته"


async def test_an_export_is_written_down_without_what_was_searched_for(office: Office) -> None:
    desk = await filled(office)
    await office.member("gul", Role.OFFICER, desk)
    gul = await office.signed_in("gul")
    await downloaded(gul, f"/leads/export?format=csv&search=reza&state=new&state=closed&desk={desk.id}")
    async with office.sessions() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "leads.exported"))).one()
    assert (entry.actor, entry.subject) == ("gul", "leads")
    filters = {"search": True, "state": ["new", "closed"], "desk": "General desk"}
    assert entry.details == {"count": 1, "filters": filters, "format": "csv"}


async def test_a_format_that_is_none_is_refused(office: Office) -> None:
    await office.member("gul", Role.OFFICER, await filled(office))
    gul = await office.signed_in("gul")
    for query in ("", "?format=pdf", "?format=csv&state=lost"):
        assert (await downloaded(gul, f"/leads/export{query}"))[0] == 422


async def test_the_audit_log_is_for_admins(office: Office) -> None:
    await office.member("gul", Role.OFFICER, await filled(office))
    await office.member("boss", Role.ADMIN)
    gul, boss = await office.signed_in("gul"), await office.signed_in("boss")
    assert (await downloaded(gul, "/audit/export?format=csv"))[0] == 403
    await downloaded(gul, "/leads/export?format=xlsx&sector=food")
    header, *rows = lines((await downloaded(boss, "/audit/export?format=csv&actor=gul"))[2])
    assert header == ["When (Asia/Karachi)", "Who", "What", "Of what", "Details"]
    assert [row[1:4] for row in rows] == [["gul", "Exported leads", "leads"], ["gul", "Signed in", "gul"]]
    assert "Food" in rows[0][4]
    table = sheet((await downloaded(boss, "/audit/export?format=xlsx&action=audit.exported"))[2])
    assert (table.max_row, table["C2"].value) == (
        2,
        "Exported the audit log",
    )  # the export before this one
