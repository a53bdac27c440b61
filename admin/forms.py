"""What people type into the forms of the panel, as lines that every column and every table can hold."""

from __future__ import annotations

import re
from typing import Annotated

from annotated_types import Ge, Le
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field

LONGEST_LINE = 120  # letters of a name

#: Letters that turn what stands behind them around, and letters that cannot be seen and break a line or a column.
_UNWANTED = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")


def one_line(typed: str) -> str:
    """The text as one line: spaces and breaks become single spaces, what turns or hides letters is dropped."""
    return _BREAKS.sub(" ", _UNWANTED.sub("", typed)).strip()


#: A short text of a form or an address. One that is too long did not come from our page: it has `maxlength`.
Line = Annotated[str, Field(max_length=LONGEST_LINE), AfterValidator(one_line)]

#: The id of a row, in an address or a form; the column holds no greater one.
Id = Annotated[int, Ge(1), Le(2**63 - 1)]


def email_of(typed: str) -> str | None:
    """The address in its usual form; None where it cannot be one, by its syntax alone."""
    try:
        return validate_email(typed, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
