"""Covariate blocks: what a forecaster may look at besides demand, and what that was worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from domain.category import Strict

Covariate = Literal["weather", "calendar", "neighbours", "place"]
COVARIATES: tuple[Covariate, ...] = get_args(Covariate)

RULE = (
    "kept without a gain, as a block goes only on a clear loss or no difference, and where the whole forecast comes "
    "closer without it"
)


class CovariateGain(Strict):
    """What a block is worth: CRPS without it less with it, ÷ without, as a mean over folds and levels.

    is_kept: whether the forecast that this is said of looks at it.
    """

    covariate: Covariate
    gain: float
    standard_error: float
    is_kept: bool

    @property
    def is_shown(self) -> bool:
        """Whether the folds show a gain: two standard errors, about one chance in twenty on eight folds. One alone has
        no standard error and shows none."""
        return self.gain > 2 * self.standard_error > 0


def worth(gains: Sequence[CovariateGain]) -> list[str]:
    """A line a block, 'weather: error 4.6 % lower with it (± 2.1), used', and the rule where one is kept without."""
    lines = [_worth(gain) for gain in gains]
    is_ruled = any(gain.is_kept and not gain.is_shown for gain in gains)
    return [*lines, RULE] if is_ruled else lines


def _worth(gain: CovariateGain) -> str:
    way = "lower" if gain.gain > 0 else "higher"
    error = f"error {100 * abs(gain.gain):.1f}\u00a0% {way} with it"
    margin = f"±\u00a0{100 * gain.standard_error:.1f}" if gain.standard_error else "on one window"
    if gain.gain == 0.0 and gain.standard_error == 0.0:
        return f"{gain.covariate}: no difference, {'kept' if gain.is_kept else 'left out'}"
    if not gain.is_kept:
        return f"{gain.covariate}: {error} ({margin}), left out"
    if gain.is_shown:
        return f"{gain.covariate}: {error} ({margin}), used"
    return f"{gain.covariate}: no gain shown ({error} {margin}), kept"
