"""What is wrong or odd with the data, in words, for the health page of a publication."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.city import CityPlan
from domain.panel import Known, last_given
from domain.tables import CORRECTIONS, HEALTH, QUARANTINE, REQUESTS
from domain.words import (
    CROSSWALK_DOUBT,
    HOURLY_VARIABLES,
    LABEL_CHANGE,
    MODE_ASSUMED_SHIFTS,
    MODE_FAILED_SYNC,
    MODE_GAP,
    MODE_NO_BACKLOG,
    MODE_NO_ISSUED,
    MODE_NO_WEATHER,
    MODE_OTHER_BACKLOG,
    MODE_SHORT_HISTORY,
    MODE_SILENT,
    MODE_SPARSE_WEATHER,
    MODE_STALE_DEMAND,
    MODE_STALE_WEATHER,
    MODE_SUBSTITUTE_WEATHER,
)
from storage.snapshot import Snapshot
from storage.spells import silent_days, spells
from storage.weather import issued_unused

Finding = tuple[str, str, str, str, str]
"""kind, item, value, severity, remedy: the columns of `health` without vintage_id."""

_COLUMNS = [c for c in HEALTH.schema.columns if c != "vintage_id"]
_RECENT_DAYS = 730
_YEAR_DAYS = 365
_WARN_FROM_SHARE = 0.01
_BASIS_WORDS = {"assumed": "assumed from the rows' own dates", "observed": "seen by our own reading"}
_MODE_REMEDIES = {
    MODE_NO_ISSUED: "bring a forecast a day, of two days ahead or more; until then the plan rests on climatology",
    MODE_NO_WEATHER: "add a section 'weather'; until then rain and frost are not seen",
    MODE_SHORT_HISTORY: "bring an older export: a year shows the seasons",
    MODE_STALE_DEMAND: "bring newer requests",
    MODE_FAILED_SYNC: "run `crewcast sync` again; the lines on the sync say why it failed",
    MODE_STALE_WEATHER: "bring newer observed weather",
    MODE_SPARSE_WEATHER: "bring observed weather without holes, a year or more, with rain and temperature",
    MODE_SUBSTITUTE_WEATHER: "look at the notes on weather stations: the city's own gave nothing of late",
    MODE_GAP: "bring the missing rows; until then levels are those of the weeks before it",
    MODE_SILENT: "check the labels in the city's YAML and whether the export is whole, or take the category out",
    MODE_OTHER_BACKLOG: "see the note on the opening backlog: check the export, or take `open_work` out of the YAML",
    MODE_NO_BACKLOG: "bring rows with a status or a closing date; until then the backlog starts empty",
    MODE_ASSUMED_SHIFTS: "bring rows with the time of day; until then shifts rest on the category's shift_profile",
}
_EXAMPLES = 3
_COLUMN_REMEDIES = {
    "label": "map them under requests.rules.labels, or name them under excluded_labels with a reason",
    "area": "correct the map or the rows, or keep such rows without an area (requests.rules.on_unknown_area)",
    "created": "correct them at the source, or state requests.rules.date_format",
}
_LOSES = re.compile(r"unknown|cannot be read|dropped|left out|null|: none|no due date|without an (area|outline)")
"""Rules after which less is known than was written."""


def findings(snapshot: Snapshot, known: Known, plan: CityPlan) -> pd.DataFrame:
    """Rows of `health` without vintage_id: freshness, rows, quarantine, corrections, modes, gaps, notes."""
    found = [
        *_freshness(snapshot, known, plan),
        *_hours(known),
        *_rows(snapshot),
        *_quarantined(snapshot),
        *_corrected(snapshot),
        *(("mode", m, "this run is degraded", "warning", _MODE_REMEDIES.get(m, "")) for m in known.modes),
        *(("sync", *told) for told in snapshot.meta.health),
        *(("gap", f"no request from {a} to {b}", f"{n} days", "warning", _GAP) for a, b, n in gaps(known, plan)),
        *_silent(known, plan),
        *_unlocated(known),
        *_basis(snapshot),
        *_late(known),
    ]
    return pd.DataFrame(found, columns=_COLUMNS).astype("str").drop_duplicates(["kind", "item"], ignore_index=True)


_LABEL = "nothing where another label took its place; else map the new one under requests.rules.labels"
_GAP = "bring the missing rows, or start the history after the gap with quality.earliest"


def gaps(known: Known, plan: CityPlan) -> list[tuple[date, date, int]]:
    """Stretches of quality.gap_days or more without any request: (first day, last day, days)."""
    demand = known.demand
    found = spells(demand.counts.sum(axis=(0, 1)) + demand.unlocated.sum(axis=0), plan.city.quality.gap_days)
    first = demand.dates[0].date()
    return [(first + timedelta(days=s), first + timedelta(days=s + n - 1), n) for s, n in found]


def _freshness(snapshot: Snapshot, known: Known, plan: CityPlan) -> list[Finding]:
    ends: dict[str, date | None] = {"requests": known.origin, "observed weather": None, "issued weather": None}
    if known.newest_weather is not None:
        ends["observed weather"] = last_given(known.newest_weather)
    if known.newest_issued is not None:
        ends["issued weather"] = known.newest_issued.origins[-1].date()
    found = [_age(name, end, known.as_of) for name, end in ends.items()]
    if known.weather is not None and known.newest_issued is None:
        found[-1] = ("freshness", "issued weather", issued_unused(snapshot, plan, known), "note", "")
    return found


def _hours(known: Known) -> list[Finding]:
    """On how many days the hardest hour of rain and the crossings of 0 °C are known."""
    if known.newest_weather is None:
        return []
    last = known.newest_weather.values[-_YEAR_DAYS:, -len(HOURLY_VARIABLES) :]
    share = float(np.isfinite(last).all(axis=1).mean())
    words = f"on {_percent(share)} of the last year's days" if share else "not known: the weather source has no hours"
    return [("freshness", "rain by the hour, freezing and thawing", words, "ok", "")]


def _age(name: str, end: date | None, as_of: date) -> Finding:
    if end is None:
        return "freshness", name, "none", "note", ""
    days = (as_of - end).days
    return (
        "freshness",
        name,
        f"to {end}, {'the as-of day' if days == 0 else f'{days} days before {as_of}'}",
        "ok" if days <= 1 else "note",
        "",
    )


def _rows(snapshot: Snapshot) -> list[Finding]:
    meta, quarantined = snapshot.meta, sum(f.rows for f in snapshot.entries(QUARANTINE))
    share = quarantined / meta.rows_read if meta.rows_read else 0.0
    level = "ok" if quarantined == 0 else _severity(share)
    remedy = "see the reasons below" if quarantined else ""
    excluded = max(meta.rows_read - meta.rows_used - quarantined, 0)
    return [
        ("rows", "read", f"{meta.rows_read:,}", "ok", ""),
        ("rows", "used", f"{meta.rows_used:,}", "ok", ""),
        ("rows", "quarantined", f"{quarantined:,} ({_percent(share, 2)})", level, remedy),
        ("rows", "other: of no category here, or repeats", f"{excluded:,}", "ok", ""),
    ]


def _quarantined(snapshot: Snapshot) -> list[Finding]:
    """Quarantined rows by reason, with what was written there most and where it was found first."""
    frame, read = snapshot.frame(QUARANTINE), max(snapshot.meta.rows_read, 1)
    found: list[Finding] = []
    for (column, reason), rows in frame.groupby(["column", "reason"], sort=True):
        most = rows["value"].value_counts().sort_index().sort_values(ascending=False, kind="stable").head(_EXAMPLES)
        shown = ", ".join(f"'{_short(str(value))}' ({n:,})" for value, n in most.items())
        first = rows.iloc[0]
        where = f"{column}: {shown}; first in row {first['row']:,} of {first['source']}"
        remedy = _COLUMN_REMEDIES.get(str(column), "correct them at the source")
        found.append(
            ("quarantine", str(reason), f"{_row_count(len(rows))}; {where}", _severity(len(rows) / read), remedy)
        )
    return found


def _corrected(snapshot: Snapshot) -> list[Finding]:
    """Corrected rows by rule; a warning where a rule that loses something met many of the rows."""
    groups = snapshot.frame(CORRECTIONS).groupby("rule", sort=True)
    sums = groups.agg(rows=("rows", "sum"), of_rows=("of_rows", "sum"), example=("example", "first"))
    found: list[Finding] = []
    for rule, rows, of_rows, example in sums.itertuples(name=None):
        level = _severity(rows / max(of_rows, 1)) if _LOSES.search(rule) else "note"
        shown = f", e.g. {example}" if example else ""
        remedy = "check the columns, rules and units of this source in the city's YAML" if level == "warning" else ""
        if str(rule).startswith(LABEL_CHANGE):
            found.append(("label", str(rule).removeprefix(LABEL_CHANGE), _row_count(rows), "note", _LABEL))
            continue
        if str(rule).startswith(CROSSWALK_DOUBT):
            found.append(("correction", str(rule), _row_count(rows), "warning", str(example)))
            continue
        found.append(("correction", str(rule), f"{_row_count(rows)}{shown}", level, remedy))
    return found


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"


def _severity(share: float) -> str:
    """A few bad rows in ten thousand are worth a note, not an alarm."""
    return "note" if share < _WARN_FROM_SHARE else "warning"


def _percent(share: float, decimals: int = 1) -> str:
    """2.8 %, with a space that does not break."""
    return f"{100 * share:.{decimals}f}\u00a0%"


def _row_count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _silent(known: Known, plan: CityPlan) -> list[Finding]:
    """Categories that have no request (any more), and how many areas have none in two years."""
    totals = known.demand.counts.sum(axis=1) + known.demand.unlocated
    recent = known.demand.counts[:, :, -_RECENT_DAYS:].sum(axis=2)
    lost = known.demand.unlocated[:, -_RECENT_DAYS:].sum(axis=1)
    found: list[Finding] = []
    for c, category in enumerate(known.demand.categories):
        none = int((recent[c] == 0).sum())
        if recent[c].sum() + lost[c] == 0:
            remedy = "check its labels in the city's YAML, or take it out of categories"
            found.append(("note", f"{category}: no request in two years", "all zero", "warning", remedy))
        elif days := silent_days(totals[c], plan.city.quality.gap_days):
            last = known.origin - timedelta(days=days)
            remedy = "check its labels in the city's YAML and whether the export is whole"
            found.append(("note", f"{category}: no request since {last}", f"{days} days", "warning", remedy))
        elif none:
            found.append(("note", f"{category}: areas without a request in two years", str(none), "note", ""))
    return found


def _unlocated(known: Known) -> list[Finding]:
    located = known.demand.counts[:, :, -365:].sum(axis=(1, 2))
    lost = known.demand.unlocated[:, -365:].sum(axis=1)
    shares = lost / np.maximum(located + lost, 1)
    return [
        ("note", f"{c}: share without an area, last year", _percent(s), "warning" if s > 0.1 else "ok", "")
        for c, s in zip(known.demand.categories, shares, strict=True)
    ]


def _basis(snapshot: Snapshot) -> list[Finding]:
    """How the moments rest at which versions became known."""
    if snapshot.meta.is_counts:
        return [("note", "how we know when rows became known", "assumed: counts known when their day ended", "ok", "")]
    columns = [pq.read_table(f, columns=["known_at_basis"], partitioning=None) for f in snapshot.files(REQUESTS)]
    counts = pc.value_counts(pa.concat_tables(columns)["known_at_basis"].combine_chunks()).to_pylist()
    total = sum(c["counts"] for c in counts)
    words = ", ".join(
        f"{_BASIS_WORDS.get(c['values'], c['values'])}: {_percent(c['counts'] / total)} of rows"
        for c in sorted(counts, key=lambda c: c["values"])
    )
    return [("note", "how we know when rows became known", words, "ok", "")]


def _late(known: Known) -> list[Finding]:
    """Whether the last days' counts are corrected for rows that are still to come."""
    if known.demand.reported_share is None:
        words = "no correction: rows came at once, or too few arrivals were seen by our own reading"
        return [("note", "rows that arrive late", words, "ok", "")]
    last = [float(known.demand.share_of(c)[-1]) for c in known.demand.categories]
    return [
        ("note", f"{c}: share of the last day known by now", f"{_percent(s)}, levels corrected", "note", "")
        for c, s in zip(known.demand.categories, last, strict=True)
    ]
