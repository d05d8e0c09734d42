"""Values of a portal as text or null, and texts as moments: whole columns at once where they are all alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

MOMENT = pa.timestamp("us", "UTC")
EPOCH_LATEST = 32_503_680_000_000
"""Milliseconds of the year 3000: sentinel dates beyond it are no dates."""


def texts(values: Sequence[object], *, is_date: bool = False) -> pa.Array:
    """Any values as text. is_date: numbers among them are epoch milliseconds."""
    if is_date:
        return _epoch_texts(values)
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([text_of(v) for v in values], pa.string())


def text_of(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _epoch_texts(values: Sequence[object]) -> pa.Array:
    """Whole seconds are the rule; a column with fractions or texts is turned value by value."""
    try:
        numbers = pa.array(values, pa.int64())
        inside = pc.and_(pc.greater_equal(numbers, 0), pc.less(numbers, EPOCH_LATEST))
        seconds = pc.divide(pc.if_else(inside, numbers, pa.scalar(None, pa.int64())), 1000)
        if pc.all(pc.equal(pc.multiply(pc.divide(numbers, 1000), 1000), numbers)).as_py():
            return pc.strftime(seconds.cast(pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%S+00:00")
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        pass
    return pa.array([_epoch_text(v) for v in values], pa.string())


def _epoch_text(value: object) -> str | None:
    """Epoch milliseconds as ISO 8601 in UTC; other values as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value < EPOCH_LATEST:
            return None
        moment = datetime.fromtimestamp(value / 1000, UTC)
        return moment.isoformat(timespec="milliseconds" if value % 1000 else "seconds")
    return text_of(value)


def moments(column: pa.Array) -> pa.Array:
    """ISO 8601 as moments of UTC; null where a text is none."""
    try:
        if pc.all(pc.match_substring_regex(column, r"(Z|[+-]\d\d:?\d\d)$")).as_py():
            return column.cast(MOMENT)
    except pa.ArrowInvalid:
        pass
    return pa.array([as_moment(text) for text in column.to_pylist()], MOMENT)


def as_moment(text: str | None) -> datetime | None:
    """ISO 8601 as UTC; a time without an offset is taken as UTC, since only the order of clocks matters."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
