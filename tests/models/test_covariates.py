"""A recipe names the feature groups that its forecaster really looks at."""

from __future__ import annotations

from collections.abc import Callable

from domain.panel import Known
from features.build import groups, inputs_of
from models.catalogue import forecasters
from models.covariates import groups_without
from models.fold_scores import Candidate
from models.forecasters.lightgbm_poisson import build_for

ALL = frozenset({"weather", "hours", "school", "events"})


def named(name: str, has: frozenset[str] = ALL, **params: object) -> tuple[str, ...]:
    found = forecasters((name,))[0]
    candidate = Candidate(name, found.title, found, found.params.model_validate(params))
    return tuple(candidate.record(has)["features"])  # type: ignore[arg-type]


def test_lightgbm_names_the_groups_of_its_columns(city_known: Callable[..., Known]) -> None:
    known = city_known(days=420)
    params = forecasters(("lightgbm_poisson",))[0].params.model_validate({"without": ["place"]})
    looked_at = {g.name for g in groups(inputs_of(known, "pothole", 14).has, groups_without(("place",)))}
    assert build_for(known, "pothole", 14, params).groups == groups(frozenset({"weather"}), groups_without(("place",)))
    told = named("lightgbm_poisson", frozenset({"weather"}), without=["place"])
    assert {*told, "demand_area", "demand_city", "demand_weekday"} == looked_at
    assert told == ("rain", "cold", "calendar", "neighbours")


def test_what_the_city_lacks_or_the_parameters_leave_out_is_not_named() -> None:
    assert named("lightgbm_poisson") == ("rain", "cold", "hours", "calendar", "school", "events", "neighbours", "place")
    assert named("lightgbm_poisson", frozenset()) == ("calendar", "neighbours", "place")
    assert named("glm_poisson") == ("rain", "cold", "calendar", "school", "events")
    assert named("glm_poisson", without=["weather"]) == ("calendar", "school", "events")
    assert named("exponential_smoothing") == ()


def test_a_blend_names_what_any_member_looks_at() -> None:
    assert named("blend", without=["weather", "place"]) == ("calendar", "school", "events", "neighbours")
    kept = {"forecaster": "glm_poisson", "params": {"without": []}}
    other = {"forecaster": "exponential_smoothing"}
    assert named("blend", without=["calendar"], members=[kept, other]) == (
        "rain",
        "cold",
        "calendar",
        "school",
        "events",
    )
