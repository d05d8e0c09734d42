"""Which days are looked back from: pure functions of dates. All evidence ends by the origin."""

from __future__ import annotations

from datetime import date, timedelta

YEAR_DAYS = 365
LARGEST_STEP = 45


def selection_origins(
    origin: date, folds: int, horizon: int, first_day: date, minimum_days: int = 56
) -> tuple[date, ...]:
    """Fold origins in the year before `origin`, ascending and evenly spread so that all seasons are met.

    The last fold's outcomes end on `origin`; every fold has `minimum_days` of history since `first_day`, and no two
    folds share an outcome. Fewer than `folds`, down to none, where the history is short.
    """
    last = origin - timedelta(days=horizon)
    room = (last - first_day).days + 1 - minimum_days
    span = min(YEAR_DAYS - horizon, room)
    if span < 0:
        return ()
    count = min(folds, 1 + span // horizon)
    step = min(max(LARGEST_STEP, horizon), span // (count - 1)) if count > 1 else 0
    return tuple(last - timedelta(days=step * back) for back in reversed(range(count)))


def regular_origins(first: date, last: date, every: int) -> tuple[date, ...]:
    """`first`, `first` + every days, …, not after `last`."""
    count = max(0, (last - first).days // every + 1)
    return tuple(first + timedelta(days=every * n) for n in range(count))
