"""Shares of areas: the same arithmetic for all that file throughout, the days since for one that began or ended."""

from __future__ import annotations

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Ints
from features.history import ewma
from models.history.since import area_starts
from models.response.shares import PRIOR_REQUESTS, shares

DAYS = 1200
RATES = np.array([2.4, 1.6, 0.9, 0.4])


def filed(seed: int = 1, level: float = 1.0) -> Ints:
    counts: Ints = generator(seed, "shares").poisson(level * RATES[:, None], (len(RATES), DAYS)).astype(np.int32)
    return counts


@pytest.mark.parametrize("half_life", [90.0, 365.0, 1460.0])
def test_areas_that_file_throughout_have_the_plain_discounted_shares_to_the_byte(half_life: float) -> None:
    counts = filed()
    counts[3] = counts[3] * (np.arange(DAYS) % 9 == 0)
    raw = ewma(counts, half_life) + PRIOR_REQUESTS / (half_life / np.log(2.0)) / len(counts)
    assert shares(counts, half_life).tobytes() == (raw / raw.sum(axis=0)).tobytes()


@pytest.mark.parametrize(("own", "tolerance"), [(40, 0.35), (100, 0.2)])
def test_a_new_area_has_the_share_of_the_days_since_whatever_the_level_was_before(own: int, tolerance: float) -> None:
    counts = filed()
    counts[0, :-own] = 0
    counts[:, :600] *= 3
    found = shares(counts, 365.0)
    assert found[0, -1] == pytest.approx(RATES[0] / RATES.sum(), rel=tolerance)
    assert found.sum(axis=0) == pytest.approx(np.ones(DAYS))
    assert found[1, -1] / found[2, -1] == pytest.approx(RATES[1] / RATES[2], rel=0.15)
    before = DAYS - own
    assert found[:, :before].tobytes() == shares(counts[:, :before], 365.0).tobytes()


def test_an_area_that_files_no_more_keeps_next_to_nothing_and_the_others_take_its_part() -> None:
    counts = filed()
    counts[0, -100:] = 0
    found = shares(counts, 1460.0)[:, -1]
    assert found[0] < 0.005
    assert found[1:] == pytest.approx(RATES[1:] / RATES[1:].sum(), rel=0.1)


def test_where_all_areas_are_drawn_anew_the_old_ones_go_and_the_new_ones_come() -> None:
    counts = np.concatenate([filed(1)[:2], filed(2)[:2]])
    counts[:2, -150:] = 0
    counts[2:, :-150] = 0
    found = shares(counts, 365.0)[:, -1]
    assert found[:2].sum() < 0.01
    assert found[2:] == pytest.approx(RATES[:2] / RATES[:2].sum(), rel=0.15)


def test_rare_areas_with_storms_are_no_new_ones() -> None:
    rng = generator(4, "storms")
    cut = 0
    for _ in range(30):
        city = rng.random(1800) < 0.004
        storms = np.convolve(city, 0.8 ** np.arange(12))[:1800]
        counts = rng.poisson((0.002 + 2.0 * storms) * rng.gamma(0.3, 1 / 0.3, (40, 1)) * 0.2, (40, 1800))
        cut += int((area_starts(counts.astype(np.int32)) > 0).sum())
    assert cut <= 3  # of 1,200


def test_a_silence_of_all_areas_is_no_end_of_the_busy_ones() -> None:
    rng = generator(3, "silence")
    counts = rng.poisson(np.array([[8.0], [4.0], [2.0], [1.0], [0.5], [0.25]]), (6, 700)).astype(np.int32)
    counts[:, -35:] = 0
    found = shares(counts, 365.0)[:, -1]
    assert found[:3] == pytest.approx(np.array([8, 4, 2]) / 15.75, abs=0.05)


def test_where_all_old_areas_end_or_hardly_file_new_ones_share_by_what_they_file() -> None:
    rng = generator(4, "redrawn")
    rates = np.repeat(np.array([[6.0], [3.0], [1.0], [6.0], [2.0], [1.0], [0.0]]), 900, axis=1)
    rates[:3, 700:], rates[3:6, :700] = 0.0, 0.0
    found = shares(rng.poisson(rates).astype(np.int32), 365.0)[:, -1]
    assert found[3:6] == pytest.approx(np.array([6, 2, 1]) / 9, abs=0.08)
    assert found[[0, 1, 2, 6]].sum() < 0.02


def test_shares_of_earlier_days_do_not_know_which_areas_end() -> None:
    counts = generator(5, "end").poisson(np.array([[4.0], [1.0]]), (2, 700)).astype(np.int32)
    counts[1, 500:] = 0
    ended, unknown = shares(counts, 365.0)[1, 520], shares(counts, 365.0, 521)[1, 520]
    assert unknown == pytest.approx(0.2, abs=0.05)
    assert ended < 0.05
