"""`crewcast plan --doubts` in words that a planner reads."""

from __future__ import annotations

import pandas as pd
import pytest

from allocation.sensitivity import COLUMNS, Sensitivity, in_words
from cli.plan import report_doubts


def test_crews_held_ready_are_told_as_more_or_fewer(capsys: pytest.CaptureFixture[str]) -> None:
    row = dict.fromkeys(COLUMNS, 0.0) | {
        "of": "flooding", "figure": "requests_per_crew_day", "basis": "expert", "value": 7.0, "changed_to": 4.9,
        "change": -0.3, "crew_shifts": 54.0, "held_crews": -3, "advice_changes": False,
    }  # fmt: skip
    table = pd.DataFrame([row, {**row, "change": 0.3, "held_crews": 0}])
    report_doubts(Sensitivity(table, in_words(table)))
    told = capsys.readouterr().out
    assert "HELD READY" in told
    assert "3 fewer" in told
    assert "as many" in told
    assert "-3" not in told
