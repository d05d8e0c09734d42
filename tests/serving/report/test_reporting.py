"""The section on who reports says what can be told, and what cannot and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from domain.tables import REPORTING
from serving.report.page import render
from serving.report.reporting import reporting
from serving.report.source import Source


def source_of(made: Any, propensity: dict[str, Any], basis: str) -> Source:
    areas = made.areas["area"].to_numpy()
    size = len(areas)
    table = pd.DataFrame({"category": "pothole", "area": areas, "incidents": 40, "repeats": 30, "basis": basis})
    for name, values in propensity.items():
        table[name] = np.resize(np.array(values, dtype=float), size)
    valid = REPORTING.validate(table.assign(vintage_id="v"))
    return Source({**made.tables, "reporting": valid}, made.manifest, made.areas)


def test_quiet_areas_are_those_whose_whole_interval_lies_below_the_median(published: Any) -> None:
    source = source_of(
        published, {"propensity": [0.6, 0.8, 1.5], "low": [0.5, 0.6, 1.2], "high": [0.8, 1.1, 2.0]}, "links"
    )
    (told,) = reporting(source)
    third = len(published.areas) // 3
    assert told["quiet"] == third
    assert told["loud"] == third
    assert all(row["high"] < 1 for row in told["areas"])  # type: ignore[attr-defined]


def test_what_cannot_be_told_gives_its_reason(published: Any) -> None:
    source = source_of(published, dict.fromkeys(("propensity", "low", "high"), np.nan), "closing times are missing")
    text = render("reporting.html.j2", {"reporting": reporting(source), "m": published.manifest})
    assert "Cannot be told: closing times are missing." in text
    assert "nobody has switched that on" in text
