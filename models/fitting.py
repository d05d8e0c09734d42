"""Fit once: a blend and the candidates it is made of are the same fits, and fitting is most of a selection's time."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from domain.category import Strict
from domain.panel import Known
from domain.progress import Progress
from models.forecaster import Fitted, Forecaster

KEPT = 30
"""Fits remembered: the candidates and trials of two categories at once. Each keeps what it was fitted on."""

_fits: OrderedDict[tuple[int, str, str, str, int], tuple[Known, Fitted]] = OrderedDict()
_lock = Lock()


def fit_once(
    forecaster: Forecaster, known: Known, category: str, params: Strict, seed: int, progress: Progress
) -> Fitted:
    """What `forecaster.fit` gives, from memory where the very same `known`, parameters and seed were fitted lately."""
    key = (id(known), category, forecaster.name, params.model_dump_json(), seed)
    with _lock:
        found = _fits.get(key)
        if found is not None:
            _fits.move_to_end(key)
    if found is not None and found[0] is known:
        return found[1]
    fitted = forecaster.fit(known, category, params, seed, progress)
    with _lock:
        _fits[key] = (known, fitted)
        while len(_fits) > KEPT:
            _fits.popitem(last=False)
    return fitted


def forget(category: str) -> None:
    """Let go of the fits of a category: its comparison is over, and each holds a history and its last answers."""
    with _lock:
        for key in [key for key in _fits if key[1] == category]:
            del _fits[key]
