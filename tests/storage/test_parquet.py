from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pandera.errors import SchemaErrors

from domain.errors import VintageBrokenError
from domain.tables import ALL, DAILY_DEMAND, FORECASTS, REQUESTS
from domain.words import QUANTILE_COLUMNS
from storage.parquet import arrow_schema, read_samples, read_table, table_bytes, to_arrow


@pytest.fixture
def forecasts() -> pd.DataFrame:
    """Two areas and the city on two days, without their samples."""
    rows = [
        {"area": area, "level": level, "date": day}
        for area, level in (("A", "area"), ("*", "city"), ("B", "area"))
        for day in pd.date_range("2024-01-02", periods=2)
    ]
    quantiles = dict.fromkeys(QUANTILE_COLUMNS, 1.0)
    fixed = {"vintage_id": "v", "origin": pd.Timestamp("2024-01-01"), "category": "pothole", "mean": 1.5, **quantiles}
    return pd.DataFrame([{**fixed, **row} for row in rows])


def test_the_same_frame_gives_the_same_bytes(forecasts: pd.DataFrame) -> None:
    samples = np.arange(20).reshape(4, 5)
    assert table_bytes(forecasts, FORECASTS, samples) == table_bytes(forecasts.copy(), FORECASTS, samples.copy())


def test_the_bytes_do_not_depend_on_the_index_or_the_order_of_columns(forecasts: pd.DataFrame) -> None:
    shuffled = forecasts.set_index(pd.Index(range(7, 13)))[list(reversed(forecasts.columns))]
    samples = np.zeros((4, 3), dtype=int)
    assert table_bytes(shuffled, FORECASTS, samples) == table_bytes(forecasts, FORECASTS, samples)


def test_samples_stand_at_the_rows_of_areas_and_nowhere_else(forecasts: pd.DataFrame) -> None:
    samples = np.arange(20).reshape(4, 5)
    data = table_bytes(forecasts, FORECASTS, samples)
    frame = read_table(data, FORECASTS)
    assert frame.loc[frame["level"] == "city", "samples"].isna().all()
    assert np.array_equal(np.stack(frame.loc[frame["level"] == "area", "samples"].tolist()), samples)
    assert np.array_equal(read_samples(data, FORECASTS), samples)


def test_a_frame_that_was_read_is_written_as_the_same_bytes(forecasts: pd.DataFrame) -> None:
    data = table_bytes(forecasts, FORECASTS, np.arange(20).reshape(4, 5))
    assert table_bytes(read_table(data, FORECASTS), FORECASTS) == data


@pytest.mark.parametrize(("highest", "width"), [(32_767, "int16"), (32_768, "int32")])
def test_samples_are_as_wide_as_they_need_to_be(forecasts: pd.DataFrame, highest: int, width: str) -> None:
    samples = np.full((4, 2), highest)
    data = table_bytes(forecasts, FORECASTS, samples)
    assert str(pq.read_schema(BytesIO(data)).field("samples").type) == f"list<element: {width}>"
    assert np.array_equal(read_samples(data, FORECASTS), samples)


def test_samples_that_do_not_fit_the_rows_are_refused(forecasts: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="3 rows of samples for 4 rows at area level"):
        table_bytes(forecasts, FORECASTS, np.zeros((3, 2), dtype=int))


def test_a_frame_that_breaks_the_contract_is_not_written(forecasts: pd.DataFrame) -> None:
    with pytest.raises(SchemaErrors):
        table_bytes(forecasts.assign(mean=-1.0), FORECASTS, np.zeros((4, 2), dtype=int))


def test_the_file_names_its_table_and_no_library(forecasts: pd.DataFrame) -> None:
    file = pq.read_metadata(BytesIO(table_bytes(forecasts, FORECASTS, np.zeros((4, 2), dtype=int))))
    assert file.metadata == {b"crewcast.table": b"forecasts", b"crewcast.schema_version": b"1"}


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_every_table_keeps_its_types_through_a_file(table) -> None:  # type: ignore[no-untyped-def]
    empty = table.empty()
    read = read_table(table_bytes(empty, table), table)
    assert list(read.columns) == list(empty.columns)
    assert read.dtypes.drop("samples", errors="ignore").equals(empty.dtypes.drop("samples", errors="ignore"))


def test_moments_of_any_zone_are_stored_in_utc(build_rows: Callable[..., pd.DataFrame]) -> None:
    rows = build_rows({"created_at": "2024-07-01T12:00:00-05:00"}).assign(
        known_at=pd.Timestamp("2024-07-01T12:00", tz="America/Chicago"), known_at_basis="assumed"
    )
    arrow = to_arrow(rows, REQUESTS)
    assert arrow.schema == arrow_schema(REQUESTS)
    assert arrow["known_at"][0].as_py() == arrow["created_at"][0].as_py() == pd.Timestamp("2024-07-01T17:00", tz="UTC")


def test_bytes_that_are_not_parquet_are_named(forecasts: pd.DataFrame) -> None:
    data = table_bytes(forecasts, FORECASTS, np.zeros((4, 2), dtype=int))
    with pytest.raises(VintageBrokenError, match="not readable as Parquet"):
        read_table(data[: len(data) // 2], FORECASTS)


def test_a_file_of_another_table_is_refused(forecasts: pd.DataFrame) -> None:
    data = table_bytes(forecasts, FORECASTS, np.zeros((4, 2), dtype=int))
    with pytest.raises(VintageBrokenError, match="columns missing"):
        read_table(data, DAILY_DEMAND)
