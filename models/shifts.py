"""Daily draws split to shifts: the same draws, thinned by when in the day requests are filed.

Each minute of a local day belongs to one shift: to the running shift that started last; after midnight that may be
the night shift of the day before. Minutes no shift covers belong to the next shift that starts, also where that is
tomorrow's. Shifts are counted on every day, whether or not a yard staffs them then. So shift-day D gathers parts of
the local days D - 1, D and D + 1, which is why paths are drawn one day longer than is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.category import Category
from domain.chance import generator
from domain.city import CityPlan, Shift
from domain.panel import AreaMap, Floats, Ints, Known, SamplePaths
from models.levels import at_every_level, summary_columns, units

DAY_MINUTES = 1440
OVERALL_WEIGHT = 100.0
"""Requests' worth of the overall profile mixed into each weekday and season."""
MEASURED_FROM = 300
"""Requests with hours from which a profile counts as measured."""
MEASURED, ASSUMED = "measured", "assumed"


@dataclass(frozen=True)
class Profiles:
    """When in the day requests are filed: share (C, 7, 4, 24) by weekday, season, local hour; sums to 1 over hours.

    basis: "measured" or "assumed", a category.
    """

    share: Floats
    basis: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """by_shift: (C, A, H, shifts, S) requests a shift; dates: (H,) the days on which the shifts start."""

    by_shift: Ints
    dates: pd.DatetimeIndex
    shifts: tuple[str, ...]
    categories: tuple[str, ...]
    areas: tuple[str, ...]
    basis: tuple[str, ...]
    weight: Floats


def profiles(known: Known, plan: CityPlan) -> Profiles:
    """Learned where rows have hours, else from the category's `shift_profile`."""
    shares, basis = [], []
    for index, name in enumerate(known.demand.categories):
        counts = None if known.hours is None else known.hours[index]
        if counts is not None and counts.sum() >= MEASURED_FROM:
            shares.append(measured_profile(counts))
            basis.append(MEASURED)
        else:
            hourly = assumed_profile(plan.category(name), plan.city.crews.shifts)
            shares.append(np.broadcast_to(hourly, (7, 4, 24)))
            basis.append(ASSUMED)
    return Profiles(np.stack(shares), tuple(basis))


def measured_profile(counts: Ints) -> Floats:
    """(7, 4, 24) shares of counts by weekday, season, hour, drawn towards the overall profile where these are few."""
    overall = counts.sum(axis=(0, 1)) / counts.sum()
    mixed = counts + OVERALL_WEIGHT * overall
    profile: Floats = mixed / mixed.sum(axis=2, keepdims=True)
    return profile


def assumed_profile(category: Category, shifts: Sequence[Shift]) -> Floats:
    """(24,) shares: each shift's share spread evenly over its minutes.

    Shares of shifts the city does not have are dropped and the rest scaled up; with none left, all hours are equal.
    """
    minutes = np.zeros(DAY_MINUTES)
    for shift in shifts:
        covered = np.arange(shift.start_minute, shift.start_minute + length(shift)) % DAY_MINUTES
        minutes[covered] += category.shift_profile.get(shift.name, 0.0) / len(covered)
    hourly: Floats = minutes.reshape(24, 60).sum(axis=1)
    return hourly / hourly.sum() if hourly.sum() > 0 else np.full(24, 1.0 / 24.0)


def length(shift: Shift) -> int:
    """Minutes on the clock from start to end; an end not after the start lies on the next day."""
    end = int(shift.end[:2]) * 60 + int(shift.end[3:])
    return (end - shift.start_minute - 1) % DAY_MINUTES + 1


