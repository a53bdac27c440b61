"""Offices that a trader can reach: telephone, mail, web and hours, as the entries print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, HttpUrl, StringConstraints, TypeAdapter, model_validator

from knowledge.cities import City, Country
from knowledge.entry import Entry, Line, Texts, Typed

#: A number with the code of its country as answers print it.
_PRINTED = re.compile(r"\+\d[\d ()-]{6,}\d")


def _can_ring(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"{number} is no telephone number: {error}") from error
    if not phonenumbers.is_valid_number(parsed):
        raise ValueError(f"{number} is a telephone number that no exchange gives out")
    if phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) != number:
        raise ValueError(f"{number} is not written as E.164 has it: +, country, number, digits alone")
    return number


Phone = Annotated[str, AfterValidator(_can_ring)]


class Page(Typed):
    """Where the particulars were read."""

    publisher: Line
    url: HttpUrl


class Office(Typed):
    """An office, and what its entry says of how to reach it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=36)]
    topic: str  # the entry that prints it
    name: Texts
    country: Country  # in which it stands
    city: str | None = None  # id of the city, where the entry names one
    phones: tuple[Phone, ...] = ()  # E.164
    short: Annotated[str, StringConstraints(pattern=r"^\d{3,4}$")] | None = None  # inside its country alone
    email: Annotated[str, StringConstraints(pattern=r"^[\w.+-]+@[\w-]+\.[\w.-]+$")] | None = None
    website: Annotated[str, StringConstraints(pattern=r"^[\w-]+(\.[\w-]+)+$")] | None = None  # its host
    hours: Texts | None = None
    source: Page
    verified: date
    doubtful: bool = False  # True where the entry says that it may be old

    @model_validator(mode="after")
    def _rings_in_its_country(self) -> Office:
        for phone in self.phones:
            region = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
            if region != self.country:
                raise ValueError(f"{phone} rings in {region}, not in {self.country}")
        return self

    def particulars(self) -> Iterator[str]:
        """All by which it can be reached."""
        yield from self.phones
        yield from filter(None, (self.short, self.email, self.website))


OFFICES = TypeAdapter(tuple[Office, ...])


def unlike_entries(
    offices: tuple[Office, ...], entries: dict[str, Entry], cities: Iterable[City]
) -> Iterator[tuple[int | None, str]]:
    """Where the offices and the answers of their entries differ.

    With the place of the office in the file; None for a number that an answer prints and no office has.
    """
    known = {city.id: city.country for city in cities}
    ids: set[str] = set()
    for place, office in enumerate(offices):
        if office.id in ids:
            yield place, f"{office.id} stands here twice"
        ids.add(office.id)
        if office.city is not None and known.get(office.city) is not office.country:
            yield place, f"{office.id}: {office.city} is no city of {office.country} in cities.yaml"
        entry = entries.get(office.topic)
        if entry is None:
            yield place, f"{office.id}: {office.topic} is no entry"
            continue
        for said in office.particulars():
            if not _prints(entry, said):
                yield place, f"{office.id}: the answer of {entry.id} does not print {said}"
        if office.source.url not in {source.url for source in entry.sources}:
            yield place, f"{office.id}: {office.source.url} is no source of {entry.id}"
    yield from _left_out(offices, entries)


def _left_out(offices: tuple[Office, ...], entries: dict[str, Entry]) -> Iterator[tuple[None, str]]:
    """Numbers that the answer of an entry with offices prints, and none of its offices has."""
    for topic in dict.fromkeys(office.topic for office in offices if office.topic in entries):
        held = {_digits(phone) for office in offices if office.topic == topic for phone in office.phones}
        for number in dict.fromkeys(_printed(entries[topic])):
            if number not in held:
                yield None, f"no office has +{number}, which the answer of {topic} prints"


def _prints(entry: Entry, said: str) -> bool:
    # the other languages print the same: numbers and addresses are compared among them by `check`
    if said.startswith("+"):
        return _digits(said) in _printed(entry)
    return re.search(rf"(?<![\w.@]){re.escape(said)}(?![\w@]|\.\w)", entry.answer.en) is not None


def _printed(entry: Entry) -> list[str]:
    return [_digits(number) for number in _PRINTED.findall(entry.answer.en)]


def _digits(number: str) -> str:
    return "".join(re.findall(r"\d", number))
