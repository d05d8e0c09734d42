"""Weather from files: our units, possible values, one row a day, and when it was known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from domain.errors import ColumnMissingError, SourceUnreadableError
from sources.files.weather import WeatherFiles
from sources.plugins import WeatherRead

Read = Callable[..., WeatherRead]
Listed = Callable[..., Any]
COLUMNS = {"date": "day", "temperature_min_c": "lo", "temperature_max_c": "hi", "precipitation_mm": "rain"}


@pytest.fixture
def observed(read: Callable[..., Any], tmp_path: Path) -> Callable[..., WeatherRead]:
    def run(text: str, **keys: Any) -> WeatherRead:
        (tmp_path / "seen.csv").write_text(text, encoding="utf-8")
        table = {"path": "seen.csv", "columns": COLUMNS} | keys
        found: WeatherRead = read("weather", "files", {"observed": table})
        return found

    return run


@pytest.fixture
def issued(read: Callable[..., Any], tmp_path: Path) -> Callable[..., WeatherRead]:
    def run(text: str, **columns: str) -> WeatherRead:
        (tmp_path / "seen.csv").write_text("day,lo,hi,rain\n2024-01-01,0,1,0\n", encoding="utf-8")
        (tmp_path / "told.csv").write_text(text, encoding="utf-8")
        table = {"path": "told.csv", "columns": {"origin": "made", "precipitation_mm": "rain"} | columns}
        settings = {"observed": {"path": "seen.csv", "columns": COLUMNS}, "issued": table}
        found: WeatherRead = read("weather", "files", settings)
        return found

    return run


def test_a_local_day_is_known_at_its_last_microsecond(observed: Read) -> None:
    found = observed("day,lo,hi,rain\n2024-01-15,-5,1,0\n2024-03-09,0,4,2\n2024-03-10,0,4,2\n").observed
    assert found["known_at"].astype(str).tolist() == [
        "2024-01-16 05:59:59.999999+00:00",
        "2024-03-10 05:59:59.999999+00:00",
        "2024-03-11 04:59:59.999999+00:00",
    ]


def test_variables_that_a_source_lacks_are_null_and_the_mean_is_the_middle(observed: Read, rules_used: Listed) -> None:
    found = observed("day,lo,hi,rain\n2024-01-15,-4,2,\n")
    row = found.observed.iloc[0]
    assert row["temperature_mean_c"] == -1
    assert row[["precipitation_mm", "wind_ms", "snowfall_mm"]].isna().all()
    assert rules_used(found)["mean temperature missing: middle of lowest and highest"] == (1, "none → -1.0")


def test_other_units_are_converted(observed: Read) -> None:
    found = observed(
        "day,lo,hi,rain\n2024-01-15,32,212e-1,0.5\n",
        units={"temperature_min_c": "f", "temperature_max_c": "k", "precipitation_mm": "in"},
    )
    assert found.observed.loc[0, "precipitation_mm"] == pytest.approx(12.7)
    assert found.observed["temperature_max_c"].isna().all()  # 21.2 K is no weather
    assert found.observed.loc[0, "temperature_min_c"] == pytest.approx(0)


def test_impossible_values_become_null_and_are_counted(observed: Read, rules_used: Listed) -> None:
    found = observed(
        "day,lo,hi,rain\n2024-01-01,-999,5,-1\n2024-01-02,0,99,trace\n2024-01-03,9,3,0\n2024-01-04,-2,3,1\n"
    )
    frame = found.observed.set_index("date")
    assert frame["precipitation_mm"].isna().tolist() == [True, True, False, False]
    assert frame.iloc[2][["temperature_min_c", "temperature_max_c"]].isna().all()
    rules = rules_used(found)
    assert rules["precipitation_mm unreadable or impossible: null"] == (2, "-1 → none")
    assert rules["temperature_min_c unreadable or impossible: null"] == (1, "-999 → none")
    assert rules["lowest temperature above the highest: both null"][0] == 1


def test_repeated_days_rows_without_a_day_and_days_to_come_are_left_out_and_counted(
    observed: Read, rules_used: Listed
) -> None:
    found = observed(
        "day,lo,hi,rain\n2024-01-02,0,1,5\n2024-01-02,0,1,5\n2024-01-02,0,1,6\njunk,0,1,0\n0001-01-01,0,1,0\n2024-07-01,0,1,0\n2024-01-01,1\n"
    )
    assert found.observed["precipitation_mm"].tolist() == [6]
    rules = {rule: rows for rule, (rows, _) in rules_used(found).items() if "mean" not in rule}
    assert rules == {
        "row with more or fewer cells than the header: left out": 1,
        "date cannot be read: row left out": 2,
        "weather observed after today: row left out": 1,
        "same day with the same weather: one kept": 1,
        "same day with different weather: the last in the file kept": 1,
    }


def test_gaps_are_noted(observed: Read) -> None:
    found = observed("day,lo,hi,rain\n2024-01-05,0,1,0\n2024-01-01,0,1,0\n2024-01-02,0,1,0\n")
    assert found.observed["date"].is_monotonic_increasing
    assert found.notes == (
        "observed weather: 2 days missing between 2024-01-01 and 2024-01-05, the last on 2024-01-04",
    )


def test_issued_weather_is_known_at_the_end_of_its_origin_and_lies_ahead(issued: Read, rules_used: Listed) -> None:
    found = issued(
        "made,for,rain\n2024-01-15,2024-01-16,1\n2024-01-15,2024-01-15,2\n2024-07-01,2024-07-02,3\nx,2024-01-01,4\n2024-01-15,2204-01-16,1\n0001-01-01,2024-01-16,1\n",
        date="for",
    )
    assert found.issued is not None
    assert found.issued[["origin", "date"]].astype(str).to_numpy().tolist() == [["2024-01-15", "2024-01-16"]]
    assert str(found.issued.loc[0, "known_at"]) == "2024-01-16 05:59:59.999999+00:00"
    assert {rule: rows for rule, (rows, _) in rules_used(found).items() if "left out" in rule} == {
        "origin or date cannot be read: row left out": 2,
        "forecast of a day over 60 days ahead: row left out": 1,
        "issued after today: row left out": 1,
        "forecast of a day that is not after its origin: row left out": 1,
    }


def test_an_archive_of_issued_weather_that_has_not_begun_is_none(issued: Read, rules_used: Listed) -> None:
    found = issued("made,for,rain\n", date="for")
    assert found.issued is None
    assert set(found.files) == {"seen.csv", "told.csv"}
    assert rules_used(found) == rules_used(issued("made,for,rain\n2024-01-15,2024-01-16,1\n", date="for"))
    with pytest.raises(ColumnMissingError, match="column 'made' is not in the file"):
        issued("day,for,rain\n", date="for")
    with pytest.raises(SourceUnreadableError, match="0 bytes"):
        issued("", date="for")


def test_observed_weather_without_a_row_is_refused(observed: Read) -> None:
    with pytest.raises(SourceUnreadableError, match="has columns but no rows"):
        observed("day,lo,hi,rain\n")


def test_issued_days_may_be_given_as_leads(issued: Read) -> None:
    found = issued("made,lead,rain\n2024-01-15,2,1\n2024-01-15,1,3\n2024-01-15,x,3\n", lead_days="lead")
    assert found.issued is not None
    assert found.issued["date"].astype(str).tolist() == ["2024-01-16", "2024-01-17"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"columns": {"date": "d"}}, "name no weather variable"),
        ({"columns": {"precipitation_mm": "p"}}, "needs `date`"),
        (
            {"columns": {"date": "d", "wind_ms": "w"}, "units": {"wind_ms": "f"}},
            "use one of ms, tenth_ms, kmh, mph, kn",
        ),
        ({"columns": {"date": "d", "wind_ms": "w"}, "units": {"wind": "kn"}}, "a variable of temperature_min_c"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_before_it_is_read(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        WeatherFiles.model_validate({"observed": {"path": "x.csv"} | table})


def test_issued_weather_needs_a_day_or_a_lead() -> None:
    table = {"path": "x.csv", "columns": {"date": "d", "wind_ms": "w"}}
    told = {"path": "x.csv", "columns": {"origin": "o", "wind_ms": "w"}}
    with pytest.raises(ValidationError, match="needs `date` or `lead_days`"):
        WeatherFiles.model_validate({"observed": table, "issued": told})


def test_the_last_day_of_issued_weather_lists_no_days_of_its_own_in_pandas_time(issued: Read) -> None:
    found = issued("made,for,rain\n2024-01-15,2024-01-16,1\n", date="for")
    assert found.issued is not None
    assert found.issued["date"].dtype == found.observed["date"].dtype == pd.Series(dtype="datetime64[us]").dtype
