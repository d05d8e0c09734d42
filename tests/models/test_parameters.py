"""A city's own parameters of its forecasters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from configs.load import city_names, load_city
from domain.city import Models
from domain.errors import ConfigError
from models.catalogue import available, forecasters
from models.parameters import check_parameters, params_for

GIVEN = Models(parameters={"lightgbm_poisson": {"rounds": 40, "num_leaves": 7}}, threads=1)
FILE = "town.yaml"


def test_a_city_changes_some_parameters_and_keeps_the_other_defaults() -> None:
    lightgbm = forecasters(("lightgbm_poisson",))[0]
    params, default = params_for(lightgbm, GIVEN), params_for(lightgbm, Models(threads=1))
    changed = {k for k, v in params.model_dump().items() if v != default.model_dump()[k]}
    assert changed == {"rounds", "num_leaves"}


def test_the_members_of_a_blend_have_them_too() -> None:
    members = params_for(forecasters(("blend",))[0], GIVEN).model_dump()["members"]
    assert {m["forecaster"]: m["params"] for m in members} == {
        "exponential_smoothing": {},
        "glm_poisson": {},
        "lightgbm_poisson": {"rounds": 40, "num_leaves": 7},
    }


GLM, LIGHTGBM = "glm_poisson", "lightgbm_poisson"


def refused(models: dict[str, object]) -> ConfigError:
    """The error that `models` of a YAML ends in before anything runs."""
    with pytest.raises(ConfigError) as caught:
        check_parameters(Models.model_validate(models), FILE)
    assert str(caught.value).startswith(f"{FILE}: {caught.value.values['key']}: ")
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("models", "key", "value", "told"),
    [
        ({"forecasters": ["blendd"]}, "models.forecasters", "blendd", "the nearest is 'blend'"),
        ({"parameters": {"lightgbm": {}}}, "models.parameters", "lightgbm", "no forecaster 'lightgbm'"),
        ({"parameters": {LIGHTGBM: {"round": 3}}}, f"models.parameters.{LIGHTGBM}.round", 3, "known key is 'rounds'"),
    ],
)
def test_a_name_that_there_is_not_is_refused_with_the_nearest(
    models: dict[str, object], key: str, value: object, told: str
) -> None:
    error = refused(models)
    assert (error.values["key"], error.values["value"]) == (key, value)
    assert told in str(error)


@pytest.mark.parametrize(
    ("forecaster", "parameter", "value"),
    [
        (GLM, "half_lives", []), (GLM, "half_lives", [0]), (GLM, "half_lives", [28, -3]), (GLM, "half_lives", 28),
        (GLM, "half_lives", [True]), (GLM, "half_lives", [float("inf")]), (GLM, "forget_days", 1e-9),
        (GLM, "held_out_days", 60), (GLM, "held_out_every", 1000), (GLM, "most_bias", float("nan")),
        (LIGHTGBM, "rounds", 0), (LIGHTGBM, "rounds", True), (LIGHTGBM, "rounds", "many"), (LIGHTGBM, "max_rows", 1),
        (LIGHTGBM, "learning_rate", -0.1), (LIGHTGBM, "learning_rate", float("inf")),
        (LIGHTGBM, "half_life_days", 1e-9), (LIGHTGBM, "num_leaves", 200_000), (LIGHTGBM, "num_threads", 100_000),
        ("exponential_smoothing", "rates", []), ("exponential_smoothing", "rates", [0.0]),
        ("exponential_smoothing", "rates", [1.5]), ("exponential_smoothing", "weekday_strengths", [-1]),
        ("exponential_smoothing", "weekday_strengths", []), ("recent_weekdays", "weeks", 1),
    ],
)  # fmt: skip
def test_a_value_out_of_bounds_is_refused_alone_and_in_a_member(forecaster: str, parameter: str, value: object) -> None:
    alone = refused({"parameters": {forecaster: {parameter: value}}})
    assert str(alone.values["key"]).startswith(f"models.parameters.{forecaster}.{parameter}")
    if not forecasters((forecaster,))[0].has_mean:
        return
    other = LIGHTGBM if forecaster == GLM else GLM
    members = [{"forecaster": other}, {"forecaster": forecaster, "params": {parameter: value}}]
    within = refused({"parameters": {"blend": {"members": members}}})
    assert str(within.values["key"]).startswith(f"models.parameters.blend.members[1].params.{parameter}")


@pytest.mark.parametrize("forecaster", available())
def test_every_number_among_the_parameters_has_both_bounds(forecaster: str) -> None:
    schema = forecasters((forecaster,))[0].params.model_json_schema()
    numbers = [*_numbers(schema["properties"]), *_numbers(schema.get("$defs", {}))]
    assert numbers
    for path, found in numbers:
        assert {"minimum", "exclusiveMinimum"} & set(found), path
        assert "maximum" in found, path


def _numbers(schema: object, path: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(schema, dict):
        if schema.get("type") in ("number", "integer"):
            yield path, schema
        for key, inner in schema.items():
            yield from _numbers(inner, f"{path}.{key}")
    elif isinstance(schema, list):
        for inner in schema:
            yield from _numbers(inner, path)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("glm_poison", "the nearest is 'glm_poisson'"),
        ("recent_weekdays", "draws without a mean"),
        ("blend", "a blend cannot be a member of a blend"),
    ],
)
def test_a_member_that_makes_no_blend_is_refused(named: str, told: str) -> None:
    members = [{"forecaster": named}, {"forecaster": LIGHTGBM}]
    error = refused({"parameters": {"blend": {"members": members}}})
    assert (error.values["key"], error.values["value"]) == ("models.parameters.blend.members[0].forecaster", named)
    assert told in str(error)


def test_members_that_hold_out_other_days_are_refused_where_a_blend_is_made() -> None:
    other = {"parameters": {GLM: {"held_out_days": 400}}}
    assert "held_out_days must be the same of all members, not 365 of exponential_smoothing, 400 of" in str(
        refused(other)
    )
    check_parameters(Models.model_validate(other | {"forecasters": ["recent_weekdays", GLM]}), FILE)
    same = {name: {"held_out_days": 400} for name in ("exponential_smoothing", GLM, LIGHTGBM)}
    check_parameters(Models.model_validate({"parameters": same}), FILE)


@pytest.mark.parametrize(("named", "told"), [([], "at least 1"), (["blend", "blend"], "named twice: blend")])
def test_a_list_of_forecasters_that_no_choice_can_be_made_from_is_refused(named: list[str], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Models(forecasters=named)


def test_what_ships_with_crewcast_is_accepted() -> None:
    check_parameters(Models(), FILE)
    for name in city_names():
        check_parameters(load_city(name).city.models, FILE)
