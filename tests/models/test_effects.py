"""Effects are differences of the published pipeline, whatever the pipeline is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import silent
from models.catalogue import forecasters
from models.effects import BLOCKS, block_effects, near_holidays, parts_of
from models.forecaster import AS_PUBLISHED, Block, Fitted, draws_of
from models.weather_ensemble import climatology

HORIZON = 15
SMOOTHING, RECENT = forecasters(("exponential_smoothing", "recent_weekdays"))


@dataclass(frozen=True)
class Mixed:
    """Half the draws of one forecaster, half of another: a blend knows nothing of effects but to pass on."""

    one: Fitted
    other: Fitted

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        first, second = (f.paths(known, weather, draws, horizon, reference) for f in (self.one, self.other))
        return np.where(np.arange(draws.size) % 2, first, second)

    def artifacts(self) -> dict[str, str]:
        return {}


@dataclass(frozen=True)
class Responsive(Mixed):
    """Doubles on holidays, adds the rain of its path; tells its weather apart."""

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        drawn = super().paths(known, weather, draws, horizon, reference).copy()
        if "calendar" not in reference:
            ahead = [known.origin + timedelta(days=lead) for lead in range(1, horizon + 1)]
            drawn[:, [day in known.holidays for day in ahead]] *= 2
        if weather is not None:
            drawn += np.rint(weather.values[draws.weather_path_id, :horizon, 3]).astype(np.int32).T
        return drawn

    def weather_logs(
        self, known: Known, weather: WeatherPaths, climate: WeatherPaths, horizon: int
    ) -> dict[str, Floats]:
        return {"rain of the day": np.full(horizon, 0.75), "rain up to then": np.full(horizon, 0.25)}


@pytest.fixture(scope="module")
def known(city_known: Callable[..., Known]) -> Known:
    return city_known(days=500)


def members(known: Known) -> tuple[Fitted, Fitted]:
    one, other = (f.fit(known, "pothole", f.params(), 1, silent) for f in (SMOOTHING, RECENT))
    return one, other


def test_effects_of_a_blend_sum_to_its_published_mean(known: Known) -> None:
    blend = Mixed(*members(known))
    draws = draws_of(1, 400, None)
    samples = blend.paths(known, None, draws, HORIZON)
    made = block_effects(blend, known, None, None, draws, samples)
    np.testing.assert_allclose(made.effects.sum(axis=0), samples @ draws.weight, rtol=1e-12)
    assert made.weather_parts == {}


def test_the_usual_is_the_same_everywhere_and_place_is_what_an_area_differs_by(known: Known) -> None:
    one, _ = members(known)
    draws = draws_of(1, 400, None)
    usual, place, *_ = block_effects(one, known, None, None, draws, one.paths(known, None, draws, HORIZON)).effects
    assert (usual == usual[0]).all()
    assert np.ptp(usual[0]) < 0.2 * usual[0, 0]
    year = known.demand.of("pothole")[:, -364:].mean(axis=1)
    assert np.corrcoef(place.mean(axis=1), year)[0, 1] > 0.99


def test_weather_and_holiday_are_what_they_change(known: Known) -> None:
    responsive = Responsive(*members(known))
    climate = climatology(known, 20, HORIZON, 1)
    assert climate is not None
    values = climate.values.copy()
    values[:, 3, 3] += 38.0
    wet = replace(climate, values=values)
    draws = draws_of(1, 400, wet)
    samples = responsive.paths(known, wet, draws, HORIZON)
    made = block_effects(responsive, known, wet, climate, draws, samples)
    weather = made.effects[BLOCKS.index("weather")]
    np.testing.assert_allclose(weather[:, 3], 38.0)
    np.testing.assert_allclose(np.delete(weather, 3, axis=1), 0.0, atol=1e-9)
    np.testing.assert_allclose(made.weather_parts["rain of the day"][3], 0.75 * 6 * 38.0)
    np.testing.assert_allclose(sum(made.weather_parts.values()), weather.sum(axis=0))
    assert made.holiday[:, 3].min() > 0
    assert not np.delete(made.holiday, 3, axis=1).any()


def test_a_forecaster_that_knows_no_holiday_has_no_holiday_effect(known: Known) -> None:
    one, _ = members(known)
    draws = draws_of(1, 400, None)
    assert near_holidays(known, HORIZON)
    made = block_effects(one, known, None, None, draws, one.paths(known, None, draws, HORIZON))
    assert not made.holiday.any()


def test_a_holiday_out_of_reach_costs_no_draw(known: Known) -> None:
    assert not near_holidays(replace(known, holidays={known.origin - timedelta(days=7): "Past"}), HORIZON)
    assert near_holidays(replace(known, holidays={known.origin + timedelta(days=HORIZON + 7): "Eve"}), HORIZON)


def test_parts_sum_to_the_effect_and_are_nothing_where_they_cannot_be_told() -> None:
    effect, before = np.array([3.0, -2.0, 5.0, 0.0, 4.0, 4.0]), np.full(6, 10.0)
    rain = np.array([0.2, -0.3, 0.5, 0.1, -0.3, 0.02])
    wind = np.array([0.1, 0.1, -0.48, 0.1, -0.1, 0.0])
    parts = parts_of(effect, before, {"rain": rain, "wind": wind})
    assert parts["rain"].tolist() == pytest.approx([2.0, -3.0, 0.0, 0.0, 0.0, 0.0])
    assert parts["wind"].tolist() == pytest.approx([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    assert parts_of(effect, before, {}) == {}


def test_a_part_keeps_the_side_that_the_forecaster_gave_it() -> None:
    rng = generator(1, "sides")
    effect, before = rng.normal(0, 3, 2000), rng.uniform(3.5, 40, 2000)
    logs = {name: rng.normal(0, 0.3, 2000) for name in ("rain", "frost", "wind")}
    parts = parts_of(effect, before, logs)
    told = np.sum([np.abs(p) for p in parts.values()], axis=0) > 0
    assert 200 < told.sum() < 1500
    for name, part in parts.items():
        assert (np.sign(part[told]) == np.sign(logs[name][told])).all()
    np.testing.assert_allclose(sum(parts.values())[told], effect[told])
