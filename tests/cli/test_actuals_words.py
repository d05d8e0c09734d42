"""What `crewcast actuals` says beside its table: minutes that sheets hardly tell, and hours beyond those planned."""

from __future__ import annotations

from datetime import date

import pytest

from allocation.estimates import Estimate
from allocation.hours_beyond import HoursBeyond
from cli.actuals import report_figures, report_hours
from domain.measured import MeasuredFigure, MeasuredName

DAYS = {"first": date(2025, 1, 1), "last": date(2025, 2, 28)}


def estimate(name: MeasuredName, crew_type: str, value: float, low: float, high: float) -> Estimate:
    figure = MeasuredFigure(
        name=name, crew_type=crew_type, value=value, low=low, high=high, stated=1, stated_basis="expert", shifts=60,
        counted=300, **DAYS,
    )  # fmt: skip
    return Estimate(name, "", crew_type, 1, "expert", figure, 60, None)


def test_minutes_with_a_wide_range_are_named_and_close_ones_not(capsys: pytest.CaptureFixture[str]) -> None:
    report_figures((estimate("minutes", "combined", 60, 40, 90), estimate("minutes", "patching", 60, 55, 66)))
    (note,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: ")]
    assert note.startswith("note: combined: the 90 % range of minutes is wider than ± 30 %")


def test_more_hours_than_planned_are_never_taken_for_no_absence_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    report_figures((estimate("attainment", "", 1.07, 1.02, 1.1),))
    report_hours((HoursBeyond("North Yard", "patching", 8 / 7, 22),))
    told = capsys.readouterr().out
    assert "the next plan counts no absence at all" in told
    assert "note: North Yard, patching: 1.14 of the planned hours over 22 shifts; hours may include breaks" in told
    assert "remedy: file the hours of all crews together, breaks left out" in told
    report_figures((estimate("attainment", "", 0.94, 0.9, 0.97),))
    report_hours(())
    assert "note" not in capsys.readouterr().out
