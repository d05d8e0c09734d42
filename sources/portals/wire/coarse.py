"""Rows of a portal that are kept no finer than the area, such as noise complaints: who complained must not be found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from domain.category import Category
from sources.portals.wire.labels import rule_of
from sources.portals.wire.section import PortalSection
from sources.validation.labels import fold


def coarse_labels(section: PortalSection, categories: Sequence[Category]) -> tuple[str, ...]:
    """Labels of the rules that mean a category without coordinates, folded, at any date."""
    coarse = {c.category for c in categories if not c.keep_coordinates}
    rules = section.rules.labels or {c.category: c.category for c in categories}
    meant = {label: {m} if isinstance(m, str) else {s.category for s in m} for label, m in rules.items()}
    return tuple(sorted(fold(label) for label, names in meant.items() if names & coarse))


def coarse_rows(section: PortalSection, coarse: Sequence[str]) -> Callable[[pa.Table], pa.Array]:
    """Which rows (of `rows.SCHEMA`) have one of these labels.

    Where points are placed by geometry, a row without an area keeps its point: only it tells the area.
    """
    rule, meant = rule_of([*section.rules.labels, *section.rules.excluded_labels]), set(coarse)

    def found(rows: pa.Table) -> pa.Array:
        coded = pc.fill_null(rows["label"], "").combine_chunks().dictionary_encode()
        each = pa.array([fold(rule(v)) in meant for v in coded.dictionary.to_pylist()], pa.bool_())
        is_coarse = each.take(coded.indices)
        if not section.rules.place_by_geometry:
            return is_coarse
        return pc.and_(is_coarse, pc.not_equal(pc.fill_null(rows["area"], ""), ""))

    return found
