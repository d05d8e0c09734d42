"""Observed weather through meteostat as it is, over a loopback server of its bulk format."""

from __future__ import annotations

import logging
import socket
import urllib.request
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.errors import SourceUnreadableError
from domain.words import STANDS_IN
from sources.plugins import WeatherRead
from sources.weather import bounds
from tests.sources.weather.bulk_server import Answer, Bulk

Live = Callable[..., WeatherRead]
Days = Callable[..., pd.DataFrame]
ALL = ("2022-01-01", "2024-06-29")


def day(found: WeatherRead, when: str) -> pd.Series:
    return found.observed.set_index("date").loc[when]


def test_days_come_in_our_units_with_their_end_as_known_at_and_the_attribution(
    bulk: Bulk, made_days: Days, read_live: Live
) -> None:
    bulk.daily("72530", made_days(*ALL).assign(snwd=3), source="dwd_daily")
    found = read_live()
    row = day(found, "2023-01-01")
    assert (row["snow_depth_mm"], row["wind_ms"], row["source"]) == (30, 5, "72530")
    assert str(row["known_at"]) == "2023-01-02 05:59:59.999999+00:00"
    assert found.observed["date"].max() == pd.Timestamp("2024-06-29")
    assert "Weather: Meteostat, Deutscher Wetterdienst" in found.notes


def test_what_the_city_station_lacks_is_filled_and_shifted_by_the_usual_difference(
    bulk: Bulk, made_days: Days, read_live: Live, rules_used: Callable[..., Any]
) -> None:
    own = made_days(*ALL)
    own.loc["2023-05-01", ["temp", "tmin", "tmax"]] = np.nan
    bulk.daily("72530", own.drop(pd.date_range("2023-05-03", "2023-05-04")))
    bulk.daily("72534", made_days(*ALL, shift=2.5))
    found = read_live()
    assert day(found, "2023-05-01")["temperature_max_c"] == pytest.approx(made_days(*ALL).loc["2023-05-01", "tmax"])
    assert day(found, "2023-05-01")["source"] == "72530 + 72534"
    assert day(found, "2023-05-03")["source"] == f"{STANDS_IN}72534"
    rule = "temperature_max_c not known at O'Hare (72530): that of Midway (72534), shifted by the usual difference"
    assert rules_used(found)[rule][0] == 3


def test_a_station_without_files_is_named_and_the_next_stands_in(bulk: Bulk, made_days: Days, read_live: Live) -> None:
    bulk.daily("72534", made_days(*ALL))
    found = read_live()
    assert (found.observed["source"] == f"{STANDS_IN}72534").all()
    assert "weather station O'Hare (72530) gave nothing since 2022-01-01" in found.notes


def test_no_station_at_all_is_an_error_with_city_reason_and_remedy(bulk: Bulk, read_live: Live) -> None:
    for year in (2022, 2023, 2024):
        bulk.answers[f"/daily/{year}/72530.csv.gz"] = Answer(b"busy", 503)
    with pytest.raises(SourceUnreadableError, match=r"Testville: weather: no station gave a day.*503") as error:
        read_live()
    assert "weather.stations" in error.value.remedy


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b"<html>hello</html>"), "2023: not read"),
        (Answer(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56"), "gzip cut short"),
        (Answer(status=302, headers={"Location": "ftp://127.0.0.1/x"}), "not read"),
        (Answer(status=302, headers={"Location": "http://localhost.localdomain.invalid/x"}), "private address"),
        (Answer(b"no", 403), "403"),
    ],
)
def test_a_year_that_cannot_be_read_is_told_of_although_the_library_only_says_none(
    bulk: Bulk, made_days: Days, read_live: Live, answer: Answer, said: str
) -> None:
    bulk.daily("72530", made_days(*ALL))
    bulk.answers["/daily/2023/72530.csv.gz"] = answer
    told = [n for n in read_live().notes if n.startswith("weather station O'Hare (72530), 2023")]
    assert len(told) == 1
    assert said in told[0]


