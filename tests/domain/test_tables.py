"""Table contracts refuse what they do not promise."""

from __future__ import annotations

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from domain import tables


@pytest.mark.parametrize("table", tables.ALL, ids=lambda t: t.name)
def test_every_column_says_what_it_means(table: tables.Table) -> None:
    assert all(column.description for column in table.schema.columns.values())
    assert set(table.key) <= set(table.schema.columns)


@pytest.mark.parametrize("table", tables.ALL, ids=lambda t: t.name)
def test_an_empty_table_keeps_its_types(table: tables.Table) -> None:
    empty = table.empty()
    assert list(empty.columns) == list(table.schema.columns)
    assert table.validate(empty).dtypes.equals(empty.dtypes)
    pd.testing.assert_frame_equal(empty, table._coerced(empty.astype(object)))


def test_everybody_has_an_empty_table_of_their_own() -> None:
    own = tables.CALENDAR.empty()
    own.loc[0] = ["a", pd.Timestamp("2024-01-01"), "x", None]
    assert len(tables.CALENDAR.empty()) == 0


def test_local_days_are_kept_in_microseconds() -> None:
    frame = pd.DataFrame({"city": ["a"], "date": [pd.Timestamp("2024-02-29")], "holiday": ["x"], "event": ""})
    assert str(tables.CALENDAR.validate(frame)["date"].dtype) == "datetime64[us]"


def test_a_repeated_key_is_refused() -> None:
    frame = pd.DataFrame(
        {"city": ["a", "a"], "date": pd.to_datetime(["2024-01-01"] * 2), "holiday": ["x", "y"], "event": ""}
    )
    with pytest.raises(SchemaErrors, match="not unique"):
        tables.CALENDAR.validate(frame)


def test_a_negative_count_is_refused() -> None:
    frame = tables.DAILY_DEMAND.empty()
    frame.loc[0] = ["a", pd.Timestamp("2024-01-01"), "1", "pothole", -1, True]
    with pytest.raises(SchemaErrors, match="greater_than_or_equal_to"):
        tables.DAILY_DEMAND.validate(frame)


def test_an_unknown_column_is_refused_by_name() -> None:
    frame = tables.CALENDAR.empty().assign(extra=1)
    with pytest.raises(KeyError, match="extra"):
        tables.CALENDAR.validate(frame)
