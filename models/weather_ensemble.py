"""Weather as an ensemble: today's issued forecast with the errors that past ones had, on top of whole past stretches.

weather_paths: every path takes the errors of one past day's forecasts over all leads and variables, put upon what is
expected today (`models.issued_errors`), so that days and variables stay together as errors really did (a Schaake
shuffle on the ranks of past errors: Clark et al. 2004; the way of the Meteorological Ensemble Forecast Processor,
Schaake et al. 2007). What was not issued, and the days beyond, go on as in the stretch that followed that past day,
or as in one of the same season (`models.season_stretches`) where the archive does not hold the season of several years.
Where requests lag behind, the days since the origin are the weather that came.
climatology: stretches of the same season of all past years.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.chance import generator
from domain.panel import Floats, Known, LaterWeather, Weather, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.default_skill import assumed_archive
from models.hours import hours_like
from models.issued_archive import Archive, archive_of
from models.issued_errors import amount_law, amount_ranks, expected_amount, season_waves, temperature_errors
from models.season import TEMPERATURES, days_apart, mean_temperature, normals
from models.season_stretches import LEAST_STRETCHES, LEAST_YEARS, followed, season_starts, stretches
from models.snow import snow_like

FEWEST_ISSUED = 60
"""Archived issue days with a known outcome below which the skill of issued forecasts is assumed, not measured."""
ERROR_WINDOW_DAYS = 45
"""Errors are taken from days of the year this near, widened until there are LEAST_STRETCHES."""
MOSTLY_THERE = 0.8
"""A variable observed on this share of days must be complete in a stretch that is used."""
EVER_SINCE = 0.95
"""Rain and temperature that began late must be too, where this share of days has had them since, for LEAST_YEARS."""
KIND_ISSUED = "issued forecasts with their past errors"
KIND_ASSUMED = "issued forecast with assumed skill"
KIND_CLIMATOLOGY = "climatology"
RAIN = WEATHER_VARIABLES.index("precipitation_mm")
SNOW = WEATHER_VARIABLES.index("snowfall_mm")
NEEDED = (RAIN, *TEMPERATURES)


def usable_starts(weather: Weather, horizon: int) -> NDArray[np.bool_]:
    """(T_w,) True where the `horizon` days after a day are observed, and complete in what is mostly observed."""
    there = np.isfinite(weather.values)
    whole = there[:, must_be_whole(there)].all(axis=1)
    gaps = np.concatenate([[0], np.cumsum(~whole)])
    last = len(weather.dates) - 1 - horizon
    out = np.zeros(len(weather.dates), dtype=np.bool_)
    if last >= 0:
        start = np.arange(last + 1)
        out[: last + 1] = gaps[start + 1 + horizon] == gaps[start + 1]
    return out


def must_be_whole(there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(V,) variables that a stretch must hold on all its days. there: (T_w, V) which values are observed.

    A station that began to measure rain or temperature later than the rest must not lend the days before: paths would
    be blind on them, and their rain count as none.
    """
    whole: NDArray[np.bool_] = there.mean(axis=0) >= MOSTLY_THERE
    for variable in NEEDED:
        since = there[there[:, variable].argmax() :, variable]
        whole[variable] |= len(since) >= 365 * LEAST_YEARS and since.mean() >= EVER_SINCE
    return whole


def weather_paths(known: Known, size: int, horizon: int, seed: int) -> WeatherPaths | None:
    """`size` equally likely paths for the `horizon` days after the origin; None where the city has no weather, or no
    whole stretch of it.

    Built on today's issued forecast where there is one; with fewer than FEWEST_ISSUED archived ones whose days, as far
    as they were issued, are known by the origin its skill is assumed. Climatology otherwise; `kind` says which.
    """
    if known.weather is None:
        return None
    if known.later is not None:
        return _since_observed(known, known.later, size, horizon, seed)
    rng = generator(seed, "weather paths", known.city, known.origin)
    usable = usable_starts(known.weather, horizon)
    if not usable.any():
        return None
    archive = archive_of(known, usable_starts(known.weather, min(horizon, issued_leads(known))))
    measured = 0 if archive is None else len(archive.day)
    if archive is not None and measured < FEWEST_ISSUED:
        archive = assumed_archive(known, usable, rng)
    if archive is None or len(archive.day) < FEWEST_ISSUED:
        return climatology(known, size, horizon, seed)
    pick = _past_days(known, archive, size, rng)
    amounts = stretches(known.weather, archive.day[pick], min(horizon, archive.leads))
    put_amounts(known.weather, archive, pick, amounts, rng)
    starts = season_starts(known.weather, usable, pd.Timestamp(known.origin))
    day = followed(known.weather, archive.day[pick], starts, amounts, rng)
    values = stretches(known.weather, day, horizon)
    before = values.copy()
    for variable in (RAIN, SNOW):
        given = np.flatnonzero(np.isfinite(archive.today[: amounts.shape[1], 0, variable]))
        values[:, given, variable] = amounts[:, given, variable]
    put_temperatures(known, archive, pick, day, values)
    hours_like(known.weather, before, values)
    kind = KIND_ASSUMED if archive.is_assumed else KIND_ISSUED
    return replace(assemble(known, day, values, kind), issued_days=measured)


def issued_leads(known: Known) -> int:
    """Days ahead that are issued: an archived forecast is held against these, however long the paths go on."""
    return 0 if known.issued is None else known.issued.values.shape[1]