def test_a_body_above_the_limit_is_given_up(
    bulk: Bulk, made_days: Days, read_live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk.daily("72530", made_days(*ALL))
    monkeypatch.setattr(bounds, "MOST_UNPACKED", 20_000)
    found = read_live(since="2024-01-01", stations=[{"id": "72530", "lat": 0, "lon": 0}])
    assert len(found.observed) == 181  # half a year stays below
    with pytest.raises(SourceUnreadableError, match=r"unpacks to more than 20,000 bytes"):
        read_live(today=date(2024, 1, 1), stations=[{"id": "72530", "lat": 0, "lon": 0}])


@pytest.mark.parametrize("source", ["metno_forecast", "isd_lite dwd_mosmix", "model"])
def test_model_values_in_the_history_are_left_out_and_counted(
    bulk: Bulk, made_days: Days, read_live: Live, rules_used: Callable[..., Any], source: str
) -> None:
    own = made_days(*ALL)
    sources = pd.Series("ghcnd", index=own.index)
    sources["2024-02-01":"2024-02-05"] = source  # type: ignore[misc]
    bulk.daily("72530", own.assign(prcp_source=sources))
    found = read_live()
    assert pd.isna(day(found, "2024-02-03")["precipitation_mm"])
    assert day(found, "2024-02-06")["precipitation_mm"] >= 0
    if source != "metno_forecast":  # wholly a forecast provider's: the library's own filter takes those
        assert rules_used(found)["prcp of a model in the history: left out"][0] == 5


def test_days_to_come_are_never_taken_for_observed(bulk: Bulk, made_days: Days, read_live: Live) -> None:
    bulk.daily("72530", made_days("2022-01-01", "2024-07-20"))
    assert read_live().observed["date"].max() == pd.Timestamp("2024-06-29")


def test_the_newest_years_are_read_anew_and_closed_ones_come_from_the_cache(
    bulk: Bulk, made_days: Days, read_live: Live
) -> None:
    bulk.daily("72530", made_days(*ALL))
    read_live()
    bulk.asked.clear()
    bulk.daily("72530", made_days(*ALL, shift=1.0))
    found = read_live()
    mine = [p for p in bulk.asked if "72530" in p]
    assert mine == ["/daily/2023/72530.csv.gz", "/daily/2024/72530.csv.gz"]
    assert day(found, "2024-03-01")["temperature_mean_c"] == made_days(*ALL, shift=1.0).loc["2024-03-01", "temp"]


def test_days_that_the_daily_files_lack_come_from_the_hours_of_the_local_day(
    bulk: Bulk, made_days: Days, read_live: Live
) -> None:
    bulk.daily("72530", made_days("2022-01-01", "2024-06-27"))
    hours = pd.date_range("2024-06-27", "2024-06-30 04:00", freq="h")
    local = hours.tz_localize("UTC").tz_convert("America/Chicago")
    bulk.hourly("72530", pd.DataFrame({"temp": local.hour.astype(float), "prcp": 0.5, "wspd": 36.0}, index=hours))
    row = day(read_live(hours=True), "2024-06-28")
    assert (row["temperature_min_c"], row["temperature_max_c"], row["precipitation_mm"]) == (0, 23, 12)
    assert row["wind_ms"] == pytest.approx(10)


def test_hours_tell_the_hardest_hour_and_how_often_it_froze_and_thawed(
    bulk: Bulk, made_days: Days, read_live: Live
) -> None:
    bulk.daily("72530", made_days(*ALL))
    hours = pd.date_range("2022-01-01", "2024-06-30 04:00", freq="h")
    local = pd.DatetimeIndex(hours.tz_localize("UTC").tz_convert("America/Chicago").tz_localize(None))
    frame = pd.DataFrame({"temp": 2.0, "prcp": 0.0, "wspd": 36.0}, index=hours)
    frame.loc[local == "2022-02-09 15:00", "prcp"] = 3.5  # the wave of the days has rain there
    frame.loc[(local >= "2022-02-11 02:00") & (local < "2022-02-11 07:00"), "temp"] = -1.0
    frame.loc[(local >= "2022-02-12 02:00") & (local < "2022-02-12 07:00") & (local.hour % 2 == 1), "temp"] = np.nan
    frame.loc[(local >= "2022-02-13 02:00") & (local < "2022-02-13 12:00"), "prcp"] = np.nan
    bulk.hourly("72530", frame)
    found = read_live(hours=True)
    rain = found.observed.set_index("date")["precipitation_mm"]
    hour, crossings = "precipitation_max_hour_mm", "freeze_thaw_crossings"
    assert rain["2022-02-09"] > 0
    assert day(found, "2022-02-09")[[hour, crossings]].tolist() == [3.5, 0]
    assert day(found, "2022-02-11")[crossings] == 2
    assert day(found, "2022-02-12")[crossings] == 0  # 22 hours are known
    assert pd.isna(day(found, "2022-02-13")[hour])
    bulk.asked.clear()
    again = read_live(hours=True)
    assert [p for p in bulk.asked if "2022" in p and "72530" in p] == []
    pd.testing.assert_frame_equal(again.observed, found.observed)


def test_more_rain_in_an_hour_than_on_the_day_is_not_believed(
    bulk: Bulk, made_days: Days, read_live: Live, rules_used: Callable[..., Any]
) -> None:
    bulk.daily("72530", made_days(*ALL).assign(prcp=1.0))
    hours = pd.date_range("2024-06-20", "2024-06-30 04:00", freq="h")
    bulk.hourly("72530", pd.DataFrame({"temp": 20.0, "prcp": 9.0, "wspd": 36.0}, index=hours))
    found = read_live(hours=True)
    assert pd.isna(day(found, "2024-06-25")["precipitation_max_hour_mm"])
    assert rules_used(found)["more rain in one hour than on the day: the hour's null"][0] >= 9


def test_a_station_that_gives_part_is_called_partial(bulk: Bulk, made_days: Days, read_live: Live) -> None:
    bulk.daily("72530", made_days(*ALL).iloc[::2])
    assert any("O'Hare (72530) is partial: rain and temperature on 50 %" in n for n in read_live().notes)


def test_nothing_of_the_process_stays_changed(bulk: Bulk, made_days: Days, read_live: Live) -> None:
    import meteostat

    handlers = list(logging.getLogger("meteostat").handlers)
    opener = urllib.request._opener  # type: ignore[attr-defined]
    bulk.daily("72530", made_days(*ALL))
    read_live()
    assert meteostat.config.cache_enable
    assert "data.meteostat.net" in meteostat.config.daily_endpoint
    assert socket.getdefaulttimeout() is None
    assert urllib.request._opener is opener  # type: ignore[attr-defined]
    assert logging.getLogger("meteostat").handlers == handlers
