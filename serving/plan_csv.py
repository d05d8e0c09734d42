"""The plan as CSV: opens right in Excel by a double click, safe whatever an area is called."""

from __future__ import annotations

import pandas as pd

from domain.manifest import Manifest
from serving.cells import neutral_frame
from serving.plan_rows import few_digits, plan_rows
from serving.reading import Tables
from serving.words import origins_label


def plan_csv(tables: Tables, manifest: Manifest) -> bytes:
    """UTF-8 with byte order mark, comma separated, CRLF, ISO dates; texts that a spreadsheet would run as a
    formula carry an apostrophe. Minutes, hours and jobs in the units of `domain.tables`."""
    rows = few_digits(plan_rows(tables))
    stamped = rows.assign(city=manifest.city, vintage_id=manifest.vintage_id, note=origins_label(manifest))
    safe = neutral_frame(stamped).assign(date=rows["date"].dt.strftime("%Y-%m-%d"), is_locked=_yes(rows["is_locked"]))
    text = safe.round({"expected_minutes": 0}).to_csv(index=False, lineterminator="\r\n", float_format="%g")
    return text.encode("utf-8-sig")


def _yes(flags: pd.Series) -> pd.Series:
    return flags.map({True: "yes", False: "no"}).astype("str")
