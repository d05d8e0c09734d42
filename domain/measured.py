"""A figure of the plan as it was measured from what was really done."""

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
