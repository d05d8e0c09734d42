"""Are the ranges of months, quarters and years honest? The long view at past origins, beside two rules of thumb.

    python -m benchmarks.long_view [--seeds 101 102] [--climates continental warm-coast] [--every 28]

Origins every 28 days once two years are known; totals of whole calendar months and quarters within 400 days, and of
the next 365 days. Rivals: the same period of last year, and smoothed level × month factors, both with the spread their
own past errors had. Houston needs the shared development data and is cut at the end of 2016. Windows of neighbouring
origins overlap, so a coverage rests on a few independent years; nothing in the model was set on these series.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.long_baselines import last_year, level_times_season
from benchmarks.scored import SHARED
from benchmarks.truth import case
from domain.chance import generator
from domain.panel import Ints, Known
from domain.progress import silent
from models.forecaster import draws_of
from models.levels import groups
from models.long_view.model import LongViewParams, fit_long
from models.long_view.weather import long_paths
from models.scores import coverage, crps, randomised_pit
from pipelines.job import Job, known_on
from pipelines.steps.ingest import ingest

LAST_DAY = date(2016, 12, 31)
DAYS, EVERY, FIRST, SIZE, SEED = 400, 28, 730, 300, 7
OURS, YEAR_AGO, SMOOTHED = "long view", "same period last year", "smoothed level × month"
RIVALS = (YEAR_AGO, SMOOTHED)
Window = tuple[str, int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="*", default=[101, 102])
    parser.add_argument("--climates", nargs="*", default=["continental", "warm-coast"])
    parser.add_argument("--every", type=int, default=EVERY, help="days between origins")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date.min, help="first origin")
    parser.add_argument("--until", type=date.fromisoformat, default=LAST_DAY, help="last outcome of Houston")
    parser.add_argument("--no-houston", action="store_true")
    parser.add_argument("--out", type=Path, default=None, help="CSV of every scored total")
    given = parser.parse_args()
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for name, known in cities(given, Path(folder)):
            parts.append(scores(known, given.every, given.first).assign(city=name))
            print(summary(parts[-1], ["city", "category", "level", "kind"]).to_string(), flush=True)
    rows = pd.concat(parts, ignore_index=True)
    print(summary(rows, ["level", "kind"]).to_string())
    if given.out is not None:
        rows.to_csv(given.out, index=False)


def cities(given: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Known]]:
    """What is known of each city at its last day that may be looked at."""
    if not given.no_houston:
        os.environ.setdefault("CREWCAST_SHARED", str(SHARED))
        run = ingest(Job("houston-files", folder / "houston", datetime(2026, 1, 1, tzinfo=UTC)), silent)
        yield "Houston", known_on(run, min(given.until, LAST_DAY))
    for climate in given.climates:
        for seed in given.seeds:
            yield f"{climate} {seed}", case(seed, climate, folder).latest


def scores(latest: Known, every: int = EVERY, first: date = date.min) -> pd.DataFrame:
    """One row an origin, category, unit and window: CRPS of each forecaster, PIT of ours and the rivals."""
    rows = []
    days = len(latest.demand.dates)
    for t in range(FIRST, days - EVERY, every):
        known = at_day(latest, t)
        if known.origin < first:
            continue
        horizon = min(DAYS, days - t)
        weather = long_paths(known, LongViewParams().weather_paths, horizon, SEED)
        draws = draws_of(SEED, SIZE, weather)
        for category in known.demand.categories:
            samples = fit_long(known, category, LongViewParams()).samples(known, weather, draws, horizon)
            rows += list(_score(latest, known, category, samples))
    return pd.DataFrame(rows)


def at_day(latest: Known, t: int) -> Known:
    """What was known when the first `t` days were over."""
    demand, weather = latest.demand, latest.weather
    cut = replace(demand, dates=demand.dates[:t], counts=demand.counts[:, :, :t], unlocated=demand.unlocated[:, :t])
    origin = cut.dates[-1].date()
    if weather is not None:
        kept = int((weather.dates <= cut.dates[-1]).sum())
        weather = replace(weather, dates=weather.dates[:kept], values=weather.values[:kept])
    return replace(latest, as_of=origin, origin=origin, demand=cut, weather=weather, issued=None, places=None)


def windows(known: Known, horizon: int) -> list[Window]:
    """kind, first day ahead from 1, days: whole calendar months and quarters, and the next 365 days."""
    ahead = pd.date_range(known.demand.dates[-1] + pd.Timedelta(days=1), periods=horizon)
    out: list[Window] = [("year", 1, 365)] if horizon >= 365 else []
    for kind, unit in (("month", "M"), ("quarter", "Q")):
        for period in ahead.to_period(unit).unique():
            ends = pd.DatetimeIndex([period.start_time.normalize(), period.end_time.normalize()])
            first, last = ahead.get_indexer(ends)
            if first >= 0 and last >= 0:
                out.append((kind, int(first) + 1, int(last - first) + 1))
    return out


def _score(latest: Known, known: Known, category: str, samples: Ints) -> Iterator[dict[str, object]]:
    t = len(known.demand.dates)
    for group in groups(known.areas):
        truth = latest.demand.of(category)[group.members].sum(axis=0)
        past, own = truth[:t], samples[group.members].sum(axis=0)
        for kind, first, days in windows(known, samples.shape[1]):
            rng = generator(SEED, "long baselines", known.origin, category, group.name, kind, first)
            drawn = {
                OURS: own[first - 1 : first - 1 + days].sum(axis=0).astype(float),
                YEAR_AGO: last_year(past, first, days, rng, SIZE),
                SMOOTHED: level_times_season(past, known.demand.dates, first, days, rng, SIZE),
            }
            outcome = np.array([float(truth[t + first - 1 : t + first - 1 + days].sum())])
            row: dict[str, object] = {
                "origin": known.origin, "category": category, "level": group.level, "unit": group.name, "kind": kind,
                "first": first, "outcome": outcome[0], "mean": float(drawn[OURS].mean()),
            }  # fmt: skip
            for name, found in drawn.items():
                row[f"crps {name}"] = float(crps(outcome, found[None])[0])
                row[f"pit {name}"] = float(randomised_pit(outcome, found[None], rng)[0])
            yield row


def summary(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Coverage of each, CRPS ÷ requests of ours, and CRPS against each rival (below 0 is better)."""
    out = []
    for key, found in rows.groupby(by, sort=False):
        ours = found[f"crps {OURS}"].sum()
        row = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        row |= {"origins": found["origin"].nunique(), "totals": len(found)}
        row["crps ÷ requests"] = round(ours / max(found["outcome"].sum(), 1.0), 3)
        row |= {f"vs {n}": f"{ours / found[f'crps {n}'].sum() - 1:+.0%}" for n in RIVALS}
        for n in (OURS, *RIVALS):
            pit = found[f"pit {n}"].to_numpy()
            row[f"80/95 {n}"] = f"{coverage(pit, 0.8):.0%} / {coverage(pit, 0.95):.0%}"
        row["mean ÷ outcome"] = round(found["mean"].sum() / max(found["outcome"].sum(), 1.0), 2)
        out.append(row)
    return pd.DataFrame(out)


if __name__ == "__main__":
    main()
