"""A blend combines means under each weather path, and its law is learnt around the combination."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from pydantic import ValidationError

from domain.errors import ConfigError
from domain.panel import Floats, Known, WeatherPaths
from domain.progress import silent
from models.blend_evidence import earned
from models.blend_params import LeadWeights, Member, Params
from models.forecaster import AS_PUBLISHED, Block, draws_of
from models.forecasters.blend import FORECASTER, Blend
from models.mean_paths import HeldOut, combined
from tests.contracts.test_forecasters import DAYS, HORIZON, SEED, counts_of, known_of

AREAS = 4


@dataclass(frozen=True)
class Constant:
    """Expects its own number everywhere; was right on average on held-out days where 4 requests came a day."""

    number: float
    origins: tuple[int, ...] = tuple(range(100, 200))
    asked: list[frozenset[Block]] = field(default_factory=list)

    @property
    def held_out(self) -> HeldOut:
        shape = (len(self.origins), HORIZON, AREAS)
        counts = np.random.default_rng(1).poisson(4.0, shape).astype(np.int32)
        return HeldOut(np.array(self.origins), counts, np.full(shape, self.number), np.zeros(len(counts), dtype=bool))

    def means(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block] = AS_PUBLISHED
    ) -> Floats:
        self.asked.append(reference)
        return np.full((1, horizon, AREAS), self.number)

    def artifacts(self) -> dict[str, str]:
        return {"model.txt": str(self.number)}


def params(*weights: float, **more: object) -> Params:
    names = ("exponential_smoothing", "glm_poisson", "lightgbm_poisson")
    members = [{"forecaster": n, "weight": w} for n, w in zip(names, weights, strict=False)]
    return Params.model_validate({"members": members, **more})


@pytest.fixture(scope="module")
def known() -> Known:
    return known_of(counts_of("ordinary", AREAS, DAYS))


def test_the_mean_is_the_weighted_geometric_mean_of_the_members(known: Known) -> None:
    blend = Blend("pothole", (Constant(2.0), Constant(8.0)), params(1.0, 1.0))
    assert np.allclose(blend.means(known, None, HORIZON), 4.0)
    assert np.allclose(blend.held_out.expected, 4.0)


def test_other_weights_hold_up_to_their_last_lead(known: Known) -> None:
    groups = [{"through": 3, "weights": [0.0, 1.0]}, {"through": 7, "weights": [1.0, 0.0]}]
    blend = Blend("pothole", (Constant(2.0), Constant(8.0)), params(1.0, 1.0, by_lead=groups))
    mean = blend.means(known, None, HORIZON)[0, :, 0]
    assert np.allclose(mean, [8.0] * 3 + [2.0] * 4 + [4.0] * (HORIZON - 7))


def test_a_member_without_weight_is_not_asked(known: Known) -> None:
    members = Constant(2.0), Constant(8.0)
    groups = [{"through": HORIZON, "weights": [0.0, 1.0]}]
    Blend("pothole", members, params(1.0, 1.0, by_lead=groups)).means(known, None, HORIZON)
    assert [len(m.asked) for m in members] == [0, 1]


def test_one_that_expects_nothing_is_no_veto() -> None:
    weights = np.full((2, 1), 0.5)
    mean = combined([np.zeros((1, 1, 1)), np.full((1, 1, 1), 4.0)], weights)
    assert 0.4 < mean.item() < 2.0
    assert combined([np.zeros((1, 1, 1))] * 2, weights).item() < 1e-6


def test_draws_keep_the_mean_of_a_combination_that_ran_low_on_every_held_out_day_alike(known: Known) -> None:
    blend = Blend("pothole", (Constant(2.5), Constant(4.0)), params(1.0, 1.0))
    drawn = blend.paths(known, None, draws_of(SEED, 2000, None), HORIZON)
    assert drawn.mean() == pytest.approx(np.sqrt(2.5 * 4.0), rel=0.03)


def test_held_out_days_are_those_that_all_members_have(known: Known) -> None:
    late = Constant(4.0, tuple(range(150, 260)))
    blend = Blend("pothole", (Constant(4.0), late), params(1.0, 1.0))
    assert blend.held_out.origins.tolist() == list(range(150, 200))
    never = Constant(4.0, tuple(range(300, 400)))
    with pytest.raises(ConfigError, match="no held-out day in common"):
        Blend("pothole", (Constant(4.0), never), params(1.0, 1.0)).paths(known, None, draws_of(1, 300, None), HORIZON)


def test_a_reference_draws_its_means_while_those_as_published_choose_the_errors(known: Known) -> None:
    members = Constant(1.0), Constant(2.0)
    blend = Blend("pothole", members, params(1.0, 1.0))
    blend.paths(known, None, draws_of(SEED, 400, None), HORIZON, frozenset({"calendar"}))
    assert [m.asked for m in members] == [[frozenset({"calendar"}), frozenset()]] * 2


def test_a_forecaster_without_means_is_no_member(known: Known) -> None:
    members = (Member(forecaster="exponential_smoothing"), Member(forecaster="recent_weekdays"))
    with pytest.raises(ConfigError, match="recent_weekdays cannot be a member"):
        FORECASTER.fit(known, "pothole", Params(members=members), SEED, silent)


def test_members_do_without_the_blocks_that_the_blend_does_without(known: Known) -> None:
    blend = FORECASTER.fit(known, "pothole", Params(without=("weather", "neighbours"), num_threads=1), SEED, silent)
    assert isinstance(blend, Blend)
    record = json.loads(blend.artifacts()["blend.json"])
    assert record["without"] == ["weather", "neighbours"]
    columns = blend.artifacts()["3-lightgbm_poisson-booster.txt"]
    assert "rain_mm" not in columns
    assert "neighbours_trend" not in columns
    assert "lead_days" in columns


def test_a_blend_may_do_without_every_block(known: Known) -> None:
    every = Params(without=("weather", "calendar", "neighbours", "place"), num_threads=1)
    blend = FORECASTER.fit(known, "pothole", every, SEED, silent)
    for reference in (AS_PUBLISHED, frozenset[Block]({"recent demand", "calendar"})):
        drawn = blend.paths(known, None, draws_of(SEED, 300, None), HORIZON, reference)
        assert drawn.shape == (AREAS, HORIZON, 300)
        assert drawn.sum() > 0


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValidationError, match="one weight"):
        Params(by_lead=(LeadWeights(through=3, weights=(1.0,)),))
    with pytest.raises(ValidationError, match="ascending"):
        Params(by_lead=(LeadWeights(through=7, weights=(1, 0, 0)), LeadWeights(through=3, weights=(1, 0, 0))))
    with pytest.raises(ValidationError, match="member of a blend"):
        Member(forecaster="blend")


def test_files_of_members_do_not_overwrite_each_other() -> None:
    files = Blend("pothole", (Constant(1.0), Constant(2.0)), params(1.0, 1.0)).artifacts()
    assert files["1-exponential_smoothing-model.txt"] == "1.0"
    assert files["2-glm_poisson-model.txt"] == "2.0"


def test_on_a_short_history_the_simple_member_weighs_most_and_from_four_years_on_the_flexible_one() -> None:
    default = Params()
    shares = {years: default.on(round(years * 365.25)).weights(1)[:, 0] for years in (0.5, 1, 2.5, 4, 12)}
    np.testing.assert_allclose(shares[0.5], np.array([3, 2, 1]) / 6)
    np.testing.assert_allclose(shares[1], np.array([3, 2, 1]) / 6, atol=1e-3)
    np.testing.assert_allclose(shares[2.5], np.array([2, 2, 2]) / 6, atol=1e-3)
    np.testing.assert_allclose(shares[4], np.array([1, 2, 3]) / 6, atol=1e-3)
    np.testing.assert_allclose(shares[12], np.array([1, 2, 3]) / 6)


def test_a_group_of_leads_without_weights_of_its_own_has_those_of_the_history() -> None:
    groups = (LeadWeights(through=3, weights=(0.0, 0.0, 1.0)), LeadWeights(through=7, weights=()))
    weights = Params(by_lead=groups).on(365).weights(9)
    np.testing.assert_array_equal(weights[:, 0], [0, 0, 1])
    np.testing.assert_array_equal(weights[:, 3:], np.repeat(weights[:, 8:], 6, axis=1))


def test_weights_of_a_fit_are_those_of_its_own_history(known: Known) -> None:
    two = (Member(forecaster="exponential_smoothing", young_weight=5.0), Member(forecaster="glm_poisson"))
    fitted = FORECASTER.fit(known, "pothole", Params(members=two), SEED, silent)
    assert isinstance(fitted, Blend)
    assert [m.weight for m in fitted.params.members] == [m.at(DAYS / 365.25).weight for m in two]


def a_year(noises: tuple[float, ...], seed: int) -> list[HeldOut]:
    """Members on a year of held-out origins, each with noise of its own around what drives demand."""
    rng = np.random.default_rng(seed)
    origins = np.arange(400, 760, 3)
    each = (len(origins), 1, 1)
    driven = 40.0 * np.exp(0.5 * rng.standard_normal(each)) * np.ones((1, HORIZON, AREAS))
    counts = rng.poisson(driven).astype(np.int32)
    calm = np.zeros(len(origins), dtype=bool)
    return [HeldOut(origins, counts, driven * np.exp(noise * rng.standard_normal(each)), calm) for noise in noises]


def test_a_simple_member_that_blurs_the_held_out_year_is_left_out_and_one_that_does_no_harm_stays() -> None:
    two = params(1.0, 1.0)
    driven, blurred = a_year((0.0, 0.8), seed=4)
    assert [m.weight for m in earned(two, [blurred, driven], [True, False]).members] == [0.0, 1.0]
    assert earned(two, [blurred, driven], [False, False]) == two
    alike = a_year((0.0, 0.0), seed=5)
    assert earned(two, alike, [True, True]) == two
    alone = two.without_member(1)
    assert alone is not None
    assert earned(alone, [blurred, driven], [True, True]) == alone


def test_leaving_out_a_member_that_is_as_good_happens_seldom() -> None:
    two = params(1.0, 1.0)
    left = [earned(two, a_year((0.3, 0.3), seed), [True, False]) != two for seed in range(200)]
    assert sum(left) <= 12


def test_a_member_without_weight_still_forecasts_the_leads_that_folds_gave_it() -> None:
    groups = (LeadWeights(through=3, weights=(1.0, 0.0)),)
    fewer = params(1.0, 1.0, by_lead=[g.model_dump() for g in groups]).without_member(0)
    assert fewer is not None
    np.testing.assert_array_equal(fewer.weights(5), [[1, 1, 1, 0, 0], [0, 0, 0, 1, 1]])
