"""Whether a frame keeps a schema as it stands.

Most frames are validated when they are made and again when they are written. Pandera takes some milliseconds a column
for that, whatever the number of rows; this asks the same of a frame whose types are right already, and leaves every
other frame, and every complaint, to pandera.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pandera.pandas as pa

_HOLDS: dict[str, Callable[[pd.Series, dict[str, Any]], pd.Series]] = {
    "greater_than_or_equal_to": lambda values, told: values >= told["min_value"],
    "less_than_or_equal_to": lambda values, told: values <= told["max_value"],
    "isin": lambda values, told: values.isin(told["allowed_values"]),
}


def conforms(frame: pd.DataFrame, schema: pa.DataFrameSchema, types: pd.Series) -> bool:
    """True where pandera would return the frame unchanged; False also where that is not known.

    frame: the schema's columns in order. types: the type of each column, as `DataFrame.dtypes`.
    """
    if not frame.dtypes.equals(types):
        return False
    if not all(_keeps(frame[str(name)], column) for name, column in schema.columns.items()):
        return False
    return not frame.duplicated(list(schema.unique or [])).any()


def _keeps(values: pd.Series, column: pa.Column) -> bool:
    """Nulls only where they may be, every check known and held, and days within what pandera's nanoseconds hold."""
    known = values.dropna()
    if not column.nullable and len(known) < len(values):
        return False
    if str(column.dtype) == "datetime64[ns]" and not known.between(pd.Timestamp.min, pd.Timestamp.max).all():
        return False
    return all(_held(known, check) for check in column.checks)


def _held(known: pd.Series, check: pa.Check) -> bool:
    test = _HOLDS.get(str(check.name))
    return test is not None and bool(test(known, check.statistics or {}).all())
