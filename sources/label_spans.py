"""How long labels were in use: which stopped, which began, while others went on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

QUIET = timedelta(days=21)
"""A label without a request this long before the end has stopped, one that begins this long after the start is new."""
USUAL_GAPS = 10


@dataclass(frozen=True)
class LabelCount:
    """label: as rules write it, several columns joined. first, last: days of creation, as the portal's clock has them;
    None where its dates are not ISO 8601."""

    label: str
    rows: int
    first: date | None
    last: date | None


def _span(counts: Sequence[LabelCount]) -> tuple[date, date] | None:
    """First and last day of the whole data set, where its days can be read."""
    days = [d for c in counts for d in (c.first, c.last) if d is not None]
    return (min(days), max(days)) if days else None


def stopped(counts: Sequence[LabelCount]) -> Iterator[LabelCount]:
    """Labels that have had no row for longer than they usually pause."""
    span = _span(counts)
    for c in counts if span else ():
        if span and c.first and c.last and c.rows > 1 and span[1] - c.last > _pause(c):
            yield c


def started(counts: Sequence[LabelCount]) -> Iterator[LabelCount]:
    span = _span(counts)
    for c in counts if span else ():
        if span and c.first and c.last and c.rows > 1 and c.first - span[0] > _pause(c):
            yield c


def _pause(count: LabelCount) -> timedelta:
    assert count.first is not None
    assert count.last is not None
    return max(QUIET, USUAL_GAPS * (count.last - count.first) / count.rows)
