"""Places of requests in stored files: which have one, and how it is taken off."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PLACES = ("lat", "lon")


def holds_places(path: Path) -> bool:
    """Whether any row of a file has a place, by its statistics alone where it has them."""
    told = pq.ParquetFile(path).metadata
    at = [i for i in range(told.num_columns) if told.schema.column(i).name in PLACES]
    for group in range(told.num_row_groups):
        for column in (told.row_group(group).column(i) for i in at):
            if column.statistics is None or column.statistics.null_count < column.num_values:
                return True
    return False


def placed(table: pa.Table, old: pa.Array) -> int:
    """How many of the old rows have a place."""
    there = pc.or_(pc.is_valid(table["lat"]), pc.is_valid(table["lon"]))
    return int(pc.sum(pc.and_(there, pc.fill_null(old, False)).cast(pa.int64())).as_py() or 0)


def without_places(table: pa.Table, old: pa.Array) -> pa.Table:
    """The table, the old rows' places null."""
    for name in PLACES:
        kept = pc.if_else(pc.fill_null(old, False), pa.scalar(None, table.schema.field(name).type), table[name])
        table = table.set_column(table.schema.get_field_index(name), name, kept)
    return table
