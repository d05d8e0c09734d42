"""What a run is told, and what its steps pass on: small records and references, never tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

import configs.load
from domain.city import CityPlan
from domain.panel import Known, WeatherPaths
from models.weather_ensemble import climatology, weather_paths
from storage.home import CityFolder, Home, open_home
from storage.known import read_known
from storage.snapshots import Snapshot, read_snapshot

WORKLIST_DAYS_AT_LEAST = 30


@dataclass(frozen=True)
class Job:
    """One asked-for run. city: a name or the path of a YAML. as_of: None means as late as the data allow.

    now: the moment of the run (UTC): versions learned by this run carry it, and rows after it are in the future.
    """

    city: str
    home: Path
    now: datetime
    as_of: date | None = None
    reselect: bool = False
    move_latest: bool = True
    wait_seconds: float = 0.0

    def open(self) -> Home:
        return open_home(self.home)

    def folder(self) -> CityFolder:
        return self.open().city(self.plan().city.city)

    def plan(self) -> CityPlan:
        return _plan(self.city)


def forgotten_before(job: Job) -> datetime | None:
    """The moment before which requests have no place any more; None where the city keeps them."""
    city = job.plan().city
    if city.retention_days is None:
        return None
    today = job.now.astimezone(city.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=city.retention_days)).astimezone(UTC)


@lru_cache(maxsize=8)
def _plan(city: str) -> CityPlan:
    return configs.load.load_city(city)


@dataclass(frozen=True)
class Run:
    """A job whose data are read: everything later is a function of these."""

    job: Job
    snapshot_id: str
    as_of: date
    origin: date
    modes: tuple[str, ...]

    @property
    def lag_days(self) -> int:
        """Days between the last complete day and the as-of day."""
        return (self.as_of - self.origin).days

    def horizon(self) -> int:
        """Days to forecast: the planned ones and those between origin and as-of."""
        return self.job.plan().city.models.horizon_days + self.lag_days

    def snapshot(self) -> Snapshot:
        return read_snapshot(self.job.folder(), self.snapshot_id)


@lru_cache(maxsize=4)
def known_at(run: Run) -> Known:
    """What was known at the run's as-of moment; read once a process."""
    return read_known(run.snapshot(), run.job.plan(), run.as_of, run.origin)


@lru_cache(maxsize=64)
def known_on(run: Run, origin: date) -> Known:
    """What was known at the end of an earlier day, for folds; read once a process."""
    return read_known(run.snapshot(), run.job.plan(), origin, origin)


@lru_cache(maxsize=64)
def known_on_latest_map(run: Run, origin: date) -> Known:
    """As `known_on`, in the areas that the run knows: a replay plays all its days on one map. Where areas come from the
    rows, one that was not filed in yet has no requests, and those of one that was corrected away since have no area,
    as rows off a map have none; the very same record elsewhere."""
    known, areas = known_on(run, origin), known_at(run).areas
    if known.areas.names == areas.names:
        return known
    demand = known.demand
    at = pd.Index(areas.names).get_indexer(pd.Index(demand.areas))
    counts = np.zeros((len(demand.categories), len(areas.names), len(demand.dates)), dtype=demand.counts.dtype)
    counts[:, at[at >= 0]] = demand.counts[:, at >= 0]
    gone = demand.counts[:, at < 0].sum(axis=1, dtype=demand.unlocated.dtype)
    on_map = replace(demand, areas=areas.names, counts=counts, unlocated=demand.unlocated + gone)
    return replace(known, areas=areas, demand=on_map)


@lru_cache(maxsize=4)
def ensembles(run: Run) -> tuple[WeatherPaths | None, WeatherPaths | None]:
    """The weather ensemble and plain climatology over the longest window any step looks at."""
    plan, known = run.job.plan(), known_at(run)
    windows = [c.worklist.window_days for c in plan.categories if c.worklist]
    days = max(run.horizon() + 1, WORKLIST_DAYS_AT_LEAST, *windows)
    size, seed = plan.city.models.weather_paths, plan.city.seed
    return weather_paths(known, size, days, seed), climatology(known, size, days, seed)
