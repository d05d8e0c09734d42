"""Issued weather through meteostat's forecast providers. They look at the real clock, so the moments here do too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from domain.tables import WEATHER_ISSUED
from sources.plugins import WeatherRead
from tests.sources.weather.bulk_server import Answer, Bulk

Live = Callable[..., WeatherRead]
Days = Callable[..., pd.DataFrame]
ZONE = ZoneInfo("America/Chicago")
FORECASTS = ["dwd_mosmix", "metno_forecast"]


def local_morning(hour: int) -> datetime:
    """Today at that local hour."""
    return datetime.now(ZONE).replace(hour=hour, minute=20, second=0, microsecond=0).astimezone(UTC)


def hours_ahead(now: datetime, hours: int, every: int = 1) -> pd.DataFrame:
    times = pd.date_range(pd.Timestamp(now).floor("h"), periods=hours, freq="h").tz_localize(None)
    local = times.tz_localize("UTC").tz_convert(ZONE)
    frame = pd.DataFrame({"temp": local.hour.astype(float), "wind_ms": 4.0, "rain": 0.25}, index=times)
    return frame.iloc[::every]


@pytest.fixture
def read_now(bulk: Bulk, made_days: Days, read_live: Live) -> Callable[[datetime], WeatherRead]:
    def run(now: datetime) -> WeatherRead:
        today = now.astimezone(ZONE).date()
        bulk.daily("72530", made_days(str(today - timedelta(days=40)), str(today - timedelta(days=1))))
        since = str(today - timedelta(days=40))
        return read_live(today=today, now=now, since=since, forecast=FORECASTS)

    return run


def test_an_early_run_archives_the_forecast_of_today_and_the_days_after_under_yesterday(
    bulk: Bulk, read_now: Callable[[datetime], WeatherRead]
) -> None:
    now = local_morning(5)
    bulk.mosmix("72530", hours_ahead(now, 240), pd.Timestamp.now(UTC).floor("h"))
    found = read_now(now)
    assert found.issued is not None
    issued = WEATHER_ISSUED.validate(found.issued)
    today = pd.Timestamp(now.astimezone(ZONE).date())
    assert issued["origin"].unique().tolist() == [today - pd.Timedelta(days=1)]
    assert issued["date"].tolist() == pd.date_range(today, periods=len(issued)).tolist()
    assert len(issued) in (9, 10)
    assert (issued["known_at"] == pd.Timestamp(now)).all()
    assert (issued["source"] == "dwd_mosmix 72530").all()
    second = issued.iloc[1]
    assert (second["temperature_max_c"], second["wind_ms"]) == (23, pytest.approx(4, abs=0.1))
    assert second["precipitation_mm"] == pytest.approx(24 * 0.25, rel=0.25)
    assert (second["precipitation_max_hour_mm"], second["freeze_thaw_crossings"]) == (0.2, 0)
    assert "Weather forecast: Meteostat, Deutscher Wetterdienst" in found.notes


def test_a_late_run_starts_with_tomorrow(bulk: Bulk, read_now: Callable[[datetime], WeatherRead]) -> None:
    now = local_morning(15)
    bulk.mosmix("72530", hours_ahead(now, 240), pd.Timestamp.now(UTC).floor("h"))
    found = read_now(now).issued
    assert found is not None
    assert found["origin"].iloc[0] == pd.Timestamp(now.astimezone(ZONE).date())
    assert found["date"].iloc[0] == found["origin"].iloc[0] + pd.Timedelta(days=1)


def test_the_next_provider_takes_over_and_rain_it_does_not_tell_is_null(
    bulk: Bulk, read_now: Callable[[datetime], WeatherRead]
) -> None:
    now = local_morning(15)
    near, far = hours_ahead(now, 60), hours_ahead(now, 220, every=6).iloc[10:].assign(rain=np.nan)
    bulk.metno(pd.concat([near, far]))
    found = read_now(now)
    assert found.issued is not None
    assert found.issued["source"].iloc[0] == "metno_forecast 72530"
    assert found.issued["precipitation_mm"].notna().tolist()[:1] == [True]
    assert found.issued["precipitation_mm"].isna().tolist()[-4:] == [True] * 4
    assert found.issued["temperature_mean_c"].notna().all()
    assert found.issued["freeze_thaw_crossings"].notna().tolist()[:1] == [True]
    assert found.issued["freeze_thaw_crossings"].isna().tolist()[-4:] == [True] * 4  # six hours apart
    assert len(found.issued) >= 6
    assert any("dwd_mosmix for O'Hare (72530): none" in n for n in found.notes)
    assert any(a.startswith("crewcast/") for a in bulk.agents)


def test_an_old_mosmix_forecast_is_no_forecast(bulk: Bulk, read_now: Callable[[datetime], WeatherRead]) -> None:
    now = local_morning(15)
    bulk.mosmix("72530", hours_ahead(now, 240), pd.Timestamp.now(UTC) - pd.Timedelta(hours=30))
    assert read_now(now).issued is None


def test_without_a_forecast_observed_weather_still_comes_and_the_reasons_are_told(
    bulk: Bulk, read_now: Callable[[datetime], WeatherRead]
) -> None:
    bulk.answers["/metno"] = Answer(b"<html>blocked</html>", 403)
    found = read_now(local_morning(15))
    assert found.issued is None
    assert len(found.observed) == 40
    told = [n for n in found.notes if "metno_forecast" in n]
    assert len(told) == 2
    assert "met.no" in told[0]
