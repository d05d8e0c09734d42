"""Data health: how fresh each source is, what was put aside and why, what was noticed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from domain.errors import SnapshotBrokenError
from domain.tables import QUARANTINE
from serving.report.health import TITLES, rows
from serving.web.chart import Chart
from serving.web.page import Contents, Page, View
from serving.words import category_words, title_words
from storage.snapshot import read_snapshot

SAMPLES_A_REASON = 3
LABEL = 26
"""Characters of a bar's name, so that the bar has room on a phone."""
COUNT = re.compile(r"^([0-9][0-9,]*) rows?\b")
TYPED = ("quarantine", "correction")
"""Kinds of finding whose value goes on, after a count of rows, with what was written at the source."""


def build(view: View) -> Contents:
    found = [_masked(row, view.sees_samples) for row in rows(view.publication.source)]
    charts = [_ages(view), *_aside(found)]
    return Contents(
        {
            "titles": TITLES,
            "first": [row for row in found if row["is_first"]],
            "rest": [row for row in found if not row["is_first"]],
            "samples": _samples(view),
        },
        tuple(charts),
    )


def _masked(row: dict[str, Any], sees: bool) -> dict[str, Any]:
    """Without the values themselves, for those who may not see them."""
    return row if sees or row["kind"] not in TYPED else {**row, "value": counted(str(row["value"]))}


def counted(value: str) -> str:
    """Of a value that may repeat what somebody typed: the count of rows it begins with, and nothing else."""
    found = COUNT.match(value)
    return found[0] if found else ""


def _ages(view: View) -> Chart:
    ages = view.publication.manifest.data_ages
    names = [title_words(category_words(name)) for name in ages]
    known = list(ages.values())
    return Chart(
        name="ages",
        title="Age of each source",
        about="Days since its last known day; a source without a bar is not there at all.",
        traces=[_bars(names, known)],
        layout={
            "xaxis": {"title": {"text": "days"}, "range": [0, _longest(known) * 1.1]},
            **UP,
        },
        columns=("Source", "Age (days)"),
        rows=tuple((name, "none" if age is None else age) for name, age in zip(names, known, strict=True)),
        size="low",
    )


UP: dict[str, Any] = {"yaxis": {"autorange": "reversed", "showgrid": False}}


def _longest(ages: Sequence[int | None]) -> int:
    """Days on the axis: a week where everything is fresh."""
    return max((age or 0 for age in ages), default=0) or 7


def _bars(names: Sequence[str], values: Sequence[float | None]) -> dict[str, Any]:
    return {
        "type": "bar", "orientation": "h", "y": list(names), "x": list(values),
        "text": ["" if v is None else f"{v:,.0f}" for v in values], "textposition": "outside", "cliponaxis": False,
        "marker": {"color": "var:chart-line"}, "hoverinfo": "x+y",
    }  # fmt: skip


def _aside(found: Sequence[dict[str, Any]]) -> list[Chart]:
    """Rows put aside by reason; no chart where there are none."""
    counted = [
        (str(row["item"]), int(match[1].replace(",", "")))
        for row in found
        if row["kind"] == "quarantine" and (match := COUNT.match(str(row["value"])))
    ]
    if not counted:
        return []
    most = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
    return [
        Chart(
            name="aside",
            title="Rows put aside, by reason",
            about="Rows read that are not in any number of this publication.",
            traces=[_bars([_cut(name) for name, _ in most], [n for _, n in most])],
            layout={"xaxis": {"title": {"text": "rows"}, "rangemode": "tozero"}, **UP},
            columns=("Reason", "Rows"),
            rows=tuple(most),
            size="low",
        )
    ]


def _cut(name: str) -> str:
    return name if len(name) <= LABEL else f"{name[: LABEL - 1]}…"


def _samples(view: View) -> list[dict[str, Any]]:
    """The first rows of each reason, for planners; none where the snapshot has been cleared away."""
    if not view.sees_samples:
        return []
    try:
        snapshot = read_snapshot(view.publication.folder, view.publication.manifest.snapshot)
    except SnapshotBrokenError:
        return []
    frame = snapshot.frame(QUARANTINE)
    first = frame.groupby("reason", sort=True).head(SAMPLES_A_REASON).sort_values(["reason", "source", "row"])
    return [{str(k): v for k, v in row.items()} for row in first.to_dict("records")]


PAGE = Page("health", "/health", "Data health", 60, "health.html.j2", build)
