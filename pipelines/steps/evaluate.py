"""Replay past weeks under every policy, week by week, and write what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from allocation.evaluate.cases import Case, Standing, Week, cases, replay_week
from allocation.evaluate.catalogue import POLICIES
from allocation.evaluate.evenings import Beliefs
from allocation.evaluate.facts import Ahead, Loaded
from allocation.evaluate.policy import Belief, Policy
from allocation.evaluate.report import report
from allocation.evaluate.settings import ReplaySettings
from allocation.unplayed import unplayed_in_replay
from allocation.waits import Waits
from domain.errors import AsOfOutsideDataError
from domain.evaluation import EvaluationEntry
from domain.measured import FittedWaits
from domain.progress import Progress
from models.folds import regular_origins
from pipelines.identity import code_version, config_hash
from pipelines.job import Run, known_on_latest_map
from pipelines.steps.against_record import (
    LONGEST_DUE_DAYS,
    Record,
    against_record,
    fitted_days,
    opening_jobs,
    wait_days,
)
from pipelines.steps.forecasts_kept import kept_forecasts
from pipelines.steps.replay_facts import Course, course, history, loaded
from pipelines.steps.replay_kept import kept, packed, restored
from serving.report.evaluate import evaluate_html
from storage.atomic import write_atomically
from storage.origin import MINIMUM_DAYS
from storage.replay_weeks import keep_week, open_weeks

Truth = Callable[[date], Ahead]
ROOM_DAYS = 10


@dataclass(frozen=True)
class Replay:
    """What is asked: origins first..last; truth: the simulator's own paths at an origin, for benchmarks."""

    first: date
    last: date
    settings: ReplaySettings = field(default_factory=ReplaySettings)
    policies: tuple[Policy, ...] = POLICIES
    truth: Truth | None = None

    def origins(self) -> tuple[date, ...]:
        return regular_origins(self.first, self.last, self.settings.every_days)


def evaluate(run: Run, asked: Replay, out: Path, progress: Progress) -> dict[str, Any]:
    """policies.json, policies.parquet and report.html in `out`; weeks kept in `out/weeks`. Returns the report."""
    settings, plan = asked.settings, run.job.plan()
    origins = usable(run, asked)
    progress("reading what really came")
    span = origins[0] + timedelta(days=1), origins[-1] + timedelta(days=settings.every_days)
    real = course(run, *span, settings.commit_days + ROOM_DAYS)
    progress("holding the replay against the record")
    record = against_record(run, origins, settings, progress)
    if record.is_calibrated:  # else only what the YAML states, if anything
        real = changed(real, facts=real.facts.waiting(record.waits))
    loads = {w: loaded(real.facts, known_on_latest_map(run, origins[0]), w) for w in settings.loads}
    for _ in weeks(run, asked, origins, real, loads, out / "weeks", progress):
        pass
    rows, promises = kept(out / "weeks", origins)
    found = report(rows, promises, settings, record.matches, record.is_calibrated, _facts(run, asked, loads, record))
    rows.to_parquet(out / ".policies.parquet", index=False)
    (out / ".policies.parquet").replace(out / "policies.parquet")
    write_atomically(out / "policies.json", json.dumps(found, indent=1).encode())
    write_atomically(out / "report.html", evaluate_html(found, plan.city.title, plan.city.label).encode())
    return found


def fitted_waits(run: Run, asked: Replay, found: Mapping[str, Any]) -> FittedWaits | None:
    """What plans published later may reckon with; None where nothing was fitted."""
    fit = found["fit"]
    return fit and FittedWaits(
        **fit, known_on=known_on_of(run, asked), is_calibrated=found["calibrated"],
        is_judged=bool(found["calibration"]), code_version=code_version(),
    )  # fmt: skip


def known_on_of(run: Run, asked: Replay) -> date:
    """The last day whose requests a replay judges by."""
    judged = usable(run, asked)[-1] + timedelta(days=asked.settings.every_days + LONGEST_DUE_DAYS)
    return min(judged, run.as_of)


def in_short(run: Run, asked: Replay, found: Mapping[str, Any]) -> EvaluationEntry:
    """What plans published later say of this replay."""
    return EvaluationEntry(
        first=asked.first,
        last=asked.last,
        known_on=known_on_of(run, asked),
        weeks=found["weeks"],
        load=found["central_load"],
        is_calibrated=found["calibrated"],
        sentence=found["sentence"],
        config_hash=config_hash(run.job.plan()),
        code_version=code_version(),
    )


def usable(run: Run, asked: Replay) -> tuple[date, ...]:
    """The origins whose weeks, and the room beyond, lie in the data."""
    beyond = timedelta(days=asked.settings.every_days + asked.settings.commit_days + ROOM_DAYS)
    earliest = run.snapshot().meta.first_day + timedelta(days=MINIMUM_DAYS)
    found = tuple(o for o in asked.origins() if earliest <= o <= run.origin - beyond)
    if not found:
        raise AsOfOutsideDataError(
            f"no week from {asked.first} to {asked.last} can be replayed",
            remedy=f"choose --from and --to between {earliest} and {run.origin - beyond}",
            first=asked.first,
            last=asked.last,
        )
    return found


