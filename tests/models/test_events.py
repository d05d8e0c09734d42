"""Forecasters learn what events bring, and know nothing of them where no file is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from domain.panel import Known
from features.build import build, inputs_of
from models.forecaster import AS_PUBLISHED
from tests.models.test_school import HORIZON, ORIGIN, known_of, means

DAYS = tuple(ORIGIN - timedelta(days=17 * k + (k * k) % 5) for k in range(1, 70))
AHEAD = ORIGIN + timedelta(days=6)
FESTIVALS = dict.fromkeys((*DAYS, AHEAD), "Festival")


def festive(events: dict[date, str] | None) -> Known:
    """Each festival brings twice as many requests; the days of it follow no season and no weekday."""
    known = known_of(None)
    is_event = np.asarray(known.demand.dates.isin([np.datetime64(d) for d in FESTIVALS]))
    counts = np.random.default_rng(5).poisson(12 * (1 + 1.0 * is_event), known.demand.counts.shape).astype(np.int32)
    return replace(known, demand=replace(known.demand, counts=counts), events=events)


@pytest.mark.parametrize("name", ["lightgbm_poisson", "glm_poisson"])
def test_a_festival_is_foreseen_where_it_is_told_of(name: str) -> None:
    at, others = 5, [h for h in range(HORIZON) if h not in (4, 5, 6)]
    told, blind = means(name, festive(FESTIVALS)), means(name, festive(None))
    assert told[at] / told[others].mean() > 1.5
    assert blind[at] / blind[others].mean() < 1.25


def test_an_ordinary_wednesday_has_no_event() -> None:
    known = festive(FESTIVALS)
    ordinary = means("glm_poisson", known, frozenset({"calendar"}))
    assert ordinary[5] == pytest.approx(ordinary[4], rel=0.1)
    assert means("glm_poisson", known, AS_PUBLISHED)[5] > 1.5 * ordinary[5]


def test_a_city_without_a_file_has_the_columns_and_the_bytes_it_had() -> None:
    without, having = (build(inputs_of(festive(e), "noise", HORIZON)) for e in (None, FESTIVALS))
    assert set(having.columns) - set(without.columns) == {"is_event", "is_event_eve", "is_after_event"}
    for name in without.columns[1:]:
        assert without.of(name).tobytes() == having.of(name).tobytes(), name
