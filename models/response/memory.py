"""How recent days bend the next ones: the level of the last days against the slower one, fading with lead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats
from models.response.glm import Response, fit_response
from models.response.level import causal_level

FAST_HALF_LIVES = (2.0, 10.0)
FADES = (4.0, 25.0)
LEARNT_LEADS = (1, 2, 3, 5, 8, 11, 14)
PRIOR_DAYS = 3.0
NAME = "memory"


@dataclass(frozen=True)
class Memory:
    """response: of the columns below, at exposure level × response of the day."""

    response: Response

    def log(self, state: Floats, leads: Floats) -> Floats:
        """(..., H) log factors. state: (..., 2) of `states` at the origins; leads: (H,)."""
        return self.response.log({NAME: columns(state, leads)})


def states(tame: Floats, fitted: Floats, level: Floats) -> Floats:
    """(T, 2) log of each faster level against the slow one, as known at the end of each day; 0 where little is filed.

    Mixed with PRIOR_DAYS of what the slow level expects, so that one request in a quiet city does not count for much.
    """
    out = []
    for half_life in FAST_HALF_LIVES:
        fast = causal_level(tame, fitted, half_life)
        days = half_life / np.log(2.0)
        requests = level * fitted.mean() * days
        prior = PRIOR_DAYS / np.minimum(np.maximum(requests, 1e-3), 1.0)
        out.append(np.log((fast * days + level * prior) / (level * (days + prior))))
    return np.stack(out, axis=-1)


def columns(state: Floats, leads: Floats) -> Floats:
    """(..., H, 4): each state times each fading of the lead."""
    fade = np.exp(-(leads[:, None] - 1.0) / np.array(FADES))
    product = state[..., None, :, None] * fade[:, None, :]
    out: Floats = product.reshape(*product.shape[:-2], -1)
    return out


def learn_memory(
    counts: Floats,
    fitted: Floats,
    level: Floats,
    state: Floats,
    learnt_from: int,
    forget_days: float,
    trust: Floats,
) -> Memory:
    """From every origin of the history and a few leads of each; all arrays are (T,) but state (T, 2)."""
    days = len(counts)
    leads = np.array([lead for lead in LEARNT_LEADS if lead < days - learnt_from], dtype=np.float64)
    origin = np.arange(learnt_from, days - 1)[:, None]
    day = origin + leads.astype(np.intp)
    there = day < days
    day = np.minimum(day, days - 1)
    exposure = level[origin] * fitted[day]
    there &= (trust[day] > 0) & (trust[origin] > 0)
    weight = 0.5 ** ((days - 1 - day) / forget_days) * trust[day] / len(leads)
    x = columns(state[learnt_from : days - 1], leads)
    return Memory(
        _rising(counts[day].ravel(), exposure.ravel(), x.reshape(-1, x.shape[-1]), there.ravel(), weight.ravel())
    )


def _rising(counts: Floats, exposure: Floats, x: Floats, rows: NDArray[np.bool_], weight: Floats) -> Response:
    """Fitted without the columns in which more demand would foretell less: those are noise."""
    kept = np.ones(x.shape[1])
    while True:
        response = fit_response(counts, exposure, {NAME: x * kept}, rows, weight)
        falling = response.blocks[NAME].coef < 0.0
        if not falling.any():
            return response
        kept = np.where(falling, 0.0, kept)
