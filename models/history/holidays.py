"""What each public holiday does to a category's requests, learnt from its earlier occurrences.

Calendars name days on which offices close and days that nobody notices; one flag for all of them is true of none.
A holiday is known by its name, so one that moves (Thanksgiving, Easter Monday) is met on whatever date it falls.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from domain.panel import Floats, Known
from models.history.ordinary import weekday_factor
from models.history.trust import history_of

SIDE_DAYS = 28
BOUND = 2.5
"""Requests ÷ ordinary ones up to which a holiday counts: a flood on one is no custom."""
PRIOR_DAYS = (1.0, 3.0, 10.0, 1e6)
"""Ordinary days' worth of what holidays do on the whole, beside a holiday's own occurrences; the last: no own effect.
The one under which days left out are likeliest is taken."""
LEAST = 0.02
_MADE_UP_FOR = re.compile(r"\s*\((observed|estimated)[^)]*\)")


@dataclass(frozen=True)
class Met:
    """Past holidays. filed, usual: day -> bounded requests, ordinary ones. days: name -> days."""

    filed: dict[date, float]
    usual: dict[date, float]
    days: dict[str, list[date]]


def holiday_effects(known: Known, category: str, calendar: pd.DatetimeIndex) -> Floats:
    """Requests on each day of `calendar` (D,) ÷ those of an ordinary day; 1 where there is no holiday.

    A day's own count is left out of its effect, so that the effects of past days may stand in training rows. Of
    several holidays on one day the one with the strongest effect counts. From `known` alone.
    """
    met = _met(known, category)
    prior = _likeliest(known, met)
    out = np.ones(len(calendar))
    for at, day in enumerate(d.date() for d in calendar):
        if day in known.holidays:
            out[at] = _effect(met, day, names_of(known.holidays[day]), prior)
    return out


def names_of(written: str) -> tuple[str, ...]:
    """The holidays of a day: joined ones apart, one that is made up for on another day by its own name."""
    return tuple(dict.fromkeys(_MADE_UP_FOR.sub("", part).strip() for part in written.split(";")))


def _likeliest(known: Known, met: Met) -> float:
    """The prior with the least Poisson deviance over past holidays, each left out of its own effect."""
    worst = []
    for prior in PRIOR_DAYS:
        means = [met.usual[d] * _effect(met, d, names_of(known.holidays[d]), prior) for d in met.filed]
        mean, filed = np.maximum(means, 1e-6), np.array(list(met.filed.values()))
        worst.append(float((mean - filed * np.log(mean)).sum()))
    return PRIOR_DAYS[int(np.argmin(worst))]


def _effect(met: Met, day: date, names: Iterable[str], prior_days: float) -> float:
    """The strongest effect of these holidays as other days tell it; 1 where no holiday was ever met."""
    due = sum(met.usual.values()) - met.usual.get(day, 0.0)
    if due <= 0:
        return 1.0
    pooled = (sum(met.filed.values()) - met.filed.get(day, 0.0)) / due
    found = []
    for name in names:
        days = [d for d in met.days.get(name, ()) if d != day]
        own = sum(met.usual[d] for d in days)
        prior = prior_days * (own / len(days) if days else 1.0)
        found.append(max((sum(met.filed[d] for d in days) + prior * pooled) / (own + prior), LEAST))
    return max(found, key=lambda effect: abs(np.log(effect)))


def _met(known: Known, category: str) -> Met:
    """Past holidays whose counts may be trusted, beside ordinary days of the weeks around them."""
    demand, c = known.demand, known.demand.categories.index(category)
    requests = demand.counts[c].sum(axis=0) + demand.unlocated[c]
    factor = weekday_factor(requests, demand.dates)
    trusted = history_of(known, category).trust > 0
    is_holiday = demand.dates.isin(pd.DatetimeIndex(sorted(known.holidays)))
    met = Met({}, {}, defaultdict(list))
    for at in np.flatnonzero(trusted & is_holiday):
        window = slice(max(at - SIDE_DAYS, 0), at + SIDE_DAYS + 1)
        beside = (requests[window] / factor[window])[trusted[window] & ~is_holiday[window]]
        due = float(np.minimum(beside, np.quantile(beside, 0.9)).mean() * factor[at]) if len(beside) else 0.0
        if due > 0:
            day = demand.dates[int(at)].date()
            met.filed[day], met.usual[day] = min(float(requests[at]), BOUND * due), due
            for name in names_of(known.holidays[day]):
                met.days[name].append(day)
    return met
