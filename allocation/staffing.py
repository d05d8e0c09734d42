"""A staffing hint for perishable work: how many people on a shift would answer in time. No crews are committed.

The rule is stationary peak-hour staffing (Green, Kolesar and Whitt 2007, "Coping with time-varying demand when
setting staffing requirements for a service system") with Erlang's delay formula (Erlang 1917): requests arrive at
`PEAK` times the shift's mean rate, each visit holds `staff_per_visit` people for `service_minutes`, and the teams
suffice where at least `ANSWERED` of the requests wait no longer than `response_minutes`. The hint is the smallest
staff that suffices in the category's `certainty` of the draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.problem import Problem, ShiftRule, WorkRule
from domain.panel import Floats
from domain.words import CITY_LEVEL

PEAK = 1.5
ANSWERED = 0.95


@dataclass(frozen=True)
class _Cell:
    shift: ShiftRule
    work: WorkRule


def staffing_hints(
    problem: Problem, by_shift: dict[str, Floats], scale: dict[str, float], weight: Floats
) -> pd.DataFrame:
    """Columns of `domain.tables.STAFFING_HINTS` without vintage_id, for every perishable category.

    by_shift: category -> requests (A, H, N, S) over the planned dates. scale: category -> factor for requests
    without an area. A row for each date, shift and district, and "*" for the whole city.
    """
    parts = [
        _hints(problem, work, by_shift[work.category] * scale.get(work.category, 1.0), weight)
        for work in problem.work
        if work.perishable is not None
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    keys = ["date", "shift", "district", "category"]
    return pd.concat(parts).sort_values(keys, ignore_index=True)[COLUMNS]


COLUMNS = [
    "date",
    "shift",
    "district",
    "category",
    "owner",
    "expected_requests",
    "upper_requests",
    "staff",
    "certainty",
]


def teams_needed(requests: int, shift_minutes: float, service_minutes: float, response_minutes: float) -> int:
    """The fewest teams that answer `requests` of one shift in time, at its peak; 0 for none."""
    if requests <= 0:
        return 0
    load = requests * PEAK / shift_minutes * service_minutes
    teams = int(np.floor(load)) + 1
    while share_in_time(teams, load, service_minutes, response_minutes) < ANSWERED:
        teams += 1
    return teams


def share_in_time(teams: int, load: float, service_minutes: float, response_minutes: float) -> float:
    """Share of requests that wait at most `response_minutes`: Erlang C, load in Erlang below `teams`."""
    if load >= teams:
        return 0.0
    blocked = 1.0  # Erlang B by its recursion, which never overflows
    for busy in range(1, teams + 1):
        blocked = load * blocked / (busy + load * blocked)
    waits = blocked * teams / (teams - load * (1 - blocked))
    return float(1 - waits * np.exp(-(teams - load) * response_minutes / service_minutes))


def _hints(problem: Problem, work: WorkRule, requests: Floats, weight: Floats) -> pd.DataFrame:
    names = [*sorted({a.district for a in problem.areas}), CITY_LEVEL]
    of_area = np.array([a.district for a in problem.areas])
    pooled = np.stack([requests[of_area == name if name != CITY_LEVEL else slice(None)].sum(axis=0) for name in names])
    frames = [_of_shift(problem, work, n, names, pooled[:, :, n], weight) for n in range(len(problem.shifts))]
    return pd.concat(frames)


def _of_shift(
    problem: Problem, work: WorkRule, n: int, names: Sequence[str], requests: Floats, weight: Floats
) -> pd.DataFrame:
    """Rows of one shift. requests: (D, H, S)."""
    rule, shift = work.perishable, problem.shifts[n]
    assert rule is not None
    whole = np.rint(requests).astype(np.int64)
    table = np.array(
        [
            teams_needed(r, shift.clock_minutes, work.service_minutes.value, rule.response_minutes)
            for r in range(int(whole.max(initial=0)) + 1)
        ]
    )
    staff = np.ceil(table * rule.staff_per_visit).astype(np.int64)[whole]
    enough = upper_quantile(staff.astype(float), weight, rule.certainty)
    d, h = enough.shape
    return pd.DataFrame(
        {
            "date": np.tile(pd.DatetimeIndex([pd.Timestamp(x) for x in problem.dates]), d),
            "shift": shift.name,
            "district": np.repeat(names, h),
            "category": work.category,
            "owner": work.owner,
            "expected_requests": (requests @ weight).ravel(),
            "upper_requests": upper_quantile(requests, weight, rule.certainty).ravel(),
            "staff": enough.astype(np.int64).ravel(),
            "certainty": np.clip((staff <= enough[..., None]) @ weight, 0, 1).ravel(),
        }
    )


def upper_quantile(values: Floats, weight: Floats, share: float) -> Floats:
    """The smallest value that at least `share` of the weighted draws (last axis) do not exceed."""
    order = np.argsort(values, axis=-1, kind="stable")
    cumulative = np.cumsum(weight[order], axis=-1)
    first = np.argmax(cumulative >= min(share, 1.0) * weight.sum() - 1e-9, axis=-1)
    ranked = np.take_along_axis(values, order, axis=-1)
    quantile: Floats = np.take_along_axis(ranked, first[..., None], axis=-1)[..., 0]
    return quantile
