"""Places that break again and again come first, and what is not a new incident does not count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from domain.category import Category
from domain.chance import generator
from domain.city import CityPlan
from domain.panel import Known, Places
from domain.tables import WORKLIST
from models.incident_rates import place_rates
from models.incidents import Incidents, cells_of, incidents_of, place_ids
from models.outlook import outlook
from models.weather_ensemble import climatology
from models.worklist import category_worklist, worklist

ORIGIN = date(2024, 6, 30)
METRES_A_DEGREE = 111_320.0


def rows_at(east_m: float, days_ago: list[int], area: str = "area-00") -> pd.DataFrame:
    """Requests `east_m` metres east of the city's middle."""
    lon = -95.0 + east_m / (METRES_A_DEGREE * np.cos(np.radians(30.0)))
    days = [pd.Timestamp(ORIGIN) - pd.Timedelta(days=d) for d in days_ago]
    return pd.DataFrame({"category": "pothole", "area": area, "date": days, "lat": 30.0, "lon": lon})


def city_rows(days: int = 900, places: int = 60, seed: int = 1, season: float = 0.0) -> pd.DataFrame:
    """Places with lasting rates, one of them by far the worst; `season` peaks in the window ahead."""
    rng = generator(seed, "places")
    rate = np.minimum(rng.gamma(0.6, 0.02, places), 0.01)
    rate[7] = 0.05
    day = np.arange(days)
    wave = 1 + season * np.cos(2 * np.pi * (day + 15) / 365.25)
    hits = rng.random((places, days)) < rate[:, None] * wave
    parts = [rows_at(300.0 * p, np.flatnonzero(hits[p]).tolist()) for p in range(places)]
    return pd.concat(parts, ignore_index=True)


def incidents(rows: pd.DataFrame) -> Incidents:
    found = incidents_of(rows, ORIGIN, 250)
    assert found is not None
    return found


def test_reports_of_one_cell_within_two_weeks_of_each_other_are_one_incident() -> None:
    found = incidents(rows_at(10, [100, 90, 80, 66, 51, 20]))
    assert sorted(found.day.tolist()) == [20, 51, 100]


def test_cells_apart_are_incidents_apart() -> None:
    found = incidents(pd.concat([rows_at(10, [50, 40]), rows_at(600, [45])]))
    assert found.places == 2
    assert sorted(found.day.tolist()) == [45, 50]


def test_cells_are_as_large_as_stated() -> None:
    found = incidents(pd.concat([rows_at(10, [5]), rows_at(2510, [5])]))
    assert abs(found.cell[1, 0] - found.cell[0, 0]) == 10


def test_a_cell_keeps_its_id_as_rows_come_in() -> None:
    early = incidents(city_rows())
    later = incidents(pd.concat([city_rows(), rows_at(-2000, [3])]))
    assert {tuple(c) for c in early.cell} < {tuple(c) for c in later.cell}


def test_rows_after_the_origin_do_not_count() -> None:
    rows = pd.concat([rows_at(10, [50]), rows_at(10, [-3])])
    assert incidents(rows).day.tolist() == [50]


def test_a_place_with_a_thin_record_is_drawn_towards_its_neighbourhood() -> None:
    busy_corner = [rows_at(250.0 * i + 10, list(range(30, 700, 60))) for i in range(5)]
    rows = pd.concat([*busy_corner, rows_at(1260, [400]), rows_at(40_000, [400])], ignore_index=True)
    found = incidents(rows)
    rates = place_rates(found, 30, 50)
    thin = {float(lon): float(r) for lon, r in zip(found.lon, rates.mean, strict=True)}
    by_lon = [thin[lon] for lon in sorted(thin)]
    beside_the_corner, far_away, in_the_corner = by_lon[5], by_lon[6], min(by_lon[:5])
    assert far_away < beside_the_corner < in_the_corner


def test_old_incidents_weigh_less_than_recent_ones() -> None:
    old, new = rows_at(10, [640, 670, 700]), rows_at(5010, [30, 60, 90])
    found = incidents(pd.concat([old, new, rows_at(9000, [800])]))
    rates = place_rates(found, 30, 50).mean
    order = np.argsort(found.lon)
    assert rates[order[1]] > rates[order[0]]


def test_the_chance_of_one_is_that_of_a_gamma_poisson(city_known: Callable[..., Known]) -> None:
    rates = place_rates(incidents(city_rows()), 30, 50)
    rng = generator(1, "posterior")
    rate = rng.gamma(rates.shape[7], 1 / rates.days[7], 100_000)
    assert rates.probability(30)[7] == pytest.approx((rng.poisson(rate * 30) > 0).mean(), abs=0.01)


