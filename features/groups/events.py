"""Events in the city, where its YAML names a file of them: what brings requests though nobody has a day off."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats
from features.group import FeatureGroup, Inputs
from features.groups.calendar import beside

COLUMNS = ("is_event", "is_event_eve", "is_after_event")


def build(inputs: Inputs) -> dict[str, Floats]:
    assert inputs.events is not None  # needs events
    near = {
        "is_event": inputs.events,
        "is_event_eve": beside(inputs.events, 1),
        "is_after_event": beside(inputs.events, -1),
    }
    return {name: days.astype(np.float64) for name, days in near.items()}


GROUP = FeatureGroup(name="events", grain="date", columns=COLUMNS, build=build, needs=frozenset({"events"}))
