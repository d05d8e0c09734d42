"""What is special to each baseline, beyond the contract of every forecaster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from domain.errors import HistoryTooShortError
from domain.panel import Known
from domain.progress import silent
from features.nowcast import nowcast
from models.catalogue import forecasters
from models.effects import block_effects
from models.forecaster import draws_of
from models.forecasters.recent_weekdays import past_days

SMOOTHING, RECENT = forecasters(("exponential_smoothing", "recent_weekdays"))


def test_recent_weekdays_draws_only_counts_of_the_same_weekday_for_all_areas_at_once(
    city_known: Callable[..., Known],
) -> None:
    known = city_known(days=200)
    fitted = RECENT.fit(known, "pothole", RECENT.params(), 1, silent)
    paths = fitted.paths(known, None, draws_of(1, 400, None), 20)
    counts = known.demand.of("pothole")
    for lead in (1, 7, 8, 20):
        last = 200 - 1 + lead - 7 * -(-lead // 7)
        weeks = {tuple(counts[:, last - 7 * week]) for week in range(8)}
        assert {tuple(draw) for draw in paths[:, lead - 1].T} == weeks


def test_recent_weekdays_uses_each_week_equally_often(city_known: Callable[..., Known]) -> None:
    known = city_known(days=200)
    fitted = RECENT.fit(known, "pothole", RECENT.params(), 1, silent)
    paths = fitted.paths(known, None, draws_of(1, 400, None), 14)
    mean = known.demand.of("pothole")[:, past_days(200, 14, 8)].mean(axis=2)
    assert paths.mean(axis=2) == pytest.approx(mean)


def test_recent_weekdays_at_their_reference_are_last_years_wednesdays(city_known: Callable[..., Known]) -> None:
    known = city_known(days=500)
    fitted = RECENT.fit(known, "pothole", RECENT.params(), 1, silent)
    draws = draws_of(1, 520, None)
    counts = known.demand.of("pothole")
    paths = fitted.paths(known, None, draws, 14, frozenset({"recent demand", "calendar"}))
    wednesdays = counts[:, np.flatnonzero(known.demand.dates.day_of_week == 2)[-52:]]
    assert paths.mean(axis=2) == pytest.approx(np.repeat(wednesdays.mean(axis=1)[:, None], 14, axis=1))


def test_recent_weekdays_add_what_is_still_to_come_of_the_last_days(city_known: Callable[..., Known]) -> None:
    """A third of the last four days is reported; the same day is the same in every lead of a draw that repeats it."""
    whole = city_known(days=200, level=6.0)
    counts, share = whole.demand.counts.copy(), np.ones((1, 200))
    counts[:, :, -4:] //= 3
    share[:, -4:] = 1 / 3
    known = replace(whole, demand=replace(whole.demand, counts=counts, reported_share=share))
    fitted, draws = RECENT.fit(known, "pothole", RECENT.params(), 1, silent), draws_of(1, 4000, None)
    unaware = replace(known, demand=replace(known.demand, reported_share=None))
    paths, raw = (fitted.paths(k, None, draws, 14) for k in (known, unaware))
    days = past_days(200, 14, 8)
    expected = nowcast(counts[0], share[0])
    np.testing.assert_allclose(paths.mean(axis=2), expected[:, days].mean(axis=2), rtol=0.03)
    is_late = (days >= 196).any(axis=1)
    assert is_late.sum() == 8
    np.testing.assert_array_equal(paths[:, ~is_late], raw[:, ~is_late])
    assert (paths >= raw).all()
    np.testing.assert_array_equal(paths[:, 3:7], paths[:, 10:14])


@pytest.mark.parametrize("horizon", [1, 14, 60])
def test_past_days_are_known_and_of_the_same_weekday(horizon: int) -> None:
    days = past_days(100, horizon, 8)
    lead = np.arange(1, horizon + 1)[:, None]
    assert days.max() <= 99
    assert days.min() >= 100 - 56
    assert ((99 + lead - days) % 7 == 0).all()


def test_fewer_days_than_the_method_needs_are_refused(city_known: Callable[..., Known]) -> None:
    for forecaster in (SMOOTHING, RECENT):
        with pytest.raises(HistoryTooShortError, match="55 days"):
            forecaster.fit(city_known(days=55), "pothole", forecaster.params(), 1, silent)


def test_smoothing_follows_a_change_of_level_and_says_it_in_its_effects(city_known: Callable[..., Known]) -> None:
    known = city_known(days=500)
    counts = known.demand.counts.copy()
    counts[:, :, -120:] *= 3
    risen = replace(known, demand=replace(known.demand, counts=counts))
    fitted = SMOOTHING.fit(risen, "pothole", SMOOTHING.params(), 1, silent)
    draws = draws_of(1, 400, None)
    paths = fitted.paths(risen, None, draws, 7)
    usual, place, recent, calendar, weather = block_effects(fitted, risen, None, None, draws, paths).effects
    assert recent.min() > 0
    assert (usual + place + recent).mean() == pytest.approx(1.2 * counts[0, :, -120:].mean(), rel=0.25)
    assert calendar[:, 6].max() < 0
    assert calendar[:, 2] == pytest.approx(np.zeros(6), abs=1e-9)
    assert not weather.any()


def test_smoothing_intervals_hold_their_share_of_city_weeks(city_known: Callable[..., Known]) -> None:
    """Busy days shared by all areas: treated as independent, the city's interval would be far too narrow."""
    whole = city_known(days=1000, areas=12, level=1.0)
    inside = []
    fitted = None
    for end in range(600, 986, 14):
        demand = whole.demand
        counts, unlocated = demand.counts[:, :, :end], demand.unlocated[:, :end]
        demand = replace(demand, dates=demand.dates[:end], counts=counts, unlocated=unlocated)
        known = replace(whole, origin=demand.dates[-1].date(), demand=demand)
        fitted = fitted or SMOOTHING.fit(known, "pothole", SMOOTHING.params(), 1, silent)
        draws = fitted.paths(known, None, draws_of(1, 400, None), 14).sum(axis=0)
        truth = whole.demand.counts[0, :, end : end + 14].sum(axis=0)
        low, high = np.quantile(draws, [0.1, 0.9], axis=1)
        inside.append((truth >= low) & (truth <= high))
    assert 0.72 < np.mean(inside) < 0.9


def test_smoothing_draws_stay_joint_over_a_horizon_longer_than_a_block(city_known: Callable[..., Known]) -> None:
    known = city_known(days=300)
    fitted = SMOOTHING.fit(known, "pothole", SMOOTHING.params(), 1, silent)
    paths = fitted.paths(known, None, draws_of(1, 300, None), 60)
    assert paths.shape == (6, 60, 300)
    assert len(np.unique(paths[:, 59].sum(axis=0))) > 5
