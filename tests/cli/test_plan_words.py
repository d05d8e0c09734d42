"""Figures of `crewcast plan` as they are printed."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pandas as pd
import pytest

from allocation.simulated import Simulated
from cli.plan import report
from pipelines.steps.whatif import WhatIf

PLAYED = Simulated(
    dispatch=100.0, readiness=10.0, change=0.0, late_days={"pothole": 4.0}, late_at_end={"pothole": 1.0},
    waiting_days={"pothole": 0.0}, regular_wages=50.0,
)  # fmt: skip


@pytest.mark.parametrize(("price", "said", "is_below"), [(-0.3, "price 0 USD", False), (-0.6, "price -1 USD", True)])
def test_a_difference_of_nothing_is_never_printed_below_zero(
    capsys: pytest.CaptureFixture[str], price: float, said: str, is_below: bool
) -> None:
    after = replace(PLAYED, dispatch=100.0 + price, late_days={"pothole": 3.98})
    given = {
        "before": PLAYED, "after": after, "roster": pd.DataFrame(), "changed": pd.DataFrame(), "said": (), "binds": (),
        "lock_price": price, "status": "optimal", "reproduced": True,
    }  # fmt: skip
    found = WhatIf(**(dict.fromkeys(f.name for f in fields(WhatIf)) | given))
    report(found, "2025-03-16-r0-aaaaaaaa", "USD")
    told = capsys.readouterr().out
    assert f"the locks asked for: {said}" in told
    assert re.search(r"\s-0(\.0)?\s", told) is None
    assert ("below zero" in told) == is_below
