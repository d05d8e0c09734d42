"""Whole columns are turned as value by value would turn them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.portals.wire.rows import ids, picked
from sources.portals.wire.values import as_moment, moments, text_of, texts

SCALARS = st.one_of(st.none(), st.text(max_size=5), st.booleans(), st.integers(-9, 9), st.floats(-9, 9))


@given(st.lists(SCALARS, max_size=8))
def test_any_mix_of_values_becomes_the_text_of_each(values: list[object]) -> None:
    assert texts(values).to_pylist() == [text_of(v) for v in values]


@given(st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**14), st.just("2026-01-02")), max_size=6))
def test_epoch_milliseconds_are_read_alike_whole_or_one_by_one(values: list[object]) -> None:
    assert texts(values, is_date=True).to_pylist() == [texts([v, "-"], is_date=True)[0].as_py() for v in values]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1_785_500_000_000, "2026-07-31T12:13:20+00:00"), (1_785_500_000_250, "2026-07-31T12:13:20.250+00:00")],
)
def test_epoch_milliseconds_are_moments_of_utc(value: int, text: str) -> None:
    assert texts([value], is_date=True).to_pylist() == [text]


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=4)), min_size=3, max_size=3), min_size=1, max_size=5))
def test_the_key_of_a_feed_without_one_is_the_hash_of_its_values_as_json(rows: list[list[str | None]]) -> None:
    names = ["a", "b", "c"]
    columns = picked([dict(zip(names, row, strict=True)) for row in rows], names)
    wanted = [hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).hexdigest()[:20] for row in rows]
    assert ids(columns, names).to_pylist() == wanted


CLOCKS = [
    "2026-08-03T09:01:02.345Z",
    "2026-08-03T09:01:02+02:00",
    "2026-08-03T09:01:02",
    "2026-08-03",
    "soon",
    None,
    "",
]


@given(st.lists(st.sampled_from(CLOCKS), max_size=6))
def test_clocks_are_moments_of_utc_and_nonsense_is_none(values: list[str | None]) -> None:
    assert moments(pa.array(values, pa.string())).to_pylist() == [as_moment(v) for v in values]


def test_a_clock_with_an_offset_is_turned_to_utc() -> None:
    assert moments(pa.array([CLOCKS[1]])).to_pylist() == [datetime(2026, 8, 3, 7, 1, 2, tzinfo=UTC)]
