"""What a table contract is, and the columns that many tables share.

Dates are local days (naive midnights); moments are UTC. Quantities carry their unit in the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pandera.pandas as pa

from domain.tables.conforming import conforms
from domain.words import QUANTILE_COLUMNS

DAY = "datetime64[us]"
MOMENT = pd.DatetimeTZDtype("us", "UTC")


@dataclass(frozen=True)
class Table:
    """A table's name, key and schema. `validate` coerces types and raises on a broken contract."""

    name: str
    key: tuple[str, ...]
    about: str
    schema: pa.DataFrameSchema
    published: bool = False

    def validate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with its columns in order and typed; extra columns are refused."""
        missing = [c for c in self.schema.columns if c not in frame.columns]
        extra = [c for c in frame.columns if c not in self.schema.columns]
        if missing or extra:
            raise KeyError(f"table {self.name}: missing columns {missing}, unknown columns {extra}")
        ordered = frame[list(self.schema.columns)]
        ordered = ordered.astype({c: DAY for c in self._days if ordered[c].dtype.kind == "M"})
        is_whole = conforms(ordered, self.schema, self._without_rows.dtypes)
        return ordered if is_whole else self._coerced(ordered)

    def _coerced(self, frame: pd.DataFrame) -> pd.DataFrame:
        valid = self.schema.validate(frame, lazy=True)
        return valid.astype(dict.fromkeys(self._days, DAY))

    def empty(self) -> pd.DataFrame:
        """A frame without rows, typed; every caller has its own."""
        return self._without_rows.copy()

    @cached_property
    def _days(self) -> list[str]:
        """Columns of local days, which pandera reads as nanoseconds whatever their unit."""
        return [str(c) for c, column in self.schema.columns.items() if str(column.dtype) == "datetime64[ns]"]

    @cached_property
    def _without_rows(self) -> pd.DataFrame:
        """As pandera would type it, but without its checks: a command that only reads is spared loading them."""
        types = {str(c): column.dtype.type for c, column in self.schema.columns.items()}
        return pd.DataFrame({c: pd.Series(dtype=DAY if c in self._days else kind) for c, kind in types.items()})


def col(
    dtype: object,
    about: str,
    *,
    null: bool = False,
    low: float | None = None,
    high: float | None = None,
    one_of: tuple[str, ...] = (),
) -> pa.Column:
    """A column with its meaning and unit, whether it may be null, and its bounds."""
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low))
    if high is not None:
        checks.append(pa.Check.le(high))
    if one_of:
        checks.append(pa.Check.isin(one_of))
    return pa.Column(dtype, checks=checks, nullable=null, coerce=True, description=about)


def table(name: str, key: str, about: str, columns: dict[str, pa.Column], *, published: bool = False) -> Table:
    keys = tuple(key.split())
    schema = pa.DataFrameSchema(columns, strict=True, ordered=True, unique=list(keys), name=name)
    return Table(name, keys, about, schema, published)


CITY = col("str", "the city's name in its YAML")
AREA = col("str", "smallest unit planned for; empty where the row has none")
CATEGORY = col("str", "name of the category YAML")
DATE = col(DAY, "local day")
KNOWN_AT = col(MOMENT, "when this row became known (UTC)")
VINTAGE = col("str", "the publication this row belongs to")
SHIFT = col("str", "shift; a night shift belongs to the day it starts")
YARD = col("str", "yard")
CREW_TYPE = col("str", "crew type")

WEATHER_COLUMNS: dict[str, pa.Column] = {
    "temperature_min_c": col(float, "°C", null=True, low=-90, high=60),
    "temperature_mean_c": col(float, "°C", null=True, low=-90, high=60),
    "temperature_max_c": col(float, "°C", null=True, low=-90, high=60),
    "precipitation_mm": col(float, "mm of water a day", null=True, low=0, high=2000),
    "snowfall_mm": col(float, "mm of new snow a day", null=True, low=0, high=5000),
    "snow_depth_mm": col(float, "mm of snow lying", null=True, low=0, high=20000),
    "wind_ms": col(float, "mean wind, m/s", null=True, low=0, high=120),
    "precipitation_max_hour_mm": col(float, "most mm of water in one hour of the day", null=True, low=0, high=500),
    "freeze_thaw_crossings": col(float, "times the hourly temperature passed 0 °C", null=True, low=0, high=24),
}

QUANTILE_SCHEMA: dict[str, pa.Column] = {
    q: col(float, f"0.{q[1:]} quantile of the draws (requests)", low=0) for q in QUANTILE_COLUMNS
}
