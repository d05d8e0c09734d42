"""When reporting cannot be told from a feed, and why."""

from __future__ import annotations

import numpy as np

from models.reporting.link import OPEN_DAYS, SHARED_CLOSINGS, Incidents, shared_closings
from models.reporting.reports import Reports

FEWEST_PLACED = 0.2
"""Share of rows with coordinates from which repeats are looked for in space."""
FEWEST_CLOSED = 0.2
MOMENT_DAYS = 1 / 1440
FEWEST_REPEATS = 50
LOWEST_REPEATED = 0.02
"""Repeats ÷ incidents below which a feed is taken to drop or merge them."""
MOST_CHANCE = 0.5
FEWEST_INCIDENTS = 15
"""Of an area."""


def no_exposure(reports: Reports, now: float) -> str:
    """Why nobody can say how long incidents could be reported; empty where it can be said."""
    old = reports.created < now - OPEN_DAYS
    if not old.any():
        return f"no request is older than {OPEN_DAYS:.0f} days"
    closed = np.isfinite(reports.closed[old])
    if closed.mean() < FEWEST_CLOSED:
        return (
            f"closing times are missing ({closed.mean():.0%} of the rows have one): nobody knows how long an incident "
            "could be reported again"
        )
    at_once = (reports.closed - reports.created)[old][closed] < MOMENT_DAYS
    if at_once.mean() > 1 - FEWEST_CLOSED:
        return f"{at_once.mean():.0%} of the rows are closed as they come in, so no incident is seen open"
    return ""


def has_places(reports: Reports) -> bool:
    """Whether repeats can be looked for in space."""
    return bool(len(reports)) and bool(reports.is_placed.mean() >= FEWEST_PLACED)


def no_identity(reports: Reports) -> str:
    """Why repeats cannot be recognised without coordinates; empty where closing moments tell incidents apart."""
    shared = shared_closings(reports)
    if shared <= SHARED_CLOSINGS:
        return ""
    linked = "the feed links no duplicates" if not (reports.of >= 0).any() else "the feed links only some duplicates"
    return (
        f"no coordinates are kept, {linked}, and requests are closed in batches ({shared:.0%} share their closing "
        "moment with another area): repeats of one incident cannot be recognised"
    )


def no_repeats(found: Incidents, by_chance: float) -> str:
    """Why the repeats found say nothing. by_chance: repeats expected from other incidents at the same spots."""
    incidents, repeats = len(found.area), len(found.age)
    if repeats < max(FEWEST_REPEATS, LOWEST_REPEATED * incidents):
        return (
            f"of {incidents} incidents only {repeats} further reports are in the feed: it drops or merges repeats, or "
            "there are too few"
        )
    if by_chance > MOST_CHANCE * repeats:
        return (
            f"of {repeats} further reports about {by_chance:.0f} are what other incidents at the same spots would "
            "bring: the feed seems to drop or merge repeats"
        )
    return ""
