"""The meteostat library as it is, set up for one read: addresses, cache, patience, and an ear on its log.

Every fetch error of the library ends as None and a line in its log (measured on 2.1.5), so the log is the only place
that tells a station-year that is not there (404) from a server that failed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import RLock

from domain.category import Strict
from sources.folder_size import prune
from sources.weather import bounded_requests
from sources.weather.bounded_opener import bounded_opener
from sources.weather.bounds import MOST_CACHED, TIMEOUT_SECONDS

RETRIES = 2
_ONE_AT_A_TIME = RLock()
"""The library's settings, and those of urllib, are of the process."""
_COPIED = {
    "daily": "meteostat.providers.meteostat.daily",
    "hourly": "meteostat.providers.meteostat.hourly",
    "dwd_mosmix": "meteostat.providers.dwd.mosmix",
}
"""Addresses that a provider's module copies, or holds, when it is first imported: set there too."""
_NETWORK = "meteostat.core.network"
"""The library reads forecasts through `requests`, which knows no bounds; its bulk files through urllib."""


class Urls(Strict):
    """Where the library reads, with its own placeholders; null: its own address."""

    daily: str | None = None
    hourly: str | None = None
    dwd_mosmix: str | None = None
    metno_forecast: str | None = None


@dataclass
class Heard(logging.Handler):
    """What the library logged since `forget`."""

    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.WARNING)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.failures.append(f"{record.getMessage()}{f': {error}' if error else ''}"[:300])

    def forget(self) -> None:
        self.failures.clear()

    @property
    def why(self) -> str:
        return self.failures[-1] if self.failures else ""


@contextmanager
def session(urls: Urls, cache: Path, user_agent: str | None) -> Iterator[Heard]:
    """The library pointed at `urls`, its cache in `cache`, as it was again afterwards.

    Only what is asked of years long past may come from the cache (`closed_years`); its own pruning stays off, because
    with cache_ttl = 0, which keeps it from serving files for 30 days, it would empty the folder at every start.
    """
    from meteostat import config

    settings = {
        "include_model_data": False,
        "cache_ttl": 0,
        "cache_enable": False,
        "cache_autoclean": False,
        "cache_directory": str(cache),
        "network_timeout": int(TIMEOUT_SECONDS),
        "network_max_retries": RETRIES,
        "metno_user_agent": user_agent,
        "metno_forecast_endpoint": urls.metno_forecast or config.metno_forecast_endpoint,
    }
    log, heard = logging.getLogger("meteostat"), Heard()
    with _ONE_AT_A_TIME, bounded_opener():
        before = {name: getattr(config, name) for name in settings}
        modules = {name: import_module(place) for name, place in _COPIED.items()}
        addresses = {name: module.ENDPOINT for name, module in modules.items()}
        propagates, network = log.propagate, import_module(_NETWORK)
        requests = network.requests
        try:
            for name, value in settings.items():
                setattr(config, name, value)
            for name, module in modules.items():
                module.ENDPOINT = getattr(urls, name) or addresses[name]  # type: ignore[attr-defined]
            network.requests = bounded_requests  # type: ignore[attr-defined]
            log.addHandler(heard)
            log.propagate = False
            yield heard
        finally:
            network.requests = requests  # type: ignore[attr-defined]
            log.removeHandler(heard)
            log.propagate = propagates
            for name, value in before.items():
                setattr(config, name, value)
            for name, module in modules.items():
                module.ENDPOINT = addresses[name]  # type: ignore[attr-defined]


@contextmanager
def closed_years() -> Iterator[None]:
    """Within it the library may serve files of its cache: for years whose weather no longer changes."""
    from meteostat import config

    config.cache_enable = True
    try:
        yield
    finally:
        config.cache_enable = False
        prune(Path(config.cache_directory), MOST_CACHED)
