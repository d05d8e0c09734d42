"""Which feature groups a covariate block holds, for forecasters that read feature rows."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from domain.covariates import COVARIATES, Covariate
from features.build import groups
from features.group import Need
from models.catalogue import forecasters
from models.forecaster import Forecaster

FEATURE_GROUPS: dict[Covariate, tuple[str, ...]] = {
    "weather": ("rain", "cold", "hours"),
    "calendar": ("calendar", "school", "events"),
    "neighbours": ("neighbours",),
    "place": ("place",),
}
"""Groups of demand belong to no block: a forecaster cannot do without."""


def groups_without(without: tuple[Covariate, ...]) -> frozenset[str]:
    """Names of the feature groups that these blocks hold."""
    return frozenset(name for block in without for name in FEATURE_GROUPS[block])


def features_of(forecaster: Forecaster, params: Mapping[str, JsonValue], has: frozenset[Need]) -> tuple[str, ...]:
    """Names of the feature groups that it looks at besides demand, in a city that has these; of a blend, its members'.

    params: complete, as plain JSON.
    """
    if forecaster.is_blend:
        found = {g for member in _members(params) for g in features_of(*member, has)}
    else:
        left_out = {*groups_without(_blocks(params)), *forecaster.unread}
        blocks = [FEATURE_GROUPS[block] for block in forecaster.covariates]
        found = {g for block in blocks for g in block if g not in left_out}
    there = {g.name for g in groups(has)}
    return tuple(g for block in FEATURE_GROUPS.values() for g in block if g in found & there)


def _members(params: Mapping[str, JsonValue]) -> list[tuple[Forecaster, dict[str, JsonValue]]]:
    """Members with the blend's own `without` where they have none."""
    members = params["members"]
    assert isinstance(members, list)
    found = []
    for member in members:
        assert isinstance(member, dict)
        own = member["params"]
        assert isinstance(own, dict)
        found.append((forecasters((str(member["forecaster"]),))[0], {"without": params["without"], **own}))
    return found


def _blocks(params: Mapping[str, JsonValue]) -> tuple[Covariate, ...]:
    given = params.get("without", [])
    assert isinstance(given, list)
    return tuple(block for block in COVARIATES if block in given)
