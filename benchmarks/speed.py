"""How fast a large city is: 77 areas, ten years, on the simulated town.

    python -m benchmarks.speed [--forecaster blend] [--origins 66] [--with-selection]

Training against the bare LightGBM calls it makes (building their data included), drawing 300 paths of 14 days for three
categories, and a backtest of weekly origins with two of them, refitted every fourth origin.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lightgbm

from benchmarks.measure import run
from configs import packaged
from domain.panel import Known
from domain.progress import silent
from models.catalogue import forecasters
from models.forecaster import draws_of
from models.history.mended import learnt_from
from models.parameters import params_for
from models.weather_ensemble import weather_paths
from pipelines.job import Job, known_at
from pipelines.steps.ingest import ingest

CHANGES = {
    "years: 6": "years: 10",
    "districts: 6": "districts: 7",
    "areas_per_district: 8": "areas_per_district: 11",
}
TWO = {"categories: [pothole, flooding, noise]": "categories: [pothole, flooding]"}
"""For the backtest, whose bar is set for two."""
HORIZON = 14
PATHS = 300
SEED = 7


def city(folder: Path, name: str = "large", changes: dict[str, str] = CHANGES) -> Path:
    """The demo's YAML, grown."""
    text = packaged("cities")["ellerby-falls"].read_text(encoding="utf-8")
    for old, new in changes.items():
        if old not in text:
            sys.exit(f"the demo's city no longer says `{old}`")
        text = text.replace(old, new, 1)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


class BareTime:
    """Seconds spent inside LightGBM: `train`, which also bins the data, and `Booster.predict` of the held-out year."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.own = lightgbm.train, lightgbm.Booster.predict

    def __enter__(self) -> BareTime:
        lightgbm.train, lightgbm.Booster.predict = (self.timed(call) for call in self.own)  # type: ignore[method-assign]
        return self

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            try:
                return call(*given, **named)
            finally:
                self.seconds += time.perf_counter() - begin

        return timed

    def __exit__(self, *_: object) -> None:
        lightgbm.train, lightgbm.Booster.predict = self.own  # type: ignore[method-assign]


def daily(known: Known, settings: Any, name: str) -> None:
    """Training and drawing of one forecaster, all categories one after the other."""
    forecaster = forecasters((name,))[0]
    weather = weather_paths(known, PATHS, HORIZON, SEED)
    draws = draws_of(SEED, PATHS, weather)
    with BareTime() as bare:
        begin = time.perf_counter()
        own = {c: learnt_from(known, c) for c in known.demand.categories}
        fits = [forecaster.fit(k, c, params_for(forecaster, settings), SEED, silent) for c, k in own.items()]
        training = time.perf_counter() - begin
    begin = time.perf_counter()
    for fitted, k in zip(fits, own.values(), strict=True):
        fitted.paths(k, weather, draws, HORIZON)
    drawing = time.perf_counter() - begin
    ratio = f"{training / bare.seconds:.2f}" if bare.seconds else "no LightGBM"
    print(f"| {name} | {training:.1f} | {bare.seconds:.1f} | {ratio} | {drawing:.1f} |", flush=True)


def backtest(path: Path, folder: Path, last: datetime, origins: int, forecaster: str | None) -> None:
    end = last.date() - timedelta(days=HORIZON)
    words = ["backtest", str(path), "--from", str(end - timedelta(days=7 * (origins - 1))), "--to", str(end)]
    words += ["--every", "7", "--refit-every", "4", "--horizon", str(HORIZON), "--quiet"]
    words += ["--home", str(folder / "home"), "--out", str(folder / "out")]
    words += ["--forecaster", forecaster] if forecaster else []
    measured = run([sys.executable, "-m", "cli.main", *words])
    if measured.returncode:
        sys.exit(measured.output)
    label = forecaster or "selected every 28 days"
    print(f"| {label} | {origins} | {measured.seconds:.0f} | {measured.peak_mib:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forecaster", default="blend")
    parser.add_argument("--origins", type=int, default=66)
    parser.add_argument("--with-selection", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = city(folder)
        job = Job(str(path), folder / "home-daily", datetime.now(UTC))
        known = known_at(ingest(job, silent))
        areas, days = len(known.areas.names), len(known.demand.dates)
        print(f"{areas} areas, {days} days, {len(known.demand.categories)} categories\n")
        print("| forecaster | training (s) | inside LightGBM (s) | ratio | drawing (s) |\n|---|---|---|---|---|")
        for forecaster in dict.fromkeys((given.forecaster, "lightgbm_poisson", "glm_poisson")):
            daily(known, job.plan().city.models, forecaster)
        print(
            "\n| backtest, two categories | origins | whole command (s) | peak (MiB) |\n|---|---|---|---|", flush=True
        )
        path = city(folder, "two", CHANGES | TWO)
        last = datetime.combine(known.origin, datetime.min.time())
        backtest(path, folder, last, given.origins, given.forecaster)
        if given.with_selection:
            backtest(path, folder, last, given.origins, None)


if __name__ == "__main__":
    main()
