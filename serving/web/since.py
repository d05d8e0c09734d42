"""What changed between two publications, in the days that both speak of."""

from __future__ import annotations

from typing import Any

import pandas as pd

from serving.web.chart import Chart
from serving.web.publication import Publication
from serving.words import category_words, number, plural, short_day, signed, title_words

SLOT = ["date", "shift", "yard", "crew_type"]
COUNTS = ("crews", "on_readiness", "overtime_hours", "contractor_hours")
LEAST_MOVE = 0.5
"""Requests from which a change of an area's expectation is told."""
MOST_AREAS, MOST_SLOTS = 3, 12


def shared_days(then: Publication, now: Publication) -> list[pd.Timestamp]:
    days = [set(one.table("forecasts")["date"]) for one in (then, now)]
    return sorted(pd.Timestamp(day) for day in days[0] & days[1])


def demand(then: Publication, now: Publication) -> list[dict[str, Any]]:
    """One record a category: requests expected in the whole city over the shared days, then and now, and the areas
    that moved most."""
    days = shared_days(then, now)
    if not days:
        return []
    return [_category(then, now, category, days) for category in now.source.categories]


def _category(then: Publication, now: Publication, category: str, days: list[pd.Timestamp]) -> dict[str, Any]:
    old, new = (_totals(one, category, days) for one in (then, now))
    moved = (new["area"] - old["area"]).dropna()
    most = moved.reindex(moved.abs().sort_values(ascending=False, kind="stable").index).head(MOST_AREAS)
    return {
        "category": category,
        "then": float(old["city"].sum()),
        "now": float(new["city"].sum()),
        "areas": [
            {"area": str(area), "place": now.source.place(str(area)), "change": signed(float(change))}
            for area, change in most.items()
            if abs(change) >= LEAST_MOVE
        ],
    }


def _totals(one: Publication, category: str, days: list[pd.Timestamp]) -> dict[str, pd.Series]:
    """Mean requests over the days by area, at area and city level."""
    table = one.table("forecasts")
    rows = table[(table["category"] == category) & table["date"].isin(days)]
    return {level: rows[rows["level"] == level].groupby("area")["mean"].sum() for level in ("area", "city")}


def demand_chart(then: Publication, now: Publication, category: str) -> Chart | None:
    """Both expectations of the city by day; None where no day is in both."""
    if not shared_days(then, now):
        return None
    series = {one.id: _city(one, category) for one in (then, now)}
    days = sorted(set(series[then.id].index) | set(series[now.id].index))
    old, new = ([_at(series[one.id], day) for day in days] for one in (then, now))
    names = [short_day(day) for day in days]
    line: dict[str, Any] = {"type": "scatter", "mode": "lines+markers", "x": names}
    return Chart(
        name="since",
        title=f"{title_words(category_words(category))} requests expected, before and now",
        about=f"Requests a day in the whole city, as publication {then.id} had it and as this one has it.",
        traces=[
            {**line, "y": old, "name": "before", "line": {"color": "var:chart-past", "dash": "dash"}},
            {**line, "y": new, "name": "now", "line": {"color": "var:chart-line", "width": 2.5}},
        ],
        layout={
            "xaxis": {"type": "category"},
            "yaxis": {"title": {"text": "requests a day"}, "rangemode": "tozero"},
        },
        columns=("Day", "Before", "Now"),
        rows=list(zip(names, old, new, strict=True)),
        size="low",
    )


def _city(one: Publication, category: str) -> pd.Series:
    table = one.table("forecasts")
    rows = table[(table["level"] == "city") & (table["category"] == category)]
    return rows.set_index("date")["mean"]


def _at(series: pd.Series, day: pd.Timestamp) -> float | None:
    return round(float(series[day]), 2) if day in series.index else None


def plan(then: Publication, now: Publication) -> dict[str, Any]:
    """Slots of the shared days whose crews, crews held ready, overtime or bought hours changed: `total` and the
    first of them, in words. `days`: days that both plan."""
    old, new = (one.table("roster")[[*SLOT, *COUNTS]] for one in (then, now))
    days = set(old["date"]) & set(new["date"])
    both = old[old["date"].isin(days)].merge(new[new["date"].isin(days)], on=SLOT, how="outer", suffixes=("_then", ""))
    filled = both.fillna(dict.fromkeys([*COUNTS, *(f"{c}_then" for c in COUNTS)], 0))
    is_changed = pd.concat([filled[c] != filled[f"{c}_then"] for c in COUNTS], axis=1).any(axis=1)
    rows = filled[is_changed].sort_values(SLOT, kind="stable")
    told = [{**{str(k): v for k, v in row.items()}, "words": _slot(row)} for row in rows.to_dict("records")]
    return {"days": len(days), "total": len(told), "rows": told[:MOST_SLOTS]}


NAMES = {"crews": "crews", "on_readiness": "held ready", "overtime_hours": "h overtime", "contractor_hours": "h bought"}


def _slot(row: Any) -> str:
    """3 crews instead of 2; 1 held ready instead of 0."""
    return "; ".join(
        f"{_count(name, row[name])} instead of {number(float(row[f'{name}_then']))}"
        for name in COUNTS
        if row[name] != row[f"{name}_then"]
    )


def _count(name: str, value: float) -> str:
    return plural(float(value), "crew") if name == "crews" else f"{number(float(value))} {NAMES[name]}"


def backlog(then: Publication, now: Publication) -> list[dict[str, Any]]:
    """One record a category: open then and now, new since, closed since, late then and now. Stale ones are left out."""
    old, new = (one.table("backlog") for one in (then, now))
    old, new = old[~old["is_stale"]], new[~new["is_stale"]]
    found = []
    for category in sorted(set(old["category"]) | set(new["category"])):
        before, after = old[old["category"] == category], new[new["category"] == category]
        ids = set(before["request_id"]), set(after["request_id"])
        found.append(
            {
                "category": category,
                "then": len(before), "now": len(after), "new": len(ids[1] - ids[0]), "gone": len(ids[0] - ids[1]),
                "late_then": int(before["is_late"].sum()), "late_now": int(after["is_late"].sum()),
            }
        )  # fmt: skip
    return found


def told(then: Publication, now: Publication) -> list[str]:
    """Other changes in words: modes that began or ended, another way of forecasting, changed settings."""
    old, new = then.manifest, now.manifest
    said = [f"Mode “{m}” began." for m in new.modes if m not in old.modes]
    said += [f"Mode “{m}” ended." for m in old.modes if m not in new.modes]
    titles = {r.category: r.title for r in old.recipes}
    said += [
        f"{title_words(category_words(r.category))} is now forecast with: {r.title} (before: {titles[r.category]})."
        for r in new.recipes
        if titles.get(r.category, r.title) != r.title
    ]
    return [*said, *(["The city’s settings changed."] if old.config_hash != new.config_hash else [])]
