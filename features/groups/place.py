"""What an area is: itself, its district, its people. A code is the rank of the name, so it does not move."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats
from features.group import FeatureGroup, Inputs

COLUMNS = ("area_code", "district_code", "population_log", "neighbour_count")


def build(inputs: Inputs) -> dict[str, Floats]:
    areas = inputs.areas
    districts = {name: code for code, name in enumerate(areas.districts)}
    return {
        "area_code": np.arange(len(areas.names), dtype=np.float64),
        "district_code": np.array([districts[d] for d in areas.district], dtype=np.float64),
        "population_log": np.log1p(areas.population),
        "neighbour_count": areas.neighbours.sum(axis=1).astype(np.float64),
    }


GROUP = FeatureGroup(name="place", grain="area", columns=COLUMNS, build=build)
