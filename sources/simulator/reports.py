"""Residents report what is open: each incident again and again until it ends, at propensity × severity.

So the number of repeat reports of an incident carries the reporting propensity of its area.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from domain.panel import Floats, Ints
from sources.simulator import rates
from sources.simulator.state import Flags, Incidents
from sources.simulator.town import Day, Town

MIDNIGHT = 1440.0


@dataclass(frozen=True)
class Windows:
    """When during the day each incident can be reported. low, high: minutes for noise, else shares of the day's
    reports (so that an hour is found by inverting the hours' profile)."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class Night:
    """Noise that begins today, whether a patrol answers it, and when it ends (minutes from today's midnight)."""

    noise: Incidents
    answered: Flags
    end: Floats


def exposure(incidents: Incidents, day: Day, closed: Flags, minute: Floats) -> Windows:
    """Potholes and flooding: from the onset to the closing, as shares of the day's reports."""
    low = np.where(incidents.onset == day.index, incidents.start, 0.0)
    high = np.ones(len(incidents))
    for kind in (0, 1):
        ends = closed & (incidents.kind == kind)
        high[ends] = np.interp(minute[ends] / 60, np.arange(25), rates.hour_shares(kind))
    return Windows(low, np.maximum(high, low))


def expected_reports(
    town: Town, incidents: Incidents, windows: Windows, day: Day, worlds: int, rng: np.random.Generator
) -> Floats:
    """Mean number of reports of each pothole and flooding incident today.

    A district's residents are more attentive on some days than on others (REPORT_SHOCK_SD).
    """
    kind = incidents.kind
    sd, district = rates.REPORT_SHOCK_SD, town.geography.district[incidents.area]
    shock = np.exp(sd[:, None] * rng.standard_normal((worlds, 2, len(town.visits))) - sd[:, None] ** 2 / 2)
    calendar = rates.WEEKDAY_REPORTS[:, day.weekday].copy()
    if day.is_holiday:
        calendar = np.minimum(calendar, rates.WEEKDAY_REPORTS[:, 0]) * rates.HOLIDAY_REPORTS
    age = np.minimum(day.index - incidents.onset, len(rates.FLOOD_FADE) - 1)
    fade = np.where(kind == 1, rates.FLOOD_FADE[age], 1.0)
    readiness = town.geography.propensity[incidents.area, kind]
    readiness = readiness * shock[incidents.world, kind, district]
    length = windows.high - windows.low
    mean: Floats = rates.REPORT_RATE[kind] * readiness * incidents.severity * fade * calendar[kind] * length
    return mean


def begin_noise(town: Town, noise: Incidents, worlds: int, rng: np.random.Generator) -> Night:
    """Noise of today with its start (minute) and length; which of it is answered, and when it ends.

    Patrols answer a share that falls when the district has more than they can visit; the rest lapses.
    """
    size, districts = len(noise), len(town.visits)
    shares = rates.hour_shares(2)
    start = np.interp(noise.start, shares, np.arange(25)) * 60
    length = rng.exponential(rates.NOISE_MINUTES, size) + 5
    cell = noise.world * districts + town.geography.district[noise.area]
    load = np.bincount(cell, minlength=worlds * districts)
    chance = np.minimum(0.9, np.tile(town.visits, worlds) / np.maximum(load, 1))
    wait = rng.exponential(rates.PATROL_WAIT_MINUTES, size) + 8
    answered = (rng.uniform(size=size) < chance[cell]) & (wait < length)
    length = np.where(answered, wait, length)
    return Night(replace(noise, start=start, minutes=length), answered, start + length)


def noise_windows(noise: Incidents, day: Day) -> tuple[Windows, Floats]:
    """Minutes of today in which each noise goes on, and the minutes left for after midnight."""
    low = np.where(noise.onset == day.index, noise.start, 0.0)
    high = np.minimum(low + noise.minutes, MIDNIGHT)
    return Windows(low, high), low + noise.minutes - high


def expected_noise_reports(town: Town, noise: Incidents, windows: Windows) -> Floats:
    """Mean number of reports of each noise in its window of today."""
    readiness = town.geography.propensity[noise.area, 2]
    mean: Floats = rates.REPORT_RATE[2] * readiness * noise.severity * (windows.high - windows.low)
    return mean


def count_by_area(incidents: Incidents, reports: Ints, worlds: int, categories: int, areas: int) -> Ints:
    """Reports summed to (W, C, A)."""
    cell = (incidents.world * categories + incidents.kind) * areas + incidents.area
    counts = np.bincount(cell, reports, minlength=worlds * categories * areas)
    summed: Ints = counts.reshape(worlds, categories, areas).astype(np.int32)
    return summed
