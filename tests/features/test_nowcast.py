"""The last days' counts with what is still to be reported."""

from __future__ import annotations

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Ints
from features.groups.demand_area import days_since_last
from features.history import trailing_mean
from features.nowcast import nowcast

MEANS = np.array([0.2, 2.0, 8.0])
SHARE = np.concatenate([np.ones(96), [0.9, 0.7, 0.5, 0.3]])


def known_counts(seed: int, busy: float = 1.0) -> tuple[Ints, Ints]:
    """(what will have been filed, what is known of it now), (3, 100)."""
    rng = generator(seed, "counts")
    level = MEANS[:, None] * np.where(SHARE < 1, busy, 1.0)
    final = rng.poisson(level).astype(np.int32)
    return final, rng.binomial(final, SHARE).astype(np.int32)


def test_whole_days_pass_untouched() -> None:
    _, counts = known_counts(1)
    assert nowcast(counts, np.ones(100)) is counts


@pytest.mark.parametrize("busy", [1.0, 2.5])
def test_the_last_days_are_no_longer_low(busy: float) -> None:
    pairs = [known_counts(seed, busy) for seed in range(300)]
    final = np.mean([f[:, 96:].sum() for f, _ in pairs])
    corrected = np.mean([nowcast(k, SHARE)[:, 96:].sum() for _, k in pairs])
    assert np.mean([k[:, 96:].sum() for _, k in pairs]) < 0.65 * final
    assert corrected == pytest.approx(final, rel=0.1)


def test_earlier_days_and_what_is_known_stay_as_they_are() -> None:
    _, counts = known_counts(2)
    out = nowcast(counts, SHARE)
    assert (out[:, :96] == counts[:, :96]).all()
    assert (out >= counts).all()


def test_a_level_made_of_expected_counts_keeps_its_fractions() -> None:
    values = np.array([[1.0, 2.5]])
    assert trailing_mean(values, 2)[0, 1] == 1.75


def test_a_day_still_to_be_reported_is_not_taken_for_one_with_a_request() -> None:
    assert days_since_last(np.array([[1.0, 0.0, 0.2]]))[0, 2] == 2
