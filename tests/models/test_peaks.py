"""A named day that brings many times the usual every year is forecast so, by any forecaster, and no other day is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chance import generator
from domain.panel import Draws, Floats, Ints, Known
from domain.peaks import Peak, days_by_name, peaks_ahead
from domain.progress import silent
from models.catalogue import available, forecasters
from models.effects import BLOCKS, block_effects
from models.forecaster import Fitted, draws_of
from models.history.mended import learnt_from
from models.history.trust import history_of
from models.long_view.model import LongViewParams, fit_long
from models.peaks import paths_with_peaks, times
from models.weather_ensemble import climatology

ORIGIN = date(2023, 12, 27)
HORIZON = 14
NIGHT, DAY_AFTER = 3, 4  # positions of 31 December and New Year's Day
USUAL, TIMES = 40.0, 3.0
TREES = {"rounds": 40, "max_rows": 10_000, "num_threads": 1}
MEMBERS = [{"forecaster": "lightgbm_poisson", "params": TREES, "weight": 1}, {"forecaster": "glm_poisson", "weight": 1}]
QUICK = {"lightgbm_poisson": TREES, "blend": {"members": MEMBERS}}
FREE = {"New Year's Day": (1, 1), "Independence Day": (7, 4), "Veterans Day": (11, 11)}


def named(first: int, last: int) -> dict[date, str]:
    return {date(year, *day): name for year in range(first, last + 1) for name, day in FREE.items()}


@pytest.fixture(scope="module")
def town(city_known: Callable[..., Known]) -> Known:
    """Six years; three times the usual on every 31 December and nothing on the other holidays, in the first area."""
    known = city_known(areas=3, days=6 * 365 + 100, seed=5, origin=ORIGIN)
    dates = known.demand.dates
    rate = np.array([0.6, 0.3, 0.1])[:, None] * np.full(len(dates), USUAL)
    eve = (dates.month == 12) & (dates.day == 31)
    rate[0, eve] += (TIMES - 1) * USUAL
    counts: Ints = generator(3, "requests").poisson(rate)[None].astype(np.int32)
    return replace(known, demand=replace(known.demand, counts=counts), holidays=named(2017, 2025))


def means(fitted: Fitted, known: Known, size: int = 400) -> Floats:
    weather = climatology(known, 60, HORIZON, 1)
    draws = draws_of(1, size, weather)
    found: Floats = paths_with_peaks(fitted, known, weather, draws, HORIZON) @ draws.weight
    return found


def fit(name: str, known: Known) -> Fitted:
    (forecaster,) = forecasters((name,))
    params = forecaster.params.model_validate(QUICK.get(name, {}))
    return forecaster.fit(known, "pothole", params, 1, silent)


@pytest.mark.parametrize("name", available())
def test_every_forecaster_expects_the_night_of_the_year(name: str, town: Known) -> None:
    known = learnt_from(town, "pothole")
    mean = means(fit(name, known), known)
    city = mean.sum(axis=0)
    assert city[NIGHT] == pytest.approx(TIMES * USUAL, rel=0.15)
    assert mean[0, NIGHT] / city[NIGHT] == pytest.approx((0.6 + TIMES - 1) / TIMES, abs=0.05)
    others = np.delete(city, NIGHT)
    assert others == pytest.approx(np.full(HORIZON - 1, USUAL), rel=0.2)


def test_without_it_the_night_would_be_missed(town: Known) -> None:
    """What a forecaster that knows a holiday, not which, makes of the same record."""
    blind = fit("glm_poisson", town)
    draws = draws_of(1, 400, None)
    city = (blind.paths(replace(town, weather=None), None, draws, HORIZON) @ draws.weight).sum(axis=0)
    assert city[NIGHT] < 0.7 * TIMES * USUAL


def test_ranges_hold_years_that_differ(town: Known) -> None:
    known = learnt_from(town, "pothole")
    fitted, draws = fit("exponential_smoothing", known), draws_of(1, 2000, None)
    night = paths_with_peaks(fitted, known, None, draws, HORIZON)[:, NIGHT].sum(axis=0)
    low, high = np.quantile(night, [0.025, 0.975])
    eves = [town.demand.dates.get_loc(pd.Timestamp(year, 12, 31)) for year in range(2018, 2023)]
    came = town.demand.of("pothole")[:, eves].sum(axis=0)
    assert (came >= low).all()
    assert (came <= high).all()
    assert high < 3 * TIMES * USUAL


def test_the_reason_is_the_calendar(town: Known) -> None:
    known = learnt_from(town, "pothole")
    fitted = fit("glm_poisson", known)
    weather = climatology(known, 60, HORIZON, 1)
    draws = draws_of(1, 300, weather)
    samples = paths_with_peaks(fitted, known, weather, draws, HORIZON)
    why = block_effects(fitted, known, weather, climatology(known, 60, HORIZON, 2), draws, samples)
    assert why.effects.sum(axis=0) == pytest.approx(samples @ draws.weight)
    calendar = why.effects[BLOCKS.index("calendar")].sum(axis=0)
    assert calendar[NIGHT] == pytest.approx((TIMES - 1) * USUAL, rel=0.2)
    assert why.holiday.sum(axis=0)[NIGHT] == pytest.approx((TIMES - 1) * USUAL, rel=0.2)


def test_a_year_ahead_holds_it_once(town: Known) -> None:
    fitted = fit_long(town, "pothole", LongViewParams())
    draws = draws_of(1, 300, None)
    bare = replace(town, weather=None)
    city = (fitted.samples(bare, None, draws, 380) @ draws.weight).sum(axis=0)
    peaks = np.flatnonzero(city > 2 * USUAL)
    assert peaks.tolist() == [NIGHT, NIGHT + 366]  # 2024 has 366 days
    assert city[NIGHT] == pytest.approx(TIMES * USUAL, rel=0.25)


def test_the_draws_of_a_city_without_peaks_keep_their_bytes(town: Known) -> None:
    calm = replace(town, holidays={})
    known = learnt_from(calm, "pothole")
    assert known is calm
    fitted, draws = fit("glm_poisson", known), draws_of(1, 50, None)
    same = paths_with_peaks(fitted, known, None, draws, HORIZON)
    assert same.tobytes() == fitted.paths(known, None, draws, HORIZON).tobytes()


def test_nothing_after_the_origin_is_read(town: Known) -> None:
    cut = town.demand.dates.get_loc(pd.Timestamp(2022, 12, 30)) + 1
    origin = date(2022, 12, 30)
    demand = town.demand
    early = replace(
        demand, dates=demand.dates[:cut], counts=demand.counts[:, :, :cut], unlocated=demand.unlocated[:, :cut]
    )
    (peak,) = learnt_from(replace(town, as_of=origin, origin=origin, demand=early), "pothole").peaks
    assert len(peak.log_times) == 5
    (later,) = learnt_from(town, "pothole").peaks
    assert len(later.log_times) == 6


def test_two_days_of_chance_are_no_peak_and_home_games_are_events(town: Known) -> None:
    counts = generator(3, "calm").poisson(USUAL, (1, 3, len(town.demand.dates))).astype(np.int32)
    for year in (2021, 2022):
        counts[0, 0, town.demand.dates.get_loc(pd.Timestamp(year, 11, 11))] *= 5
    calm = replace(town, demand=replace(town.demand, counts=counts))
    assert not history_of(calm, "pothole").peaks
    games = {ORIGIN - timedelta(days=30 * k): "Home game" for k in range(1, 60)}
    for day in games:
        counts[0, :, town.demand.dates.get_loc(pd.Timestamp(day))] *= 4
    assert not history_of(replace(calm, events=games), "pothole").peaks


def test_an_import_on_such_a_night_is_not_expected_again(town: Known) -> None:
    counts = town.demand.counts.copy()
    counts[0, 0, town.demand.dates.get_loc(pd.Timestamp(2021, 12, 31))] = 4000
    known = learnt_from(replace(town, demand=replace(town.demand, counts=counts)), "pothole")
    (peak,) = known.peaks
    assert len(peak.log_times) == 5
    assert np.exp(peak.log_times.max()) < 2 * TIMES


@given(
    logs=st.lists(st.floats(-1.0, 4.0), min_size=1, max_size=12),
    uniform=st.lists(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True), min_size=1, max_size=20),
)
def test_times_are_finite_and_never_far_beyond_the_record(logs: list[float], uniform: list[float]) -> None:
    peak = Peak("noise", "Fair", 0, np.array(logs), np.ones(1))
    found = times(peak, np.array(uniform))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found <= 2.0 * np.exp(max(logs)) * (1 + 1e-9)).all()


def test_a_day_of_two_names_has_both() -> None:
    found = days_by_name({date(2022, 1, 1): "A; B"}, {date(2022, 1, 1): "C", date(2023, 1, 1): "B"})
    assert found["B"] == [date(2022, 1, 1), date(2023, 1, 1)]
    assert list(found) == ["A", "B", "C"]


def test_a_name_that_holds_its_year_is_that_of_every_year() -> None:
    found = days_by_name({date(y, 10, 6): f"Marathon {y}" for y in (2022, 2023)} | {date(2024, 2, 1): "2024"})
    assert {name: len(days) for name, days in found.items()} == {"2024": 1, "Marathon": 2}


def test_the_day_moves_with_the_holiday_and_the_longer_record_wins() -> None:
    """Thanksgiving is the fourth Thursday; the night before it is no fixed date."""
    few, many = (Peak("noise", name, at, np.zeros(n), np.ones(1)) for name, at, n in (("Eve", 0, 2), ("Thanks", -1, 5)))
    holidays = {date(2023, 11, 23): "Thanks", date(2024, 11, 28): "Thanks", date(2024, 11, 27): "Eve"}
    assert peaks_ahead((few, many), date(2024, 11, 20), 14, holidays) == {7: many}
    assert peaks_ahead((few, many), date(2023, 11, 20), 14, holidays) == {2: many}


def test_draws_stay_whole_and_never_shrink(town: Known) -> None:
    known = learnt_from(town, "pothole")
    fitted = fit("recent_weekdays", known)
    draws: Draws = draws_of(1, 200, None)
    plain, with_peaks = fitted.paths(known, None, draws, HORIZON), paths_with_peaks(fitted, known, None, draws, HORIZON)
    assert with_peaks.dtype == plain.dtype
    assert (with_peaks >= plain).all()
    assert (with_peaks[:, DAY_AFTER:] == plain[:, DAY_AFTER:]).all()
