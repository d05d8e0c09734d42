"""Area ids follow the map's spelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.plugins import Context, Requests
from sources.validation.area_ids import merged, spellings
from sources.validation.spelling import bare

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]
Listed = Callable[..., Any]
MakeContext = Callable[..., Context]
MakeAreas = Callable[..., pd.DataFrame]


@pytest.mark.parametrize("on_map", ["8", "08", "008"])
def test_8_and_08_and_8_point_0_are_one_area_in_the_maps_spelling(
    on_map: str, rows: Rows, check: Check, make_context: MakeContext, make_areas: MakeAreas,
    rules_used: Listed,
) -> None:  # fmt: skip
    ctx = make_context(make_areas(on_map, "9"))
    found = check(rows(area=["8", "08", "8.0", "008", " 8 "]), ctx=ctx)
    assert found.rows is not None
    assert set(found.rows["area"]) == {on_map}
    assert rules_used(found)["area id spelt as on the map"][0] in (3, 4)


def test_numbers_from_a_numeric_column_find_their_area(rows: Rows, check: Check) -> None:
    found = check(rows().assign(area=pd.Series([1.0], index=[1])))
    assert found.rows is not None
    assert found.rows.loc[0, "area"] == "1"


def test_an_id_that_fits_two_areas_is_quarantined_unless_it_is_spelt_exactly(
    rows: Rows, check: Check, make_context: MakeContext, make_areas: MakeAreas, reasons: Listed
) -> None:  # fmt: skip
    found = check(rows(area=["8", "08", "8.0"]), ctx=make_context(make_areas("8", "08")))
    assert found.rows is not None
    assert found.rows["area"].tolist() == ["8", "08"]
    assert reasons(found) == [(3, "area", "8.0", "area id fits more than one area of the map")]


def test_an_area_that_is_not_on_the_map_is_quarantined_or_kept_without_one(
    rows: Rows, check: Check, reasons: Listed, rules_used: Listed
) -> None:
    raw = rows(area=["1", "Mars", None, ""])
    found = check(raw)
    assert found.rows is not None
    assert reasons(found) == [(2, "area", "Mars", "area is not on the map")]
    assert found.rows["area"].tolist() == ["1", "", ""]
    kept = check(raw, on_unknown_area="no_area")
    assert kept.rows_used == 4
    assert rules_used(kept)["area that is not on the map: kept without an area"] == (1, "Mars → none")


def test_without_a_map_the_longest_spelling_wins(rows: Rows, check: Check, make_context: MakeContext) -> None:
    found = check(rows(area=["2134", "02134.0", "02134", "North  End"]), ctx=make_context())
    assert found.rows is not None
    assert found.rows["area"].tolist() == ["02134", "02134", "02134", "North End"]


@given(st.lists(st.text(alphabet="018. aAñ", min_size=1, max_size=5).filter(str.strip), max_size=8))
def test_merging_is_stable_and_joins_exactly_what_is_spelt_alike(names: list[str]) -> None:
    found = merged(names)
    assert set(found) == set(names)
    for one in names:
        for other in names:
            assert (found[one] == found[other]) == (bare(one) == bare(other))
    assert merged([str(v) for v in found.values()]) == {str(v): v for v in found.values()}
    assert spellings(names, names) == {n: n for n in names}
