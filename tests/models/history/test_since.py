"""A category that began late is learnt from its first day; one that is merely rare keeps its whole record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Ints, Known
from models.history.findings import history_findings
from models.history.since import KEPT_DAYS, first_day, first_day_of, own_history

YEARS = 1500


def filed(days: int, rate: float, seed: int = 1) -> Ints:
    """(T,) daily requests at a steady rate."""
    counts: Ints = generator(seed, "since").poisson(rate, days).astype(np.int32)
    return counts


def after(zeros: int, counts: Ints) -> Ints:
    return np.concatenate([np.zeros(zeros, np.int32), counts])


@pytest.mark.parametrize("rate", [0.3, 4.0, 200.0])
@pytest.mark.parametrize("own", [100, 450, 900])
def test_years_before_the_first_request_are_cut(rate: float, own: int) -> None:
    counts = after(YEARS - own, filed(own, rate))
    assert first_day(counts) == np.flatnonzero(counts)[0]


def test_a_new_category_is_told_after_three_weeks_and_keeps_what_the_simplest_forecaster_needs() -> None:
    counts = after(YEARS, filed(40, 4.0))
    assert first_day(counts[: YEARS + 14]) == 0
    assert first_day(counts[: YEARS + 22]) == YEARS + 22 - KEPT_DAYS


def test_rare_requests_at_any_steady_rate_are_never_taken_for_a_beginning() -> None:
    rng = generator(5, "rates")
    cut = 0
    for number in range(2000):
        days, rate = int(rng.integers(100, 3650)), 10 ** rng.uniform(-3, 1)
        lumps = 1.0 if number % 2 else rng.gamma(0.3, 1 / 0.3, days)
        cut += first_day(rng.poisson(rate * lumps, days).astype(np.int32)) > 0
    assert cut == 0


def test_storms_are_seldom_taken_for_a_beginning_and_then_little_is_lost() -> None:
    rng = generator(6, "storms")
    lost = []
    for _ in range(1000):
        days = int(rng.integers(200, 3650))
        starts = np.flatnonzero(rng.random(days) < 10 ** rng.uniform(-3, -1.5))
        counts = np.zeros(days, np.int32)
        for start in starts:
            counts[start : start + int(rng.integers(1, 15))] += 5
        first = first_day(counts)
        lost += [counts[:first].sum() / max(counts.sum(), 1)] if first else []
    assert len(lost) <= 10
    assert all(share < 0.3 for share in lost)


def test_a_season_is_no_beginning_on_any_day_of_four_years() -> None:
    day = np.arange(4 * 365)
    winter = (day % 365 < 70) | (day % 365 > 320)
    counts = np.where(winter, filed(len(day), 2.0), 0).astype(np.int32)
    assert {first_day(counts[:days]) for days in range(KEPT_DAYS, len(day), 5)} == {0}
    skipped = np.where((day > 370) & (day < 1000), 0, counts)
    assert {first_day(skipped[:days]) for days in range(1000, len(day), 5)} == {0}


def test_only_a_pause_that_no_season_explains_is_a_new_beginning() -> None:
    def paused(days: int) -> Ints:
        counts = filed(YEARS, 4.0)
        counts[1400 - days : 1400] = 0
        return counts

    assert first_day(paused(200)) == 0
    assert first_day(paused(540)) == 1400


def test_a_few_stray_requests_do_not_hide_the_beginning() -> None:
    counts = after(YEARS - 100, filed(100, 4.0))
    counts[[3, 700, 701]] = 1
    assert first_day(counts) == YEARS - 100


def test_a_label_tried_out_just_before_and_a_pause_of_all_the_city_change_little(
    city_known: Callable[..., Known],
) -> None:
    known = city_known(days=YEARS, categories=("noise", "pothole"))
    known.demand.counts[1, :, :-200] = 0
    known.demand.counts[:, :, -150:-110] = 0
    assert first_day_of(known, "pothole") == YEARS - 200
    assert first_day_of(known, "noise") == 0


def test_a_category_filed_all_along_keeps_the_very_same_record(city_known: Callable[..., Known]) -> None:
    known = city_known(days=400, categories=("noise", "pothole"))
    known.demand.counts[1, :, :20] = 0
    assert own_history(known, "noise") is known
    assert own_history(known, "pothole") is known


def test_what_is_still_to_be_reported_is_cut_with_the_days(city_known: Callable[..., Known]) -> None:
    known = city_known(days=YEARS, categories=("noise", "pothole"))
    known.demand.counts[1, :, :-100] = 0
    share = np.ones((2, YEARS))
    share[:, -1] = 0.4
    own = own_history(replace(known, demand=replace(known.demand, reported_share=share)), "pothole").demand
    assert own.counts.shape == (2, 6, 100)
    assert own.unlocated.shape == (2, 100)
    assert own.dates[-1] == known.demand.dates[-1]
    assert own.share_of("pothole")[-1] == 0.4


def test_data_health_says_since_when_a_category_is_learnt_from(city_known: Callable[..., Known]) -> None:
    known = city_known(days=YEARS, categories=("noise", "pothole"))
    known.demand.counts[1, :, :-100] = 0
    begins = known.demand.dates[-100].date()
    rows = history_findings(known)
    row = rows[rows["item"] == f"{begins}: pothole begins"].iloc[0]
    assert row["value"] == "100 days are learnt from; the 1,400 before it without a request are not"
    assert not rows["item"].str.contains("level break of pothole|begins", regex=True).drop(row.name).any()


def test_one_storm_of_a_rare_kind_does_not_make_it_new() -> None:
    for seed in range(40):
        rng = generator(seed, "one storm")
        counts = rng.poisson(1 / 250, 1825).astype(np.int32)
        counts[0] = 1
        counts[-17:] = rng.poisson(20.0, 17)
        assert first_day(counts) == 0
