"""Filters in ODSQL, Opendatasoft's query language. Every date here is a moment of UTC, which is its default too."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sources.portals.wire.predicate import both
from sources.portals.wire.values import as_moment


def behind(where: str, column: str, last: str) -> str:
    """From the last value on, itself included; rows without a value may come at either end of the order."""
    known = as_moment(last)
    return both(where, f"{column} >= {moment(known)} OR {column} IS NULL") if known else where


def literal(value: str) -> str:
    """A text in ODSQL, in the quotes that it does not hold. Unverified: the backslash where it holds both."""
    if '"' not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "\\'") + "'"


def day(value: date) -> str:
    return f"date'{value}'"


def moment(value: datetime) -> str:
    return f"date'{value.astimezone(UTC).replace(tzinfo=None).isoformat()}'"
