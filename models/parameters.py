"""Parameters of the forecasters of a city: their defaults, with what `models.parameters` of its YAML says."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from domain.category import Strict
from domain.city import Models
from domain.config_errors import as_config_error, nearest
from domain.errors import ConfigError
from models.catalogue import available, forecasters
from models.forecaster import Forecaster
from models.recipe import spec_id

SECTION = "models.parameters"
HELD_OUT = ("held_out_days", "held_out_every")
"""Members of a blend are compared on their held-out days, so that these must be the same ones on any history."""


def params_for(forecaster: Forecaster, settings: Models, file: object = "the city's YAML") -> Strict:
    """Default parameters, with the city's own and its number of threads where the forecaster uses any.

    Members of a blend have theirs. Raises ConfigError, which names `file`, where the city's do not fit.
    """
    given: dict[str, JsonValue] = dict(settings.parameters.get(forecaster.name, {}))
    if "num_threads" in forecaster.params.model_fields:
        given.setdefault("num_threads", settings.threads)
    params = _checked(forecaster, given, f"{SECTION}.{forecaster.name}", file)
    if not forecaster.is_blend or not settings.parameters:
        return params
    raw = params.model_dump(mode="json")
    for member in raw["members"]:
        member["params"] = {**settings.parameters.get(member["forecaster"], {}), **member["params"]}
    return _checked(forecaster, raw, f"{SECTION}.{forecaster.name}", file)


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


def check_parameters(settings: Models, file: object) -> None:
    """Every forecaster, parameter and member of a blend that `models` of the YAML `file` names, before anything runs.

    Raises ConfigError with file, key, value and remedy for a name that there is not, a value that does not fit, a
    member without a mean, and members that hold out other days than each other.
    """
    for name in settings.forecasters:
        _known(name, "models.forecasters", file)
    for name in settings.parameters:
        _known(name, SECTION, file)
    named = forecasters(tuple(dict.fromkeys([*settings.parameters, *settings.forecasters])))
    for forecaster in [f for f in named if not f.is_blend]:
        params_for(forecaster, settings, file)
    for blend in [f for f in named if f.is_blend]:
        _check_members(params_for(blend, settings, file), f"{SECTION}.{blend.name}", file)


def _check_members(params: Strict, key: str, file: object) -> None:
    """The members of a blend as they will be fitted. key: of the blend."""
    found: list[tuple[str, Strict]] = []
    for number, member in enumerate(params.model_dump(mode="json")["members"]):
        own, name = f"{key}.members[{number}]", member["forecaster"]
        _known(name, f"{own}.forecaster", file)
        forecaster = forecasters((name,))[0]
        if not forecaster.has_mean:
            raise ConfigError(
                f"{file}: {own}.forecaster: {name} cannot be a member of a blend: it draws without a mean",
                remedy=f"name only some of: {', '.join(f.name for f in forecasters(available()) if _can_join(f))}",
                file=file,
                key=f"{own}.forecaster",
                value=name,
            )
        found.append((name, _checked(forecaster, member["params"], f"{own}.params", file)))
    _check_held_out(found, key, file)


def _can_join(forecaster: Forecaster) -> bool:
    return forecaster.has_mean and not forecaster.is_blend


def _check_held_out(members: list[tuple[str, Strict]], key: str, file: object) -> None:
    for field in HELD_OUT:
        values = [(name, getattr(params, field)) for name, params in members]
        if len({value for _, value in values}) > 1:
            told = ", ".join(f"{value} of {name}" for name, value in values)
            raise ConfigError(
                f"{file}: {key}.members: {field} must be the same of all members, not {told}",
                remedy=f"give all of them the same {field} under {SECTION}, or leave it out everywhere",
                file=file,
                key=f"{key}.members",
                value=values,
            )


def _known(name: str, key: str, file: object) -> None:
    there = list(available())
    if name in there:
        return
    close = nearest(name, there)
    hint = f"; the nearest is '{close}'" if close else ""
    raise ConfigError(
        f"{file}: {key}: there is no forecaster '{name}'{hint}",
        remedy=f"use some of: {', '.join(there)}",
        file=file,
        key=key,
        value=name,
        nearest=close,
    )


def _checked(forecaster: Forecaster, given: Mapping[str, JsonValue], key: str, file: object) -> Strict:
    try:
        return forecaster.params.model_validate(given)
    except ValidationError as error:
        raise as_config_error(error, forecaster.params, file=file, section=key) from error
