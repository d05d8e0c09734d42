"""The long view: fit once, then for every scenario the draws of all days, their weather and their totals."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pandas as pd

from domain.budget import Budget
from domain.city import CityPlan
from domain.errors import HistoryTooShortError
from domain.long_view import LongViewManifest
from domain.panel import Known, WeatherPaths
from domain.progress import Progress
from domain.tables import Table
from domain.tables.long_view import LONG_VIEW_DRAWS, LONG_VIEW_TOTALS, LONG_VIEW_WEATHER, LONG_VIEW_WEATHER_PATHS
from domain.words import SCHEMA_VERSION, WEATHER_VARIABLES
from models.forecaster import draws_of
from models.history.since import own_history
from models.long_view.model import LongFit, LongViewParams, fit_long
from models.long_view.scenarios import USUAL, Chosen, choose
from models.long_view.totals import totals_table
from models.long_view.weather import long_paths
from pipelines.identity import code_version, config_hash, digest, lock_hash
from pipelines.job import Run, known_at
from sources.calendar import holidays_table
from storage.long_samples import writing_samples
from storage.long_views import SAMPLES, LongView, find_view, point, write_view
from storage.parquet import table_bytes


@dataclass(frozen=True)
class Ask:
    """days: from the day after the as-of day. scenarios: names, the usual weather where empty. out: a copy goes there.

    The days between the origin and the as-of day are drawn too, so that the first day asked for is no guess.
    """

    days: int
    scenarios: tuple[str, ...] = (USUAL,)
    out: Path | None = None
    params: LongViewParams = field(default_factory=LongViewParams)


@dataclass(frozen=True)
class Learnt:
    """fits: by category. left_out: category -> why it is too young to be looked far ahead on."""

    fits: dict[str, LongFit]
    left_out: dict[str, str]


def long_views(run: Run, ask: Ask, progress: Progress) -> list[LongView]:
    """One view a scenario, in the order asked for. What is there already from the same inputs is verified, not redone.

    Raises ScenarioError, HistoryTooShortError (where every category is too young) before anything is written.
    """
    known = with_holidays(run, ask.days + run.lag_days)
    days = ask.days + run.lag_days
    climate = long_paths(known, ask.params.weather_paths, days, run.job.plan().city.seed)
    chosen = [choose(known, climate, name, days) for name in ask.scenarios]
    learnt: Learnt | None = None
    views = []
    for scenario in chosen:
        view = find_view(run.job.folder(), view_id(run, ask, scenario.name))
        if view is None:
            learnt = learnt or _fit(known, ask.params, progress)
            progress(f"drawing {days} days: {scenario.name}")
            view = _write(run, ask, known, scenario, learnt)
        elif run.job.move_latest:
            point(run.job.folder(), view.manifest)
        if ask.out is not None:
            shutil.copytree(view.folder, ask.out / scenario.name, dirs_exist_ok=True)
        views.append(view)
    return views


def with_holidays(run: Run, days: int) -> Known:
    """What was known, with the calendar of all days ahead: a long view reaches past the snapshot's own."""
    known, city = known_at(run), run.job.plan().city
    first, last = known.demand.dates[0].date() - timedelta(days=7), run.origin + timedelta(days=days + 7)
    table = holidays_table(city.holidays, city.city, first, last, city.base_dir, city.zone)
    days_of = {
        kind: {d.date(): str(n) for d, n in zip(table["date"], table[kind].fillna(""), strict=True) if n}
        for kind in ("holiday", "event")
    }
    events = None if known.events is None else {**days_of["event"], **known.events}
    return replace(known, holidays={**days_of["holiday"], **known.holidays}, events=events)


def view_id(run: Run, ask: Ask, scenario: str) -> str:
    """As-of day, days, scenario, and a hash of everything it is made from; money is not, so a wage redraws nothing."""
    plan = moneyless(run.job.plan())
    inputs = digest(
        run.snapshot_id, str(run.as_of), str(run.origin), code_version(), lock_hash(), config_hash(plan),
        str(ask.days), scenario, json.dumps(ask.params.model_dump(mode="json"), sort_keys=True), str(plan.city.seed),
    )  # fmt: skip
    return f"{run.as_of}-{ask.days}d-{scenario}-{inputs[:8]}"


def moneyless(plan: CityPlan) -> CityPlan:
    """The plan without its budget section."""
    return plan.model_copy(update={"city": plan.city.model_copy(update={"budget": Budget()})})


def _fit(known: Known, params: LongViewParams, progress: Progress) -> Learnt:
    """Every category that is filed for a year; the others wait for theirs without stopping these."""
    learnt = Learnt({}, {})
    for number, category in enumerate(known.demand.categories):
        progress(f"learning {category}", number, len(known.demand.categories))
        try:
            learnt.fits[category] = fit_long(known, category, params)
        except HistoryTooShortError as error:
            if number + 1 == len(known.demand.categories) and not learnt.fits:
                raise
            learnt.left_out[category] = error.what
    return learnt


