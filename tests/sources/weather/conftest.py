"""A city with two weather stations, served over a loopback socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sources import plugins
from sources.plugins import Context, WeatherRead
from tests.sources.weather.bulk_server import Bulk, serving

FIRST = {"id": "72530", "name": "O'Hare", "lat": 41.98, "lon": -87.9, "mosmix": "72530", "ghcn": "USW00094846"}
SECOND = {"id": "72534", "name": "Midway", "lat": 41.79, "lon": -87.75}


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bulk]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as server:
        yield server


@pytest.fixture
def made_days() -> Callable[..., pd.DataFrame]:
    """Columns of the bulk format by day: a year's wave of temperature, rain every third day."""

    def build(first: str, last: str, shift: float = 0.0) -> pd.DataFrame:
        days = pd.date_range(first, last)
        wave = (10 - 12 * np.cos(2 * np.pi * days.day_of_year.to_numpy() / 365) + shift).round(1)
        rain = np.where(np.arange(len(days)) % 3 == 0, 4.0, 0.0)
        return pd.DataFrame({"temp": wave, "tmin": wave - 5, "tmax": wave + 5, "prcp": rain, "wspd": 18.0}, index=days)

    return build


@pytest.fixture
def read_live(bulk: Bulk, make_context: Callable[..., Context]) -> Callable[..., WeatherRead]:
    """The `meteostat` plug-in over the server. today: the local day; now: the moment."""

    def run(*, today: date = date(2024, 6, 30), now: datetime | None = None, **settings: Any) -> WeatherRead:
        plugin = plugins.load("weather", "meteostat")
        keys = {"stations": [FIRST, SECOND], "since": "2022-01-01", "hours": False, "ghcn": False, "forecast": []}
        config = plugin.config.model_validate(keys | {"urls": bulk.urls} | settings)
        moment = now or datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=14)
        found: Any = plugin.read(config, replace(make_context(today=today), now=moment))
        assert isinstance(found, WeatherRead)
        return found

    return run
