"""`policies.json`: totals, gains, gaps, promises and the sentence, from the rows of all weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from allocation.carried import days_still_late
from allocation.evaluate.calibration import Match
from allocation.evaluate.catalogue import BEST, OURS, SIMPLE, WITH_TRUTH
from allocation.evaluate.gap import Gap, costs_by_week, gaps
from allocation.evaluate.promises import base_brier, brier, reliability
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.verdict import sentence

MEASURES = (
    "late_requests", "late_request_days", "open_request_days", "missed", "missed_events", "idle_standbys",
    "overtime_hours", "late_cost", "closing_cost", "overtime_cost", "hired_cost", "readiness_cost", "missed_cost",
    "event_cost", "cost",
)  # fmt: skip
MEANS = ("worst_area_late_days", "changed_a_day")
NOT_CALIBRATED = "not calibrated"


def closed_off(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with what is late after the last week charged for the days it stays late, by the law that plans price it
    by (`allocation.carried`): overtime that clears work would else look wasted at the end. closing_cost: that money."""
    out = rows.assign(closing_cost=0.0)
    last = out["week"] == out["week"].max()
    for at, row in out[last].iterrows():
        days = days_still_late(row["late_at_end_minutes"], row["spare_minutes_a_day"])
        out.loc[at, "closing_cost"] = days * row["late_at_end_cost"]
    for column in ("late_cost", "cost"):
        out[column] += out["closing_cost"]
    return out


def totals(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Policy -> each measure summed over the weeks, worst area and changes as weekly means."""
    found = {}
    for name, part in rows.groupby("policy", sort=False):
        sums = {m: float(part[m].sum()) for m in MEASURES}
        found[str(name)] = {**sums, **{m: float(part[m].mean()) for m in MEANS}}
    return found


def gains(rows: pd.DataFrame) -> dict[str, Any]:
    """Roster and dispatch apart. dispatch: policy -> money its morning moves save. roster: policy -> money its roster
    saves against the supervisor's, both with morning moves."""
    moved = rows[rows["dispatch"] == "moved"].groupby("policy")["cost"].sum()
    stay = rows[rows["dispatch"] == "stay"].groupby("policy")["cost"].sum()
    return {
        "dispatch": {str(p): float(stay[p] - moved[p]) for p in stay.index},
        "roster": {str(p): float(moved["supervisor"] - moved[p]) for p in moved.index if p != "supervisor"},
    }


def gaps_at(rows: pd.DataFrame, settings: ReplaySettings, column: str = "cost") -> list[Gap]:
    """Gaps in all cost, or in the cost of event work alone. What is late in the end belongs to the whole window, not to
    its last week: it is resampled with no week, and each gap stands beside the one without it."""
    moved = rows[rows["dispatch"] == "moved"]
    own = moved.assign(**{column: moved[column] - moved["closing_cost"]}) if column == "cost" else moved
    closing = moved.groupby("policy")["closing_cost"].sum() if column == "cost" else None
    rule = settings.bootstrap
    return gaps(costs_by_week(own, column), SIMPLE, BEST, rule, settings.least_gap, settings.seed, closing)


def promises_of(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Category, and category and district: Brier score, that of the share met as the only promise, and the bins."""
    found: list[dict[str, Any]] = []
    for keys in (["category"], ["category", "district"]):
        for key, part in rows.groupby(keys, sort=True):
            named = dict(zip(keys, key, strict=True))
            jobs = part["met"] + part["missed"]
            found.append(
                {
                    "category": named["category"],
                    "district": named.get("district", ""),
                    "jobs": float(jobs.sum()),
                    "met": float(part["met"].sum() / jobs.sum()) if jobs.sum() else None,
                    "promised": float((part["promised"] * jobs).sum() / jobs.sum()) if jobs.sum() else None,
                    "brier": _or_none(brier(part)),
                    "base_brier": _or_none(base_brier(part)),
                    "bins": [asdict(b) for b in reliability(part)],
                }
            )
    return found


def report(
    rows: pd.DataFrame,
    promises: pd.DataFrame,
    settings: ReplaySettings,
    calibration: Sequence[Match],
    is_calibrated: bool,
    facts: dict[str, Any],
) -> dict[str, Any]:
    """The whole of `policies.json`. facts: city, title, label, currency, window and notes."""
    found: dict[str, Any] = {
        **facts,
        "weeks": int(rows["week"].nunique()),
        "ours": OURS,
        "titles": {p.name: p.title for p in WITH_TRUTH},
        "central_load": f"{settings.loads[len(settings.loads) // 2]:g}",
        "settings": settings.model_dump(mode="json"),
        "calibrated": is_calibrated,
        "calibration": [_flat(m) for m in calibration],
        "policies": {}, "gains": {}, "gaps": {}, "event_gaps": {}, "promises": {},
    }  # fmt: skip
    for load, part in rows.groupby("load", sort=True):
        name = f"{load:g}"
        found["policies"][name] = totals(part[part["dispatch"] == "moved"])
        found["gains"][name] = gains(part)
        found["gaps"][name] = {g.policy: _shown(g, is_calibrated) for g in gaps_at(part, settings)}
        of_events = gaps_at(part, settings, "event_cost")
        found["event_gaps"][name] = {g.policy: _shown(g, is_calibrated) for g in of_events}
        own = promises[promises["load"] == load] if len(promises) else promises
        found["promises"][name] = promises_of(own) if len(own) else []
    found["sentence"] = sentence(found)
    found["sentences"] = {load: sentence(found | {"central_load": load}) for load in found["policies"]}
    return found


def _shown(gap: Gap, is_calibrated: bool) -> dict[str, Any]:
    """A gap as JSON; without a record that the replay reproduces no percentage is given."""
    plain = asdict(gap)
    if not is_calibrated:
        unsaid = {"closed": None, "told": NOT_CALIBRATED}
        plain |= unsaid | {"without_closing": plain["without_closing"] | unsaid}
    return plain


def _flat(match: Match) -> dict[str, Any]:
    plain = asdict(match)
    for side in ("recorded", "replayed"):
        plain[side] = {k: _or_none(v) for k, v in plain[side].items()}
    return plain


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
