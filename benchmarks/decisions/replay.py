"""Plans against other ways of planning, replayed: on the simulated city, with its true paths, and on Houston.

    python -m benchmarks.decisions.replay simulated --seed 101 --climate continental [--weeks 26] --out DIR
    python -m benchmarks.decisions.replay houston|houston-2015|houston-2014 [--weeks 26] --out DIR
    python -m benchmarks.decisions.replay houston-2017 --look-at-2017 --out DIR

Everything is fixed in settings.yaml beside this file. Weeks already replayed in DIR are kept. `crewcast evaluate` gives
no percentage where its replay does not reproduce the record; the goal is stated in percent, so this command also prints
the shares of the gap, said to be within the replay's own rules. 2017 is kept unseen: a look at it is asked for by name.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from allocation.dense import dense
from allocation.evaluate.catalogue import OURS, POLICIES, WITH_TRUTH
from allocation.evaluate.facts import Ahead
from allocation.evaluate.gap import Gap, Interval, costs_by_week
from allocation.evaluate.report import gaps_at
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.window import cut
from allocation.resolve import resolve
from allocation.work_weather import work_pace
from benchmarks.scored import SHARED
from benchmarks.truth import Case, case
from domain.city import CityPlan
from domain.panel import Draws, SamplePaths
from domain.progress import silent
from models.forecaster import draws_of
from models.weather_ensemble import weather_paths
from pipelines.job import Job, Run, known_at
from pipelines.steps.evaluate import Replay, Truth, evaluate
from pipelines.steps.ingest import ingest
from pipelines.steps.replay_forecasts import crewed_known, crewed_plan, requests_by_shift
from sources.simulator.settings import CATEGORIES
from sources.simulator.truth import true_paths

FILE = Path(__file__).with_name("settings.yaml")
TRUTH, UNSEEN = "true-paths", "houston-2017"
GOAL, OF_TRUTH = 0.35, 0.80
"""Closed by the plan: this share of the gap, or this part of what planning on the true paths closes."""


def settings() -> tuple[ReplaySettings, dict[str, Any]]:
    read = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return ReplaySettings.model_validate(read["replay"]), read["windows"]


def pinned(plan: CityPlan) -> str:
    """The content of crews, costs and rules that settings.yaml pins: what the YAML files set, defaults left out."""
    parts = [part.model_dump(mode="json", exclude_unset=True) for part in (plan.city.crews, *plan.categories)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def truth_of(found: Case, told: ReplaySettings) -> Truth:
    """The simulator's own paths given what was issued, in the planner's terms. Every crew is on duty in them, and the
    pace is the mean over the issued weather: the paths do not say which weather they ride on."""

    def paths_at(origin: date) -> Ahead:
        plan, known = crewed_plan(found.run.job.plan()), crewed_known(found.run, origin)
        days = told.commit_days + 1
        drawn = true_paths(found.world, origin, told.plan_draws, "issued", seed=told.seed, horizon=told.commit_days)
        drawn = np.concatenate([drawn, drawn[:, :, -1:]], axis=2)  # the last night reaches into a day not drawn
        own = [CATEGORIES.index(c) for c in known.demand.categories]
        weight = np.full(told.plan_draws, 1 / told.plan_draws)
        draws = Draws(told.seed, np.full(told.plan_draws, -1, dtype=np.int32), weight)
        dates = pd.date_range(origin + timedelta(days=1), periods=days, unit="us")
        samples = drawn[own][:, found.area_order()]
        paths = SamplePaths(origin, dates, known.areas.names, known.demand.categories, samples, draws)
        problem = resolve(found.run.job.plan(), known.areas, [d.date() for d in dates], known.holidays)
        small = dense(cut(problem, dates[0].date(), told.commit_days))
        duty = np.ones((told.commit_days, len(small.skilled), told.plan_draws), bool)
        issued = weather_paths(known, plan.city.models.weather_paths, told.commit_days, told.seed)
        pace = work_pace(small, issued, draws_of(told.seed, told.plan_draws, issued))
        mean = None if pace is None else np.repeat(pace.mean(axis=-1, keepdims=True), told.plan_draws, axis=-1)
        return Ahead(requests_by_shift(known, plan, paths, problem), weight, duty, None, mean)

    return paths_at


def rules_of(window: dict[str, Any]) -> str:
    """The window's weather rules, as lines of a city's crews section."""
    rules = "".join(f"    - {json.dumps(rule)}\n" for rule in window["weather_rules"])
    return f"  weather_rules:\n{rules}"


def houston(home: Path) -> Run:
    os.environ["CREWCAST_SHARED"] = str(SHARED)
    return ingest(Job("houston-files", home, datetime(2026, 1, 1, tzinfo=UTC)), silent)


def lines(rows: pd.DataFrame, told: ReplaySettings) -> list[str]:
    """Costs and gaps by load, as Markdown."""
    out = []
    for load, part in rows.groupby("load", sort=True):
        costs = costs_by_week(part[part["dispatch"] == "moved"])
        out += [f"\nload {load:g}, {len(costs)} weeks: cost", ""]
        out += [f"| {name} | {costs[name].sum():,.0f} |" for name in costs.columns]
        for name, column in (("all cost", "cost"), ("event work alone", "event_cost")):
            found = {g.policy: g for g in gaps_at(part, told, column)}
            out += ["", f"{name}:", *(_line(g) for g in found.values())]
            if TRUTH in found:
                out.append(_goal(found[OURS], found[TRUTH]))
    return out


def _line(g: Gap) -> str:
    share = f"{g.closed.value:.0%} ({g.closed.low:.0%} to {g.closed.high:.0%})" if g.closed else g.told
    saved, bare = _money(g.against_supervisor), _money(g.without_closing.against_supervisor)
    beside = "" if saved == bare else f", in the weeks alone {bare}"
    return f"{g.policy}: of the gap {g.best_simple} to oracle closed {share}; against the supervisor {saved}{beside}"


def _money(saved: Interval) -> str:
    return f"{saved.value:+,.0f} ({saved.low:+,.0f} to {saved.high:+,.0f})"


def _goal(ours: Gap, truth: Gap) -> str:
    if ours.closed is None or truth.closed is None:
        return "goal: the gap is too small to be judged"
    goal = min(GOAL, OF_TRUTH * truth.closed.value)
    met = ours.closed.value >= goal and ours.closed.low > 0 and ours.without_closing.saved.low > 0
    return f"goal {goal:.0%}, interval above zero: {'met' if met else 'not met'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told, windows = settings()
    parser.add_argument("city", choices=[name for name in windows if name != "pinned"])
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--climate", default="continental")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--look-at-2017", action="store_true", help="a look that docs/benchmarks.md must list")
    given = parser.parse_args()
    if given.city == UNSEEN and not given.look_at_2017:
        sys.exit(f"{UNSEEN}: that year is kept unseen; --look-at-2017 looks, once, and docs/benchmarks.md lists it")
    window = windows[given.city]
    first = window["from"]
    last = min(first + timedelta(days=told.every_days * (given.weeks - 1)), window["to"])
    given.out.mkdir(parents=True, exist_ok=True)
    if given.city == "simulated":
        found = case(given.seed, given.climate, given.out, rules_of(window))
        run, asked = found.run, Replay(first, last, told, WITH_TRUTH, truth_of(found, told))
    else:
        run, asked = houston(given.out / "home"), Replay(first, last, told, POLICIES)
    pin = windows["pinned"][given.city]
    if pinned(run.job.plan()) != pin:
        sys.exit(f"crews, costs or rules are not those that {FILE.name} pins: {pinned(run.job.plan())}, not {pin}")
    started = time.perf_counter()

    def say(doing: str, done: int | None = None, total: int | None = None) -> None:
        print(f"{time.perf_counter() - started:.0f} s {doing}", file=sys.stderr, flush=True)

    report = evaluate(run, asked, given.out, say)
    rows = pd.read_parquet(given.out / "policies.parquet")
    print(f"{known_at(run).city}: {report['told']}", report["sentence"], *lines(rows, told), sep="\n")


if __name__ == "__main__":
    main()
