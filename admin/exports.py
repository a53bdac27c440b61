"""Tables for spreadsheets: CSV as it is read from the database, XLSX by way of a temporary file; memory stays flat.

Text stays text: a trader may call his goods =HYPERLINK(…), and no spreadsheet may take that for a formula.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from admin.access import Visitor, panel_of

Cell = str | int | Decimal | datetime | None
Rows = AsyncGenerator[Sequence[Cell], None]

BATCH = 250  # rows that are written at a time
CHUNK = 262_144  # bytes of a file that are sent at a time
SHEET_ROWS = 1_048_576  # of XLSX, the header among them; what goes beyond goes on in a further sheet
CELL_LETTERS = 32_767  # of XLSX
WIDTH = 18  # letters of a column

#: How a formula begins, also in the wide letters of an East Asian Excel (owasp.org, "CSV Injection").
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


class Format(StrEnum):
    """What a table is handed out as."""

    CSV = "csv"
    XLSX = "xlsx"


async def table(request: Request, columns: Sequence[str], rows: Rows, name: str, as_: Format) -> Response:
    """Hand out a table as a file called after `name`, of Latin letters, and the reader's day.

    `columns` are its headings in the reader's words. Hours are those of his zone.
    """
    visitor: Visitor = request.state.visitor
    now = panel_of(request).now().astimezone(visitor.zone)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{now:%Y-%m-%d}.{as_}"',
        "Cache-Control": "no-store",
    }
    if as_ is Format.CSV:
        return StreamingResponse(_csv(columns, rows, visitor.zone), media_type="text/csv", headers=headers)
    file, size = await _xlsx(columns, rows, name, visitor)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return StreamingResponse(_chunks(file), media_type=kind, headers=headers | {"Content-Length": str(size)})


async def _csv(columns: Sequence[str], rows: Rows, zone: ZoneInfo) -> AsyncIterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")  # by which Excel knows that it is UTF-8
    writer.writerow([harmless(column) for column in columns])
    async with aclosing(_batches(rows)) as batches:
        async for batch in batches:
            writer.writerows([in_csv(cell, zone) for cell in row] for row in batch)
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def in_csv(cell: Cell, zone: ZoneInfo) -> str | int:
    """A cell as CSV has it."""
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
        case Decimal():
            return f"{cell.normalize():f}"
        case str():
            return harmless(cell)
    return cell


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


async def _xlsx(columns: Sequence[str], rows: Rows, name: str, visitor: Visitor) -> tuple[IO[bytes], int]:
    """Write the file, in a thread, and return it, without a name, with its size."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (it is closed, and thereby gone, once it is sent)
    book = _Book(file, columns, name, visitor)
    try:
        async with aclosing(_batches(rows)) as batches:
            async for batch in batches:
                await asyncio.to_thread(book.write, batch)
    finally:
        await asyncio.to_thread(book.close)
    size = file.tell()
    file.seek(0)
    return file, size


class _Book:
    """A workbook that is written row by row."""

    def __init__(self, file: IO[bytes], columns: Sequence[str], name: str, visitor: Visitor) -> None:
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._columns, self._name = columns, name
        self._zone, self._right_to_left = visitor.zone, visitor.voice.language.right_to_left
        self._bold = self._book.add_format({"bold": True})
        self._hour = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._sheet = self._begin_sheet()

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Add rows."""
        for row in rows:
            if self._row == SHEET_ROWS:
                self._sheet = self._begin_sheet()
            for column, cell in enumerate(row):
                self._write_cell(column, cell)
            self._row += 1

    def close(self) -> None:
        """Write down what is still to be written."""
        self._book.close()

    def _begin_sheet(self) -> Any:
        number = len(self._book.worksheets()) + 1
        sheet = self._book.add_worksheet(self._name if number == 1 else f"{self._name} {number}")
        if self._right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(self._columns) - 1, WIDTH)
        for column, heading in enumerate(self._columns):
            sheet.write_string(0, column, heading, self._bold)
        self._row = 1
        return sheet

    def _write_cell(self, column: int, cell: Cell) -> None:
        match cell:
            case str():
                self._sheet.write_string(self._row, column, cell[:CELL_LETTERS])
            case datetime():
                local = cell.astimezone(self._zone).replace(tzinfo=None)
                self._sheet.write_datetime(self._row, column, local, self._hour)
            case int() | Decimal():
                self._sheet.write_number(self._row, column, float(cell))


async def _batches(rows: Rows) -> AsyncGenerator[Sequence[Sequence[Cell]], None]:
    async with aclosing(rows):
        batch: list[Sequence[Cell]] = []
        async for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