def owners(shifts: Sequence[Shift]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Whose each minute of a local day is: position of the shift (1440,), and the day it starts (1440,): -1, 0, 1."""
    owner = np.full(DAY_MINUTES, -1)
    day = np.zeros(DAY_MINUTES, dtype=np.intp)
    latest_start = np.full(DAY_MINUTES, -2 * DAY_MINUTES)
    for position, shift in enumerate(shifts):
        for start_day in (-1, 0):
            start = shift.start_minute + start_day * DAY_MINUTES
            minutes = np.arange(max(start, 0), min(start + length(shift), DAY_MINUTES))
            later = minutes[latest_start[minutes] < start]
            owner[later], day[later], latest_start[later] = position, start_day, start
    first = int(np.argmin([s.start_minute for s in shifts]))
    for minute in np.flatnonzero(owner < 0):
        ahead = [(s.start_minute, p) for p, s in enumerate(shifts) if s.start_minute > minute]
        owner[minute], day[minute] = (min(ahead)[1], 0) if ahead else (first, 1)
    return owner, day


def part_shares(profile: Floats, shifts: Sequence[Shift]) -> Floats:
    """(..., 3, shifts): share of a local day's requests by start day of the shift (-1, 0, 1) and shift."""
    owner, day = owners(shifts)
    hour = np.arange(DAY_MINUTES) // 60
    part = (day + 1) * len(shifts) + owner
    to_part = np.zeros((24, 3 * len(shifts)))
    np.add.at(to_part, (hour, part), 1.0 / 60.0)
    shares: Floats = (profile @ to_part).reshape(*profile.shape[:-1], 3, len(shifts))
    return shares


def split(paths: SamplePaths, profile: Profiles, shifts: Sequence[Shift], seed: int) -> Split:
    """Shifts of all but the last day of `paths`, whose early hours complete the last night.

    Every local day's draw is divided whole, by a multinomial, into the parts of `part_shares`. What belongs to
    shifts that started before the first day (last night's hours after midnight) is left out; what uncovered hours
    of the day before the first add to its first shift lies before the origin, so is not in the draws.
    """
    weekday = np.asarray(paths.dates.day_of_week)
    season = (np.asarray(paths.dates.month) % 12) // 3
    shares = part_shares(profile.share[:, weekday, season], shifts)
    days = len(paths.dates) - 1
    categories, areas, _, size = paths.samples.shape
    by_shift = np.zeros((categories, areas, days, len(shifts), size), dtype=np.int32)
    for c, name in enumerate(paths.categories):
        parts = thin(paths.samples[c], shares[c].reshape(days + 1, -1), generator(seed, "shifts", name))
        for position, count in parts.items():
            start_day, shift = position // len(shifts) - 1, position % len(shifts)
            first, last = max(0, -start_day), min(days + 1, days - start_day)
            by_shift[c, :, first + start_day : last + start_day, shift] += count[:, first:last]
    names = tuple(s.name for s in shifts)
    dates = paths.dates[:days]
    return Split(by_shift, dates, names, paths.categories, paths.areas, profile.basis, paths.draws.weight)


def thin(samples: Ints, shares: Floats, rng: np.random.Generator) -> dict[int, Ints]:
    """Multinomial split of samples (A, D, S) by shares (D, K), as one binomial a part: k -> (A, D, S).

    Parts that never hold anything are left out; the parts add up to the samples.
    """
    used = np.flatnonzero(shares.max(axis=0) > 0)
    rest = 1.0 - np.cumsum(shares, axis=1) + shares
    chances = np.clip(np.divide(shares, rest, out=np.zeros_like(shares), where=rest > 1e-12), 0.0, 1.0)
    left = samples.astype(np.int64)
    parts: dict[int, Ints] = {}
    for k in used[:-1]:
        taken = rng.binomial(left, chances[None, :, k, None])
        parts[int(k)] = taken.astype(np.int32)
        left = left - taken
    parts[int(used[-1])] = left.astype(np.int32)
    return parts


def shift_table(by_shift: Split, areas: AreaMap) -> pd.DataFrame:
    """The table `forecasts_by_shift` without vintage_id, ordered by level, area, category, date, shift."""
    everywhere = np.moveaxis(at_every_level(by_shift.by_shift, areas), 1, 0)
    unit = units(areas)
    count, categories, days, shifts, _ = everywhere.shape
    cells = days * shifts
    return pd.DataFrame(
        {
            "date": np.tile(np.repeat(by_shift.dates.as_unit("us").to_numpy(), shifts), count * categories),
            "shift": np.tile(np.array(by_shift.shifts, dtype=object), count * categories * days),
            "level": np.repeat(unit["level"].to_numpy(), categories * cells),
            "area": np.repeat(unit["area"].to_numpy(), categories * cells),
            "category": np.tile(np.repeat(np.array(by_shift.categories, dtype=object), cells), count),
            **summary_columns(everywhere, by_shift.weight),
            "profile_basis": np.tile(np.repeat(np.array(by_shift.basis, dtype=object), cells), count),
        }
    )
