"""One simulated city whose true law is known, as two tasks that are never mixed: given observed, given issued weather.

    python -m benchmarks.accuracy.simulated --seed 111 --climate continental --origins 26 --out DIR

Leaves city.yaml, the tasks `observed` and `issued` (their `ahead` is the weather that came, or what was issued) and
rows.parquet: the CRPS of the true paths and of each crewcast forecaster, from benchmarks/truth.py, which see every
origin; the tasks hold every second one, and only those are compared.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.task import Facts, Task
from benchmarks.truth import GIVEN, HORIZON, Case, case, scored
from domain.words import WEATHER_VARIABLES
from sources.simulator.truth import TrueWeather

SPACING_DAYS = 14
EVERY_SECOND = 2
REFIT_EVERY = 2
"""Of the task's origins, which are 28 days apart: every 56 days, as crewcast's own backtest here."""
TOLD: dict[TrueWeather, str] = {"observed": "the weather that was really observed", "issued": "only what was issued"}


def origins_of(found: Case, count: int) -> list[date]:
    """`count` days two weeks apart, the last one with a whole horizon of outcomes."""
    last = found.run.origin - timedelta(days=HORIZON)
    return [last - timedelta(days=SPACING_DAYS * k) for k in reversed(range(count))]


def counts_of(found: Case) -> pd.DataFrame:
    demand = found.latest.demand
    index = pd.MultiIndex.from_product(
        [demand.categories, demand.areas, demand.dates], names=["category", "area", "date"]
    )
    return pd.Series(demand.counts.reshape(-1), index=index, name="count").reset_index()


def observed_of(found: Case) -> pd.DataFrame:
    weather = found.latest.weather
    assert weather is not None
    return pd.DataFrame(weather.values, columns=list(WEATHER_VARIABLES)).assign(date=weather.dates)


def ahead_of(found: Case, origins: list[date], given: TrueWeather) -> pd.DataFrame:
    """What is told at each origin of the days after it; variables never issued are left out."""
    parts = []
    observed, issued = observed_of(found).set_index("date"), found.latest.issued
    assert issued is not None
    for origin in map(pd.Timestamp, origins):
        days = pd.date_range(origin + pd.Timedelta(days=1), periods=HORIZON)
        if given == "observed":
            told = observed.loc[days]
        else:
            values = issued.values[issued.origins.get_loc(origin), :HORIZON]
            told = pd.DataFrame(values, index=days, columns=list(WEATHER_VARIABLES))
        parts.append(told.rename_axis("date").reset_index().assign(origin=origin))
    return pd.concat(parts, ignore_index=True).dropna(axis=1)


def task(found: Case, title: str, origins: list[date], given: TrueWeather, categories: tuple[str, ...]) -> Task:
    demand = found.latest.demand
    facts = Facts(
        name=f"{title}, {given}", title=f"simulated city, {title}", given=TOLD[given],
        origins=tuple(o.isoformat() for o in origins), thin=1, refit_every=REFIT_EVERY, categories=categories,
        areas=tuple(sorted(demand.areas)), holidays=tuple(sorted(d.isoformat() for d in found.latest.holidays)),
    )  # fmt: skip
    return Task(facts, counts_of(found), observed_of(found), ahead_of(found, origins, given))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--climate", required=True)
    parser.add_argument("--origins", type=int, default=26)
    parser.add_argument("--categories", nargs="+", help="default: all of the city")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = case(asked.seed, asked.climate, Path(folder))
        shutil.copy(Path(found.run.job.city), asked.out / "city.yaml")
        origins = origins_of(found, asked.origins)
        compared = origins[::-EVERY_SECOND][::-1]
        categories = tuple(asked.categories or found.latest.demand.categories)
        for given in GIVEN:
            title = f"{asked.climate}, seed {asked.seed}"
            task(found, title, compared, given, categories).write(asked.out / given)
        rows = pd.concat(list(scored(found, origins)), ignore_index=True)
    rows["origin"] = pd.to_datetime(rows["origin"])
    kept = rows["origin"].isin(pd.to_datetime(np.array(compared))) & rows["category"].isin(categories)
    rows[kept].to_parquet(asked.out / "rows.parquet", index=False)


if __name__ == "__main__":
    main()
