"""Folds end where all requests are in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np

from domain.city import Models
from domain.panel import Known
from models.catalogue import forecasters
from models.fold_scores import Candidate, folds_before, last_reported
from models.parameters import params_for
from tests.models.test_select import replayed


def late(known: Known, days: int) -> Known:
    """The last `days` are half reported."""
    share = np.ones((len(known.demand.categories), len(known.demand.dates)))
    share[:, -days:] = 0.5
    return replace(known, demand=replace(known.demand, reported_share=share))


def test_folds_compare_nothing_on_days_whose_requests_are_still_to_come(city_known: Callable[..., Known]) -> None:
    whole, found = city_known(days=300), forecasters(("exponential_smoothing",))[0]
    candidate = Candidate(found.name, found.title, found, params_for(found, Models()))
    assert last_reported(whole) == whole.origin
    for known, missing in ((whole, 0), (late(whole, 5), 5)):
        folds = folds_before(replayed(whole), known, [candidate], Models(), 7)
        assert folds[-1].known.origin + timedelta(days=14) == whole.origin - timedelta(days=missing)
    assert folds_before(replayed(whole), whole, [], Models(), 7) == []


def test_the_same_model_under_another_label_has_the_same_id() -> None:
    found = forecasters(("exponential_smoothing",))[0]
    one, other = (Candidate(name, "Any", found, params_for(found, Models())) for name in ("a", "b"))
    assert one.spec_id == other.spec_id
    assert one.record(frozenset())["forecaster"] == "exponential_smoothing"
