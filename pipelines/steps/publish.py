"""Write everything of a run as one immutable vintage and move the pointer to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from allocation.dense import dense
from allocation.drivers import with_drivers
from allocation.may_wait import may_wait
from allocation.problem import Problem
from allocation.waits import waits_told
from domain import tables as schemas
from domain.manifest import Manifest, RecipeEntry
from domain.panel import Ints, Known, last_given
from domain.progress import Progress
from domain.words import SCHEMA_VERSION
from pipelines.identity import code_version, config_hash, digest, lock_hash
from pipelines.job import Run, known_at
from pipelines.steps.assemble import Forecast
from pipelines.steps.choose import Choice
from pipelines.steps.plan import Planned
from pipelines.steps.plan_findings import plan_findings, plan_modes
from serving.exports import plan_csv, plan_xlsx
from serving.report.plan import report_html
from storage.evaluations import last_evaluation, newest_fit
from storage.parquet import table_bytes
from storage.vintages import Vintage, find_by_inputs, next_revision, vintage_id
from storage.vintages import publish as write_vintage


@dataclass(frozen=True)
class Published:
    """Where the vintage lies and what it says of itself."""

    folder: Path
    manifest: Manifest


def publish(
    run: Run, choices: dict[str, Choice], forecast: Forecast, planned: Planned, progress: Progress
) -> Published:
    """Tables, exports and report into one vintage; the same inputs give the same vintage."""
    manifest = build_manifest(run, choices, planned)
    if archived := stopped_by_clock(run, manifest):
        return archived
    frames = {name: _signed(frame, name, manifest) for name, frame in _frames(run, forecast, planned).items()}
    progress("writing tables")
    tables = {n: table_bytes(f, _schema(n), _samples(n, forecast)) for n, f in frames.items()}
    frames["forecasts"] = _with_samples(frames["forecasts"], forecast.area_samples)
    progress("writing spreadsheet and report")
    areas = published_areas(run.snapshot().frame("areas"), known_at(run))
    files = {
        "problem.json": planned.problem.model_dump_json(indent=1).encode(),
        "areas.geojson": area_features(areas),
        "plan.csv": plan_csv(frames, manifest),
        "plan.xlsx": plan_xlsx(frames, manifest),
        "report.html": report_html(frames, manifest, areas).encode(),
    }
    progress("publishing")
    folder = write_vintage(run.job.folder(), manifest, tables, files, move_latest=run.job.move_latest)
    return Published(folder, manifest)


def stopped_by_clock(run: Run, manifest: Manifest) -> Published | None:
    """The plan already published from the same inputs, where that solve or this one was stopped by the emergency clock:
    such a solve cannot be repeated to the byte, so its archived solution stands."""
    there = run.job.folder().vintages / manifest.vintage_id
    if not there.exists():
        return None
    before = Vintage(there).manifest
    is_clocked = any(m.solve is not None and m.solve.is_emergency for m in (before, manifest))
    return Published(there, before) if is_clocked else None


def build_manifest(run: Run, choices: dict[str, Choice], planned: Planned) -> Manifest:
    """Everything the vintage says of itself but the files' hashes."""
    plan, known = run.job.plan(), known_at(run)
    city, dates = plan.city, planned.problem.dates
    folder = run.job.folder()
    evaluation = last_evaluation(folder, run.as_of)
    learned = [f.model_dump_json() for f in planned.problem.measured]
    learned += [w.waits.model_dump_json() for w in planned.problem.work if w.waits is not None]
    learned += [evaluation.model_dump_json()] if evaluation else []
    waits = waits_told(planned.problem, newest_fit(folder, run.as_of))
    learned += [waits] if waits else []
    inputs = inputs_hash(run, choices, planned.previous, learned)
    revision = find_by_inputs(folder, run.as_of, inputs)
    revision = next_revision(folder, run.as_of) if revision is None else revision
    return Manifest(
        schema_version=SCHEMA_VERSION,
        vintage_id=vintage_id(run.as_of, revision, inputs),
        city=city.city,
        title=city.title,
        label=city.label,
        is_simulated=city.is_simulated,
        crews_are_invented=city.crews.is_invented,
        timezone=city.timezone,
        as_of=run.as_of,
        origin=run.origin,
        revision=revision,
        horizon_days=city.models.horizon_days,
        first_date=dates[0],
        last_date=dates[-1],
        modes=(*known.modes, *plan_modes(planned.problem)),
        data_ages=data_ages(run),
        seed=city.seed,
        snapshot=run.snapshot_id,
        code_version=code_version(),
        lock_hash=lock_hash(),
        config_hash=config_hash(plan),
        recipes=tuple(_recipe_entry(c) for c in choices.values()),
        solve=planned.allocation.solve,
        currency=city.crews.currency,
        unlocated_share=planned.unlocated_share,
        previous=planned.previous,
        attribution=tuple(run.snapshot().meta.notes),
        fairness=planned.allocation.fairness,
        locks=planned.allocation.locks,
        evaluation=evaluation,
        waits=waits,
        not_varied=planned.not_varied,
        may_wait=may_wait(planned.problem, planned.backlog),
    )


