"""Promotion by evidence: twins are told apart at most once in twenty reigns, real gains are found, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.signal import lfilter

from domain.chance import generator
from models.promotion import ALPHA, FEWEST, counted, differences, gain, interval, log_evidence

START = date(2024, 1, 1)
WINDOW = 14
YEARS = 150
Windows = dict[date, dict[str, float]]


def window_means(rng: np.random.Generator, days: int, rho: float, tails: float) -> np.ndarray:
    """Means over the coming window of daily disturbances: AR(1) of Student's t, correlated `rho` day to day."""
    noise = lfilter([np.sqrt(1 - rho**2)], [1.0, -rho], rng.standard_t(tails, size=days + WINDOW))
    sums = np.cumsum(noise)
    return (sums[WINDOW:] - sums[:-WINDOW]) / WINDOW


def weekly_challenges(
    seed: int, rho: float, tails: float, better: float = 0.0, sd: float = 0.04
) -> Iterator[tuple[Windows, Windows]]:
    """A year of weekly selections: eight folds every 45 days back, at two levels, for a champion and its rival.

    Busy windows weigh more for both. What differs is each one's own noise, which lasts over days and so over windows
    that overlap; `better` is the share by which the rival's error is truly lower.
    """
    rng = generator(seed, "year", rho, tails)
    days = 2 * 365 + 30
    own = [np.exp(sd * window_means(rng, days, rho, tails)) * (1 - better * who) for who in range(2)]
    busy = np.exp(0.5 * rng.standard_normal(days))
    for week in range(52):
        told: tuple[Windows, Windows] = {}, {}
        for back in range(8):
            day = 365 + 7 * week - WINDOW - 45 * back
            for who in range(2):
                error = float(own[who][day])
                origin = START + timedelta(days=day)
                told[who][origin] = {"area-day": error * busy[day], "city-week": 3 * error**2 * busy[day]}
        yield told


def is_promoted(challenges: Iterator[tuple[Windows, Windows]], rivals: int = 1) -> bool:
    """Whether the rival was promoted at any of the looks; every origin is counted as the registry counts it."""
    evidence: dict[date, float] = {}
    for champion, rival in challenges:
        grown = counted(evidence, differences(champion, rival), WINDOW)
        if grown != evidence and gain(grown, rivals).is_significant:
            return True
        evidence = grown
    return False


@pytest.mark.parametrize(("rho", "tails"), [(0.0, 30.0), (0.5, 3.0), (0.97, 3.0)])
def test_of_identical_twins_at_most_one_year_in_twenty_promotes(rho: float, tails: float) -> None:
    """Weekly looks, windows that overlap, disturbances that last up to a month, tails without a third moment."""
    promoted = sum(is_promoted(weekly_challenges(seed, rho, tails)) for seed in range(YEARS))
    assert promoted / YEARS <= ALPHA


def test_looking_every_week_with_an_ordinary_test_would_promote_twins_far_too_often() -> None:
    """The control: the same years, judged anew each week by a one-sided t-test at 5 %."""

    def is_fooled(seed: int) -> bool:
        for champion, rival in weekly_challenges(seed, 0.5, 3.0):
            values = np.array(list(differences(champion, rival).values()))
            if values.mean() / (values.std(ddof=1) / np.sqrt(len(values))) > 1.895:
                return True
        return False

    assert sum(is_fooled(seed) for seed in range(100)) > 3 * ALPHA * 100


@pytest.mark.parametrize(("better", "at_least", "at_most"), [(0.03, 0.20, 0.75), (0.10, 0.95, 1.0)])
def test_real_gains_are_found_within_a_year_as_often_as_stated(better: float, at_least: float, at_most: float) -> None:
    """The noise is that of two models of one family; small gains are often missed, and the test says so."""
    found = sum(is_promoted(weekly_challenges(seed, 0.5, 3.0, better)) for seed in range(60)) / 60
    assert at_least <= found <= at_most


def test_more_rivals_need_more_evidence() -> None:
    evidence = {START + timedelta(days=28 * i): 0.05 for i in range(12)}
    assert gain(evidence, rivals=4).needed == 4 * gain(evidence).needed


def test_a_window_is_counted_once_and_not_beside_another() -> None:
    old = {START: 0.1}
    new = {START + timedelta(days=d): 0.01 * d for d in (-30, 0, 13, 27, 28, 29, 56)}
    grown = counted(old, new, WINDOW)
    assert grown == {START: 0.1, START + timedelta(days=28): 0.28, START + timedelta(days=56): 0.56}
    assert counted(grown, new, WINDOW) == grown


def test_exchanging_the_two_turns_only_the_sign() -> None:
    a: Windows = {START: {"area-day": 3.0, "city-day": 5.0}, START + timedelta(days=45): {"area-day": 2.0}}
    b: Windows = {START: {"area-day": 2.5, "city-day": 6.0}, START + timedelta(days=45): {"area-day": 4.0}}
    forth, back = differences(a, b), differences(b, a)
    assert forth == {o: pytest.approx(-d) for o, d in back.items()}
    assert differences(a, a) == dict.fromkeys(a, 0.0)


def test_the_mean_difference_is_the_gain_in_the_ratio_that_selects() -> None:
    a: Windows = {START: {"city-day": 10.0}, START + timedelta(days=45): {"city-day": 30.0}}
    b: Windows = {o: {"city-day": 0.9 * v["city-day"]} for o, v in a.items()}
    assert np.mean(list(differences(a, b).values())) == pytest.approx(0.1 / 0.95, abs=1e-5)


def test_windows_without_any_error_decide_nothing() -> None:
    zero: Windows = {START + timedelta(days=45 * i): {"city-day": 0.0} for i in range(8)}
    found = gain(counted({}, differences(zero, zero), WINDOW))
    assert (found.mean, found.is_significant) == (0.0, False)
    assert found.evidence == pytest.approx(1.0)


def test_one_catastrophe_alone_promotes_nobody() -> None:
    values = np.zeros(12)
    values[3] = 50.0
    assert log_evidence(values) < np.log(1 / ALPHA)
    assert not gain({START + timedelta(days=28 * i): float(v) for i, v in enumerate(values)}).is_significant


def test_few_windows_promote_nobody_however_clear() -> None:
    clear = {START + timedelta(days=28 * i): 1.0 for i in range(FEWEST - 1)}
    assert not gain(clear).is_significant
    assert gain({}).evidence == 1.0


@pytest.mark.parametrize("turned", [1.0, -1.0])
def test_the_bounds_hold_the_true_gain_and_agree_with_the_verdict(turned: float) -> None:
    rng = generator(3, "bounds")
    held = 0
    for _ in range(200):
        values = turned * 0.08 + 0.05 * rng.standard_t(3, size=20)
        low, high = interval(values)
        assert low < np.median(values) < high
        held += low <= turned * 0.08 <= high
    assert held / 200 >= 0.95
    assert interval(np.array([])) == (-np.inf, np.inf)


def test_dependence_between_neighbours_weakens_the_evidence() -> None:
    alternating = np.array([0.02, 0.08] * 8)
    in_runs = np.sort(alternating)
    assert log_evidence(in_runs) < log_evidence(alternating)
