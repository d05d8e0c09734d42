"""What a blend looks at and whom it follows rests on folds, and on more than luck."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.category import Strict
from domain.city import CityPlan, Models
from domain.covariates import COVARIATES, worth
from domain.panel import Known
from domain.progress import silent
from models.blend_params import Params
from models.catalogue import forecasters
from models.covariates import features_of
from models.fold_scores import Candidate
from models.forecaster import Forecaster
from models.forecasters.blend import handed_on
from models.parameters import params_for
from models.recipe import Recipe
from models.scores import lead_groups, lead_scores
from models.select import choose, evaluate_candidates
from models.tailor import gain_of, lead_winners, listed, smaller, tailored
from tests.models.test_select import replayed

ORIGINS = [f"2024-0{n}-01" for n in range(1, 9)]
MEMBERS = ["exponential_smoothing", "glm_poisson", "lightgbm_poisson"]
QUICK = {"lightgbm_poisson": {"rounds": 40, "max_rows": 12_000}}


def blend() -> Candidate:
    found = forecasters(("blend",))[0]
    return Candidate("blend", found.title, found, params_for(found, Models()))


def rows(name: str, crps: list[float], leads: str = "") -> pd.DataFrame:
    parts = [
        pd.DataFrame({"origin": ORIGINS, "level": level, "crps": np.array(crps) * scale, "leads": leads})
        for level, scale in (("area-day", 10.0), ("city-day", 1.0))
    ]
    return pd.concat(parts).assign(forecaster=name)


def test_a_block_is_left_out_only_where_the_folds_clearly_lose_from_it() -> None:
    with_it, without = rows("whole", [1.0] * 8), rows("without", [1.1, 1.2, 1.0, 1.1, 1.1, 1.1, 1.2, 1.0])
    better, worse = gain_of("weather", with_it, without), gain_of("weather", without, with_it)
    assert better.is_kept
    assert better.gain == pytest.approx(0.1 / 1.1)
    assert 0 < better.standard_error < 0.05
    assert not worse.is_kept
    assert not gain_of("place", with_it, with_it).is_kept
    unlucky = gain_of("weather", with_it, rows("without", [1.1, 0.8] * 4))
    assert unlucky.gain < 0
    assert unlucky.is_kept


def test_every_level_weighs_the_same_in_a_gain() -> None:
    with_it, without = rows("whole", [1.0] * 8), rows("without", [1.0] * 8)
    without.loc[without["level"] == "city-day", "crps"] *= 1.5
    assert gain_of("weather", with_it, without).gain == pytest.approx(0.25 / 1.25)


def test_a_member_takes_over_only_where_it_is_clearly_ahead() -> None:
    wobble = np.array([0.1, -0.1] * 4)
    parts = [rows("blend", [1.0] * 8, "1-3"), rows("blend", [1.0] * 8, "4-7")]
    parts += [rows("glm_poisson", list(0.8 + wobble), "1-3"), rows("glm_poisson", list(0.99 + wobble), "4-7")]
    assert lead_winners(pd.concat(parts), "blend", MEMBERS) == {"1-3": "glm_poisson"}
    assert lead_winners(pd.concat(parts[:2]), "blend", MEMBERS) == {}
    assert lead_winners(pd.concat(parts[2:]), "blend", MEMBERS) == {}


def test_one_good_storm_is_no_clear_lead() -> None:
    parts = [rows("blend", [1.0] * 7 + [9.0], "1-3"), rows("glm_poisson", [1.02] * 7 + [4.0], "1-3")]
    assert lead_winners(pd.concat(parts), "blend", MEMBERS) == {}


def test_the_tailored_blend_does_what_the_folds_say_and_its_title_tells() -> None:
    gains = [gain_of(b, rows("w", [1.0] * 8), rows("o", [x] * 8)) for b, x in (("weather", 1.1), ("place", 0.9))]
    made = tailored(blend(), gains, {"1-3": "glm_poisson"}, 14)
    raw = made.params.model_dump(mode="json")
    assert raw["without"] == ["place"]
    assert raw["by_lead"][0] == {"through": 3, "weights": [0.0, 1.0, 0.0]}
    assert [g["through"] for g in raw["by_lead"]] == [3, 7, 14]
    assert raw["by_lead"][2]["weights"] == []
    assert "without place" in made.title
    assert "alone on days 1–3" in made.title


def test_a_blend_that_nothing_speaks_against_stays_the_same_model() -> None:
    gains = [gain_of("weather", rows("w", [1.0] * 8), rows("o", [1.1] * 8))]
    assert tailored(blend(), gains, {}, 14).spec_id == blend().spec_id


def test_groups_of_leads_cover_the_horizon() -> None:
    assert lead_groups(14) == [(1, 3), (4, 7), (8, 14)]
    assert lead_groups(5) == [(1, 3), (4, 5)]
    assert lead_groups(2) == [(1, 2)]
    scored = lead_scores(np.ones((3, 14), np.int32), np.zeros((3, 14, 50), np.int32))
    assert scored[scored["level"] == "area-day"]["crps"].sum() == 3 * 14
    assert scored[scored["level"] == "city-group"]["crps"].sum() == 3 * 14


def test_words_are_listed_as_one_says_them() -> None:
    assert listed(["weather"]) == "weather"
    assert listed(["weather", "calendar", "place"]) == "weather, calendar and place"


def test_blocks_that_the_parameters_leave_out_stay_out_of_what_is_made_of_them() -> None:
    found = forecasters(("blend",))[0]
    given = Candidate("blend", found.title, found, found.params.model_validate({"without": ["weather"]}))
    lost = gain_of("place", rows("w", [1.0] * 8), rows("o", [0.9] * 8))
    assert tailored(given, [lost], {}, 14).params.model_dump()["without"] == ("weather", "place")
    assert smaller(given, ("place",)).params.model_dump()["without"] == ("weather", "place")
    single = forecasters(("lightgbm_poisson",))[0]
    alone = tailored(Candidate("lightgbm_poisson", single.title, single, single.params()), [lost], {}, 14)
    assert (alone.label, alone.title) == ("tailored_lightgbm_poisson", f"{single.title} without place")


def test_a_member_of_a_smaller_blend_is_the_same_fit_as_the_smaller_member_alone() -> None:
    """So that what a block is worth to a single winner costs no fit where a blend was asked already."""
    single = forecasters(("lightgbm_poisson",))[0]
    alone = smaller(Candidate(single.name, single.title, single, params_for(single, Models())), ("place",)).params
    whole = smaller(blend(), ("place",)).params
    assert isinstance(whole, Params)
    member = next(m for m in whole.members if m.forecaster == single.name)
    assert single.params.model_validate(handed_on(member, whole, single)) == alone


@pytest.mark.parametrize(("given", "compared"), [(3_000, 3_000), (80_000, 12_000)])
def test_a_block_is_compared_on_fewer_rows_never_on_more_than_the_city_asks_for(given: int, compared: int) -> None:
    settings = Models(parameters={"lightgbm_poisson": {"max_rows": given}})
    for name in ("lightgbm_poisson", "blend"):
        found = forecasters((name,))[0]
        raw = smaller(Candidate(name, found.title, found, params_for(found, settings)), ()).params.model_dump()
        of = [m for m in raw.get("members", ()) if m["forecaster"] == "lightgbm_poisson"]
        assert (of[0]["params"] if of else raw)["max_rows"] == compared


def test_a_selection_says_what_each_block_is_worth(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    whole, plan = city_known(days=560), city_plan(parameters=QUICK)
    candidates = forecasters(("exponential_smoothing", "glm_poisson", "lightgbm_poisson", "blend"))
    scores = evaluate_candidates(replayed(whole), "pothole", candidates, plan.city.models, whole.origin, 7, silent)
    gains = scores.attrs["covariates"]["blend"]
    assert [g["covariate"] for g in gains] == ["weather", "calendar", "neighbours", "place"]
    assert len({g["gain"] for g in gains}) == 4
    without = scores.attrs["candidates"].get("tailored_blend", {"params": {"without": []}})["params"]["without"]
    assert without == [g["covariate"] for g in gains if not g["is_kept"]]
    recipe = choose(scores, plan, "pothole")
    assert recipe.features == features_of(forecasters((recipe.forecaster,))[0], recipe.params, frozenset({"weather"}))


def test_what_is_said_to_be_left_out_is_what_each_candidate_leaves_out(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    """Where nothing was filed no block makes a difference: one blend does without all, and the plain one wins."""
    nothing, plan = city_known(days=560, counts=np.zeros((1, 6, 560), np.int32)), city_plan(parameters=QUICK)
    candidates = forecasters(("exponential_smoothing", "glm_poisson", "lightgbm_poisson", "blend"))
    scores = evaluate_candidates(replayed(nothing), "pothole", candidates, plan.city.models, nothing.origin, 7, silent)
    said = {label: {g["covariate"]: g["is_kept"] for g in gains} for label, gains in scores.attrs["covariates"].items()}
    assert said["tailored_blend"] == dict.fromkeys(COVARIATES, False)
    assert said["blend"] == dict.fromkeys(COVARIATES, True)
    recipe = choose(scores, plan, "pothole")
    assert (recipe.forecaster, recipe.params["without"]) == ("blend", [])
    assert not [line for line in worth(recipe.covariates) if "left out" in line]


def test_a_champion_that_uses_what_the_folds_speak_against_says_so(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    nothing, plan = city_known(days=560, counts=np.zeros((1, 6, 560), np.int32)), city_plan()
    single = forecasters(("glm_poisson",))[0]
    params = single.params.model_validate({"forget_days": 1000})
    champion = recipe_in_force(single, params)
    candidates = forecasters(("exponential_smoothing", "glm_poisson"))
    scores = evaluate_candidates(
        replayed(nothing), "pothole", candidates, plan.city.models, nothing.origin, 7, silent, champion
    )
    gains = scores.attrs["covariates"]["champion"]
    assert {g["covariate"]: (g["gain"], g["is_kept"]) for g in gains} == {
        "weather": (0.0, True),
        "calendar": (0.0, True),
    }


@pytest.mark.parametrize("days", [380, 70])
def test_a_champion_is_compared_only_where_a_candidate_like_it_could_be(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan], days: int
) -> None:
    """As after a pause of years, when it can be fitted again, but not at the end of earlier windows."""
    names = ("exponential_smoothing", "recent_weekdays", "lightgbm_poisson")
    short, plan = city_known(days=days, areas=2), city_plan(forecasters=names)
    single = forecasters(names)[2]
    champion = recipe_in_force(single, single.params.model_validate({"rounds": 5}))
    scores = evaluate_candidates(
        replayed(short), "pothole", forecasters(names), plan.city.models, short.origin, 7, silent, champion
    )
    assert "champion" not in set(scores["forecaster"])
    assert scores.attrs["specs"]["champion"] == champion.spec_id
    assert scores.attrs["left_out"]["champion"] == f"{days} days of history, 393 are needed to compare it"
    said = f"was left out: {days} days of history, 393 are needed to compare it"
    assert said in choose(scores, plan, "pothole").sentence


def recipe_in_force(forecaster: Forecaster, params: Strict) -> Recipe:
    """A recipe in force of other parameters than the candidates'."""
    return Recipe(
        city="testville", category="pothole", forecaster=forecaster.name, title=forecaster.title,
        params=params.model_dump(mode="json"), evidence_from=date(2024, 1, 1), evidence_end=date(2024, 2, 1), folds=8,
        ratios={}, mean_ratio=0.9, sentence="It is published: so.",
    )  # fmt: skip
