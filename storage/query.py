"""DuckDB over a snapshot's Parquet files: small memory, two threads, and an order that is always stated."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa

SPILL = "duckdb-"
"""Start of the name of a process's own folder for what does not fit into memory."""
THREADS = 2
MEMORY = "1GB"


@contextmanager
def connect(work: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session that spills into `work` rather than grow, and never reaches for the network. One thread each."""
    session = _database(work, os.getpid()).cursor()
    try:
        yield session
    finally:
        session.close()


@lru_cache(maxsize=4)
def _database(work: Path, process: int) -> duckdb.DuckDBPyConnection:
    """One database a process and folder: opening one costs more than most queries."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": THREADS,
        "memory_limit": MEMORY,
        "temp_directory": str(work / f"{SPILL}{process}"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    database = duckdb.connect(":memory:", config=settings)
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    return database


# A database still open when the interpreter ends makes DuckDB print pages about leaks.
atexit.register(_database.cache_clear)


def fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """The rows of a query as Arrow."""
    return connection.sql(sql).to_arrow_table()


def parquet(files: Sequence[Path], *, filename: bool = False) -> str:
    """SQL that reads these files and no others."""
    names = ", ".join(text(str(f)) for f in files)
    return f"read_parquet([{names}], hive_partitioning=false, filename={str(filename).lower()})"


def text(value: str) -> str:
    """A SQL string."""
    return "'" + value.replace("'", "''") + "'"
