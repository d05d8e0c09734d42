"""Weeks of a replay on disk: what of all cases is kept, and how they go on from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from allocation.evaluate.cases import Case, Standing, Week
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.policy import Committed
from allocation.evaluate.report import closed_off
from allocation.evaluate.stations import as_stations
from storage.replay_weeks import read_week


def packed(found: Mapping[Case, Week]) -> tuple[dict[str, pd.DataFrame], dict[str, np.ndarray]]:
    """One week of all cases as frames and arrays to keep."""
    rows = pd.DataFrame([week.row for week in found.values()])
    rows["week"] = pd.to_datetime(rows["week"])
    promises = [w.promises.assign(week=pd.Timestamp(w.row["week"])) for w in found.values() if len(w.promises)]  # type: ignore[arg-type]
    open_jobs = [
        pd.DataFrame({"case": case.key, **{n: getattr(w.standing.open_jobs, n) for n in Jobs.__dataclass_fields__}})
        for case, w in found.items()
    ]
    arrays: dict[str, np.ndarray] = {}
    for case, week in found.items():
        committed = week.standing.committed
        assert committed is not None
        for name in ("crews", "held", "overtime_hours", "level", "stations"):
            arrays[f"{case.key}|{name}"] = np.asarray(getattr(committed, name))
    frames = {"rows": rows, "open": pd.concat(open_jobs, ignore_index=True)}
    if promises:
        frames["promises"] = pd.concat(promises, ignore_index=True)
    return frames, arrays


def restored(folder: Path, origin: date, every: Sequence[Case]) -> dict[Case, Standing]:
    """Where every case stood after a kept week."""
    frames, arrays = read_week(folder, origin)
    found = {}
    for case in every:
        own = frames["open"][frames["open"]["case"] == case.key]
        jobs = Jobs(*(own[n].to_numpy() for n in Jobs.__dataclass_fields__))
        parts = {n: arrays[f"{case.key}|{n}"] for n in ("crews", "held", "overtime_hours", "level")}
        stations = as_stations(arrays[f"{case.key}|stations"])
        found[case] = Standing(jobs, Committed(origin + timedelta(days=1), stations, **parts))
    return found


def kept(folder: Path, origins: Sequence[date]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of all weeks, closed off after the last, and promises."""
    read = [read_week(folder, origin)[0] for origin in origins]
    promises = [frames["promises"] for frames in read if "promises" in frames]
    rows = closed_off(pd.concat([frames["rows"] for frames in read], ignore_index=True))
    return rows, pd.concat(promises, ignore_index=True) if promises else pd.DataFrame()
