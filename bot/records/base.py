"""What all tables share: constraint names, times with their zone, enums stored by value."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import TIMESTAMP, BigInteger, Enum, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any] | list[Any]


def member_values(members: type[enum.Enum]) -> list[str]:
    """Store a member by its value: SQLAlchemy would store its Python name."""
    return [member.value for member in members]


class Record(DeclarativeBase):
    """A row of a table."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        int: BigInteger,
        datetime: TIMESTAMP(timezone=True),
        Json: JSONB,
        enum.StrEnum: Enum(enum.StrEnum, native_enum=False, length=20, values_callable=member_values),
    }
