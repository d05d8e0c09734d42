"""When a rival has earned the champion's place: a test that may be looked at every week without wearing out.

The evidence is a row of paired differences d, one a fold window (see `differences`), positive where the rival was
better. Two forecasters that are the same give differences as likely of one sign as of the other, whatever their tails.
For any fixed rate λ, exp(λd) ÷ cosh(λd) then has mean one, so the running product of these factors is a fair game
against the hypothesis "no better" (de la Peña, 1999; Ramdas, Ruf, Larsson and Koolen, 2020), and so is its mean over
several rates. By Ville's inequality a fair game that starts at 1 ever reaches 1 ÷ α with probability at most α: an
e-process, good for any number of looks (Choe and Ramdas, 2024, use such for comparing forecasters; Henzi and Ziegel,
2022, for one leap ahead). Here α covers a champion's whole reign, not a single look.

Three things real folds do that the theorem forbids, and what is done about each:
- Windows that overlap or lie side by side depend on each other. `counted` leaves a gap as long as a window between
  any two, and what dependence is left divides the logarithm of the evidence (`dependence`), as if there were fewer.
- Several rivals try. The bar is the number of rivals ÷ α (a union bound over e-processes).
- Folds are evaluated again later. A window is counted once, in the order of time, by its origin.

Simulated (tests/models/test_promotion.py holds the procedure to it): with identical twins the share of years with a
false promotion stays below 5 %, up to a correlation of 0.7 between neighbouring windows and for Student's t with
three degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from domain.panel import Floats

ALPHA = 0.05
"""Chance of a false promotion in a champion's reign, all looks and all rivals together."""

RATES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""λ, in 1 ÷ relative difference: one of them is near gain ÷ variance for gains of 1 to 20 % in noise of 3 to 30 %."""

STRONGEST = 0.7
"""Correlations of neighbouring windows above this are not told apart from it; few windows cannot tell."""

FEWEST = 4
"""Windows below which nothing is promoted, however clear they look."""

STEP = 0.001
WIDEST = 3.0
"""Bounds of a gain are searched in steps of a tenth of a percent point, this far at most."""

DECIMALS = 6
"""Of a difference, everywhere: evidence just counted and evidence read back must say the same."""

Losses = Mapping[date, Mapping[str, float]]
"""Fold origin -> level -> CRPS, summed over the window."""


@dataclass(frozen=True)
class Gain:
    """What the windows say of a rival. mean: relative gain, positive where it is better; interval: always-valid
    (1 - ALPHA) bounds of it, infinite where nothing is known. evidence: the e-process; needed: what it must reach.
    """

    windows: int
    mean: float
    low: float
    high: float
    evidence: float
    needed: float

    @property
    def is_significant(self) -> bool:
        return self.windows >= FEWEST and self.evidence >= self.needed


def differences(champion: Losses, rival: Losses) -> dict[date, float]:
    """Fold origin -> relative gain of the rival in that window: mean over levels of (a - b) ÷ scale of the level.

    The scale is the mean CRPS of both over all windows given, so the mean over windows is the gain in the ratios that
    select, and exchanging the two turns only the sign. Windows and levels that only one of them has are left out.
    """
    origins = sorted(set(champion) & set(rival))
    pairs = {o: [(lv, champion[o][lv], rival[o][lv]) for lv in sorted(champion[o]) if lv in rival[o]] for o in origins}
    sums: dict[str, list[float]] = {}
    for rows in pairs.values():
        for level, a, b in rows:
            sums.setdefault(level, []).append((a + b) / 2.0)
    scale = {level: float(np.mean(values)) or 1.0 for level, values in sums.items()}
    gains = {o: float(np.mean([(a - b) / scale[lv] for lv, a, b in rows])) for o, rows in pairs.items() if rows}
    return {o: round(value, DECIMALS) for o, value in gains.items()}


def counted(old: Mapping[date, float], new: Mapping[date, float], horizon: int) -> dict[date, float]:
    """The evidence with those windows of `new` added, in order, that begin a window's length after the last one ended.

    old, new: fold origin -> difference; horizon: days of a window. What was counted stays as it was.
    """
    kept = dict(sorted(old.items()))
    last = max(kept, default=None)
    for origin, value in sorted(new.items()):
        if last is None or origin - last >= timedelta(days=2 * horizon):
            kept[origin] = value
            last = origin
    return kept


def log_evidence(differences: Floats) -> float:
    """Logarithm of the e-process after these differences, (N,), in order; 0 without any."""
    if len(differences) == 0:
        return 0.0
    exponents = np.outer(differences, np.array(RATES))
    products = (np.log(2.0) - np.logaddexp(0.0, -2.0 * exponents)).sum(axis=0)
    value = float(np.logaddexp.reduce(products) - np.log(len(RATES)))
    return value / dependence(differences)


def dependence(differences: Floats) -> float:
    """How many windows count as one, >= 1: (1 + r) ÷ (1 - r) of the correlation r with the window before.

    r is estimated about the mean, its bias of 1 ÷ N added (Kendall, 1954), and never taken as negative.
    """
    if len(differences) <= FEWEST:
        return 1.0
    centred = differences - differences.mean()
    square = float(centred @ centred)
    if square == 0.0:
        return 1.0
    r = min(max(float(centred[1:] @ centred[:-1]) / square + 1.0 / len(differences), 0.0), STRONGEST)
    return (1.0 + r) / (1.0 - r)


def gain(evidence: Mapping[date, float], rivals: int = 1, alpha: float = ALPHA) -> Gain:
    """What counted windows say. rivals: how many try for this champion's place."""
    values = np.array([evidence[origin] for origin in sorted(evidence)], dtype=float)
    low, high = interval(values, alpha)
    return Gain(
        windows=len(values),
        mean=float(values.mean()) if len(values) else 0.0,
        low=low,
        high=high,
        evidence=float(np.exp(min(log_evidence(values), 700.0))),
        needed=max(rivals, 1) / alpha,
    )


def interval(values: Floats, alpha: float = ALPHA) -> tuple[float, float]:
    """Always-valid bounds of a window's gain: what neither side's e-process has ruled out at alpha ÷ 2.

    values: differences (N,), taken as symmetric about the gain, so that with one huge window among small ones the mean
    may lie outside.
    """
    if len(values) == 0:
        return -np.inf, np.inf
    bar = float(np.log(2.0 / alpha))
    return _lowest_kept(values, bar), -_lowest_kept(-values, bar)


def _lowest_kept(values: Floats, bar: float) -> float:
    """The lowest gain that is not too low for the differences; -inf where none is."""
    centre = round(float(np.median(values)) / STEP)
    below, above = 0, round(WIDEST / STEP)
    while below < above:
        middle = (below + above) // 2
        if log_evidence(values - (centre - middle) * STEP) >= bar:
            above = middle
        else:
            below = middle + 1
    return (centre - below + 1) * STEP if below < round(WIDEST / STEP) else -np.inf
