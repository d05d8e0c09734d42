"""Weather as an ensemble: whole past stretches, bent towards today's issued forecast where it has skill.

weather_paths: an analog ensemble (Delle Monache et al. 2013) whose order over days and variables comes from the
stretches that followed the most similar issued forecasts (similarity-based Schaake shuffle: Clark et al. 2004,
Schefzik 2016). Beyond the issued leads a path goes on as its stretch does, which is climatology.
climatology: stretches of the same season of all past years.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.chance import generator
from domain.panel import Floats, Known, Weather, WeatherPaths
from models.analogs import (
    RAIN,
    SNOW,
    TEMPERATURE_WEIGHT,
    TEMPERATURES,
    Archive,
    amount_costs,
    archive_of,
    beside,
    correlation,
    days_apart,
    log_amount,
    mean_temperature,
    normals,
    precision,
    season_cost,
    squared_gap,
)

FEWEST_ISSUED = 60
"""Archived issue days with a known outcome below which the ensemble is plain climatology."""
SEASON_WINDOW_DAYS = 20
MOSTLY_THERE = 0.8
"""A variable observed on this share of days must be complete in a stretch that is used."""
LEAST_STRETCHES = 20
KIND_ANALOGS = "analogs of issued forecasts"
KIND_CLIMATOLOGY = "climatology"


def usable_starts(weather: Weather, horizon: int) -> NDArray[np.bool_]:
    """(T_w,) True where the `horizon` days after a day are observed, and complete in what is mostly observed."""
    there = np.isfinite(weather.values)
    whole = there[:, there.mean(axis=0) >= MOSTLY_THERE].all(axis=1)
    gaps = np.concatenate([[0], np.cumsum(~whole)])
    last = len(weather.dates) - 1 - horizon
    out = np.zeros(len(weather.dates), dtype=np.bool_)
    if last >= 0:
        start = np.arange(last + 1)
        out[: last + 1] = gaps[start + 1 + horizon] == gaps[start + 1]
    return out


def weather_paths(known: Known, size: int, horizon: int, seed: int) -> WeatherPaths | None:
    """`size` equally likely paths for the `horizon` days after the origin; None where the city has no weather.

    Analogs of issued forecasts where at least FEWEST_ISSUED archived ones have an outcome known by the origin
    and today's is there; climatology otherwise, and `kind` says which.
    """
    if known.weather is None:
        return None
    archive = archive_of(known, usable_starts(known.weather, horizon))
    if archive is None or len(archive.day) < FEWEST_ISSUED:
        return climatology(known, size, horizon, seed)
    rng = generator(seed, "weather paths", known.city, known.origin)
    origin = pd.Timestamp(known.origin)
    order = np.argsort(template_cost(known.weather, origin, archive), kind="stable")
    chosen = order[np.arange(size) % len(order)]
    values = stretches(known.weather, archive.day[chosen], horizon)
    leads = min(horizon, archive.leads)
    shift_temperatures(known, archive, chosen, values, leads)
    for variable in (RAIN, SNOW):
        if np.isfinite(archive.today[:, variable]).any() and np.isfinite(archive.observed[:, :, variable]).all():
            reorder_amounts(archive, variable, values, leads, rng)
    return assemble(known, archive.day[chosen], values, KIND_ANALOGS)


def climatology(known: Known, size: int, horizon: int, seed: int) -> WeatherPaths | None:
    """`size` stretches that start in the same season of all past years; None where the city has no weather.

    The season widens until LEAST_STRETCHES are found, so that a short history still gives an ensemble.
    """
    weather = known.weather
    if weather is None:
        return None
    start = np.flatnonzero(usable_starts(weather, horizon))
    if not len(start):
        return None
    apart = days_apart(weather.dates[start], pd.Timestamp(known.origin))
    window = max(float(SEASON_WINDOW_DAYS), float(np.sort(apart)[min(LEAST_STRETCHES, len(apart)) - 1]))
    near = start[apart <= window]
    rng = generator(seed, "climatology", known.city, known.origin)
    rounds = -(-size // len(near))
    chosen = np.sort(np.concatenate([rng.permutation(near) for _ in range(rounds)])[:size])
    return assemble(known, chosen, stretches(weather, chosen, horizon), KIND_CLIMATOLOGY)


def stretches(weather: Weather, day: NDArray[np.intp], horizon: int) -> Floats:
    """Observed weather of the `horizon` days after each day, (P, H, V)."""
    out: Floats = weather.values[day[:, None] + np.arange(1, horizon + 1)]
    return out


def assemble(known: Known, day: NDArray[np.intp], values: Floats, kind: str) -> WeatherPaths:
    assert known.weather is not None
    size, horizon = values.shape[:2]
    first = known.weather.dates[day] + pd.Timedelta(days=1)
    return WeatherPaths(
        dates=pd.date_range(pd.Timestamp(known.origin) + pd.Timedelta(days=1), periods=horizon, freq="D"),
        values=values,
        weight=np.full(size, 1.0 / size),
        source=tuple(first.strftime("%Y-%m-%d")),
        kind=kind,
    )


def departures(weather: Weather, archive: Archive) -> tuple[Floats, Floats, Floats]:
    """Mean temperature against the season's normal: issued (M, L), observed (M, L), and the normals (M, L)."""
    leads = archive.leads
    observed_mean = mean_temperature(weather.values)
    normal_of_day = normals(weather.dates, observed_mean, weather.dates)
    normal = normal_of_day[archive.day[:, None] + np.arange(1, leads + 1)]
    return mean_temperature(archive.issued) - normal, mean_temperature(archive.observed) - normal, normal


