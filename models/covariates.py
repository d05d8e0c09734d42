"""Which feature groups a covariate block holds, for forecasters that read feature rows."""

from __future__ import annotations

from domain.covariates import Covariate

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
