"""Which labels a data set holds, how often, and from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sources.label_spans import LabelCount
from sources.portals.wire.feed import Page
from sources.portals.wire.rows import labels, picked
from sources.portals.wire.section import PortalSection, Row
from sources.portals.wire.values import texts

ROWS, FIRST, LAST = "row_count", "first_filed", "last_filed"
"""Names under which portals are asked for counts and days."""


def selected(section: PortalSection) -> tuple[str, str, str]:
    """The three aggregates in SQL-like languages."""
    created = section.columns.created
    return f"count(*) AS {ROWS}", f"min({created}) AS {FIRST}", f"max({created}) AS {LAST}"


def as_counts(records: Sequence[Row], section: PortalSection, *, is_epoch: bool = False) -> list[LabelCount]:
    """Grouped rows of a portal. is_epoch: its days are milliseconds since 1970."""
    found = labels(picked(records, list(section.columns.label)), section).to_pylist()
    days = [texts([r.get(n) for r in records], is_date=is_epoch).to_pylist() for n in (FIRST, LAST)]
    rows = [int(str(r.get(ROWS) or 0)) for r in records]
    return merged(
        LabelCount(label or "", n, day_of(a), day_of(b)) for label, n, a, b in zip(found, rows, *days, strict=True)
    )


def by_reading(pages: Iterable[Page]) -> list[LabelCount]:
    """The same by reading every row, where a portal cannot count."""
    counts: list[LabelCount] = []
    for page in pages:
        days = [day_of(v) for v in page.rows["created"].to_pylist()]
        rows = zip(page.rows["label"].to_pylist(), days, strict=True)
        counts = merged([*counts, *(LabelCount(label or "", 1, day, day) for label, day in rows)])
    return counts


def merged(counts: Iterable[LabelCount]) -> list[LabelCount]:
    """Each label once, the most frequent first."""
    found: dict[str, LabelCount] = {}
    for one in counts:
        before = found.get(one.label)
        if before is not None:
            first = min((d for d in (before.first, one.first) if d), default=None)
            last = max((d for d in (before.last, one.last) if d), default=None)
            one = LabelCount(one.label, before.rows + one.rows, first, last)
        found[one.label] = one
    return sorted(found.values(), key=lambda c: (-c.rows, c.label))


def day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
