"""From sample paths to the tables a reader opens: every level, shifts, reasons, worklist, health, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from domain.category import Category
from domain.panel import Demand, Ints, Known, SamplePaths, WeatherPaths
from domain.progress import Progress
from domain.tables import WEATHER_COLUMNS
from domain.words import CITY_LEVEL, WEATHER_VARIABLES
from models import shifts
from models.explain import explanation_table
from models.history.findings import history_findings
from models.levels import forecast_table
from models.weather_skill import skill_finding
from models.worklist import worklist
from pipelines.job import Run, ensembles, known_at
from pipelines.steps.choose import Choice
from pipelines.steps.draw import draws, read_draws
from storage.findings import findings

HISTORY_DAYS = 70


@dataclass(frozen=True)
class Forecast:
    """What the planner and the reader are given. paths: horizon + 1 days; by_shift: (C, A, H, shifts, S)."""

    paths: SamplePaths
    by_shift: Ints
    tables: dict[str, pd.DataFrame]
    area_samples: Ints
    """(rows, S): the samples of the area rows of `forecasts`, in their order."""


def assemble(run: Run, folders: dict[str, Path], choices: dict[str, Choice], progress: Progress) -> Forecast:
    """Stack the categories' draws and derive every table that needs no planning."""
    known, (weather, climate) = known_at(run), ensembles(run)
    paths = _stack(run, folders, known)
    published = paths.days(0, run.horizon())
    progress("adding up areas, districts and city")
    forecasts, area_samples = forecast_table(published, known.areas)
    progress("splitting days to shifts")
    by_shift, shift_table = _shifts(run, known, paths)
    progress("ranking places for the worklist")
    tables = {
        "forecasts": forecasts,
        "forecasts_by_shift": shift_table,
        "explanations": _explanations(run, folders, known, (weather, climate)),
        "worklist": worklist(known, run.job.plan(), weather),
        "draws": _draw_table(paths),
        "weather_paths": _weather_table(weather),
        "scores": pd.concat([c.scores for c in choices.values()], ignore_index=True),
        "history": history_table(known.demand, known.areas.district),
        "health": _health(run, known, choices),
    }
    return Forecast(paths, by_shift, tables, area_samples)


def _health(run: Run, known: Known, choices: dict[str, Choice]) -> pd.DataFrame:
    found = findings(run.snapshot(), known, run.job.plan())
    skill = skill_finding(ensembles(run)[0])
    return pd.concat([found, skill, history_findings(known), noted(choices)], ignore_index=True)


def noted(choices: dict[str, Choice]) -> pd.DataFrame:
    """What the registry could not do for this run, as rows of `health`."""
    rows = [("note", item, what, "warning", remedy) for c in choices.values() for item, what, remedy in c.notes]
    told = pd.DataFrame(rows, columns=["kind", "item", "value", "severity", "remedy"]).astype("str")
    return told.drop_duplicates(["kind", "item"])


def _stack(run: Run, folders: dict[str, Path], known: Known) -> SamplePaths:
    """The categories' draws as one joint record, in the order of the city's categories."""
    samples = np.stack([read_draws(folders[c])[0] for c in known.demand.categories])
    dates = pd.date_range(run.origin + timedelta(days=1), periods=samples.shape[2], unit="us")
    return SamplePaths(run.origin, dates, known.areas.names, known.demand.categories, samples, draws(run))


def _shifts(run: Run, known: Known, paths: SamplePaths) -> tuple[Ints, pd.DataFrame]:
    plan = run.job.plan()
    profile = shifts.profiles(known, plan)
    split = shifts.split(paths, profile, plan.city.crews.shifts, plan.city.seed)
    return split.by_shift, shifts.shift_table(split, known.areas)


def _explanations(
    run: Run, folders: dict[str, Path], known: Known, paths: tuple[WeatherPaths | None, WeatherPaths | None]
) -> pd.DataFrame:
    def table(category: Category) -> pd.DataFrame:
        effects = read_draws(folders[category.category])[1]
        return explanation_table(effects, known, category, *paths, run.horizon())

    return pd.concat([table(c) for c in run.job.plan().categories], ignore_index=True)


def _draw_table(paths: SamplePaths) -> pd.DataFrame:
    index = paths.draws
    return pd.DataFrame(
        {"draw": np.arange(index.size), "weather_path_id": index.weather_path_id.astype(int), "weight": index.weight}
    )


def _weather_table(weather: WeatherPaths | None) -> pd.DataFrame:
    """One row a path and day; empty without weather."""
    if weather is None:
        return pd.DataFrame(columns=["weather_path_id", "date", *WEATHER_COLUMNS, "taken_from"])
    count, days, _ = weather.values.shape
    frame = pd.DataFrame(weather.values.reshape(count * days, -1), columns=list(WEATHER_VARIABLES))
    frame.insert(0, "date", np.tile(weather.dates.to_numpy(), count))
    frame.insert(0, "weather_path_id", np.repeat(np.arange(count), days))
    frame["taken_from"] = np.repeat(np.array(weather.source), days)
    return frame


def history_table(demand: Demand, district: tuple[str, ...]) -> pd.DataFrame:
    """The last days' counts at every level, for the fan charts and to judge past forecasts by."""
    counts = demand.counts[:, :, -HISTORY_DAYS:]
    dates = demand.dates[-HISTORY_DAYS:]
    groups = {name: np.array([d == name for d in district]) for name in sorted(set(district))}
    rows = [("city", CITY_LEVEL, counts.sum(axis=1))]
    rows += [("district", name, counts[:, mask].sum(axis=1)) for name, mask in groups.items()]
    rows += [("area", name, counts[:, at]) for at, name in enumerate(demand.areas)]
    frames = [
        pd.DataFrame({"level": level, "area": area, "date": dates, "category": category, "count": values[c]})
        for level, area, values in rows
        for c, category in enumerate(demand.categories)
    ]
    return pd.concat(frames, ignore_index=True)
