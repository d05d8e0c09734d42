"""The chance of meeting the due time that a plan promises, and what then happened: Brier score and reliability.

A promise is made at the roster's origin for the jobs of one category and district that fall due on one day: one minus
expected jobs that miss it ÷ expected jobs due, over the draws under the dispatch rule. What happened is weighed by the
jobs that really fell due. The score is Brier's (1950), for every job the squared distance of the chance to 1 or 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.absence import present_share
from allocation.dense import Dense
from allocation.dispatch import Crewing, simulate
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.levels import by_district
from allocation.evaluate.policy import Believed, Committed
from allocation.evaluate.week import Played
from allocation.readiness import districts
from allocation.value import crewing_of
from allocation.waiting import whole_opening
from allocation.work import OVERDUE_BUCKETS
from domain.panel import Floats

BINS = 10
COLUMNS = ["category", "district", "due", "promised", "expected_due", "met", "missed"]


@dataclass(frozen=True)
class Bin:
    """Promises between two chances: their mean, the share met, and how many jobs fell due."""

    promised: float
    met: float
    jobs: float


def promised(dense: Dense, committed: Committed, opening: Floats, believed: Believed, days: int) -> pd.DataFrame:
    """category, district, due (ordinal), promised, expected_due for what falls due on the first `days` dates."""
    crewing = _crewing(dense, committed, believed)
    out = simulate(dense, crewing, opening, believed.arrivals, believed.weight, keep_starts=True)
    assert out.starts is not None
    first = committed.first.toordinal()
    rows = []
    for h in range(days):
        left = out.starts[h + 1][:, :, OVERDUE_BUCKETS + h]
        left = left if out.waiting is None else left + out.waiting.due[:, :, h]
        missed = by_district(dense, left) @ believed.weight
        due = by_district(dense, _due_on(dense, opening, believed.arrivals, h)) @ believed.weight
        for j, d in np.argwhere(due > 1e-9):
            chance = float(np.clip(1 - missed[j, d] / due[j, d], 0, 1))
            rows.append((dense.work[j].category, districts(dense)[d], first + h, chance, float(due[j, d])))
    return pd.DataFrame(rows, columns=COLUMNS[:5])


def _crewing(dense: Dense, committed: Committed, believed: Believed) -> Crewing:
    """The roster's crews at their mean attendance on each draw."""
    there = present_share(dense)[:, None, None, :, None] * believed.duty[:, None, None]
    regular = committed.crews[..., None] * there
    held = committed.held[..., None] * there
    return crewing_of(dense, regular, held, committed.crews, committed.overtime_hours, believed.pace)


def _due_on(dense: Dense, opening: Floats, arrivals: Floats, h: int) -> Floats:
    """Jobs that fall due on date h, open now or filed until then, (J, A, S)."""
    due = np.repeat(whole_opening(dense, opening)[:, :, OVERDUE_BUCKETS + h, None], arrivals.shape[-1], axis=2)
    for j in range(arrivals.shape[0]):
        for n in range(arrivals.shape[3]):
            filed = h - int(dense.due_days[j, n])
            if filed >= 0:
                due[j] += arrivals[j, :, filed, n]
    return due


def kept_or_not(dense: Dense, played: list[Played]) -> pd.DataFrame:
    """category, district, due, met, missed: jobs by what became of them in the replayed days."""
    rows = []
    for position, one in enumerate(played):
        day = one.day.toordinal()
        late = _by_cell(dense, one.done.open, day)
        met = np.sum([_by_cell(dense, p.done.served, day) for p in played[: position + 1]], axis=0)
        for j, d in np.argwhere(met + late > 1e-9):
            name = dense.work[j].category, districts(dense)[d]
            rows.append((*name, day, float(met[j, d]), float(late[j, d])))
    return pd.DataFrame(rows, columns=[*COLUMNS[:3], *COLUMNS[5:]])


def _by_cell(dense: Dense, jobs: Jobs, day: int) -> Floats:
    """Jobs due on a day by category and district, (J, D)."""
    area = np.zeros((len(dense.work), len(dense.problem.areas)))
    at = np.flatnonzero(jobs.due == day)
    np.add.at(area, (jobs.category[at], jobs.area[at]), jobs.jobs[at])
    return by_district(dense, area)


def brier(rows: pd.DataFrame) -> float:
    """Mean squared distance of chance and outcome over the jobs that fell due; NaN without any."""
    total = float((rows["met"] + rows["missed"]).sum())
    if total <= 0:
        return float("nan")
    loss = rows["met"] * (1 - rows["promised"]) ** 2 + rows["missed"] * rows["promised"] ** 2
    return float(loss.sum()) / total


def base_brier(rows: pd.DataFrame) -> float:
    """The score of always promising the share that was met in the end: what a promise must beat to say anything."""
    total = float((rows["met"] + rows["missed"]).sum())
    share = float(rows["met"].sum()) / total if total > 0 else float("nan")
    return share * (1 - share)


def reliability(rows: pd.DataFrame, bins: int = BINS) -> list[Bin]:
    """Promises in equal bins of chance, empty bins left out."""
    at = np.minimum((rows["promised"].to_numpy(dtype=float) * bins).astype(int), bins - 1)
    found = []
    for b in range(bins):
        part = rows[at == b]
        jobs = part["met"] + part["missed"]
        if jobs.sum() > 0:
            chance = float((part["promised"] * jobs).sum() / jobs.sum())
            found.append(Bin(chance, float(part["met"].sum() / jobs.sum()), float(jobs.sum())))
    return found
