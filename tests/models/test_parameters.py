"""A city's own parameters of its forecasters."""

from __future__ import annotations

import pytest

from domain.city import Models
from domain.errors import ConfigError
from models.catalogue import forecasters
from models.parameters import check_parameters, params_for

GIVEN = Models(parameters={"lightgbm_poisson": {"rounds": 40, "num_leaves": 7}}, threads=1)


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


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"lightgbm": {"rounds": 3}}, r"no forecaster \['lightgbm'\]"),
        ({"lightgbm_poisson": {"round": 3}}, "lightgbm_poisson.round"),
        ({"lightgbm_poisson": {"rounds": 0}}, "lightgbm_poisson.rounds"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(parameters: dict[str, dict[str, object]], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        check_parameters(Models.model_validate({"parameters": parameters}))
    assert caught.value.remedy
