"""Figures of the plan as they were measured from what was really done, or fitted to what was recorded."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.category import Basis, Strict

MeasuredName = Literal["minutes", "conversion", "attainment"]


class MeasuredFigure(Strict):
    """minutes: minutes of a first job of `category` by `crew_type`, without driving. conversion: jobs a request of
    `category`. attainment: hours worked ÷ planned.

    value: pooled with what was stated before; low, high: 5 % and 95 %. stated: the figure of the YAML, and its basis.
    shifts: filed shifts it rests on, from first to last. counted: jobs, requests closed or hours planned.
    """

    name: MeasuredName
    category: str = ""
    crew_type: str = ""
    value: float
    low: float
    high: float
    basis: Literal["measured"] = "measured"
    stated: float
    stated_basis: Basis
    shifts: int
    counted: float
    first: date
    last: date


class FittedWaits(Strict):
    """How long requests wait before crews can begin, as a replay fitted it to the record.

    days: category -> working days of its crews -> share of the requests. first, last: days filed that the fit rests on.
    known_on: the last day whose requests the test of the fit judged by; a plan as of an earlier day must not know it.
    is_calibrated: whether a replay with these waits then closed requests as the city did. is_judged: whether there was
    any record to hold it against.
    """

    days: dict[str, dict[int, float]]
    first: date
    last: date
    known_on: date
    is_calibrated: bool
    is_judged: bool = True
    code_version: str