def inputs_hash(run: Run, choices: dict[str, Choice], previous: str | None = None, learned: Sequence[str] = ()) -> str:
    """Snapshot, as-of, code, installed packages, configuration, recipes, notes of the registry, the vintage whose
    roster the plan starts from, what was learned since (measured figures and waits of the problem, the last
    replay), and seed."""
    recipes = [c.recipe.recipe_id for c in choices.values()]
    recipes += ["; ".join(note) for c in choices.values() for note in c.notes]
    recipes += [previous] if previous else []
    plan = run.job.plan()
    dates = [run.as_of.isoformat(), run.origin.isoformat()]
    told = [*dates, code_version(), lock_hash(), config_hash(plan), *recipes, *learned, str(plan.city.seed)]
    return digest(run.snapshot_id, *told)


def data_ages(run: Run) -> dict[str, int | None]:
    """Days from the last known day of each source to the as-of day."""
    known = known_at(run)

    def age(last: pd.Timestamp | date | None) -> int | None:
        return None if last is None else (run.as_of - pd.Timestamp(last).date()).days

    weather, told = known.newest_weather, known.newest_issued
    observed = None if weather is None else last_given(weather)
    issued = told.origins[-1] if told is not None and len(told.origins) else None
    return {"requests": age(known.origin), "observed weather": age(observed), "issued weather": age(issued)}


def published_areas(areas: pd.DataFrame, known: Known) -> pd.DataFrame:
    """The city's map, or, where it has none, the areas that were found in the rows, without outlines."""
    if len(areas):
        return areas
    found = known.areas
    columns = {"area": found.names, "name": found.names, "district": found.district, "population": found.population}
    table = pd.DataFrame({**columns, "lat": found.lat, "lon": found.lon})
    return schemas.AREAS.validate(table.assign(city=known.city, geometry=""))


def area_features(areas: pd.DataFrame) -> bytes:
    """The areas as a GeoJSON FeatureCollection, for maps elsewhere."""
    features = [
        {
            "type": "Feature",
            "properties": {"area": row.area, "name": row.name, "district": row.district},
            "geometry": json.loads(str(row.geometry)) if row.geometry else None,
        }
        for row in areas.sort_values("area").itertuples(index=False)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _recipe_entry(choice: Choice) -> RecipeEntry:
    recipe = choice.recipe
    return RecipeEntry(
        category=recipe.category,
        forecaster=recipe.forecaster,
        title=recipe.title,
        recipe_id=recipe.recipe_id,
        evidence_end=recipe.evidence_end,
        mean_ratio=recipe.mean_ratio,
        sentence=recipe.sentence,
        covariates=recipe.covariates,
    )


def _frames(run: Run, forecast: Forecast, planned: Planned) -> dict[str, pd.DataFrame]:
    allocation = planned.allocation
    found = plan_findings(planned.problem, run.job.plan().city.crews.locks)
    return {
        **forecast.tables,
        "health": pd.concat([forecast.tables["health"], found], ignore_index=True),
        "shift_draws": shift_rows(forecast, planned.problem),
        "roster": allocation.roster,
        "dispatch": allocation.dispatch,
        "readiness": allocation.readiness,
        "staffing_hints": allocation.staffing_hints,
        "assignments": with_drivers(allocation.assignments, dense(planned.problem), forecast.tables["explanations"]),
        "crew_jobs": allocation.crew_jobs,
        "backlog": planned.backlog,
        "reporting": planned.reporting,
        "sensitivity": planned.doubts,
    }


def shift_rows(forecast: Forecast, problem: Problem) -> pd.DataFrame:
    """The keys of `shift_draws` in the order of `forecast.by_shift` (C, A, H, N, S); samples are written beside."""
    paths, days = forecast.paths, forecast.by_shift.shape[2]
    shifts = [s.name for s in problem.shifts]
    keys = pd.MultiIndex.from_product(
        [paths.categories, paths.areas, paths.dates[:days], shifts], names=["category", "area", "date", "shift"]
    )
    return keys.to_frame(index=False).assign(samples=None)


def _signed(frame: pd.DataFrame, name: str, manifest: Manifest) -> pd.DataFrame:
    """The frame as its schema wants it, with the vintage it belongs to."""
    return _schema(name).validate(frame.assign(vintage_id=manifest.vintage_id))


def _with_samples(forecasts: pd.DataFrame, samples: Ints) -> pd.DataFrame:
    """The area rows' draws as views on one array, for readers that sum them; never Python lists."""
    column = np.empty(len(forecasts), dtype=object)
    column[np.flatnonzero(forecasts["level"] == "area")] = [*samples]
    return forecasts.assign(samples=column)


def _samples(name: str, forecast: Forecast) -> Ints | None:
    if name == "shift_draws":
        return forecast.by_shift.reshape(-1, forecast.by_shift.shape[-1])
    return forecast.area_samples if name == "forecasts" else None


def _schema(name: str) -> schemas.Table:
    return next(t for t in schemas.PUBLISHED if t.name == name)
