"""Parameters of the forecasters of a city: their defaults, with what `models.parameters` of its YAML says."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from domain.category import Strict
from domain.city import Models
from domain.errors import ConfigError
from models.catalogue import available, forecasters
from models.forecaster import Forecaster
from models.recipe import spec_id


def params_for(forecaster: Forecaster, settings: Models) -> Strict:
    """Default parameters, with the city's own and its number of threads where the forecaster uses any.

    Members of a blend have theirs. Raises ConfigError where the city's do not fit.
    """
    given: dict[str, JsonValue] = dict(settings.parameters.get(forecaster.name, {}))
    if "num_threads" in forecaster.params.model_fields:
        given.setdefault("num_threads", settings.threads)
    params = _checked(forecaster, given)
    if not forecaster.is_blend or not settings.parameters:
        return params
    raw = params.model_dump(mode="json")
    for member in raw["members"]:
        member["params"] = {**settings.parameters.get(member["forecaster"], {}), **member["params"]}
    return _checked(forecaster, raw)


def configured(settings: Models) -> dict[str, str]:
    """Forecaster -> spec_id of its parameters as the city gives them, for every forecaster that it names."""
    named = forecasters(settings.forecasters)
    return {f.name: spec_id(f.name, params_for(f, settings).model_dump(mode="json")) for f in named}


def fits(forecaster: str, params: Mapping[str, JsonValue]) -> bool:
    """Whether this version can read parameters that were kept, a blend's members' too."""
    try:
        found = forecasters((forecaster,))[0].params.model_validate(params).model_dump(mode="json")
    except (ValidationError, ConfigError):
        return False
    return all(fits(member["forecaster"], member["params"]) for member in found.get("members", ()))


def check_parameters(settings: Models) -> None:
    """Raises ConfigError where the YAML names a forecaster or a parameter that there is not."""
    if odd := sorted(set(settings.parameters) - set(available())):
        raise ConfigError(
            f"models.parameters: there is no forecaster {odd}",
            remedy=f"use some of: {', '.join(available())}",
            names=odd,
        )
    for forecaster in forecasters(tuple(settings.parameters)):
        params_for(forecaster, settings)


def _checked(forecaster: Forecaster, given: dict[str, JsonValue]) -> Strict:
    try:
        return forecaster.params.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([forecaster.name, *map(str, first["loc"])])
        raise ConfigError(
            f"models.parameters: {where}: {first['msg']}",
            remedy=f"its parameters are {', '.join(forecaster.params.model_fields)}",
            value=first["input"],
        ) from error
