"""Run one peer over one task, inside the peers' environment.

    python -m benchmarks.accuracy.run_peer NAME --task DIR --out DIR

Writes areas.parquet and city.parquet in the scorer's format (origin, date, area, category, samples) and peer.json:
the library's version and, where series failed, how many and why. progress.txt grows by a line an origin.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.accuracy.draws import Ints
from benchmarks.accuracy.peer import Draw, Peer, catalogue
from benchmarks.accuracy.seen import Seen, seen_at
from benchmarks.accuracy.task import HORIZON, Task, read
from domain.chance import generator


def rows(origin: str, category: str, areas: list[str], samples: Ints) -> pa.Table:
    """(A, H, S) as rows of the scorer's format, area by area."""
    count, horizon, size = samples.shape
    if horizon != HORIZON or count != len(areas) or samples.min() < 0:
        raise ValueError(f"draws of shape {samples.shape} for {len(areas)} areas")
    days = pd.date_range(pd.Timestamp(origin) + pd.Timedelta(days=1), periods=horizon)
    offsets = pa.array(np.arange(0, samples.size + 1, size, dtype=np.int32))
    return pa.table(
        {
            "origin": pa.array([pd.Timestamp(origin)] * (count * horizon), pa.timestamp("us")),
            "date": pa.array(np.tile(days.to_numpy(), count), pa.timestamp("us")),
            "area": np.repeat(np.array(areas, dtype=object), horizon),
            "category": [category] * (count * horizon),
            "samples": pa.ListArray.from_arrays(offsets, pa.array(samples.reshape(-1), pa.int32())),
        }
    )


def run(peer: Peer, task: Task, out: Path) -> Counter[str]:
    """Every origin of the task, areas and city; returns why series failed and how often."""
    facts, why = task.facts, Counter[str]()
    origins = facts.thinned if peer.each_series else facts.origins
    tables = {c: task.table(c) for c in facts.categories}
    draws: dict[tuple[str, str], Draw] = {(kind, c): peer.start() for kind in ("areas", "city") for c in tables}
    writers: dict[str, pq.ParquetWriter] = {}
    for number, origin in enumerate(origins):
        for category, table in tables.items():
            view = seen_at(task, table, category, origin, number)
            for kind, seen in (("areas", view), ("city", view.city())):
                table_rows, reasons = drawn(draws[kind, category], seen, kind, peer.name)
                why.update(reasons)
                if kind not in writers:
                    writers[kind] = pq.ParquetWriter(out / f"{kind}.parquet", table_rows.schema, compression="zstd")
                writers[kind].write_table(table_rows)
        with (out / "progress.txt").open("a", encoding="utf-8") as log:
            log.write(f"{number + 1} of {len(origins)} origins\n")
    for writer in writers.values():
        writer.close()
    return why


def drawn(draw: Draw, seen: Seen, kind: str, name: str) -> tuple[pa.Table, list[str]]:
    origin = seen.counts.index[-1].date().isoformat()
    found = draw(seen, generator(seen.seed, name, kind, seen.category, origin))
    return rows(origin, seen.category, list(seen.counts.columns), found.samples), found.failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=list(catalogue()))
    parser.add_argument("--task", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    peer = catalogue()[given.name]
    given.out.mkdir(parents=True, exist_ok=True)
    why = run(peer, read(given.task), given.out)
    report = {"version": version(peer.library), "failures": dict(why.most_common(5)), "failed": sum(why.values())}
    (given.out / "peer.json").write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
