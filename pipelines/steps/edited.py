"""A planner's draft as a new vintage: the forecasts, draws and backlog of its base, another plan, and whose it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.dense import dense
from allocation.drivers import with_drivers
from allocation.given import Given
from allocation.locks import with_locks
from allocation.plan import Allocation, allocate
from allocation.posted import with_posted
from allocation.problem import Problem
from domain.draft import EditEntry
from domain.errors import ChangedMeanwhileError
from domain.manifest import Manifest
from domain.progress import Progress
from domain.tables import PUBLISHED, SENSITIVITY
from pipelines.identity import code_version, digest
from pipelines.steps.plan_findings import health_replanned, modes_replanned
from pipelines.steps.vintage_inputs import read_inputs
from pipelines.steps.whatif import Ask, changed_inputs
from serving.exports import plan_csv, plan_xlsx
from serving.report.plan import report_html
from serving.web.publication import publication
from storage.home import CityFolder
from storage.parquet import table_bytes
from storage.vintages import Vintage, latest, next_revision, publish, vintage_id

DECIDED = ("roster", "dispatch", "readiness", "staffing_hints", "assignments", "crew_jobs")
EDITED = "a planner changed the plan, and what was said of the one before no longer holds"
TABLES = {t.name: t for t in PUBLISHED}
SAMPLED = ("forecasts", "shift_draws")


def publish_edited(folder: CityFolder, base: Vintage, ask: Ask, edit: EditEntry, progress: Progress) -> str:
    """Publish the base's plan as changed; the id of the new vintage. The caller holds the city's lock.

    Raises ChangedMeanwhileError where another vintage was published since, LockError and WhatIfError.
    """
    check_latest(folder, base)
    inputs, _ = changed_inputs(read_inputs(base), ask)
    problem = with_posted(with_locks(inputs.problem, ask.locks), base.frame("roster"))
    given = inputs.posing(problem)
    allocation = allocate(given, progress)
    manifest = manifest_of(folder, base.manifest, problem, allocation, edit)
    frames = {n: f.assign(vintage_id=manifest.vintage_id) for n, f in _frames(base, given, allocation).items()}
    progress("writing tables, spreadsheet and report")
    tables = {n: table_bytes(f, TABLES[n]) for n, f in frames.items()}
    frames = {n: TABLES[n].validate(f) if n not in SAMPLED else f for n, f in frames.items()}
    files = {
        "problem.json": problem.model_dump_json(indent=1).encode(),
        "areas.geojson": base.bytes("areas.geojson"),
        "plan.csv": plan_csv(frames, manifest),
        "plan.xlsx": plan_xlsx(frames, manifest),
        "report.html": report_html(frames, manifest, publication(base, folder).areas).encode(),
    }
    publish(folder, manifest, tables, files)
    return manifest.vintage_id


def check_latest(folder: CityFolder, base: Vintage) -> None:
    """Raise ChangedMeanwhileError unless the base is what is published now."""
    now = latest(folder).manifest
    if now.vintage_id != base.manifest.vintage_id:
        by = f" by {now.edited.by}" if now.edited else ""
        raise ChangedMeanwhileError(
            f"{now.vintage_id} was published{by} since this draft began",
            remedy="carry the draft over to it, look at the difference, and publish then",
            vintage=now.vintage_id,
        )


def manifest_of(
    folder: CityFolder, base: Manifest, problem: Problem, allocation: Allocation, edit: EditEntry
) -> Manifest:
    """The base's manifest with the next revision of its day, the new solve, and whose plan it is."""
    told = digest(base.vintage_id, code_version(), edit.model_dump_json())
    revision = next_revision(folder, base.as_of)
    return base.model_copy(
        update={
            "vintage_id": vintage_id(base.as_of, revision, told), "revision": revision, "previous": base.vintage_id,
            "solve": allocation.solve, "fairness": allocation.fairness, "locks": allocation.locks,
            "modes": modes_replanned(base.modes, problem), "not_varied": EDITED, "code_version": code_version(),
            "edited": edit, "files": {},
        }
    )  # fmt: skip


def _frames(base: Vintage, given: Given, allocation: Allocation) -> dict[str, pd.DataFrame]:
    """The base's tables with the decided ones replaced. What was said of the old plan's doubts is left out."""
    kept = {
        t.name: base.frame(t.name)
        for t in PUBLISHED
        if t.name not in DECIDED and f"{t.name}.parquet" in base.manifest.files
    }
    kept["health"] = health_replanned(kept["health"], given.problem)
    kept["forecasts"] = kept["forecasts"].assign(samples=_arrays(kept["forecasts"]["samples"]))
    decided = {name: getattr(allocation, name) for name in DECIDED}
    why = with_drivers(allocation.assignments, dense(given.problem), kept["explanations"].drop(columns="vintage_id"))
    return {**kept, **decided, "assignments": why, "sensitivity": SENSITIVITY.empty()}


def _arrays(samples: pd.Series) -> np.ndarray:
    """The lists of draws as arrays, missing ones as None, which is how the writer tells them apart."""
    column = np.empty(len(samples), dtype=object)
    for at, value in enumerate(samples):
        column[at] = None if value is None else np.asarray(value)
    return column
