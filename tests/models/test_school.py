"""Forecasters learn what school terms do, and know nothing of them where no file is named."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from domain.panel import AreaMap, Demand, Floats, Known
from domain.progress import silent
from domain.school import SchoolTerms
from models.catalogue import forecasters
from models.forecaster import AS_PUBLISHED, Block, draws_of

ORIGIN = date(2024, 5, 31)
HORIZON = 14
TERMS = SchoolTerms(
    tuple(date(y, m, d) for y in range(2020, 2025) for m, d in ((1, 8), (8, 20))),
    tuple(date(y, m, d) for y in range(2020, 2025) for m, d in ((6, 1 + (y * 5) % 12), (12, 18))),
)
"""Terms end on another day each year: the season alone cannot tell."""


def known_of(school: SchoolTerms | None) -> Known:
    dates = pd.date_range("2020-01-08", ORIGIN, freq="D", unit="us")
    term = np.nan_to_num(TERMS.in_term(dates)) * (dates.day_of_week < 5)
    counts = np.random.default_rng(4).poisson(12 * (1 + 1.0 * term), (1, 2, len(dates))).astype(np.int32)
    unknown = np.full(2, np.nan)
    return Known(
        city="testville", as_of=ORIGIN, origin=ORIGIN,
        demand=Demand(dates, ("a", "b"), ("noise",), counts, np.zeros((1, len(dates)), np.int32)),
        areas=AreaMap(("a", "b"), ("d", "d"), unknown, unknown, unknown, np.zeros((2, 2), np.bool_)),
        holidays={}, weather=None, issued=None, school=school,
    )  # fmt: skip


def means(name: str, known: Known, reference: frozenset[Block] = AS_PUBLISHED) -> Floats:
    """The city's expected requests by day ahead, (H,)."""
    forecaster = forecasters((name,))[0]
    given = {"num_threads": 1} if "num_threads" in forecaster.params.model_fields else {}
    fitted = forecaster.fit(known, "noise", forecaster.params.model_validate(given), 5, silent)
    draws = draws_of(5, 300, None)
    mean: Floats = (fitted.paths(known, None, draws, HORIZON, reference) @ draws.weight).sum(axis=0)
    return mean


def weekdays() -> tuple[list[int], list[int]]:
    """Leads of the working days before and after the last day of term."""
    days = [ORIGIN + timedelta(days=h + 1) for h in range(HORIZON)]
    last = TERMS.last[-2]
    before = [h for h, d in enumerate(days) if d.weekday() < 5 and d <= last]
    return before, [h for h, d in enumerate(days) if d.weekday() < 5 and d > last]


@pytest.mark.parametrize("name", ["lightgbm_poisson", "glm_poisson"])
def test_the_end_of_a_term_is_foreseen_where_it_is_told_of(name: str) -> None:
    before, after = weekdays()
    assert before
    assert after
    told = means(name, known_of(TERMS))
    assert told[after].mean() / told[before].mean() < 0.7
    blind = means(name, known_of(None))
    assert blind[after].mean() / blind[before].mean() > 0.75


def test_an_ordinary_wednesday_keeps_the_school_terms_as_it_keeps_the_season() -> None:
    before, after = weekdays()
    wednesday = means("glm_poisson", known_of(TERMS), frozenset({"calendar"}))
    assert wednesday[after].mean() / wednesday[before].mean() < 0.7


def test_days_of_which_the_file_says_nothing_lie_between() -> None:
    ended = SchoolTerms(TERMS.first[:-1], TERMS.last[:-1])
    told, short = means("glm_poisson", known_of(TERMS)), means("glm_poisson", known_of(ended))
    _, after = weekdays()
    assert (short[after] > told[after]).all()
