"""Immutable Parquet files of one city, named by their content and listed in a snapshot's manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from domain.category import Strict
from domain.tables import Table
from storage.atomic import write_atomically
from storage.home import CityFolder
from storage.parquet import arrow_schema, parquet_bytes, whole

Role = Literal["first", "status", "change", "all"]
"""first: the first version of each row. status: later versions that move no count (closed, reopened, new due time).
change: later versions that do (category, area, time, place). all: tables without versions."""

MAX_FILES = 12
"""Files of one part and role above which they are merged into one, so that daily syncs stay quick to read."""


class TableFile(Strict):
    """One file: its path below the city's `tables`, and what it must hold."""

    path: str
    sha256: str
    bytes: int
    rows: int
    part: str
    role: Role = "all"


def write_file(folder: CityFolder, table: Table, rows: pa.Table, part: str, role: Role = "all") -> TableFile:
    """Store rows, in the order given, under their content's name. The same rows are stored once."""
    data = parquet_bytes(rows.cast(arrow_schema(table)), table.name)
    digest = hashlib.sha256(data).hexdigest()
    name = f"{table.name}/{part}/{role}-{digest[:20]}.parquet"
    entry = TableFile(path=name, sha256=digest, bytes=len(data), rows=rows.num_rows, part=part, role=role)
    path = folder.tables / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        write_atomically(path, data)
    return entry


def read_files(folder: CityFolder, files: Iterable[TableFile], table: Table) -> pa.Table:
    """The rows of these files, one after the other, a column that may be null and that an older file lacks as null."""
    schema = arrow_schema(table)
    parts = [pq.ParquetFile(folder.tables / f.path).read().replace_schema_metadata(None) for f in files]
    return pa.concat_tables([schema.empty_table(), *(whole(part, table).cast(schema) for part in parts)])


def append(
    folder: CityFolder, table: Table, known: tuple[TableFile, ...], new: Iterable[TableFile], order: tuple[str, ...]
) -> tuple[TableFile, ...]:
    """The list of files with the new ones; where a part has grown too many, these are merged and sorted by `order`."""
    files = sorted({f.path: f for f in (*known, *new)}.values(), key=lambda f: f.path)
    groups: dict[tuple[str, Role], list[TableFile]] = {}
    for file in files:
        groups.setdefault((file.part, file.role), []).append(file)
    kept: list[TableFile] = []
    for (part, role), members in groups.items():
        if len(members) > MAX_FILES:
            rows = read_files(folder, members, table).sort_by([(c, "ascending") for c in order])
            kept.append(write_file(folder, table, rows, part, role))
        else:
            kept += members
    return tuple(kept)


def by_part(rows: pa.Table, column: str, unit: Literal["M", "Y"]) -> Iterator[tuple[str, pa.Table]]:
    """Rows split by the month or year (UTC) of a time column, in the order of time."""
    if not rows.num_rows:
        return
    keys = rows.column(column).cast(pa.int64()).to_numpy().astype("datetime64[us]").astype(f"datetime64[{unit}]")
    order = np.argsort(keys, kind="stable")
    parts, starts = np.unique(keys[order], return_index=True)
    for part, index in zip(parts, np.split(order, starts[1:]), strict=True):
        yield str(part), rows.take(pa.array(index))


def path_of(folder: CityFolder, file: TableFile) -> Path:
    """Where a listed file lies."""
    return folder.tables / file.path
