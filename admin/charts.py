"""Charts as data: bars and columns with their sizes, for a template to draw as SVG. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    label: str
    number: int
    length: float  # per cent of the longest


@dataclass(frozen=True, slots=True)
class Column:
    """A day of a chart: what was answered, and on top of it the rest."""

    day: date
    answered: int
    rest: int
    answered_height: float  # per cent of the axis
    rest_height: float

    @property
    def number(self) -> int:
        """Both together."""
        return self.answered + self.rest


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of days."""

    columns: tuple[Column, ...]
    top: int  # the number at the end of the axis

    @property
    def number(self) -> int:
        """Of all days."""
        return sum(column.number for column in self.columns)

    @property
    def highest(self) -> Column:
        """The day with the most."""
        return max(self.columns, key=lambda column: column.number)


def bars(numbers: Mapping[str, int], *, ranked: bool = True) -> list[Bar]:
    """Make bars of what is not zero; `ranked`: the longest first, else in the order given."""
    longest = max(numbers.values(), default=0)
    made = [Bar(label, number, 100 * number / longest) for label, number in numbers.items() if number]
    return sorted(made, key=lambda bar: -bar.number) if ranked else made


def columns(days: Sequence[date], answered: Mapping[date, int], rest: Mapping[date, int]) -> Columns:
    """Make one column a day, those without anything among them."""
    top = ceiling(max(answered.get(day, 0) + rest.get(day, 0) for day in days))
    made = (
        Column(day, one, other, 100 * one / top, 100 * other / top)
        for day in days
        for one, other in [(answered.get(day, 0), rest.get(day, 0))]
    )
    return Columns(tuple(made), top)


def ceiling(number: int) -> int:
    """The next number that an axis can end with: 2, 4, 6, 8, 10, 20, 40 …, so that its half is whole, too."""
    power = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if step * power >= number:
                return step * power
        power *= 10
