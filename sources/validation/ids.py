"""Request ids as one text each, however a spreadsheet wrote them."""

from __future__ import annotations

import pandas as pd

from sources.plugins import Context
from sources.rules import LabelRules
from sources.validation.steps import Fault, Step, correction, set_aside, text

FLOAT = r"^([+-]?[0-9]+)\.0+$"
SCIENTIFIC = r"^[+-]?[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+$"


def check_ids(rows: pd.DataFrame, rules: LabelRules, ctx: Context) -> Step:
    """`request_id` and `duplicate_of`: `123.0` becomes `123`. An id cut to `1.2E+11` is lost: quarantined."""
    before = text(rows["request_id"], rules.missing)
    ids = before.str.replace(FLOAT, r"\1", regex=True)
    changed = (ids != before).to_numpy() & ids.notna().to_numpy()
    first = text(rows["duplicate_of"], rules.missing).str.replace(FLOAT, r"\1", regex=True).fillna("")
    rows = rows.assign(request_id=ids, duplicate_of=first)
    faults = [
        Fault(ids.isna().to_numpy(), "request_id", "request id is empty"),
        Fault(
            ids.str.contains(SCIENTIFIC).fillna(False).to_numpy(dtype=bool),
            "request_id",
            "request id in scientific notation: its digits are lost",
        ),
    ]
    return set_aside(rows, faults, [correction("request id written as a fraction: whole number", changed, before, ids)])
