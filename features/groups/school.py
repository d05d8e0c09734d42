"""School terms, where the city's YAML names a file of them: unknown (NaN) where the file says nothing."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats
from features.group import FeatureGroup, Inputs
from features.groups.calendar import nearest

COLUMNS = ("is_in_term", "is_school_day", "days_to_term_change")


def build(inputs: Inputs) -> dict[str, Floats]:
    """days_to_term_change: signed, to the nearest first day of a term or of a break, within five days."""
    assert inputs.in_term is not None  # needs school
    term = inputs.in_term
    is_closed = (np.asarray(inputs.calendar.day_of_week) >= 5) | inputs.holidays
    changes = np.zeros(len(term), dtype=np.bool_)
    changes[1:] = np.abs(np.diff(term)) == 1.0  # a NaN is no change
    return {
        "is_in_term": term,
        "is_school_day": np.where(is_closed, 0.0 * term, term),
        "days_to_term_change": nearest(changes) + 0.0 * term,
    }


GROUP = FeatureGroup(name="school", grain="date", columns=COLUMNS, build=build, needs=frozenset({"school"}))
