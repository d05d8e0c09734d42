"""Labels made of several columns, where a rule names some of their values by `*`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import pandas as pd

from sources.portals.wire.section import JOIN, PortalSection
from sources.validation.labels import fold


def narrowed(labels: pd.Series, keys: Sequence[str]) -> pd.Series:
    """Each label as the rule that covers it writes it: the whole label before one with `*`. Others stay."""
    exact = {fold(k) for k in keys}
    stars = [(tuple(fold(p) for p in k.split(JOIN)), k) for k in keys if "*" in k]
    if not stars:
        return labels
    codes, distinct = pd.factorize(labels)
    turned = [_covered(str(d), exact, stars) for d in distinct]
    return pd.Series([turned[c] if c >= 0 else None for c in codes], index=labels.index, dtype="str")


def rule_of(keys: Sequence[str]) -> Callable[[str], str]:
    """How the rule that covers a label writes it; a label that none covers stays."""
    exact = {fold(k) for k in keys}
    stars = [(tuple(fold(p) for p in k.split(JOIN)), k) for k in keys if "*" in k]
    return lambda label: _covered(label, exact, stars)


def _covered(label: str, exact: set[str], stars: list[tuple[tuple[str, ...], str]]) -> str:
    if fold(label) in exact:
        return label
    for pattern, key in stars:
        parts = [fold(p) for p in label.split(JOIN, len(pattern) - 1)]
        if len(parts) == len(pattern) and all(w in ("*", p) for w, p in zip(pattern, parts, strict=True)):
            return key
    return label


def wanted(section: PortalSection) -> Callable[[str], bool] | None:
    """Whether a label is one that the rules name; None where they name none: all are."""
    keys = [*section.rules.labels] if section.push_labels else []
    if not keys:
        return None
    exact = {fold(k) for k in keys}
    stars = [(tuple(fold(p) for p in k.split(JOIN)), k) for k in keys if "*" in k]

    @cache
    def known(label: str) -> bool:
        return fold(_covered(label, exact, stars)) in exact

    return known
