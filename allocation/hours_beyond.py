"""Shifts whose filed hours are more than was planned for them: breaks counted as work, or overtime nobody planned."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from allocation.telling import telling_attainment

FEWEST = 5
"""Shifts of a yard and crew type before anything is said of them: one may run over."""
LEAST = 1.01
"""Hours worked ÷ planned from which it is said."""


class HoursBeyond(NamedTuple):
    """A yard's crew type that worked more than planned. attained: hours worked ÷ planned. shifts: those it rests on."""

    yard: str
    crew_type: str
    attained: float
    shifts: int


def hours_beyond(shifts: pd.DataFrame) -> tuple[HoursBeyond, ...]:
    """The furthest first. shifts: `domain.tables.ACTUALS`, one version each, contractors' too: their minutes a job rest
    on these hours as well."""
    groups = telling_attainment(shifts).groupby(["yard", "crew_type"], sort=True)
    sums, shifts_of = groups[["hours", "planned_hours"]].sum().reset_index(), groups.size()
    attained = (sums["hours"] / sums["planned_hours"]).to_numpy(float)
    found = [
        HoursBeyond(str(yard), str(crew_type), float(share), int(number))
        for yard, crew_type, share, number in zip(sums["yard"], sums["crew_type"], attained, shifts_of, strict=True)
    ]
    beyond = [one for one in found if one.shifts >= FEWEST and one.attained >= LEAST]
    return tuple(sorted(beyond, key=lambda one: -one.attained))
