"""Covariate blocks: what a forecaster may look at besides demand, and what that was worth."""

from __future__ import annotations

from typing import Literal, get_args

from domain.category import Strict

Covariate = Literal["weather", "calendar", "neighbours", "place"]
COVARIATES: tuple[Covariate, ...] = get_args(Covariate)


class CovariateGain(Strict):
    """What a block is worth: CRPS without it less with it, ÷ without, as a mean over folds and levels."""

    covariate: Covariate
    gain: float
    standard_error: float
    is_kept: bool
