"""Due times as in force on the day of filing: a promise that was changed holds for what was filed from then on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from domain.category import EventWork, QueueWork
from domain.panel import Floats


def due_hours_on(rule: QueueWork | EventWork, day: date) -> float:
    """Hours to the due time of what is filed on local day `day`."""
    in_force = [change.due_hours for change in rule.due_changes if change.from_ <= day]
    return in_force[-1] if in_force else rule.due_hours


def due_hours_by_row(rule: QueueWork | EventWork | None, created_at: pd.Series, timezone: str) -> Floats:
    """The same for each row's moment of filing (UTC), (rows,); NaN without a rule."""
    if rule is None:
        return np.full(len(created_at), np.nan)
    filed = created_at.dt.tz_convert(timezone).dt.tz_localize(None).to_numpy()
    hours = np.full(len(created_at), rule.due_hours)
    for change in rule.due_changes:
        hours[filed >= np.datetime64(change.from_)] = change.due_hours
    return hours
