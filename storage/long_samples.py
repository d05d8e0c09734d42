"""Draws of many days as Parquet, streamed: one row group a category and area, never a Python list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from domain.panel import Ints


@dataclass(frozen=True)
class SamplesWriter:
    """Takes categories in turn. dates: (H,). areas: (A,) names."""

    writer: pq.ParquetWriter
    areas: tuple[str, ...]
    dates: pd.DatetimeIndex

    def write(self, category: str, samples: Ints) -> None:
        """samples: (A, H, S)."""
        days, size = samples.shape[1:]
        date = pa.array(self.dates.to_numpy().astype("datetime64[us]"))
        for name, of_area in zip(self.areas, samples, strict=True):
            flat = pa.array(np.ascontiguousarray(of_area).reshape(-1), type=pa.int32())
            lists = pa.FixedSizeListArray.from_arrays(flat, size)
            columns = [pa.array([category] * days), pa.array([name] * days), date, lists]
            self.writer.write_table(pa.Table.from_arrays(columns, schema=_schema(size)), row_group_size=days)


@contextmanager
def writing_samples(path: Path, areas: tuple[str, ...], dates: pd.DatetimeIndex, size: int) -> Iterator[SamplesWriter]:
    """A writer of `path` over the block. int32 throughout: Parquet stores small numbers small whatever their type."""
    with pq.ParquetWriter(
        path, _schema(size), compression="zstd", compression_level=3, version="2.6", store_schema=True
    ) as writer:
        yield SamplesWriter(writer, areas, dates)


def _schema(size: int) -> pa.Schema:
    return pa.schema(
        [
            pa.field("category", pa.string()),
            pa.field("area", pa.string()),
            pa.field("date", pa.timestamp("us")),
            pa.field("samples", pa.list_(pa.int32(), size)),
        ]
    )