def test_the_season_ahead_moves_the_expected_number_but_not_beyond_its_limits(
    city_known: Callable[..., Known],
) -> None:
    known = city_known(days=1900)
    high = outlook(known, incidents(city_rows(days=1900, season=0.8)), None, 30, 365.0)
    assert 1.3 < high.ratio <= 3.0
    flat = outlook(known, incidents(city_rows(days=1900)), None, 30, 365.0)
    assert flat.ratio == pytest.approx(1.0, abs=0.25)


def test_a_wet_month_ahead_raises_what_rain_breaks(city_known: Callable[..., Known]) -> None:
    known = city_known(days=1900)
    assert known.weather is not None
    rain = known.weather.values[::-1, 3]
    wet = pd.Series(rain).rolling(30, min_periods=1).mean().to_numpy()
    rng = generator(4, "wet")
    hits = rng.random((80, 1900)) < 0.004 * (wet / wet.mean()) ** 2
    rows = pd.concat([rows_at(600.0 * p, np.flatnonzero(hits[p]).tolist()) for p in range(80)], ignore_index=True)
    weather = climatology(known, 20, 30, 1)
    assert weather is not None
    drenched, parched = weather.values.copy(), weather.values.copy()
    drenched[:, :, 3], parched[:, :, 3] = 9.0, 0.2
    found = incidents(rows)
    ratios = [outlook(known, found, replace(weather, values=v), 30, 365.0).ratio for v in (drenched, parched)]
    assert ratios[0] > 1.4 * ratios[1]


def test_the_table_keeps_its_contract_and_ranks_the_worst_place_first(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    known = city_known(days=900, places=city_rows())
    table = worklist(known, city_plan(), climatology(known, 20, 30, 1))
    WORKLIST.validate(table.assign(vintage_id="v"))
    assert table["rank"].tolist() == list(range(1, 51))
    assert table["expected_incidents"].is_monotonic_decreasing
    worst = table.iloc[0]
    assert worst["lon"] == pytest.approx(-95.0 + 7 * 300 / (METRES_A_DEGREE * np.cos(np.radians(30))), abs=0.002)
    assert worst["last_incident"] <= pd.Timestamp(ORIGIN)
    assert worst["reason"].startswith(f"{worst['incidents_last_year']} new incidents here in a year")
    assert "mm of rain expected" in worst["reason"]


def test_categories_without_rule_coordinates_or_incidents_have_no_rows(
    city_known: Callable[..., Known], category_of: Callable[..., Category], city_plan: Callable[..., CityPlan]
) -> None:
    known = city_known(days=900, places=city_rows())
    withheld = category_of("pothole", keep_coordinates=False)
    assert withheld.worklist is not None
    assert category_worklist(known, withheld, withheld.worklist, None).empty
    assert worklist(replace(known, places=None), city_plan(), None).empty
    few = Places(rows_at(10, [5, 50]))
    empty = worklist(replace(known, places=few), city_plan(), None)
    assert empty.empty
    WORKLIST.validate(empty.assign(vintage_id="v"))


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "margin"), [("pothole", 1.0), ("flooding", 0.8)])
def test_the_list_catches_the_next_months_incidents_of_a_real_city_no_worse_than_last_years_counts(
    houston: Callable[[date], Known], category_of: Callable[..., Category], name: str, margin: float
) -> None:
    """Top 50 of the real city, four windows up to 2016, against ranking by last year's raw request counts."""
    category = category_of(name)
    assert category.worklist is not None
    ours = theirs = 0
    for window in range(4):
        day = date(2016, 12, 1) - timedelta(days=180 * window)
        known, later = houston(day), houston(day + timedelta(days=30))
        assert known.places is not None
        assert later.places is not None
        listed = category_worklist(known, category, category.worklist, None)
        truth = incidents_of(_rows(later, name), later.origin, 250)
        assert truth is not None
        came = dict(zip(place_ids(truth.cell), truth.counted(0, 30), strict=True))
        ours += sum(came[p] for p in listed["place"])
        year = _rows(known, name)
        year = year[year["date"] > pd.Timestamp(day) - pd.Timedelta(days=365)]
        theirs += sum(came[p] for p in _by_raw_counts(year, 50))
    assert ours >= margin * theirs


def _rows(known: Known, category: str) -> pd.DataFrame:
    assert known.places is not None
    table = known.places.table
    return table[table["category"] == category]


def _by_raw_counts(rows: pd.DataFrame, length: int) -> list[str]:
    """Cells by requests filed, repeats included."""
    counts = pd.Series(place_ids(cells_of(rows, 250))).value_counts(sort=False).sort_index()
    return [str(p) for p in counts.sort_values(ascending=False, kind="stable").index[:length]]
