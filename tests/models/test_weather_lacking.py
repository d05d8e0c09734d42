"""Weather that a source lacks, always, at first or on some days: paths know what is known, and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from domain.panel import Weather
from models.weather_ensemble import climatology, usable_starts, weather_paths
from tests.models.test_weather_ensemble import DEPTH, HIGH, LEADS, LOW, MEAN, RAIN, known_at, observed


@pytest.mark.parametrize("archive", [5, 900])
@pytest.mark.parametrize("told", [(MEAN,), (MEAN, HIGH), (LOW, HIGH)])
def test_a_temperature_that_a_source_lacks_stays_unknown_and_the_others_keep_their_places(
    told: tuple[int, ...], archive: int
) -> None:
    known = known_at(1300, archive=archive)
    weather, issued = known.weather, known.issued
    assert weather is not None
    assert issued is not None
    issued.values[:, :, MEAN] = (issued.values[:, :, LOW] + issued.values[:, :, HIGH]) / 2
    lacks = [v for v in (LOW, MEAN, HIGH) if v not in told]
    observed_values = weather.values.copy()
    observed_values[:, lacks], issued.values[:, :, lacks] = np.nan, np.nan
    paths = weather_paths(replace(known, weather=replace(weather, values=observed_values)), 100, 14, 1)
    assert paths is not None
    assert np.isnan(paths.values[:, :, lacks]).all()
    assert np.isfinite(paths.values[:, :, told]).all()
    usual = np.nanmean(observed_values[:, told], axis=0)
    for place, variable in enumerate(told):
        near = paths.values[:, 0, variable] - paths.values[:, 0, told[0]]
        assert near.mean() == pytest.approx(usual[place] - usual[0], abs=1.0)


def test_a_stretch_with_a_gap_in_what_is_mostly_observed_is_not_used() -> None:
    values = observed(100).copy()
    values[50, RAIN] = np.nan
    usable = usable_starts(Weather(pd.date_range("2020-01-01", periods=100), values), 10)
    assert usable[:40].all()
    assert not usable[40:50].any()
    assert usable[50:90].all()
    assert not usable[90:].any()


@pytest.mark.parametrize("archive", [5, 900])
@pytest.mark.parametrize("late", [(LOW, MEAN, HIGH), (RAIN,)])
def test_rain_or_temperature_that_a_station_began_to_measure_later_is_on_every_path(
    late: tuple[int, ...], archive: int
) -> None:
    """340 of 1450 days without it: the stretches of those days would be blind, and their rain would count as none."""
    known = known_at(1449, archive=archive)
    assert known.weather is not None
    values = known.weather.values.copy()
    values[:340, late] = np.nan
    began_later = replace(known, weather=Weather(known.weather.dates, values))
    for build in (weather_paths, climatology):
        paths, usual = build(began_later, 200, 14, 1), build(known, 200, 14, 1)
        assert paths is not None
        assert usual is not None
        assert np.isfinite(paths.values[:, :, [LOW, MEAN, HIGH, RAIN]]).all()
        assert paths.values[:, 0, MEAN].std() == pytest.approx(usual.values[:, 0, MEAN].std(), rel=0.4)
        wet, usually = ((p.values[:, :LEADS, RAIN] > 0).mean() for p in (paths, usual))
        assert wet == pytest.approx(usually, rel=0.2)


def test_what_has_been_observed_for_a_short_time_or_with_gaps_decides_no_stretch() -> None:
    values = observed(1400).copy()
    values[:800, RAIN] = np.nan
    values[:400, DEPTH] = np.nan
    values[400:, DEPTH] = 0.0
    values[:290, LOW], values[300::10, LOW] = np.nan, np.nan
    usable = usable_starts(Weather(pd.date_range("2020-01-01", periods=1400), values), 10)
    assert usable[:1390].all()
