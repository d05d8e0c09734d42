"""Input that no run can use: it stops with the place, the exit code and a remedy, and publishes nothing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.errors import (
    AsOfOutsideDataError,
    ColumnMissingError,
    ConfigError,
    CrewcastError,
    HistoryTooShortError,
    SourceUnreadableError,
    TooManyBadRowsError,
    WeatherEndsEarlyError,
)
from pipelines.job import known_at

Spoil = Callable[[Any], object]


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def truncated_parquet(town: Any) -> None:
    town.rows.astype(str).to_parquet(town.folder / "rows.parquet")
    town.put("rows.parquet", half((town.folder / "rows.parquet").read_bytes()))
    town.configure(("rows.csv", "rows.parquet"))


def truncated_gzip(town: Any) -> None:
    town.put("rows.csv.gz", half(gzip.compress(town.rows.to_csv().encode())))
    town.configure(("rows.csv", "rows.csv.gz"))


def broken_outline(town: Any) -> None:
    content = town.map()
    content["features"][1]["geometry"]["coordinates"] = [[[-90, 41], [-89, 42]]]
    town.put("areas.geojson", content)


def projected_map(town: Any) -> None:
    content = town.map()
    content["features"][0]["geometry"]["coordinates"] = [[[6e5, 1e6], [7e5, 1e6], [7e5, 2e6], [6e5, 1e6]]]
    town.put("areas.geojson", content)


@pytest.mark.parametrize(
    ("spoil", "error", "code", "said"),
    [
        (lambda t: t.configure(("created: opened", "created: openend")), ColumnMissingError, 3,
         ["rows.csv", "'openend'", "nearest is 'opened'", "ward", "columns in the city's YAML"]),
        (lambda t: t.configure(("precipitation_mm: rain", "precipitation_mm: regen")), ColumnMissingError, 3,
         ["weather.csv", "'regen'", "day, t, rain"]),
        (lambda t: t.put("rows.csv", b""), SourceUnreadableError, 3, ["rows.csv is empty"]),
        (lambda t: t.put("rows.csv", t.rows.iloc[:0]), SourceUnreadableError, 3, ["columns but no rows"]),
        (truncated_parquet, SourceUnreadableError, 3, ["rows.parquet", "truncated"]),
        (truncated_gzip, SourceUnreadableError, 3, ["rows.csv.gz", "truncated"]),
        (broken_outline, SourceUnreadableError, 3, ["areas.geojson", "area '9'", "outline"]),
        (projected_map, SourceUnreadableError, 3, ["WGS 84", "600000.0"]),
        (lambda t: t.put("rows.csv", t.rows.assign(opened=t.rows["opened"].dt.strftime("%m/%d/%Y"))),
         TooManyBadRowsError, 3, ["100.0%", "set date_format", "in row 1 of rows.csv", "last vintage stays"]),
        (lambda t: t.put("rows.csv", t.last_days(40)), HistoryTooShortError, 3, ["days of history", "56 are"]),
        (lambda t: t.put("weather.csv", t.weather.iloc[:-20]), WeatherEndsEarlyError, 3, ["2025-02-24", "20 days"]),
        (lambda t: t.configure(more="qualty: {gap_days: 5}\n"), ConfigError, 2, ["qualty", "quality"]),
        (lambda t: t.configure(("country: US", 'country: "${BADTOWN_COUNTRY}"')), ConfigError, 2,
         ["holidays.country", "BADTOWN_COUNTRY is not set", "default"]),
        (lambda t: t.configure(("crews: {patching: 1}", "crews: {patching: 0}")), ConfigError, 2,
         ["'pothole'", "'patching', and no yard has any", "base a crew"]),
        (lambda t: t.configure(("country: US", "country: NOO")), ConfigError, 2, ["'NOO'", "did you mean 'NO"]),
    ],
)  # fmt: skip
def test_what_cannot_be_used_stops_with_the_place_and_a_remedy(
    town: Any, spoil: Spoil, error: type[CrewcastError], code: int, said: list[str]
) -> None:
    spoil(town)
    with pytest.raises(error) as caught:
        town.read()
    assert caught.value.exit_code == code
    assert [words for words in said if words not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (date(2020, 1, 1), "choose --as-of between 2024-04-07 and 2025-03-16"),
        (date(2025, 3, 18), "yet to come"),
    ],
)
def test_an_as_of_day_outside_the_data_says_which_days_there_are(town: Any, as_of: date, said: str) -> None:
    with pytest.raises(AsOfOutsideDataError, match=said):
        town.read(as_of)


def test_counts_that_are_all_zero_are_an_error_and_no_forecast(town: Any) -> None:
    town.put("counts.csv", town.counts().assign(count=0))
    town.configure(town.with_counts())
    with pytest.raises(HistoryTooShortError, match="every count is 0"):
        town.read()


def test_norway_and_times_mean_what_they_say(town: Any) -> None:
    town.configure(("country: US", "country: NO"))
    run = town.read()
    assert run.job.plan().city.crews.shifts[0].start == "07:00"
    assert "Constitution Day" in known_at(run).holidays.values()
