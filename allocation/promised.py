"""What a publication had reckoned for each shift: crews, hours, and the minutes a job that are not work on the job."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.dense import Dense, dense
from allocation.problem import Problem
from domain.panel import Floats
from domain.words import CITY_LEVEL

SLOT = ["date", "shift", "yard", "crew_type"]
FEWEST_JOBS = 0.05
"""Expected jobs of a row below which its minutes a job are noise."""


def promised_shifts(problem: Problem, roster: pd.DataFrame) -> pd.DataFrame:
    """Columns SLOT, planned_crews, planned_hours, setup_minutes. roster: `domain.tables.ROSTER`."""
    d = dense(problem)
    minutes = {s.name: s.minutes for s in problem.shifts}
    setup = dict(zip([t.name for t in problem.crew_types], d.setup, strict=True))
    crews = (roster["crews"] + roster["on_readiness"]).astype(float)
    hours = crews * roster["shift"].map(minutes).astype(float) / 60 + roster["overtime_hours"]
    return roster[SLOT].assign(
        planned_crews=crews, planned_hours=hours, setup_minutes=roster["crew_type"].map(setup).astype(float)
    )


def promised_jobs(problem: Problem, dispatch: pd.DataFrame, pace: Floats | None = None) -> pd.DataFrame:
    """Columns SLOT, category, travel_minutes, nearby_share: minutes a job for driving, and what a job takes relative
    to a first one, where several lie together, both as on a fair day. dispatch: `domain.tables.DISPATCH`. pace:
    (H, K, J) that the published minutes hold (`allocation.work_weather.planned_pace`); None without weather rules.

    `allocation.work.minutes_per_job` reckons (drive × (1 + v ÷ F) + first + (v − 1) × further) ÷ v minutes a job for v
    jobs a visit. From the published minutes a job follows v, and from v both parts.
    """
    d = dense(problem)
    rows = dispatch[dispatch["expected_served"] >= FEWEST_JOBS]
    sums = rows.assign(
        drive=_drives(d, rows) * rows["expected_served"],
    ).groupby([*SLOT, "category"], sort=True)[["expected_minutes", "expected_served", "drive"]]
    table = sums.sum().reset_index()
    each = table["expected_minutes"] / table["expected_served"] * _paces(d, table, pace)
    parts = [
        _parts(d, str(k), str(c), float(m), float(v))
        for k, c, m, v in zip(
            table["crew_type"], table["category"], each, table["drive"] / table["expected_served"], strict=True
        )
    ]
    travel, nearby = np.array(parts).reshape(-1, 2).T
    return table[[*SLOT, "category"]].assign(travel_minutes=travel, nearby_share=nearby)


def usual_travel(problem: Problem, yard: str, crew_type: str) -> float:
    """Minutes out and home of a job on its own, for work that the plan did not expect there."""
    d = dense(problem)
    y = [site.name for site in problem.yards].index(yard)
    k = [t.name for t in problem.crew_types].index(crew_type)
    return 2 * _usual_drive(d, y, k)


def _drives(d: Dense, rows: pd.DataFrame) -> pd.Series:
    """Minutes one way to each row's area; the yard's mean over its own areas where none is named."""
    problem = d.problem
    yards, areas = [y.name for y in problem.yards], [a.area for a in problem.areas]
    types = [t.name for t in problem.crew_types]
    found = []
    for yard, crew_type, area in zip(rows["yard"], rows["crew_type"], rows["area"], strict=True):
        y, k = yards.index(yard), types.index(crew_type)
        found.append(_usual_drive(d, y, k) if area == CITY_LEVEL else float(d.drive[y, areas.index(area)]))
    return pd.Series(found, index=rows.index, dtype=float)


def _paces(d: Dense, rows: pd.DataFrame, pace: Floats | None) -> Floats:
    """The pace of each row's date, crew type and category, (n,)."""
    if pace is None:
        return np.ones(len(rows))
    h = pd.DatetimeIndex([pd.Timestamp(day) for day in d.problem.dates]).get_indexer(pd.DatetimeIndex(rows["date"]))
    k = pd.Index([t.name for t in d.problem.crew_types]).get_indexer(pd.Index(rows["crew_type"]))
    j = pd.Index([w.category for w in d.work]).get_indexer(pd.Index(rows["category"]))
    found: Floats = pace[h, k, j]
    return found


def _usual_drive(d: Dense, y: int, k: int) -> float:
    """Mean minutes one way to the yard's own areas, else to those within reach, else to all."""
    near = next((mask for mask in (d.own[k, y], d.reach[k, y]) if mask.any()), np.ones(d.drive.shape[1], dtype=bool))
    return float(d.drive[y, near].mean())


def _parts(d: Dense, crew_type: str, category: str, each: float, drive: float) -> tuple[float, float]:
    k = [t.name for t in d.problem.crew_types].index(crew_type)
    j = [w.category for w in d.work].index(category)
    first, further = float(d.service[k, j]), float(d.further[k, j])
    fits = max(1.0, float(d.net_minutes[:, k].max()) / further)
    spread = drive + first - further
    visits = 1.0 if spread <= 0 else 1 / float(np.clip((each - further - drive / fits) / spread, 1 / fits, 1.0))
    nearby = d.work[j].conversion.nearby_factor.value
    share = (1 + (visits - 1) * nearby) / visits
    within = d.problem.travel.minutes_within_area * (visits - 1) / visits
    return drive / visits + drive / fits + within, share
