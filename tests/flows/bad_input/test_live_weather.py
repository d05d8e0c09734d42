"""Live weather in a city's ingest: what fails is filled, labelled, or taken from the last load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from domain.errors import SourceUnreadableError
from domain.tables import WEATHER_OBSERVED as OBSERVED
from tests.sources.weather.bulk_server import Answer, Bulk, serving

if TYPE_CHECKING:
    from tests.flows.bad_input.conftest import Town

DAYS = pd.date_range("2024-01-10", "2025-03-16")


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bulk]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as server:
        yield server


@pytest.fixture
def live(town: Town, bulk: Bulk) -> Callable[[], Town]:
    """The town with live weather from the server."""
    urls = ", ".join(f'{name}: "{place}"' for name, place in bulk.urls.items())
    stations = "[{id: A001, lat: 41, lon: -90}, {id: B002, lat: 41.2, lon: -90}]"
    line = f"weather: {{kind: meteostat, since: 2024-01-10, hours: false, ghcn: false, forecast: [], \
stations: {stations}, urls: {{{urls}}}}}"

    def build() -> Town:
        town.configure((town.section("weather"), line))
        return town

    return build


def weather(days: pd.DatetimeIndex) -> pd.DataFrame:
    season = (10 - 12 * np.cos(2 * np.pi * days.day_of_year.to_numpy() / 365)).round(1)
    return pd.DataFrame({"temp": season, "tmin": season - 4, "tmax": season + 4, "prcp": 1.0, "wspd": 9.0}, index=days)


def test_a_live_city_is_read_and_tells_whose_weather_it_is(live: Callable[[], Town], bulk: Bulk) -> None:
    bulk.daily("A001", weather(DAYS), source="dwd_daily")
    run = live().read()
    assert run.modes == ("no issued weather",)
    assert any("Deutscher Wetterdienst" in note for note in run.snapshot().meta.notes)


def test_a_station_that_stands_in_is_a_mode_of_the_run(live: Callable[[], Town], bulk: Bulk) -> None:
    bulk.daily("A001", weather(DAYS[:-30]))
    bulk.daily("B002", weather(DAYS))
    town = live()
    run = town.read()
    assert "substitute weather" in run.modes
    assert "mode: substitute weather" in town.told(run)


def test_the_weather_of_the_last_load_stays_in_use_when_the_servers_fail(live: Callable[[], Town], bulk: Bulk) -> None:
    bulk.daily("A001", weather(DAYS[:-2]))
    town = live()
    before = town.read()
    for path in list(bulk.answers):
        bulk.answers[path] = Answer(b"busy", 503)
    for kept in (town.folder / "home").rglob("*.pickle"):
        kept.unlink()
    after = town.read()
    assert "stale weather" in after.modes
    assert after.snapshot().frame(OBSERVED).equals(before.snapshot().frame(OBSERVED))
    assert any(n.startswith("weather of the last load is used: Badtown") for n in after.snapshot().meta.notes)


def test_a_first_load_without_any_weather_stops(live: Callable[[], Town]) -> None:
    with pytest.raises(SourceUnreadableError, match="Badtown: weather: no station gave a day"):
        live().read()
