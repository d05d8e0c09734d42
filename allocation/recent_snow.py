"""Snow that fell before a plan begins keeps crews away on its first days."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from allocation.problem import Problem
from domain.panel import Weather
from domain.words import WEATHER_VARIABLES


def with_recent_snow(problem: Problem, observed: Weather | None) -> Problem:
    """The problem with the snowfall observed on the days before it that its snow duty looks back on."""
    back = max((duty.after_days for duty in problem.snow_duty), default=0)
    if observed is None or back == 0:
        return problem
    days = [problem.dates[0] - timedelta(days=after) for after in range(back, 0, -1)]
    at = observed.dates.get_indexer(pd.DatetimeIndex([pd.Timestamp(day) for day in days]))
    fall = observed.values[:, WEATHER_VARIABLES.index("snowfall_mm")]
    seen = {day: float(fall[i]) for day, i in zip(days, at, strict=True) if i >= 0 and not np.isnan(fall[i])}
    return problem.model_copy(update={"recent_snowfall_mm": seen})
