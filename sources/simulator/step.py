"""One day of W worlds: the state machine that makes the history and draws the true paths.

Order of a day: crews close what was known the evening before; intensities move with the weather; new incidents and
failed repairs appear; residents report whatever is open, until its closing minute on its last day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from domain.panel import Floats, Ints
from sources.simulator.crews import Closings, close, crew_minutes, release, weak_repairs
from sources.simulator.onset import appear, fail, intensities, move_on
from sources.simulator.rates import LAPSE_MINUTES
from sources.simulator.reports import (
    MIDNIGHT,
    Night,
    Windows,
    begin_noise,
    count_by_area,
    expected_noise_reports,
    expected_reports,
    exposure,
    noise_windows,
)
from sources.simulator.settings import CATEGORIES
from sources.simulator.state import Incidents, Longs, State
from sources.simulator.town import Day, Town

NOISE = CATEGORIES.index("noise")
HOW = ("repaired", "cleared without a crew", "answered", "lapsed")
CREW, CLERK, ANSWERED, LAPSED = range(len(HOW))


@dataclass(frozen=True)
class Reported:
    """Incidents reported today: how often with an area and without one, and in which window of the day."""

    incidents: Incidents
    located: Ints
    unlocated: Ints
    windows: Windows


@dataclass(frozen=True)
class Ended:
    """Incidents that end today. minute: since the world began. how: an index of HOW."""

    ident: Longs
    minute: Floats
    how: Ints


@dataclass(frozen=True)
class Lived:
    """What a day brought. counts: (W, C, A) requests as filed with an area; unlocated: (W, C) without one."""

    counts: Ints
    unlocated: Ints
    new: Incidents
    reported: Reported
    ended: Ended


def step(
    town: Town, state: State, day: Day, weather: Floats, unlocated_share: float, rng: np.random.Generator
) -> tuple[State, Lived]:
    """The next day of every world. weather: (W, V) of that day."""
    old = state.incidents
    lasting, noise_before = old.take(old.kind != NOISE), old.take(old.kind == NOISE)
    closings = close(town, lasting, day, crew_minutes(town, state.worlds, day, weather, rng), rng)
    repaired = weak_repairs(lasting, closings.repaired, rng)
    pressure = move_on(town, state, weather, rng)
    failed, weak = fail(pressure, state.weak, day, state.next_ident, rng)
    expected = intensities(town, pressure, day, weather, rng)
    new = failed.join(appear(town, expected, day, state.next_ident + len(failed), rng))
    night = begin_noise(town, new.take(new.kind == NOISE), state.worlds, rng)
    standing, closed = lasting.join(new.take(new.kind != NOISE)), closings.extended(len(new))
    reported, open_after = _call(
        town, state.worlds, standing, closed, noise_before.join(night.noise), day, unlocated_share, rng
    )
    after = replace(
        state,
        day=day.index,
        latents=pressure.latents,
        frost=pressure.frost,
        wet=pressure.wet,
        flood_response=pressure.flood_response,
        incidents=open_after,
        weak=weak.join(repaired),
        next_ident=state.next_ident + len(new),
    )
    return after, _lived(town, state.worlds, reported, new, _ended(lasting, closings, night, day))


def _call(
    town: Town,
    worlds: int,
    standing: Incidents,
    closings: Closings,
    noise: Incidents,
    day: Day,
    unlocated_share: float,
    rng: np.random.Generator,
) -> tuple[Reported, Incidents]:
    """Reports of today, and what is still open at its end."""
    closed = closings.closed[: len(standing)]
    span = exposure(standing, day, closed, closings.minute[: len(standing)])
    noise_span, left = noise_windows(noise, day)
    mean = np.append(
        expected_reports(town, standing, span, day, worlds, rng), expected_noise_reports(town, noise, noise_span)
    )
    low, high = np.append(span.low, noise_span.low), np.append(span.high, noise_span.high)
    everything = standing.join(replace(noise, minutes=left))
    reports = rng.poisson(mean).astype(np.int32)
    nowhere = rng.binomial(reports, unlocated_share).astype(np.int32)
    heard = np.flatnonzero(reports)
    reported = Reported(
        everything.take(heard), (reports - nowhere)[heard], nowhere[heard], Windows(low[heard], high[heard])
    )
    known = np.where((everything.known < 0) & (reports > 0), day.index, everything.known).astype(np.int32)
    now = replace(everything, reports=everything.reports + reports, known=known, held=release(everything, rng))
    return reported, now.take(~np.append(closed, left <= 0))


def _ended(lasting: Incidents, closings: Closings, night: Night, day: Day) -> Ended:
    """Potholes and flooding closed today and noise begun today, whose end is decided at once."""
    closed = closings.closed[: len(lasting)]
    minute = np.append(
        closings.minute[: len(lasting)][closed], np.where(night.answered, night.end + 15, night.end + LAPSE_MINUTES)
    )
    how = np.append(
        np.where(closings.repaired[: len(lasting)][closed], CREW, CLERK), np.where(night.answered, ANSWERED, LAPSED)
    )
    ident = np.append(lasting.ident[closed], night.noise.ident)
    return Ended(ident, day.index * MIDNIGHT + minute, how.astype(np.int32))


def _lived(town: Town, worlds: int, reported: Reported, new: Incidents, ended: Ended) -> Lived:
    shape = worlds, len(CATEGORIES), len(town.geography.names)
    counts = count_by_area(reported.incidents, reported.located, *shape)
    nowhere = count_by_area(reported.incidents, reported.unlocated, *shape).sum(axis=2, dtype=np.int32)
    return Lived(counts, nowhere, new, reported, ended)
