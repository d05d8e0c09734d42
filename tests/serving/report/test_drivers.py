from __future__ import annotations

import pandas as pd
import pytest

from serving.report.drivers import weather
from serving.report.source import Source


def source_with(published, paths: pd.DataFrame, draws: pd.DataFrame) -> Source:
    return Source({"weather_paths": paths, "draws": draws}, published.manifest, published.areas)


def two_paths(rain: list[float | None]) -> pd.DataFrame:
    frame = pd.DataFrame({"weather_path_id": [0, 1], "date": pd.Timestamp("2026-03-04"), "precipitation_mm": rain})
    extra = ("temperature_min_c", "temperature_mean_c", "temperature_max_c", "snowfall_mm", "snow_depth_mm", "wind_ms")
    return frame.assign(vintage_id="v", taken_from="2014-03-05", **dict.fromkeys(extra, -1.0))


def draws_on(*ids: int) -> pd.DataFrame:
    return pd.DataFrame({"vintage_id": "v", "draw": range(len(ids)), "weather_path_id": ids, "weight": 1 / len(ids)})


def test_a_path_weighs_as_much_as_the_draws_that_ride_on_it(published):
    day = weather(source_with(published, two_paths([30.0, 0.0]), draws_on(0, 0, 0, 1)))[0]
    assert day["rain"] == pytest.approx(0.75)
    assert day["heavy"] == pytest.approx(0.75)
    assert day["frost"] == 1.0


def test_weather_that_a_source_lacks_is_missing_not_dry(published):
    paths = two_paths([None, None])
    assert weather(source_with(published, paths.astype({"precipitation_mm": float}), draws_on(0, 1)))[0]["rain"] != 0


def test_without_weather_there_is_no_strip(published):
    assert weather(Source({}, published.manifest, published.areas)) == []


def test_days_beyond_the_plan_are_not_shown(published):
    late = two_paths([1.0, 1.0]).assign(date=published.tables["forecasts"]["date"].max() + pd.Timedelta(days=1))
    assert weather(source_with(published, late, draws_on(0, 1))) == []
