"""The short way to validate says yes only where pandera would have nothing to say or to change."""

from __future__ import annotations

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from domain import tables
from domain.tables.conforming import conforms

TABLE = tables.HEALTH
DEMAND = tables.DAILY_DEMAND


def typed(table: tables.Table, **columns: list[object]) -> pd.DataFrame:
    """A frame with the table's own types."""
    return pd.DataFrame(columns).astype(table.empty().dtypes.to_dict())


def demand() -> pd.DataFrame:
    days = list(pd.to_datetime(["2024-01-01", "2024-01-02"]))
    return typed(DEMAND, city=["a", "a"], date=days, area=["1", "1"], category=["x", "x"], count=[1, 0],
                 is_complete=[True, False])  # fmt: skip


def is_whole(frame: pd.DataFrame, table: tables.Table = DEMAND) -> bool:
    return conforms(frame, table.schema, table.empty().dtypes)


def test_a_whole_frame_is_given_back_as_pandera_would_give_it() -> None:
    frame = demand()
    assert is_whole(frame)
    pd.testing.assert_frame_equal(DEMAND.validate(frame), DEMAND._coerced(frame))
    assert DEMAND.validate(frame) is not frame


@pytest.mark.parametrize("table", tables.ALL, ids=lambda t: t.name)
def test_every_check_of_every_table_is_known(table: tables.Table) -> None:
    assert is_whole(table.empty(), table)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("count", -1, "greater_than_or_equal_to"),
        ("area", None, "null"),
        ("date", pd.Timestamp("2024-01-01"), "not unique"),
    ],
)
def test_what_breaks_the_contract_is_left_to_pandera_and_refused(column: str, value: object, words: str) -> None:
    frame = demand()
    frame.loc[1, column] = value
    assert frame.dtypes.equals(DEMAND.empty().dtypes)
    assert not is_whole(frame)
    with pytest.raises(SchemaErrors, match=words):
        DEMAND.validate(frame)


def test_bounds_above_and_lists_of_words_are_kept_too_and_a_null_that_may_be_is_none_of_their_business() -> None:
    row = {c: [None] for c in tables.WEATHER_OBSERVED.schema.columns}
    moment = [pd.Timestamp("2024-01-02", tz="UTC")]
    row |= {"city": ["a"], "date": [pd.Timestamp("2024-01-01")], "source": ["s"], "known_at": moment}
    weather = typed(tables.WEATHER_OBSERVED, **row)
    assert is_whole(weather, tables.WEATHER_OBSERVED)
    assert not is_whole(weather.assign(wind_ms=121.0), tables.WEATHER_OBSERVED)
    health = typed(TABLE, **{c: ["x"] for c in TABLE.schema.columns})
    assert is_whole(health.assign(severity="ok"), TABLE)
    assert not is_whole(health.assign(severity="odd"), TABLE)


def test_a_type_that_has_to_be_changed_is_left_to_pandera_and_changed() -> None:
    frame = demand().assign(count=["1", "0"])
    assert not is_whole(frame)
    assert DEMAND.validate(frame)["count"].tolist() == [1, 0]


def test_a_day_beyond_what_pandera_holds_is_left_to_it() -> None:
    frame = demand()
    frame.loc[1, "date"] = pd.Timestamp("2300-01-01")
    assert not is_whole(frame)
