"""A table as JSON, CSV, GeoJSON or Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from serving.cells import neutral_frame


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values: days as YYYY-MM-DD, moments in UTC with Z, what is missing as null."""
    columns = {str(name): _plain(frame[name]) for name in frame.columns}
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(values: pd.Series) -> list[Any]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        text = values.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ").astype(object)
    elif pd.api.types.is_datetime64_any_dtype(values):
        text = values.dt.strftime("%Y-%m-%d").astype(object)
    elif pd.api.types.is_float_dtype(values):
        text = values.round(6).astype(object).where(np.isfinite(values.to_numpy(dtype=np.float64)), None)
    else:
        text = values.astype(object)
    plain: list[Any] = text.where(values.notna(), None).tolist()
    return plain


def as_json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def as_csv(frame: pd.DataFrame, note: str) -> bytes:
    """UTF-8 with byte order mark, CRLF; texts that a spreadsheet would run carry an apostrophe; whence in `note`."""
    plain = pd.DataFrame(records(frame), columns=[str(c) for c in frame.columns]).assign(note=note)
    return neutral_frame(plain).to_csv(index=False, lineterminator="\r\n", float_format="%.6g").encode("utf-8-sig")


def as_parquet(frame: pd.DataFrame, told: Mapping[str, str]) -> bytes:
    """zstd; told: whence, in the file's metadata."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({f"crewcast.{key}": value for key, value in told.items()})
    sink = BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def as_geojson(frame: pd.DataFrame, shapes: Sequence[Mapping[str, Any] | None], told: Mapping[str, str]) -> bytes:
    """A FeatureCollection (RFC 7946): one feature a row, whose `id` is the row's; whence as members beside it."""
    rows = records(frame)
    features = [
        {"type": "Feature", "id": row["id"], "geometry": shape, "properties": row}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return as_json({"type": "FeatureCollection", "features": features, **told})
