"""Houston as tasks: 11 council districts, every peer at every weekly origin; and the 94 super-neighbourhoods.

Needs the shared development data. Weather is observed to the origin and issued for the days ahead; **issued weather is
emulated**. Nothing of 2017 is read into a task.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import holidays
import pandas as pd
from ruamel.yaml import YAML

from benchmarks.accuracy.competitors import Backtest
from benchmarks.accuracy.kept import ROOT
from benchmarks.accuracy.task import Facts, Task
from benchmarks.houston import LAST_SEEN
from benchmarks.scored import SHARED

FIRST, LAST = "2015-09-06", "2016-12-11"
DATA = SHARED / "data" / "houston"
CITY = ROOT / "configs" / "cities" / "houston-files.yaml"
CATEGORIES = ("flooding", "pothole")
REFIT_EVERY = 4
WEATHER = {"tmin_c": "temperature_min_c", "tmax_c": "temperature_max_c", "prcp_mm": "precipitation_mm"}
GIVEN = "issued weather, which is emulated (observed weather degraded by lead)"


@dataclass(frozen=True)
class Grain:
    """One way to cut the city. column: of the requests; thin: see `task.Facts`."""

    name: str
    title: str
    column: str
    thin: int


GRAINS = (
    Grain("houston-districts", "Houston, 11 council districts", "council_district", 1),
    Grain("houston-neighbourhoods", "Houston, 94 super-neighbourhoods", "super_neighborhood", 4),
)


def task(grain: Grain, quick: bool, every: int = 1) -> Task:
    """The comparison at one grain; quick: two origins of one category and few areas; every: see `Asked`."""
    last_day = pd.Timestamp(LAST_SEEN) + pd.Timedelta(days=14)
    counts = pd.read_parquet(DATA / f"counts_{grain.column}.parquet")
    counts = counts[counts["date"] <= last_day]
    areas = tuple(sorted(counts["area"].astype(str).unique()))[: 4 if quick else None]
    origins = pd.date_range(FIRST, LAST, freq="7D")[::every][: 2 if quick else None]
    free = holidays.country_holidays("US", subdiv="TX", years=range(2012, 2017))
    facts = Facts(
        name=grain.name, title=grain.title, given=GIVEN, origins=tuple(o.date().isoformat() for o in origins),
        thin=2 if quick and grain.thin > 1 else max(grain.thin // every, 1), refit_every=max(REFIT_EVERY // every, 1),
        categories=CATEGORIES[: 1 if quick else None], areas=areas,
        holidays=tuple(sorted(d.isoformat() for d in free)),
    )  # fmt: skip
    observed = pd.read_parquet(DATA / "weather_observed.parquet").rename(columns=WEATHER)
    ahead = pd.read_parquet(DATA / "weather_issued.parquet").rename(columns=WEATHER)
    return Task(
        facts,
        counts[counts["area"].isin(areas)].reset_index(drop=True),
        observed.loc[observed["date"] <= last_day, ["date", *WEATHER.values()]],
        ahead.loc[ahead["origin"].isin(origins), ["origin", "date", *WEATHER.values()]],
    )


def backtest(grain: Grain, found: Task, folder: Path, every: int = 1) -> Backtest:
    """How crewcast is called: the packaged city, or the same with the other areas written to `folder`."""
    first, last = found.facts.origins[0], found.facts.origins[-1]
    environment = {"CREWCAST_SHARED": os.fspath(SHARED)}
    city = CITY if grain.column == "council_district" else other_areas(grain, folder)
    return Backtest(city, first, last, 7 * every, found.facts.refit_every, environment)


def other_areas(grain: Grain, folder: Path) -> Path:
    """The city's YAML with another area column and its outlines; its districts were made of council districts."""
    yaml = YAML()
    city: dict[str, Any] = yaml.load(CITY.read_text(encoding="utf-8"))
    city["city"] = grain.name
    city["requests"]["columns"]["area"] = grain.column
    city["areas"]["path"] = city["areas"]["path"].replace("council_district", grain.column)
    del city["areas"]["districts"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{grain.name}.yaml"
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(city, file)
    return path
