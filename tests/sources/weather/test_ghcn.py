"""NOAA GHCN-Daily files: units, flags, copies, and taking over where meteostat has nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from domain.errors import SourceUnreadableError
from domain.words import STANDS_IN
from sources import plugins, web_file
from sources.plugins import Context, WeatherRead
from tests.sources.weather.bulk_server import Answer, Bulk
from tests.sources.weather.conftest import FIRST

ID = "USW00094846"
Live = Callable[..., WeatherRead]
ROWS = [
    f"{ID},20240601,PRCP,254,,,W,2400",
    f"{ID},20240601,TMAX,311,,,W,2400",
    f"{ID},20240601,TMIN,189,,,W,2400",
    f"{ID},20240601,AWND,45,,,W,",
    f"{ID},20240601,SNOW,0,T,,W,",
    f"{ID},20240602,PRCP,9000,,G,W,2400",
    f"{ID},20240602,TMAX,-9999,,,W,2400",
    f"{ID},20240602,TMIN,150,,,W,2400",
    f"{ID},20240603,WT01,1,,,W,",
    f"{ID},20240715,PRCP,10,,,W,2400",
]


@pytest.fixture
def read_noaa(bulk: Bulk, make_context: Callable[..., Context]) -> Callable[..., WeatherRead]:
    def run(today: date = date(2024, 6, 30), **settings: Any) -> WeatherRead:
        plugin = plugins.load("weather", "ghcn")
        config = plugin.config.model_validate(
            {"stations": [FIRST], "since": "2024-01-01", "url": bulk.urls["ghcn"]} | settings
        )
        found: Any = plugin.read(config, replace(make_context(today=today)))
        assert isinstance(found, WeatherRead)
        return found

    return run


def test_units_flags_and_missing_values(bulk: Bulk, read_noaa: Live, rules_used: Callable[..., Any]) -> None:
    bulk.ghcn(ID, ROWS)
    found = read_noaa()
    first, second = found.observed.iloc[0], found.observed.iloc[1]
    assert first[["precipitation_mm", "temperature_max_c", "temperature_min_c", "wind_ms", "snowfall_mm"]].tolist() == [
        *(25.4, 31.1, 18.9, 4.5, 0.0)
    ]
    assert first["temperature_mean_c"] == pytest.approx(25.0)
    assert pd.isna(second["precipitation_mm"])
    assert pd.isna(second["temperature_max_c"])
    assert len(found.observed) == 2  # weather types are no variable; July is to come
    assert rules_used(found)["value that NOAA's quality check flags: left out"] == (1, "20240602 PRCP 9000")
    assert found.issued is None
    assert "Weather: NOAA GHCN-Daily (public domain)" in found.notes


def test_the_last_good_copy_is_used_and_dated_when_the_server_fails(bulk: Bulk, read_noaa: Live) -> None:
    bulk.ghcn(ID, ROWS)
    before = read_noaa()
    assert read_noaa().observed.equals(before.observed)  # 304: not modified
    bulk.answers[f"/ghcn/{ID}.csv.gz"] = Answer(b"busy", 503)
    found = read_noaa()
    assert found.observed.equals(before.observed)
    assert any("the server answered 503); the copy of" in n for n in found.notes)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b"<html>", headers={"Content-Type": "text/html"}), "web page"),
        (Answer(b"withdrawn", 403), "403"),
        (Answer(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56"), "GHCN-Daily file"),
        (Answer(status=301, headers={"Location": "file:///etc/hostname"}), "another scheme"),
        (Answer(status=301, headers={"Location": "http://localhost/x"}), "private address"),
    ],
)
def test_an_answer_that_is_no_file_is_an_error_with_city_station_and_remedy(
    bulk: Bulk, read_noaa: Live, answer: Answer, said: str
) -> None:
    bulk.answers[f"/ghcn/{ID}.csv.gz"] = answer
    with pytest.raises(SourceUnreadableError, match=rf"Testville: weather: no station could be read.*{said}") as error:
        read_noaa()
    assert "ghcn ids" in error.value.remedy


def test_a_file_above_the_limit_leaves_nothing_on_disk(
    bulk: Bulk, read_noaa: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk.answers[f"/ghcn/{ID}.csv.gz"] = Answer(b"x" * 300_000)
    monkeypatch.setattr("sources.ghcn.stations.MOST_BYTES", 100_000)
    with pytest.raises(SourceUnreadableError, match="larger than 100,000 bytes"):
        read_noaa()
    assert [p for p in (tmp_path / "cache").rglob("*") if p.is_file()] == []


def test_names_from_an_address_never_lead_out_of_the_folder(bulk: Bulk, tmp_path: Path) -> None:
    bulk.answers["/a/..%2f..%2fevil.csv"] = Answer(b"1,2\n", headers={"Content-Disposition": "filename=../evil.csv"})
    with web_file.web_client() as client:
        got = web_file.fetched(client, f"{bulk.url}/a/..%2f..%2fevil.csv", tmp_path / "in", what="a test")
    assert got.path.parent == tmp_path / "in"
    assert {p.parent for p in tmp_path.rglob("*") if p.is_file()} == {tmp_path / "in"}


def test_noaa_takes_over_where_meteostat_has_nothing_and_gives_the_snowfall(
    bulk: Bulk, made_days: Callable[..., pd.DataFrame], read_live: Live
) -> None:
    bulk.ghcn(ID, [*ROWS, f"{ID},20240102,SNOW,80,,,W,"])
    bulk.daily("72530", made_days("2024-01-01", "2024-05-30"))
    found = read_live(ghcn=True, since="2024-01-01").observed.set_index("date")
    assert found.loc["2024-06-01", "source"] == f"{STANDS_IN}ghcn {ID}"
    assert found.loc["2024-01-02", "source"] == f"72530 + ghcn {ID}"
    assert found.loc["2024-01-02", "snowfall_mm"] == 80


def test_a_station_without_its_noaa_id_is_refused_by_name() -> None:
    plugin = plugins.load("weather", "ghcn")
    with pytest.raises(ValueError, match=r"needs its `ghcn` id: Midway \(72534\)"):
        plugin.config.model_validate({"stations": [{"id": "72534", "name": "Midway", "lat": 41.8, "lon": -87.7}]})
