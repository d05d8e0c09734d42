"""Crews close what was known the evening before: urgent first, then oldest, until the yard's minutes are gone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats
from sources.simulator import rates
from sources.simulator.state import Flags, Incidents, Weak
from sources.simulator.town import SNOW_DEPTH, SNOWFALL, Day, Town

MASS_CLOSING_MINUTE = 1020


@dataclass(frozen=True)
class Closings:
    """One entry an open incident. closed: today. minute: of the day, where closed. repaired: by a crew."""

    closed: Flags
    minute: Floats
    repaired: Flags

    def extended(self, size: int) -> Closings:
        """The same for these and `size` more entries, none of them closed."""
        return Closings(
            np.append(self.closed, np.zeros(size, dtype=bool)),
            np.append(self.minute, np.zeros(size)),
            np.append(self.repaired, np.zeros(size, dtype=bool)),
        )


def crew_minutes(town: Town, worlds: int, day: Day, weather: Floats, rng: np.random.Generator) -> Floats:
    """Minutes of the day by world, zone and skill, (W, Z, 2): fewer on weekends, in snow, and when people are ill."""
    usual = town.crew_minutes
    crews = np.maximum(np.round(usual / rates.MINUTES_PER_CREW), 1).astype(np.int64)
    present = 1 - rng.binomial(crews, rates.ABSENCE_SHARE, (worlds, *usual.shape)) / crews
    minutes = usual * present
    if day.weekday >= 5 or day.is_holiday:
        minutes = minutes * rates.WEEKEND_CREWS
    snowing = weather[:, SNOWFALL] >= rates.SNOW_FROM_MM
    lying = weather[:, SNOW_DEPTH] >= rates.SNOW_LYING_MM
    kept = np.where(snowing[:, None], rates.SNOW_CREWS, np.where(lying[:, None], rates.SNOW_LYING_CREWS, 1.0))
    scaled: Floats = minutes * kept[:, None]
    return scaled


def serve(
    incidents: Incidents, rows: NDArray[np.intp], group: NDArray[np.intp], minutes: Floats
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Rows begun before their group's minutes run out, the share of the minutes gone at their end, minutes used.

    rows: candidates. group: their yard, (len(rows),). minutes: (G,) of each yard.
    """
    urgent = incidents.severity[rows] > rates.URGENT_SEVERITY
    order = np.lexsort((incidents.start[rows], incidents.known[rows], ~urgent, group))
    rows, group = rows[order], group[order]
    work = incidents.minutes[rows]
    done = np.cumsum(work)
    first = np.searchsorted(group, np.arange(len(minutes)))
    before = np.concatenate([[0.0], done])[first]
    end = done - before[group]
    served = end - work < minutes[group]
    used: Floats = np.bincount(group[served], work[served], minlength=len(minutes)).astype(float)
    share = np.minimum(end[served] / np.maximum(minutes[group[served]], 1e-9), 1.0)
    return rows[served], share, used


def close(town: Town, incidents: Incidents, day: Day, minutes: Floats, rng: np.random.Generator) -> Closings:
    """What is closed today. minutes: (W, Z, 2); drainage lends what it does not need of its combined crews."""
    size, zones = len(incidents), minutes.shape[1]
    closed, at = np.zeros(size, dtype=bool), np.zeros(size)
    inspected = incidents.known + np.append(rates.INSPECTION_DAYS, 0)[incidents.kind] < day.index
    urgent = incidents.severity > rates.URGENT_SEVERITY
    ready = (incidents.known >= 0) & ~incidents.held & (urgent | inspected)
    yard = (incidents.world * zones + town.geography.zone[incidents.area]).astype(np.intp)
    spare = np.zeros(minutes.shape[0] * zones)
    for kind in (1, 0):
        rows = np.flatnonzero(ready & (incidents.kind == kind))
        own = minutes[:, :, kind].ravel()
        if kind == 1:
            waiting = np.bincount(yard[rows], incidents.minutes[rows], minlength=len(own))
            have = np.where(waiting > own, own * rates.CALL_IN_FACTOR, own)
        else:
            have = own + spare
        rows, share, used = serve(incidents, rows, yard[rows], have)
        if kind == 1:
            spare = np.clip(own - used, 0, rates.COMBINED_SHARE * own)
        start, end = rates.CREW_HOURS[kind]
        closed[rows] = True
        at[rows] = start + share * (end - start)
    repaired = closed.copy()
    if day.mass_closing:
        clerical = (incidents.kind == 1) & (incidents.known >= 0) & ~closed
        closed, at = closed | clerical, np.where(clerical, MASS_CLOSING_MINUTE, at)
    found = _found(incidents, rng)
    return Closings(closed | found, np.where(found, 0.0, at), repaired)


def _found(incidents: Incidents, rng: np.random.Generator) -> Flags:
    """Unreported incidents that end by themselves: crews find the hole, the water runs off."""
    chance = np.append(rates.FOUND_RATE, 0.0)[incidents.kind]
    gone: Flags = (incidents.known < 0) & (rng.uniform(size=len(incidents)) < chance)
    return gone


def weak_repairs(incidents: Incidents, repaired: Flags, rng: np.random.Generator) -> Weak:
    """Of today's repairs, those that will not hold."""
    fixed = incidents.take(repaired)
    fails = rng.uniform(size=len(fixed)) < np.append(rates.FAILURE_SHARE, 0.0)[fixed.kind]
    bad = fixed.take(fails)
    return Weak(bad.world, bad.area, bad.kind, bad.place, bad.severity)


def release(incidents: Incidents, rng: np.random.Generator) -> Flags:
    """Which incidents still wait for others after today, (n,)."""
    chance = np.append(rates.RELEASE_RATE, 0.0)[incidents.kind]
    held: Flags = incidents.held & (rng.uniform(size=len(incidents)) >= chance)
    return held
