"""What was known at the end of a local day, as SQL over versions."""

from __future__ import annotations

from datetime import date

from domain.city import CityPlan
from domain.tables import COUNTS, REQUESTS
from storage.clock import end_of_day, microseconds
from storage.files import TableFile, path_of
from storage.query import parquet
from storage.snapshot import Snapshot

FILED = ("category", "area", "created_at", "lat", "lon")


def is_current(snapshot: Snapshot, as_of: date) -> bool:
    """Whether a run as of this day is one on the newest data: it may use all that the load itself learned, such as
    an edit that the morning's sync brought after the last day had ended."""
    return as_of >= snapshot.meta.last_day


def known(snapshot: Snapshot, plan: CityPlan, as_of: date) -> str:
    """SQL: whether a version was known at the end of local day `as_of`."""
    by_then = f"known_at <= make_timestamptz({microseconds(end_of_day(plan.city.zone, as_of))})"
    if not is_current(snapshot, as_of):
        return by_then
    return "true" if snapshot.meta.is_counts else f"({by_then} OR known_at_basis = 'observed')"


def parts_until(snapshot: Snapshot, plan: CityPlan, as_of: date) -> list[TableFile]:
    """Files of `requests` that may hold a request filed by the end of `as_of`."""
    month = f"{end_of_day(plan.city.zone, as_of):%Y-%m}"
    return [f for f in snapshot.entries(REQUESTS) if f.part <= month]


def scan(snapshot: Snapshot, files: list[TableFile]) -> str:
    """SQL that reads these files of a snapshot."""
    return parquet([path_of(snapshot.folder, f) for f in files])


def latest(snapshot: Snapshot, plan: CityPlan, as_of: date, files: list[TableFile], columns: tuple[str, ...]) -> str:
    """SQL: each request in `files` once, as its latest version known at the end of `as_of` had it.

    Files are whole parts: all versions of a request lie in one. Filter outside of it, or an older version passes
    where the newest does not.
    """
    return f"""
        SELECT {", ".join(columns)} FROM {scan(snapshot, files)} WHERE {known(snapshot, plan, as_of)}
        QUALIFY row_number() OVER (PARTITION BY request_id ORDER BY known_at DESC) = 1
    """


def filed(snapshot: Snapshot, plan: CityPlan, as_of: date, columns: tuple[str, ...] = FILED) -> str:
    """SQL: each request known at the end of `as_of` once, as its latest version then had it.

    Closures move no count, so they are not read; and only parts that hold other changes need a search for the latest.
    """
    entries = [f for f in parts_until(snapshot, plan, as_of) if f.role != "status"]
    changed = {f.part for f in entries if f.role == "change"}
    names, by_then = ", ".join(columns), known(snapshot, plan, as_of)
    settled = [f for f in entries if f.part not in changed]
    moved = [f for f in entries if f.part in changed]
    pieces = []
    if settled:
        pieces.append(f"SELECT {names} FROM {scan(snapshot, settled)} WHERE {by_then}")
    if moved:
        pieces.append(latest(snapshot, plan, as_of, moved, columns))
    if not pieces:
        pieces.append(f"SELECT {names} FROM {scan(snapshot, list(snapshot.entries(REQUESTS)))} WHERE false")
    return " UNION ALL ".join(pieces)


def latest_counts(snapshot: Snapshot, plan: CityPlan, as_of: date) -> str:
    """SQL: the latest version known of each positive daily count: category, area, day (since 1970), count."""
    return f"""
        SELECT category, area, (date::DATE - DATE '1970-01-01')::INTEGER AS day, count
        FROM {scan(snapshot, list(snapshot.entries(COUNTS)))}
        WHERE {known(snapshot, plan, as_of)}
        QUALIFY row_number() OVER (PARTITION BY date, area, category ORDER BY known_at DESC) = 1 AND count > 0
        ORDER BY category, area, day
    """
