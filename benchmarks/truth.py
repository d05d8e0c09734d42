"""How far the forecasts are from the best possible ones, on simulated cities whose true law is known.

    python -m benchmarks.truth [--seeds 101 102] [--climates continental warm-coast] [--origins 26]

Two distances, never mixed: both sides given the weather that was really observed, and both given only what was issued.
A ratio is mean CRPS ÷ the mean CRPS of the simulator's own paths, on the same outcomes; 1 is the best possible.
Seeds are ones that development did not use. Every forecaster is fitted at the first origin and every eighth after it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from configs import packaged
from domain.panel import Floats, Ints, Known, Weather, WeatherPaths
from domain.progress import silent
from models.catalogue import forecasters
from models.fold_scores import outcomes_after
from models.forecaster import Fitted, draws_of
from models.history.mended import learnt_from
from models.parameters import params_for
from models.scores import origin_scores
from models.weather_ensemble import weather_paths
from pipelines.job import Job, Run, known_at, known_on
from pipelines.steps.ingest import ingest
from sources.simulator.settings import CATEGORIES, WorldSettings
from sources.simulator.truth import TrueWeather, true_paths
from sources.simulator.world import World, cached

HORIZON = 14
DRAWS = 400
REFIT_EVERY = 8
SEED = 7
TRUTH = "true paths"
GIVEN: tuple[TrueWeather, ...] = ("observed", "issued")


@dataclass(frozen=True)
class Case:
    """One simulated city: its run, its world, and the last day's knowledge as outcomes."""

    run: Run
    world: World
    latest: Known

    def area_order(self) -> list[int]:
        """Where each known area stands in the world's own order."""
        order = list(self.world.geography.names)
        return [order.index(a) for a in self.latest.areas.names]

    def weather(self, known: Known, given: TrueWeather) -> WeatherPaths | None:
        """What the forecasters are given: the weather that came, or the ensemble of a real run."""
        if given == "issued":
            size = self.run.job.plan().city.models.weather_paths
            return weather_paths(known, size, HORIZON, SEED)
        assert self.latest.weather is not None
        return as_path(self.latest.weather, known.origin)


def other_city(seed: int, climate: str, folder: Path, crews: str = "") -> Path:
    """The demo's city with another seed and climate, as YAML; crews: lines more in its crews section."""
    text = packaged("cities")["ellerby-falls"].read_text(encoding="utf-8")
    text = text.replace("  snow_duty_from_mm: 25\n", f"  snow_duty_from_mm: 25\n{crews}")
    text = text.replace("  seed: 16\n", f"  seed: {seed}\n").replace("climate: continental", f"climate: {climate}")
    path = folder / f"{climate}-{seed}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def case(seed: int, climate: str, folder: Path, crews: str = "") -> Case:
    """That city read, with the world behind it."""
    path = other_city(seed, climate, folder, crews)
    job = Job(str(path), folder / f"home-{climate}-{seed}", datetime(2026, 1, 1, tzinfo=UTC))
    run = ingest(job, silent)
    settings = WorldSettings.model_validate(job.plan().city.requests.settings)
    return Case(run, cached(settings, job.open().cache), known_at(run))


def as_path(weather: Weather, origin: date) -> WeatherPaths:
    """The weather that came, as an ensemble of one."""
    first = int(weather.dates.get_indexer(pd.DatetimeIndex([origin]))[0]) + 1
    days = slice(first, first + HORIZON)
    values: Floats = weather.values[days][None]
    return WeatherPaths(weather.dates[days], values, np.ones(1), (origin.isoformat(),), "observed")


class Candidates:
    """The forecasters of a city, refitted at every REFIT_EVERY-th origin."""

    def __init__(self, found: Case) -> None:
        self.settings = found.run.job.plan().city.models
        self.fitted: dict[tuple[str, str], Fitted] = {}

    def refit(self, known: Known) -> None:
        for candidate in forecasters(self.settings.forecasters):
            for category in known.demand.categories:
                params = params_for(candidate, self.settings)
                self.fitted[candidate.name, category] = candidate.fit(
                    learnt_from(known, category), category, params, SEED, silent
                )

    def paths(self, known: Known, category: str, weather: WeatherPaths | None) -> dict[str, Ints]:
        draws, own = draws_of(SEED, DRAWS, weather), learnt_from(known, category)
        return {
            name: fitted.paths(own, weather, draws, HORIZON)
            for (name, of), fitted in self.fitted.items()
            if of == category
        }


def scored(found: Case, origins: list[date]) -> Iterator[pd.DataFrame]:
    """Scores of the truth and of every forecaster, an origin, category and kind of weather."""
    candidates = Candidates(found)
    for number, origin in enumerate(origins):
        known = known_on(found.run, origin)
        if number % REFIT_EVERY == 0:
            candidates.refit(known)
        outcomes = outcomes_after(found.latest.demand, origin, HORIZON, found.latest.areas.names)
        for given in GIVEN:
            truth = true_paths(found.world, origin, DRAWS, given, seed=SEED)[:, found.area_order()]
            weather = found.weather(known, given)
            for index, category in enumerate(known.demand.categories):
                samples = {TRUTH: truth[CATEGORIES.index(category)], **candidates.paths(known, category, weather)}
                for name, drawn in samples.items():
                    rows = origin_scores(outcomes[index], drawn, SEED)
                    yield rows.assign(category=category, forecaster=name, given=given, origin=origin)


def table(rows: pd.DataFrame, given: str) -> str:
    """CRPS ÷ the truth's, by category, forecaster and level, as Markdown."""
    sums = rows[rows["given"] == given].groupby(["category", "forecaster", "level"], sort=False)["crps"].sum()
    wide = sums.unstack("level")
    lines = [
        "| category | forecaster | " + " | ".join(wide.columns) + " |",
        "|---|---" + "|---" * len(wide.columns) + "|",
    ]
    for category, name in wide.index:
        if name != TRUTH:
            ratios = wide.loc[(category, name)] / wide.loc[(category, TRUTH)]
            lines.append(f"| {category} | {name} | " + " | ".join(f"{r:.3f}" for r in ratios) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102])
    parser.add_argument("--climates", nargs="+", default=["continental", "warm-coast"])
    parser.add_argument("--origins", type=int, default=26)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for climate in given.climates:
            parts = []
            for seed in given.seeds:
                found = case(seed, climate, Path(folder))
                last = found.run.origin - timedelta(days=HORIZON)
                origins = [last - timedelta(days=14 * k) for k in reversed(range(given.origins))]
                parts += list(scored(found, origins))
            rows = pd.concat(parts, ignore_index=True)
            for kind in GIVEN:
                head = f"{climate}, seeds {given.seeds}, {given.origins} origins each two weeks apart"
                print(f"\n{head}: both given {kind} weather\n\n{table(rows, kind)}", flush=True)


if __name__ == "__main__":
    main()
