"""Tables to Parquet bytes and back: the same frame gives the same bytes, whenever and wherever it is written."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from domain.errors import VintageBrokenError
from domain.panel import Ints
from domain.tables import Table
from domain.words import SCHEMA_VERSION

SAMPLES = "samples"
_COMPRESSION_LEVEL = 1
_TYPES = {
    "string": pa.string(),
    "float64": pa.float64(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "datetime64[ns]": pa.timestamp("us"),  # days: pandera reads every naive datetime64 as nanoseconds
    "datetime64[us]": pa.timestamp("us"),
    "datetime64[us, UTC]": pa.timestamp("us", "UTC"),
    "object": pa.list_(pa.int32()),
}


def arrow_schema(table: Table) -> pa.Schema:
    """The table's columns as Arrow fields, in order; moments in UTC microseconds, `samples` as list<int32>."""
    columns = table.schema.columns.items()
    return pa.schema([pa.field(name, _TYPES[str(column.dtype).split("[pyarrow")[0]]) for name, column in columns])


def table_bytes(frame: pd.DataFrame, table: Table, samples: NDArray[np.integer[Any]] | None = None) -> bytes:
    """The frame, validated against the table's contract, as Parquet (zstd, no write time, no library metadata).

    samples: (R, S) draws for the table's `samples` column, which the frame may then leave out. Row r belongs to the
    r-th row of the frame, or where R is smaller, to the r-th row of level "area" (rows above it hold null).
    Raises pandera's SchemaErrors where the contract is broken, ValueError where samples do not fit the rows.
    """
    if SAMPLES not in table.schema.columns:
        return parquet_bytes(to_arrow(table.validate(frame), table), table.name)
    if samples is None:
        frame, samples = _taken_out(frame)
    valid = table.validate(frame.assign(**{SAMPLES: None}))
    lists = _lists(samples, _rows_with_samples(valid, len(samples)))
    schema = arrow_schema(table)
    arrow = to_arrow(valid, table)
    at = schema.get_field_index(SAMPLES)
    return parquet_bytes(arrow.set_column(at, pa.field(SAMPLES, lists.type), lists), table.name)


def read_table(source: Path | bytes, table: Table) -> pd.DataFrame:
    """The frame of one Parquet file; `samples` holds one integer array a row.

    A column that may be null, and that an older release did not write, is null. Raises VintageBrokenError where the
    bytes are not Parquet or another column of the contract is missing.
    """
    arrow = _read_arrow(source, table, list(table.schema.columns))
    frame: pd.DataFrame = arrow.to_pandas()
    return frame


def read_samples(source: Path | bytes, table: Table) -> Ints:
    """The draws of the rows that hold any, in the order of the rows: (R, S), without a list in between."""
    column = _read_arrow(source, table, [SAMPLES]).column(SAMPLES).combine_chunks().drop_null()
    flat = column.flatten().to_numpy(zero_copy_only=False)
    rows: Ints = flat.astype(np.int32).reshape(len(column), -1)
    return rows


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """The frame in the table's Arrow schema, without pandas metadata (they name library versions)."""
    schema = arrow_schema(table)
    return pa.Table.from_arrays([_column(frame[f.name], f.type) for f in schema], schema=schema)


def _column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        moments = pd.to_datetime(values, utc=kind.tz is not None)
        naive = moments.dt.tz_convert(None) if kind.tz else moments
        return pa.array(naive.to_numpy().astype("datetime64[us]"), from_pandas=True).cast(kind)
    array = pa.array(values, type=kind, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def parquet_bytes(arrow: pa.Table, name: str) -> bytes:
    """Parquet with the table's name and schema version as its only metadata."""
    sink = BytesIO()
    how: dict[str, Any] = {"compression": "zstd", "compression_level": _COMPRESSION_LEVEL, "version": "2.6"}
    with pq.ParquetWriter(sink, arrow.schema, store_schema=False, **how) as writer:
        writer.write_table(arrow)
        writer.add_key_value_metadata({"crewcast.table": name, "crewcast.schema_version": str(SCHEMA_VERSION)})
    return sink.getvalue()


def _read_arrow(source: Path | bytes, table: Table, columns: list[str]) -> pa.Table:
    try:
        with pq.ParquetFile(pa.BufferReader(source) if isinstance(source, bytes) else source) as file:
            there = [c for c in columns if c in file.schema_arrow.names]
            missing = [c for c in columns if c not in there and not table.schema.columns[c].nullable]
            if not missing:
                return whole(file.read(columns=there), table).select(columns)
    except pa.ArrowInvalid as error:
        raise VintageBrokenError(
            f"table {table.name}: not readable as Parquet ({error})",
            remedy="publish again; the last whole vintage stays readable",
        ) from error
    raise VintageBrokenError(
        f"table {table.name}: columns missing {missing}",
        remedy="open it with the release that wrote it",
        missing=missing,
    )


def whole(arrow: pa.Table, table: Table) -> pa.Table:
    """The columns of the contract in order, those that may be null and are lacking as nulls; without the others that
    are lacking."""
    schema, nullable = arrow_schema(table), table.schema.columns
    lacking = [f for f in schema if f.name not in arrow.schema.names and nullable[f.name].nullable]
    for field in lacking:
        arrow = arrow.append_column(field, pa.nulls(arrow.num_rows, field.type))
    return arrow.select([n for n in schema.names if n in arrow.schema.names])


def _taken_out(frame: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.integer[Any]]]:
    """A frame that carries its draws as lists, and these as one array."""
    lists = frame[SAMPLES].dropna()
    empty: NDArray[np.integer[Any]] = np.zeros((0, 0), dtype=np.int32)
    return frame.drop(columns=SAMPLES), np.stack([np.asarray(s) for s in lists]) if len(lists) else empty


def _rows_with_samples(frame: pd.DataFrame, size: int) -> NDArray[np.bool_]:
    holds: NDArray[np.bool_] = np.ones(len(frame), dtype=bool)
    if size != len(frame) and "level" in frame:
        holds = (frame["level"] == "area").to_numpy(dtype=bool)
    if size != holds.sum():
        raise ValueError(f"{size} rows of samples for {int(holds.sum())} rows at area level, {len(frame)} in all")
    return holds


def _lists(samples: NDArray[np.integer[Any]], holds: NDArray[np.bool_]) -> pa.Array:
    """A list column, null where a row holds none; int16 where the counts fit (half the memory of a reader)."""
    draws = samples.shape[1] if samples.ndim == 2 else 0
    narrow = samples.size == 0 or int(samples.max()) <= np.iinfo(np.int16).max
    values = pa.array(np.ascontiguousarray(samples, dtype=np.int16 if narrow else np.int32).ravel())
    ends = np.concatenate([[0], np.cumsum(holds)]) * draws
    return pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), values, mask=pa.array(~holds))