def _write(run: Run, ask: Ask, known: Known, chosen: Chosen, learnt: Learnt) -> LongView:
    manifest = _manifest(run, ask, known, chosen, learnt)
    fill = partial(_fill, run, known, chosen, learnt.fits, ask.days)
    return write_view(run.job.folder(), manifest, fill, move_latest=run.job.move_latest)


def _fill(run: Run, known: Known, chosen: Chosen, fits: dict[str, LongFit], days: int, folder: Path) -> None:
    """Every file but the manifest; one category's draws in memory at a time."""
    city = run.job.plan().city
    draws = draws_of(city.seed, city.models.draws, chosen.weather)
    drawn = days + run.lag_days
    first = pd.Timestamp(run.as_of) + pd.Timedelta(days=1)
    dates = pd.date_range(first, periods=days, freq="D", unit="us")
    totals = []
    with writing_samples(folder / SAMPLES, known.areas.names, dates, draws.size) as writer:
        for category, fit in fits.items():
            samples = fit.samples(known, chosen.weather, draws, drawn)[:, run.lag_days :]
            writer.write(category, samples)
            past = own_history(known, category).demand
            totals.append(totals_table(category, samples, dates, draws.weight, known.areas, past))
    index = {"draw": range(draws.size), "weather_path_id": draws.weather_path_id, "weight": draws.weight}
    _put(folder / "draws.parquet", pd.DataFrame(index), LONG_VIEW_DRAWS)
    paths, weather = weather_tables(chosen.weather, run.lag_days)
    _put(folder / "weather_paths.parquet", paths, LONG_VIEW_WEATHER_PATHS)
    _put(folder / "weather.parquet", weather, LONG_VIEW_WEATHER)
    total = LONG_VIEW_TOTALS.validate(pd.concat(totals, ignore_index=True))
    _put(folder / "totals.parquet", total, LONG_VIEW_TOTALS)
    text = total.to_csv(index=False, float_format="%.6g", date_format="%Y-%m-%d", lineterminator="\n")
    (folder / "totals.csv").write_text(text, encoding="utf-8")


def _put(path: Path, frame: pd.DataFrame, table: Table) -> None:
    path.write_bytes(table_bytes(frame, table))


def weather_tables(weather: WeatherPaths | None, skip: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Paths with weight and source, and their days from `skip` on; both empty where there is no weather."""
    if weather is None:
        return LONG_VIEW_WEATHER_PATHS.empty(), LONG_VIEW_WEATHER.empty()
    count, days, _ = weather.values.shape
    ids = range(count)
    paths = pd.DataFrame({"weather_path_id": ids, "weight": weather.weight, "source": weather.source})
    values = pd.DataFrame(weather.values[:, skip:].reshape(-1, len(WEATHER_VARIABLES)), columns=[*WEATHER_VARIABLES])
    values["weather_path_id"] = pd.Series(ids).repeat(days - skip).to_numpy()
    values["date"] = list(weather.dates[skip:]) * count
    return paths, values


def _manifest(run: Run, ask: Ask, known: Known, chosen: Chosen, learnt: Learnt) -> LongViewManifest:
    plan, city, weather = run.job.plan(), run.job.plan().city, chosen.weather
    recent = known.demand.unlocated[:, -365:].sum(axis=1)
    located = known.demand.counts[:, :, -365:].sum(axis=(1, 2))
    return LongViewManifest(
        schema_version=SCHEMA_VERSION,
        view_id=view_id(run, ask, chosen.name),
        city=city.city,
        title=city.title,
        label=city.label,
        is_simulated=city.is_simulated,
        timezone=city.timezone,
        as_of=run.as_of,
        origin=run.origin,
        days=ask.days,
        first_date=run.as_of + timedelta(days=1),
        last_date=run.as_of + timedelta(days=ask.days),
        scenario=chosen.name,
        rule=chosen.rule,
        weather="none: the season alone, no year of observed weather" if weather is None else weather.kind,
        weather_paths=0 if weather is None else len(weather.weight),
        draws=city.models.draws,
        seed=city.seed,
        areas=known.areas.names,
        categories=tuple(learnt.fits),
        left_out=learnt.left_out,
        modes=known.modes,
        params=ask.params.model_dump(mode="json"),
        learnt={category: fit.figures() for category, fit in learnt.fits.items()},
        unlocated_share={
            c: round(float(u) / max(float(u + n), 1.0), 6)
            for c, u, n in zip(known.demand.categories, recent, located, strict=True)
            if c in learnt.fits
        },
        attribution=tuple(run.snapshot().meta.notes),
        snapshot=run.snapshot_id,
        code_version=code_version(),
        lock_hash=lock_hash(),
        config_hash=config_hash(moneyless(plan)),
    )
