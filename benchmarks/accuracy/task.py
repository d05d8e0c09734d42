"""One comparison as files: which origins of which series, and everything that may be known at each.

A folder holds task.json, counts.parquet (date, area, category, count; zero-filled), observed.parquet (date, weather)
and ahead.parquet (origin, date, weather): what each origin is told about the days after it, 14 rows an origin.
The outcomes lie in counts.parquet too, for the scorer; `seen.seen_at` cuts them off for the peers.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

HORIZON = 14
DRAWS = 300
TABLES = ("counts", "observed", "ahead")
CITY = "whole city"
"""The name of the city's own total series, which every peer forecasts a second time as one series."""


@dataclass(frozen=True)
class Facts:
    """origins: all, in ISO dates; every `thin`-th from the first is for the peers that fit each series on its own.

    refit_every: origins between two fits of a model over all series. given: what `ahead` holds, for the tables.
    holidays: ISO dates over history and the days ahead.
    """

    name: str
    title: str
    given: str
    origins: tuple[str, ...]
    thin: int
    refit_every: int
    categories: tuple[str, ...]
    areas: tuple[str, ...]
    holidays: tuple[str, ...]
    seed: int = 7

    @property
    def thinned(self) -> tuple[str, ...]:
        return self.origins[:: self.thin]


@dataclass(frozen=True)
class Task:
    """Facts and the three tables; dates are pandas timestamps without a zone."""

    facts: Facts
    counts: pd.DataFrame
    observed: pd.DataFrame
    ahead: pd.DataFrame

    def table(self, category: str) -> pd.DataFrame:
        """Counts of one category, days × areas in the order of `facts.areas`, without gaps."""
        rows = self.counts[self.counts["category"] == category]
        wide = rows.pivot_table(index="date", columns="area", values="count", aggfunc="sum", observed=True)
        return wide.asfreq("D").fillna(0).astype(int)[list(self.facts.areas)]

    def write(self, folder: Path) -> None:
        """Written beside its place and moved there; left alone where the same task is there, as others may read it."""
        beside = folder.with_name(f".{folder.name}-{os.getpid()}")
        beside.mkdir(parents=True)
        (beside / "task.json").write_text(json.dumps(asdict(self.facts), indent=1), encoding="utf-8")
        for name in TABLES:
            getattr(self, name).to_parquet(beside / f"{name}.parquet", index=False)
        if folder.exists() and fingerprint(folder) == fingerprint(beside):
            shutil.rmtree(beside)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            beside.rename(folder)


def read(folder: Path) -> Task:
    """The task that `Task.write` left in `folder`."""
    raw: dict[str, Any] = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    return Task(Facts(**fields), *(pd.read_parquet(folder / f"{name}.parquet") for name in TABLES))


def fingerprint(folder: Path) -> str:
    """Changes when anything of the task does, so that kept results of another task are not taken for its own."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name == "task.json" or path.stem in TABLES:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
