"""The means and quantiles that earlier publications held, without their draws."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import pyarrow.parquet as pq

from domain.words import QUANTILE_COLUMNS
from storage.vintages import Vintage

COLUMNS = ("level", "area", "date", "category", "mean", *QUANTILE_COLUMNS)


def past_forecast(vintage: Vintage) -> pd.DataFrame:
    """COLUMNS of the published forecast. Raises VintageBrokenError where its bytes are not those published."""
    table = pq.read_table(BytesIO(vintage.bytes("forecasts.parquet")), columns=list(COLUMNS))
    frame: pd.DataFrame = table.to_pandas()
    return frame
