"""What severe incidents hide: where few people report, only the worst is reported at all, and that is repeated more.

An incident of severity s (mean 1, gamma with variance `SEVERITY_VARIANCE`) is first reported at rate λ s and ends
unseen at rate φ, so it is reported with chance λs ÷ (λs + φ), and those that are reported have the mean severity
m(λ/φ) = E[s²/(κs + 1)] ÷ E[s/(κs + 1)], κ = λ/φ. What repeats measure is r = λ m(λ/φ): rates of quiet areas look
higher than they are. Neither the variance nor the share of incidents that nobody reports can be seen in reports. Both
are assumed, the share over a range, and the interval carries the range.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.stats import gamma

from domain.panel import Floats

SEVERITY_VARIANCE = 0.4
UNREPORTED = (0.1, 0.25, 0.4, 0.55)
"""Shares of incidents that end without any report in the median area: assumed, each as likely as the others."""

_SEVERITY: Floats = gamma(1 / SEVERITY_VARIANCE, scale=SEVERITY_VARIANCE).ppf((np.arange(200) + 0.5) / 200)
_RATES: Floats = np.geomspace(1e-3, 1e3, 1201)


def mean_severity(kappa: Floats) -> Floats:
    """m(κ) for κ of any shape: mean severity of the incidents that are reported."""
    reported = _SEVERITY / (kappa[..., None] * _SEVERITY + 1.0)
    mean: Floats = (reported * _SEVERITY).sum(axis=-1) / reported.sum(axis=-1)
    return mean


def corrected(draws: Floats) -> Floats:
    """Draws (D, A) of r to draws (D × len(UNREPORTED), A) of λ, each relative to the median area of its kind."""
    median = float(np.median(draws.mean(axis=0)))
    parts = [_inverse(draws / median, _kappa(share)) for share in UNREPORTED]
    return np.concatenate([part / np.median(part.mean(axis=0)) for part in parts])


def _kappa(unreported: float) -> float:
    """κ of an area in which this share of incidents is never reported."""

    def left(log_kappa: float) -> float:
        return float((1.0 / (np.exp(log_kappa) * _SEVERITY + 1.0)).mean() - unreported)

    return float(np.exp(brentq(left, -10.0, 10.0)))


def _inverse(r: Floats, kappa: float) -> Floats:
    """λ with λ m(κ λ) ÷ m(κ) = r, by interpolation on a log grid."""
    seen = _RATES * mean_severity(kappa * _RATES) / mean_severity(np.array([kappa]))
    return np.exp(np.interp(np.log(np.maximum(r, 1e-3)), np.log(seen), np.log(_RATES)))