def _since_observed(known: Known, later: LaterWeather, size: int, horizon: int, seed: int) -> WeatherPaths | None:
    """Paths whose first days are the weather that was observed since the origin; from there on an ensemble as of the
    last day observed. What a source lacks on the first days is as in past years."""
    seen = later.weather.values[later.weather.dates > pd.Timestamp(known.origin)][: horizon - 1]
    gap = len(seen)
    by_then = replace(
        known, origin=known.origin + timedelta(days=gap), weather=later.weather, issued=later.issued, later=None
    )
    ahead = weather_paths(by_then, size, horizon - gap, seed)
    usual = climatology(known, size, gap, seed)
    if ahead is None or usual is None:
        return None
    since = np.where(np.isfinite(seen), seen, usual.values)
    dates = pd.date_range(pd.Timestamp(known.origin) + pd.Timedelta(days=1), periods=horizon, freq="D")
    return replace(ahead, dates=dates, values=np.concatenate([since, ahead.values], axis=1))


def _past_days(known: Known, archive: Archive, size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Which past day's errors each path takes: all of the season's equally often to within one, in random order."""
    assert known.weather is not None
    apart = days_apart(known.weather.dates[archive.day], pd.Timestamp(known.origin))
    enough = float(np.sort(apart)[min(max(LEAST_STRETCHES, size // 2), len(apart)) - 1])
    near = np.flatnonzero(apart <= max(ERROR_WINDOW_DAYS, enough))
    rounds = -(-size // len(near))
    return np.concatenate([rng.permutation(near) for _ in range(rounds)])[:size]


def put_amounts(
    weather: Weather, archive: Archive, pick: NDArray[np.intp], values: Floats, rng: np.random.Generator
) -> None:
    """Give each lead today's law of the amount, in the order of the picked days' errors, in place."""
    today = np.append(archive.day, len(weather.dates) - 1)
    size = len(pick)
    for variable in (RAIN, SNOW):
        if not archive.has(variable):
            continue
        came = np.maximum(np.nan_to_num(archive.observed[:, :, variable]), 0.0)
        for lead in range(values.shape[1]):
            if not np.isfinite(archive.today[lead, 0, variable]):
                continue
            expected = expected_amount(archive, variable, lead, season_waves(weather.dates, today, lead))
            ranks = amount_ranks(expected, came[:, lead], rng)[pick]
            order = np.argsort(ranks + 1e-9 * rng.random(size), kind="stable")
            law = amount_law(expected, came[:, lead])
            values[order, lead, variable] = law[((np.arange(size) + 0.5) / size * len(law)).astype(np.intp)]


def put_temperatures(
    known: Known, archive: Archive, pick: NDArray[np.intp], day: NDArray[np.intp], values: Floats
) -> None:
    """Today's expected temperatures with the picked days' errors, in place; then the snow that goes with them.

    day: (P,) before the stretch that each path's values were taken from.

    A temperature that is not issued moves as far as those that are; beyond the leads all move from their own season to
    today's.
    """
    assert known.weather is not None
    weather, origin = known.weather, pd.Timestamp(known.origin)
    before = values[:, :, list(TEMPERATURES)].copy()
    move = _season_move(weather, day, origin, values.shape[1])
    values[:, :, list(TEMPERATURES)] += move[:, :, None]
    leads = min(values.shape[1], archive.leads)
    moved = np.full((len(pick), leads, len(TEMPERATURES)), np.nan)
    for place, variable in enumerate(TEMPERATURES):
        if archive.has(variable):
            series = weather.values[:, variable]
            expected, errors = temperature_errors(archive, variable, weather.dates, series, origin)
            moved[:, :, place] = (expected + errors[pick])[:, :leads] - before[:, :leads, place]
    given = np.isfinite(moved)
    mean = np.where(given, moved, 0.0).sum(axis=2) / np.maximum(given.sum(axis=2), 1)
    fallback = np.where(given.any(axis=2), mean, move[:, :leads])
    shift = np.where(given, moved, fallback[:, :, None])
    values[:, :leads, list(TEMPERATURES)] = in_order(before[:, :leads] + shift)
    if not archive.has(SNOW):
        snow_like(weather, values[:, :leads])


def in_order(values: Floats) -> Floats:
    """Ascending over the last axis, each among the places that have a value; one that is missing stays missing."""
    out = np.empty_like(values)
    there_first = np.argsort(np.isnan(values), axis=-1, kind="stable")
    np.put_along_axis(out, there_first, np.sort(values, axis=-1), axis=-1)
    return out


def _season_move(weather: Weather, day: NDArray[np.intp], origin: pd.Timestamp, horizon: int) -> Floats:
    """Normal of the days ahead less normal of the stretch's own days, (P, horizon)."""
    mean = mean_temperature(weather.values)
    normal_of_day = normals(weather.dates, mean, weather.dates)
    ahead = pd.date_range(origin + pd.Timedelta(days=1), periods=horizon, freq="D")
    own = normal_of_day[day[:, None] + np.arange(1, horizon + 1)]
    move: Floats = normals(weather.dates, mean, ahead) - own
    return move


def climatology(known: Known, size: int, horizon: int, seed: int) -> WeatherPaths | None:
    """`size` stretches that start in the same season of all past years; None where the city has no weather.

    The season widens until LEAST_STRETCHES are found, so that a short history still gives an ensemble.
    """
    weather = known.weather
    if weather is None:
        return None
    near = season_starts(weather, usable_starts(weather, horizon), pd.Timestamp(known.origin))
    if not len(near):
        return None
    rng = generator(seed, "climatology", known.city, known.origin)
    rounds = -(-size // len(near))
    chosen = np.sort(np.concatenate([rng.permutation(near) for _ in range(rounds)])[:size])
    return assemble(known, chosen, stretches(weather, chosen, horizon), KIND_CLIMATOLOGY)


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
