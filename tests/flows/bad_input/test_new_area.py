"""A city without a map whose rows begin to name another area: earlier days know nothing of it, no run stops for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from pipelines.job import known_at, known_on, known_on_latest_map


@pytest.fixture
def growing(town: Any) -> Any:
    """Its last two months are filed in an area of their own as well."""
    town.configure(town.without_map())
    late = town.last_days(60)
    town.put("rows.csv", pd.concat([town.rows, late.assign(id="n" + late["id"].astype(str), ward="New Town")]))
    return town


def test_earlier_days_are_played_on_the_latest_map_with_nothing_in_the_new_area(growing: Any) -> None:
    run = growing.read()
    latest = known_at(run)
    before = run.origin - timedelta(days=70)
    then, played = known_on(run, before), known_on_latest_map(run, before)
    at = latest.areas.names.index("New Town")
    assert "New Town" not in then.areas.names
    assert played.areas is latest.areas
    assert played.demand.areas == latest.areas.names
    assert played.demand.counts[:, at].sum() == 0
    assert played.demand.counts.sum() == then.demand.counts.sum()
    assert latest.demand.counts[:, at].sum() > 0
    assert known_on_latest_map(run, run.origin) is known_on(run, run.origin)
