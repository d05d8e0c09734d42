"""Minutes of crews that do two kinds of work: told together, and no more closely than their sheets can tell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from allocation.job_minutes import Filed, spreads
from allocation.spread import pooled_ratio
from domain.chance import generator
from domain.panel import Floats

STATED, REAL = np.array([46.0, 84.0]), np.array([60.0, 70.0]) / [46.0, 84.0]
PRIOR = np.array([40.0, 40.0])
NEARBY, DRIVE = 0.9, 12.0

Mix = Callable[[np.random.Generator, int], Floats]
HALF, NINE_TENTHS, ANY, SWING = "always half the hours", "always nine tenths", "any mix", "a slow swing"
MIXES: dict[str, Mix] = {
    HALF: lambda rng, n: np.full(n, 0.5),
    NINE_TENTHS: lambda rng, n: np.full(n, 0.9),
    ANY: lambda rng, n: rng.uniform(0, 1, n),
    SWING: lambda rng, n: 0.5 + 0.35 * np.sin(np.arange(n) / 10),
}


def filed(seed: int, mix: str, ratios: Floats, shifts: int = 80, *, as_they_lie: bool = False) -> Filed:
    """The hours of each kind are shared out beforehand and jobs are Poisson in them; as_they_lie: one job after the
    other is of a kind by chance, each as long as chance has it, until the hours are over."""
    rng = generator(seed, "sheets")
    minutes, share = rng.integers(1, 3, shifts) * 370.0, MIXES[mix](rng, shifts)
    each, hours = STATED * ratios * NEARBY + DRIVE, np.column_stack([share, 1 - share])
    if as_they_lie:
        odds = hours / each
        first = odds[:, 0] / odds.sum(axis=1)
        done = np.array([_one_after_the_other(rng, m, p, each) for m, p in zip(minutes, first, strict=True)])
    else:
        done = rng.poisson(minutes[:, None] * hours / each).astype(float)
    on_job = np.tile(STATED * NEARBY, (shifts, 1))
    return Filed(minutes, done, on_job, np.full(done.shape, DRIVE), np.ones(done.shape, dtype=bool))


def _one_after_the_other(rng: np.random.Generator, minutes: float, first: float, each: Floats) -> Floats:
    kinds = (rng.random(100) > first).astype(int)
    ended = np.cumsum(rng.exponential(each[kinds])) <= minutes
    return np.bincount(kinds[ended], minlength=2).astype(float)


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize(
    ("truth", "as_they_lie"), [("60 and 70", False), ("60 and 70", True), ("as likely as stated", False)]
)
def test_ninety_per_cent_ranges_hold_the_truth_about_that_often(truth: str, mix: str, as_they_lie: bool) -> None:
    """Over 200 seeds, whether the truth lies two standard deviations from what was stated or where its basis says.
    Shifts that can hardly tell may claim less than they know, never more."""
    inside = []
    for seed in range(200):
        real = REAL if truth == "60 and 70" else 1 / generator(seed, "truth").gamma(PRIOR, 1 / PRIOR)
        found = spreads(filed(seed, mix, real, as_they_lie=as_they_lie), PRIOR)
        inside.append([s.low <= r <= s.high for s, r in zip(found, real, strict=True)])
    assert (np.mean(inside, axis=0) >= 0.85).all()
    if mix in (ANY, SWING):
        assert np.mean(inside) <= 0.97


def test_shifts_of_many_mixes_tell_both_kinds_and_shifts_of_one_mix_only_the_total() -> None:
    varied = spreads(filed(1, ANY, REAL, 1500), PRIOR)
    np.testing.assert_allclose([s.value for s in varied], REAL, rtol=0.05)
    same = spreads(filed(1, HALF, REAL, 1500), PRIOR)
    assert min(s.high / s.low for s in same) > 1.4, "no number of shifts tells the two apart"
    found, true = (STATED * ratios * NEARBY + DRIVE for ratios in (np.array([s.value for s in same]), REAL))
    assert (185 / true) @ found == pytest.approx(370, rel=0.02), "a shift's jobs still fill its minutes"


def test_a_kind_that_was_hardly_done_does_not_move_and_keeps_a_wide_range() -> None:
    most, rare = zip(*(spreads(filed(seed, NINE_TENTHS, REAL), PRIOR) for seed in range(20)), strict=True)
    assert np.mean([s.value for s in most]) == pytest.approx(REAL[0], rel=0.05)
    assert max(s.high / s.low for s in most) < 1.4
    assert np.mean([s.value for s in rare]) < 1.02, "the truth is 0.83: it had moved to 1.13"
    assert min(s.high / s.low for s in rare) > 2


def test_one_kind_of_work_is_the_gamma_poisson_posterior() -> None:
    two = filed(5, HALF, np.array([1.2, 1.0]))
    one = Filed(two.minutes / 2, *(part[:, :1] for part in two[1:]))._replace(driving=np.zeros((80, 1)))
    (found,) = spreads(one, PRIOR[:1])
    closed = pooled_ratio(float((one.minutes / one.on_job[:, 0]).sum()), float(one.jobs.sum()), 40.0, 1.0)
    np.testing.assert_allclose(found, closed, rtol=0.03)
