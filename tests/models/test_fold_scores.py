"""Folds end where all requests are in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from domain.city import Models
from domain.panel import Known
from domain.progress import silent
from models.catalogue import forecasters
from models.fold_scores import Candidate, fold_rows, folds_before, last_reported
from models.parameters import params_for
from models.scores import LEVELS
from tests.models.conftest import area_map
from tests.models.test_select import replayed


def late(known: Known, days: int) -> Known:
    """The last `days` are half reported."""
    share = np.ones((len(known.demand.categories), len(known.demand.dates)))
    share[:, -days:] = 0.5
    return replace(known, demand=replace(known.demand, reported_share=share))


def test_folds_compare_nothing_on_days_whose_requests_are_still_to_come(city_known: Callable[..., Known]) -> None:
    whole, found = city_known(days=300), forecasters(("exponential_smoothing",))[0]
    candidate = Candidate(found.name, found.title, found, params_for(found, Models()))
    assert last_reported(whole.demand) == whole.origin
    for known, missing in ((whole, 0), (late(whole, 5), 5)):
        folds = folds_before(replayed(whole), known, [candidate], Models(), 7)
        assert folds[-1].known.origin + timedelta(days=14) == whole.origin - timedelta(days=missing)
    assert folds_before(replayed(whole), whole, [], Models(), 7) == []


def test_the_same_model_under_another_label_has_the_same_id() -> None:
    found = forecasters(("exponential_smoothing",))[0]
    one, other = (Candidate(name, "Any", found, params_for(found, Models())) for name in ("a", "b"))
    assert one.spec_id == other.spec_id
    assert one.record(frozenset())["forecaster"] == "exponential_smoothing"


def test_where_areas_come_from_the_rows_a_new_one_joins_the_folds_from_when_it_is_known(
    city_known: Callable[..., Known],
) -> None:
    latest, found = city_known(areas=4, days=400), forecasters(("recent_weekdays",))[0]
    ways = Models(selection_folds=4)
    latest.demand.counts[0, 3, :-80] = 0
    latest.demand.counts[0, 3, -80:] = 5

    def known_of(day: date) -> Known:
        known = replayed(latest)(day)
        return known if known.demand.counts[0, 3].any() else _without_last_area(known)

    candidate = Candidate(found.name, found.title, found, params_for(found, ways))
    folds = folds_before(known_of, latest, [candidate], ways, 7)
    assert {f.outcomes.shape[1] for f in folds} == {3, 4}
    rows = fold_rows(candidate, "pothole", folds, 300, 7, ways.horizon_days, silent)
    days = rows[(rows["level"] == LEVELS[0]) & (rows["leads"] == "")].set_index("origin")["cells"]
    assert [days[f.known.origin.isoformat()] for f in folds] == [14 * len(f.known.areas.names) for f in folds]


def _without_last_area(known: Known) -> Known:
    demand = replace(known.demand, areas=known.demand.areas[:-1], counts=known.demand.counts[:, :-1])
    return replace(known, demand=demand, areas=area_map(len(demand.areas)))
