"""Rates are recovered from Poisson repeats whose law is known, whatever the areas are called."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from domain.chance import generator
from models.reporting.link import Incidents
from models.reporting.rates import Rates, rates
from models.reporting.severity import UNREPORTED, corrected, mean_severity

AREAS = 40


def made(seed: int, each: int, *, frailty: float = 0.0, areas: int = AREAS) -> tuple[Incidents, np.ndarray]:
    """Incidents watched 0 to 12 days and repeated at the rate of their area a day; the rates."""
    rng = generator(seed, "repeats")
    rate = 0.3 * np.exp(rng.normal(0, 0.4, areas))
    area = np.repeat(np.arange(areas), each)
    first = rng.uniform(0, 2000, len(area))
    length = rng.uniform(0, 12, len(area))
    severity = rng.gamma(1 / frailty, frailty, len(area)) if frailty else np.ones(len(area))
    repeats = rng.poisson(rate[area] * severity * length)
    incident = np.repeat(np.arange(len(area)), repeats)
    age = rng.uniform(0, length[incident])
    return Incidents(area, first, first + length, incident, age, np.zeros(len(area))), rate / np.median(rate)


def covered(found: Rates, truth: np.ndarray) -> float:
    return float(((found.low <= truth) & (truth <= found.high)).mean())


def test_known_rates_are_recovered_from_repeats() -> None:
    incidents, truth = made(1, 150)
    found = rates(incidents, AREAS)
    assert spearmanr(found.centre, truth).statistic > 0.95
    assert np.abs(np.log(found.centre / truth)).mean() < 0.1


def test_intervals_hold_the_truth_about_nine_times_in_ten_where_incidents_differ_in_severity() -> None:
    share = np.mean([covered(rates(made(s, 60, frailty=0.4)[0], AREAS), made(s, 60, frailty=0.4)[1]) for s in range(8)])
    assert 0.85 <= share <= 0.98


def test_incidents_that_differ_widen_the_intervals() -> None:
    even, uneven = rates(made(3, 100)[0], AREAS), rates(made(3, 100, frailty=1.5)[0], AREAS)
    assert uneven.dispersion > 0.8 > 0.2 > even.dispersion
    assert (uneven.high / uneven.low).mean() > 1.2 * (even.high / even.low).mean()


def test_the_order_of_areas_changes_nothing() -> None:
    incidents, _ = made(4, 50)
    turn = np.random.default_rng(0).permutation(AREAS)
    turned = Incidents(
        turn[incidents.area], incidents.first, incidents.until, incidents.incident, incidents.age, incidents.others
    )
    before, after = rates(incidents, AREAS), rates(turned, AREAS)
    np.testing.assert_allclose(after.centre[turn], before.centre, rtol=1e-4)
    np.testing.assert_allclose(after.low[turn], before.low, rtol=1e-4)


def test_an_area_with_hardly_an_incident_is_drawn_to_the_middle_and_uncertain() -> None:
    incidents, _ = made(5, 80)
    keep = (incidents.area != 7) | (np.cumsum(incidents.area == 7) <= 1)
    place = np.cumsum(keep) - 1
    told = keep[incidents.incident]
    few = Incidents(
        incidents.area[keep],
        incidents.first[keep],
        incidents.until[keep],
        place[incidents.incident[told]],
        incidents.age[told],
        incidents.others[keep],
    )
    found = rates(few, AREAS)
    width = found.high / found.low
    assert width[7] == width.max()


def test_repeats_that_other_incidents_at_the_spot_bring_are_taken_off() -> None:
    incidents, _ = made(6, 100)
    crowded = np.where(incidents.area < AREAS // 2, 0.1, 0.0)
    with_neighbours = Incidents(
        incidents.area, incidents.first, incidents.until, incidents.incident, incidents.age, crowded
    )
    before, after = rates(incidents, AREAS), rates(with_neighbours, AREAS)
    half = slice(0, AREAS // 2)
    assert (after.centre[half] / before.centre[half]).mean() < 0.95


def test_where_few_report_only_the_severe_is_reported() -> None:
    mean = mean_severity(np.array([0.01, 1.0, 100.0]))
    assert mean[0] > mean[1] > mean[2] >= 1.0
    assert mean[0] == pytest.approx(1.4, abs=0.03)


def test_correcting_for_severity_spreads_areas_and_keeps_their_order() -> None:
    seen = np.full((3, 1), 1.0) * np.array([0.5, 0.8, 1.0, 1.3, 2.0])
    true = corrected(seen)
    assert true.shape == (3 * len(UNREPORTED), 5)
    assert (np.diff(true, axis=1) > 0).all()
    assert (true[:, 0] < 0.5).all()
    assert (true[:, -1] > 2.0).all()
