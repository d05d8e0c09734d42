"""A label that the city began to use late in its history: forecast, judged and told by its own days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pipelines.job import Job
from pipelines.steps.long_view import Ask, long_views
from pipelines.steps.publish import Published
from storage.vintages import latest

pytestmark = pytest.mark.xdist_group("plain_run")

OWN_DAYS = 100


@pytest.fixture
def begun(town: Any) -> Any:
    """Noise is filed for a hundred days, potholes for four hundred."""
    first = town.rows["opened"].max().normalize() - pd.Timedelta(days=OWN_DAYS - 1)
    is_new = (town.rows["type"] == "noise") & (town.rows["opened"] >= first)
    town.put("rows.csv", town.rows[(town.rows["type"] == "pothole") | is_new])
    town.configure(("recent_weekdays]", "recent_weekdays, glm_poisson]"))
    return town


def test_a_run_forecasts_what_comes_now_and_says_on_how_many_days_it_rests(
    begun: Any, run_plainly: Callable[[Job], Published]
) -> None:
    run_plainly(begun.job())
    shown = latest(begun.job().folder())
    forecasts = shown.frame("forecasts")
    city = forecasts[(forecasts["level"] == "city") & (forecasts["category"] == "noise")]
    assert city["mean"].to_numpy() == pytest.approx([2.0] * len(city), rel=0.6)
    assert city["mean"].mean() == pytest.approx(2.0, rel=0.25)
    recipes = {r.category: r.sentence for r in shown.manifest.recipes}
    assert f"{OWN_DAYS} days of history, 393 are needed to compare it" in recipes["noise"]
    assert "days of history" not in recipes["pothole"]
    health = shown.frame("health")
    (value,) = health.loc[health["item"].str.endswith(": noise begins"), "value"]
    assert value == f"{OWN_DAYS} days are learnt from; the 300 before it without a request are not"


def test_a_long_view_is_made_of_the_others_and_names_what_it_lacks(begun: Any) -> None:
    (view,) = long_views(begun.read(), Ask(40), lambda *_: None)
    assert view.manifest.categories == ("pothole",)
    assert view.manifest.left_out == {
        "noise": f"noise: {OWN_DAYS} days of history; a long view needs 365, a whole year"
    }
    assert set(view.frame("totals")["category"]) == {"pothole"}
