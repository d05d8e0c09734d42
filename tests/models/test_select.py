"""The choice between candidates rests on earlier folds alone, and says what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from domain.category import Strict
from domain.city import CityPlan
from domain.errors import HistoryTooShortError
from domain.panel import Draws, Ints, Known, WeatherPaths
from domain.progress import Progress, silent
from domain.tables import SCORES
from models.catalogue import forecasters
from models.choice import fold_ratios, published, steadier
from models.forecaster import AS_PUBLISHED, Block, Forecaster
from models.select import choose, evaluate_candidates

BASELINES = ("exponential_smoothing", "recent_weekdays")
KnownOf = Callable[[date], Known]


def replayed(whole: Known) -> KnownOf:
    """What was known of `whole` at the end of an earlier day."""

    def known(day: date) -> Known:
        days = len(whole.demand.dates) - (whole.origin - day).days
        demand = replace(
            whole.demand,
            dates=whole.demand.dates[:days],
            counts=whole.demand.counts[:, :, :days],
            unlocated=whole.demand.unlocated[:, :days],
        )
        weather = whole.weather and replace(
            whole.weather, dates=whole.weather.dates[:days], values=whole.weather.values[:days]
        )
        return replace(whole, as_of=day, origin=day, demand=demand, weather=weather)

    return known


class Nothing(Strict):
    """No parameters."""


@dataclass(frozen=True)
class Oracle:
    """Knows the future, which no real forecaster may: to see that the lowest error wins."""

    truth: Known
    error: int

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        first = len(known.demand.dates)
        ahead = self.truth.demand.counts[0, :, first : first + horizon] + self.error
        return np.repeat(ahead[:, :, None], draws.size, axis=2).astype(np.int32)

    def artifacts(self) -> dict[str, str]:
        return {}


@dataclass
class Spy:
    """Notes what a candidate is shown."""

    fitted: list[date] = field(default_factory=list)
    asked: list[date] = field(default_factory=list)

    def forecaster(self, truth: Known, error: int = 0, **declared: object) -> Forecaster:
        def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Spying:
            self.fitted.append(known.origin)
            return Spying(truth, error, self)

        return replace(Forecaster("oracle", "The oracle", Nothing, fit), **declared)


@dataclass(frozen=True)
class Spying(Oracle):
    spy: Spy

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        self.spy.asked.append(known.origin)
        return super().paths(known, weather, draws, horizon)


@pytest.fixture(scope="module")
def whole(city_known: Callable[..., Known]) -> Known:
    return city_known(days=560)


def evaluate(whole: Known, plan: CityPlan, *more: Forecaster):  # type: ignore[no-untyped-def]
    candidates = [*forecasters(BASELINES), *more]
    return evaluate_candidates(replayed(whole), "pothole", candidates, plan.city.models, whole.origin, 7, silent)


def test_the_table_keeps_its_contract(whole: Known, city_plan: Callable[..., CityPlan]) -> None:
    scores = evaluate(whole, city_plan())
    SCORES.validate(scores.assign(vintage_id="v"))
    assert len(scores) == 2 * 4
    assert scores.groupby("forecaster")["is_published"].all().sum() == 1
    assert (scores["evidence_end"] == np.datetime64(whole.origin)).all()
    assert scores.groupby("level")["ratio"].min().eq(1.0).all()


def test_candidates_are_fitted_once_at_the_first_fold_and_shown_nothing_past_the_evidence(
    whole: Known, city_plan: Callable[..., CityPlan]
) -> None:
    spy = Spy()
    scores = evaluate(whole, city_plan(), spy.forecaster(whole))
    assert len(spy.asked) == 8
    assert spy.fitted == [min(spy.asked)]
    assert max(spy.asked) + timedelta(days=14) == whole.origin
    assert scores["evidence_from"].iloc[0].date() == min(spy.asked)


def test_days_after_the_origin_do_not_reach_the_scores(whole: Known, city_plan: Callable[..., CityPlan]) -> None:
    origin = whole.origin - timedelta(days=30)
    counts = whole.demand.counts.copy()
    counts[:, :, -30:] += 50
    altered = replace(whole, demand=replace(whole.demand, counts=counts))
    tables = [
        evaluate_candidates(replayed(k), "pothole", forecasters(BASELINES), city_plan().city.models, origin, 7, silent)
        for k in (whole, altered)
    ]
    assert tables[0].equals(tables[1])
    counts[:, :, -31] += 50
    leaked = replace(whole, demand=replace(whole.demand, counts=counts))
    third = evaluate_candidates(
        replayed(leaked), "pothole", forecasters(BASELINES), city_plan().city.models, origin, 7, silent
    )
    assert not third.equals(tables[0])


def test_the_lowest_mean_ratio_is_published(whole: Known, city_plan: Callable[..., CityPlan]) -> None:
    good, bad = Spy().forecaster(whole), Spy().forecaster(whole, error=30)
    scores = evaluate(whole, city_plan(), good)
    assert set(scores.loc[scores["is_published"], "forecaster"]) == {"oracle"}
    assert scores.loc[scores["forecaster"] == "oracle", "crps"].max() == 0
    assert not evaluate(whole, city_plan(), bad).set_index("forecaster").loc["oracle", "is_published"].any()


def test_of_equals_a_baseline_is_published(whole: Known, city_plan: Callable[..., CityPlan]) -> None:
    scores = evaluate(whole, city_plan())
    assert published(scores.assign(ratio=1.0), ["recent_weekdays"]) == "recent_weekdays"


def test_candidates_that_cannot_run_are_left_out_and_named(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    whole = city_known(days=300, with_weather=False)

    def fails(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Oracle:
        raise HistoryTooShortError("not enough of it", remedy="wait")

    old = Forecaster("old", "Old", Nothing, fails, minimum_days=700)
    wet = Forecaster("wet", "Wet", Nothing, fails, needs_weather=True)
    sad = Forecaster("sad", "Sad", Nothing, fails)
    scores = evaluate(whole, city_plan(), old, wet, sad)
    assert set(scores["forecaster"]) == set(BASELINES)
    assert scores.attrs["left_out"]["old"] == "300 days of history, 728 are needed to compare it"
    assert scores.attrs["left_out"]["wet"] == "it needs weather, and there is none"
    assert scores.attrs["left_out"]["sad"] == "not enough of it"


def test_a_bug_in_a_candidate_is_not_a_result(whole: Known, city_plan: Callable[..., CityPlan]) -> None:
    def broken(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Oracle:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        evaluate(whole, city_plan(), Forecaster("broken", "Broken", Nothing, broken))


def test_the_recipe_carries_evidence_and_says_by_how_much(whole: Known, city_plan: Callable[..., CityPlan]) -> None:
    plan = city_plan()
    scores = evaluate(whole, plan)
    recipe = choose(scores, plan, "pothole")
    assert recipe.forecaster == "exponential_smoothing"
    assert recipe.evidence_end == whole.origin
    assert recipe.folds == 8
    assert recipe.ratios["recent_weekdays"].keys() == {"area-day", "area-week", "city-day", "city-week"}
    assert recipe.mean_ratio == pytest.approx(np.mean(list(recipe.ratios["exponential_smoothing"].values())))
    assert "8 earlier windows of 14 days" in recipe.sentence


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (
            0.94,
            "is published: its error was 6\u00a0% lower than the best spreadsheet forecast's on 8 earlier windows of "
            "14 days; difference in error by level: one area and day −6\u00a0%",
        ),
        (0.999, "there is no evidence that it is better: its error was 0.1\u00a0% lower than"),
        (
            0.9996,
            "there is no evidence that it is better: its error was the same as the best spreadsheet forecast's, on "
            "average over the levels; difference in error by level: one area and day 0\u00a0%",
        ),
        (
            1.2,
            "there is no evidence that Last eight same weekdays is better; on 8 earlier windows of 14 days its error "
            "was 20\u00a0% higher than",
        ),
    ],
)
def test_the_sentence_claims_no_more_than_the_ratio(
    whole: Known, city_plan: Callable[..., CityPlan], ratio: float, words: str
) -> None:
    """One of two known forecasters is declared a model, and its ratios are set."""
    from models.choice import sentence

    plan = city_plan()
    scores = evaluate(whole, plan)
    candidates = {c.name: replace(c, is_baseline=c.name != "recent_weekdays") for c in forecasters(BASELINES)}
    is_model = scores["forecaster"] == "recent_weekdays"
    scores["ratio"] = np.where(is_model, ratio, 1.0 if ratio < 0.99 or ratio > 1 else 1.02)
    chosen = candidates[published(scores, ["exponential_smoothing"])]
    assert words in sentence(scores, chosen, candidates, 14)


def test_a_history_too_short_to_compare_publishes_a_baseline_and_says_so(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    plan = city_plan()
    recipe = choose(evaluate(city_known(days=70), plan), plan, "pothole")
    assert recipe.mean_ratio is None
    assert recipe.folds == 0
    assert "without a comparison: 70 days of history are too few" in recipe.sentence
    with pytest.raises(HistoryTooShortError):
        choose(evaluate(city_known(days=40), plan), plan, "pothole")


def test_an_all_zero_series_is_compared_without_dividing_by_nothing(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    zeros = city_known(days=560, counts=np.zeros((1, 6, 560), np.int32))
    scores = evaluate(zeros, city_plan())
    assert (scores["ratio"] == 1.0).all()
    assert np.isfinite(choose(scores, city_plan(), "pothole").mean_ratio or np.nan)


@pytest.mark.parametrize(
    ("ratio", "words"), [(0.94, "−6\u00a0%"), (1.13, "+13\u00a0%"), (0.998, "0\u00a0%"), (1.002, "0\u00a0%")]
)
def test_a_difference_is_never_minus_nothing(ratio: float, words: str) -> None:
    from models.choice import signed

    assert signed(ratio) == words


def test_the_blend_is_published_unless_another_is_clearly_ahead() -> None:
    folds = pd.DataFrame({"blend": [0.90, 0.94, 0.92, 0.96], "single": [0.93, 0.88, 0.94, 0.90]})
    assert steadier(folds, "single", ["blend"], []) == "blend"
    clear = folds.assign(single=folds["blend"] - [0.02, 0.03, 0.02, 0.03])
    assert steadier(clear, "single", ["blend"], []) == "single"
    assert steadier(folds, "single", [], []) == "single"
    assert steadier(folds.iloc[1:2], "single", ["blend"], []) == "blend"
    assert steadier(folds[["single"]], "single", ["blend"], []) == "single"


def test_a_blend_far_behind_the_spreadsheet_is_not_published_however_little_eight_folds_prove() -> None:
    folds = pd.DataFrame({"spreadsheet": [1.0] * 8, "other": [1.04] * 8, "blend": [0.9] * 7 + [6.0]})
    assert folds["blend"].mean() > 1.5
    assert steadier(folds, "spreadsheet", ["blend"], ["spreadsheet", "other"]) == "spreadsheet"
    near = folds.assign(blend=[0.9] * 7 + [3.5])
    assert 1.2 < near["blend"].mean() < 1.25
    assert steadier(near, "spreadsheet", ["blend"], ["spreadsheet", "other"]) == "blend"
    lucky = folds.assign(single=[1.02, 0.9] * 4)
    assert steadier(lucky, "single", ["blend"], ["spreadsheet", "other"]) == "spreadsheet"


def test_the_parts_of_folds_order_candidates_as_the_mean_ratio_does() -> None:
    rng = np.random.default_rng(2)
    axes = pd.MultiIndex.from_product([["a", "b", "c"], ["x", "y"], ["o1", "o2", "o3"]])
    rows = axes.to_frame(index=False, name=["forecaster", "level", "origin"])
    requests = {"o1": 5.0, "o2": 90.0, "o3": 20.0}
    rows = rows.assign(crps=rng.gamma(3, 1, len(rows)), requests=rows["origin"].map(requests))
    sums = rows.groupby(["forecaster", "level"])[["crps", "requests"]].sum()
    per_request = (sums["crps"] / sums["requests"]).unstack()
    best = per_request.min()
    expected = (per_request / best).mean(axis=1)
    found = fold_ratios(rows, best).mean()
    np.testing.assert_allclose(found.loc[expected.index], expected)