def weeks(
    run: Run,
    asked: Replay,
    origins: Sequence[date],
    real: Course,
    loads: Mapping[float, Loaded],
    folder: Path,
    progress: Progress,
) -> Iterator[date]:
    """Replay every week that is not kept yet."""
    done = open_weeks(folder, fingerprint(run, asked, real.facts.waits))
    every = cases(asked.policies, asked.settings.loads)
    begun = next((i for i, o in enumerate(origins) if o not in done), len(origins))
    if begun == len(origins):
        return
    standing = restored(folder, origins[begun - 1], every) if begun else _opening(run, origins[0], every, loads)
    eves = thought_over(origins, real.facts.rain_mm, asked.settings)
    every_eve = sorted({*origins, *(eve for of_week in eves.values() for eve in of_week)})
    at, kept_at = real.facts.problem, folder.parent / "forecasts"
    forecast = kept_forecasts(run, at, every_eve, asked.settings, kept_at, progress, origins)
    for origin, ahead in forecast:
        if origin not in eves:
            continue
        later = [next(forecast) for _ in eves[origin]]
        if origin < origins[begun]:
            continue
        progress(f"replaying the week after {origin.isoformat()}", origins.index(origin), len(origins))
        known = {eve: _beliefs(asked, eve, paths) for eve, paths in [(origin, ahead), *later]}
        found = _one_week(run, asked, every, loads, standing, origin, known)
        standing = {case: week.standing for case, week in found.items()}
        keep_week(folder, origin, *packed(found))
        yield origin


def thought_over(
    origins: Sequence[date], rain_mm: Mapping[date, float], settings: ReplaySettings
) -> dict[date, list[date]]:
    """Origin -> the later evenings of its week on which readiness is thought over: before days with rain issued."""
    if settings.readiness == "each roster":
        return {origin: [] for origin in origins}
    week = [timedelta(days=d) for d in range(1, settings.every_days)]
    return {
        o: [o + d for d in week if rain_mm.get(o + d + timedelta(days=1), 0.0) >= settings.rethink_from_mm]
        for o in origins
    }


def _beliefs(asked: Replay, eve: date, paths: Ahead) -> Beliefs:
    found: dict[Belief, Ahead] = {"paths": paths}
    return found if asked.truth is None else found | {"truth": asked.truth(eve)}


def _one_week(
    run: Run,
    asked: Replay,
    every: Sequence[Case],
    loads: Mapping[float, Loaded],
    standing: Mapping[Case, Standing],
    origin: date,
    known: Mapping[date, Beliefs],
) -> dict[Case, Week]:
    """known: evening -> beliefs, of the origin and of the later evenings on which readiness is thought over."""
    policies = {p.name: p for p in asked.policies}
    problem = next(iter(loads.values())).facts.problem
    dates, requests = history(known_on_latest_map(run, origin), problem)
    past = {load: one.history(dates, requests) for load, one in loads.items()}
    return {
        case: replay_week(
            case, policies[case.policy], loads[case.load], standing[case], origin, past[case.load], known[origin],
            asked.settings, {eve + timedelta(days=1): held for eve, held in known.items() if eve != origin},
        )
        for case in every
    }  # fmt: skip


def _opening(run: Run, origin: date, every: Sequence[Case], loads: Mapping[float, Loaded]) -> dict[Case, Standing]:
    """What was open at the first origin, as known then: the same for every policy."""
    found = {load: opening_jobs(run, one, origin) for load, one in loads.items()}
    return {case: Standing(found[case.load], None) for case in every}


def fingerprint(run: Run, asked: Replay, waits: Waits | None) -> dict[str, Any]:
    """What makes two replays the same one. waits: those that the policies are replayed with."""
    return {
        "code": code_version(),
        "snapshot": run.snapshot_id,
        "city": config_hash(run.job.plan()),
        "from": asked.first.isoformat(),
        "settings": asked.settings.model_dump(mode="json"),
        "policies": [p.name for p in asked.policies],
        "waits": None if waits is None else waits.shares.tolist(),
    }


def _fit(record: Record) -> dict[str, Any] | None:
    """The waits as fitted, and the days filed that they rest on."""
    if record.first is None or record.last is None:
        return None
    return {"days": fitted_days(record), "first": record.first.isoformat(), "last": record.last.isoformat()}


def _facts(run: Run, asked: Replay, loads: Mapping[float, Loaded], record: Record) -> dict[str, Any]:
    plan = run.job.plan()
    unplayed = unplayed_in_replay(next(iter(loads.values())).windows.problem)
    return {
        "city": plan.city.city,
        "title": plan.city.title,
        "label": plan.city.label,
        "currency": plan.city.crews.currency,
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "loads": {f"{w:g}": {"reached": one.load, "jobs_factor": one.factor} for w, one in loads.items()},
        "pace": dict(record.fitted.pace),
        "waits": wait_days(record),
        "fit": _fit(record),
        "stated_waits": [c.category for c in plan.categories if c.is_ours and c.waits is not None],
        "told": record.told,
        "notes": [*record.notes, *filter(None, [unplayed])],
    }