def normal_ahead(weather: Weather, origin: pd.Timestamp, days: int) -> Floats:
    ahead = pd.date_range(origin + pd.Timedelta(days=1), periods=days, freq="D")
    return normals(weather.dates, mean_temperature(weather.values), ahead)


def template_cost(weather: Weather, origin: pd.Timestamp, archive: Archive) -> Floats:
    """How little each past issue day resembles today, over all leads, each weighted by its skill, (M,)."""
    issued, observed, _ = departures(weather, archive)
    today = mean_temperature(archive.today) - normal_ahead(weather, origin, archive.leads)
    warmth = precision(correlation(issued, observed)) * squared_gap(issued, today)
    rain, _ = amount_costs(archive, RAIN)
    total: Floats = rain.sum(axis=1) + TEMPERATURE_WEIGHT * warmth.sum(axis=1) + season_cost(archive)
    return total


def shift_temperatures(known: Known, archive: Archive, chosen: NDArray[np.intp], values: Floats, leads: int) -> None:
    """Move all temperatures of each path, in place, from its own season and forecast to today's.

    A path keeps the error its issued forecast had: departure = slope × (today's issued − its issued) + what came.
    Slopes are the least-squares ones by lead, so that a forecast without skill moves nothing.
    """
    assert known.weather is not None
    horizon = values.shape[1]
    weather, origin = known.weather, pd.Timestamp(known.origin)
    normal_of_day = normals(weather.dates, mean_temperature(weather.values), weather.dates)
    own = normal_of_day[archive.day[chosen][:, None] + np.arange(1, horizon + 1)]
    shift = normal_ahead(weather, origin, horizon) - own
    issued, observed, _ = departures(weather, archive)
    today = mean_temperature(archive.today) - normal_ahead(weather, origin, archive.leads)
    both = np.isfinite(issued) & np.isfinite(observed)
    x, y = np.where(both, issued, 0.0), np.where(both, observed, 0.0)
    slope = np.clip((x * y).sum(axis=0) / np.maximum((x * x).sum(axis=0), 1e-9), 0.0, 1.5)
    move = slope * (today - issued[chosen])
    shift[:, :leads] += np.where(np.isfinite(move), move, 0.0)[:, :leads]
    values[:, :, list(TEMPERATURES)] += shift[:, :, None]


def reorder_amounts(archive: Archive, variable: int, values: Floats, leads: int, rng: np.random.Generator) -> None:
    """Give each lead the amounts that followed its most similar forecasts, in the order of the paths, in place.

    Amounts are first scaled by the ratio of today's forecast to the analog's, to the power of the lead's skill,
    so that a heavier forecast than any before can bring heavier rain than any before.
    """
    costs, skill = amount_costs(archive, variable)
    costs = beside(costs) + season_cost(archive)[:, None]
    size = len(values)
    nearest = np.argsort(costs, axis=0, kind="stable")[: max(size // 2, min(size, 30))]
    stretch = log_amount(values[:, :, variable])
    for lead in range(leads):
        today = archive.today[lead, variable]
        if not np.isfinite(today):
            continue
        near = nearest[:, lead]
        issued = archive.issued[near, lead, variable]
        ratio = np.clip((today + 1.0) / (np.nan_to_num(issued, nan=today) + 1.0), 1 / 3, 3.0) ** skill[lead]
        amounts = np.sort(archive.observed[near, lead, variable] * ratio)
        spread = amounts[((np.arange(size) + 0.5) / size * len(amounts)).astype(np.intp)]
        around = stretch[:, max(lead - 1, 0)] + stretch[:, min(lead + 1, stretch.shape[1] - 1)]
        rank = np.argsort(stretch[:, lead] + 0.01 * around + 1e-9 * rng.random(size), kind="stable")
        values[rank, lead, variable] = spread
