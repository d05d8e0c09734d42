"""A portal's rows → a table in our columns, every value as text or null, with the portal's clock as a moment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from domain.config_errors import nearest
from domain.portal_errors import PortalColumnMissingError
from sources.portals.wire.section import CLOCK, JOIN, PortalSection, Row
from sources.validate import REQUEST_COLUMNS

SCHEMA = pa.schema([*((name, pa.string()) for name in REQUEST_COLUMNS), (CLOCK, pa.timestamp("us", "UTC"))])
Convert = Callable[[object], object]
EPOCH_LATEST = 32_503_680_000_000
"""Milliseconds of the year 3000: sentinel dates beyond it are no dates."""


def table(records: Sequence[Row], section: PortalSection, *, dates: frozenset[str] = frozenset()) -> pa.Table:
    """Rows with null where a key is absent. dates: the portal's columns that hold epoch milliseconds."""
    names = section.columns.model_dump(exclude_none=True)
    columns = []
    for ours in REQUEST_COLUMNS:
        theirs = names.get(ours)
        if theirs is None:
            columns.append(pa.nulls(len(records), pa.string()))
        else:
            columns.append(pa.array(_values(records, ours, theirs, section, dates), pa.string()))
    return pa.table([*columns, _clock(records, section.updated, dates)], schema=SCHEMA)


def keys(records: Sequence[Row], section: PortalSection) -> list[str]:
    """The request ids alone."""
    names = section.columns.request_id
    return [v for v in _values(records, "request_id", names, section, frozenset()) if v is not None]


def _values(
    records: Sequence[Row], ours: str, theirs: str | tuple[str, ...], section: PortalSection, dates: frozenset[str]
) -> list[str | None]:
    if isinstance(theirs, str):
        turn = _moment if theirs in dates else _text
        return [turn(r.get(theirs)) for r in records]
    if ours == "request_id":
        return _ids(records, theirs)
    found = [_joined(r, theirs) for r in records]
    return [_before(v, section.label_until) for v in found] if section.label_until else found


def _ids(records: Sequence[Row], names: tuple[str, ...]) -> list[str | None]:
    if len(names) == 1:
        return [_text(r.get(names[0])) for r in records]
    return [_hashed([_text(r.get(n)) for n in names]) for r in records]


def _hashed(values: Iterable[str | None]) -> str:
    """A key for a feed that has none: the same values give the same key in any run."""
    text = json.dumps(list(values), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _joined(record: Row, names: tuple[str, ...]) -> str | None:
    values = [_text(record.get(n)) or "" for n in names]
    return JOIN.join(values) if any(values) else None


def _before(value: str | None, sign: str) -> str | None:
    return None if value is None else value.split(sign, 1)[0]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _moment(value: object) -> str | None:
    """Epoch milliseconds as ISO 8601 in UTC; other values as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value < EPOCH_LATEST:
            return None
        moment = datetime.fromtimestamp(value / 1000, UTC)
        return moment.isoformat(timespec="milliseconds" if value % 1000 else "seconds")
    return _text(value)


def _clock(records: Sequence[Row], name: str | None, dates: frozenset[str]) -> pa.Array:
    if name is None:
        return pa.nulls(len(records), SCHEMA.field(CLOCK).type)
    turn = _moment if name in dates else _text
    return pa.array([as_moment(turn(r.get(name))) for r in records], SCHEMA.field(CLOCK).type)


def as_moment(text: str | None) -> datetime | None:
    """ISO 8601 as UTC; a time without an offset is taken as UTC, since only the order of clocks matters."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def check_known(section: PortalSection, there: Iterable[str], about: str, *, besides: Iterable[str] = ()) -> None:
    """Raises PortalColumnMissingError for the first named column that the data set does not have."""
    known = {*there, *besides}
    named = [*section.columns.wanted(), *([section.updated] if section.updated else [])]
    for name in named:
        if name not in known:
            raise missing_column(name, sorted(known), about)


def missing_column(name: str, there: Sequence[str], about: str) -> PortalColumnMissingError:
    close = nearest(name, list(there))
    hint = f"; the nearest is '{close}'" if close else ""
    listed = f"; there are: {', '.join(there)}" if there else ""
    return PortalColumnMissingError(
        f"{about}: the data set has no column '{name}'{hint}{listed}",
        remedy="correct `columns` in the city's YAML; until then runs use the rows synced before",
        column=name,
        nearest=close,
    )
