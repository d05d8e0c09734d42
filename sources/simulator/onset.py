"""What happens in a day before anybody calls: intensities move with the weather, and new incidents appear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.panel import Floats, Ints
from sources.simulator import rates
from sources.simulator.state import Incidents, Longs, State, Weak
from sources.simulator.town import RAIN, Day, Town, is_freeze_thaw, rain_response


@dataclass(frozen=True)
class Pressure:
    """The slow part of the state, moved on by a day: see `state.State`."""

    latents: Floats
    frost: Floats
    wet: Floats
    flood_response: Floats


def levels(values: Floats, district: Ints, districts: int) -> tuple[Floats, Floats, Floats]:
    """City (W, 1), district spread to areas (W, A) and area (W, A) parts of (W, 1 + K + A)."""
    return values[:, :1], values[:, 1 : 1 + districts][:, district], values[:, 1 + districts :]


def move_on(town: Town, state: State, weather: Floats, rng: np.random.Generator) -> Pressure:
    """Latents, frost, wetness and the rain's effect at the end of the next day. weather: (W, V)."""
    place, worlds = town.geography, state.worlds
    districts, areas = len(place.district_names), len(place.names)
    width = [1, districts, areas]
    memory = np.repeat(rates.LATENT_MEMORY, width, axis=1)
    shocks = rng.standard_normal(state.latents.shape)
    latents = memory * state.latents + np.sqrt(1 - memory**2) * shocks
    rain = weather[:, RAIN]
    spread = rng.standard_normal((worlds, 1 + districts + areas))
    city, district, area = levels(spread, place.district, districts)
    local = np.exp(
        rates.LOCAL_RAIN_SD[0] * district + rates.LOCAL_RAIN_SD[1] * area - (rates.LOCAL_RAIN_SD**2).sum() / 2
    )
    hard = np.exp(rates.CLOUDBURST_SD * city - rates.CLOUDBURST_SD**2 / 2)
    response = hard * rain_response(rain[:, None] * local)
    return Pressure(
        latents=latents,
        frost=rates.FROST_MEMORY * state.frost + (1 - rates.FROST_MEMORY) * is_freeze_thaw(weather),
        wet=rates.WET_MEMORY * state.wet + (1 - rates.WET_MEMORY) * rain,
        flood_response=np.concatenate([response[:, None], state.flood_response[:, :-1]], axis=1),
    )


def pothole_stress(town: Town, frost: Floats, wet: Floats) -> Floats:
    """New potholes relative to the climate's mean, (W,), by memories of freeze-thaw and of rain."""
    normal = 1 + rates.FROST_EFFECT * town.climatology.frost + rates.WET_EFFECT
    stress: Floats = (1 + rates.FROST_EFFECT * frost + rates.WET_EFFECT * wet / town.climatology.wet_mm) / normal
    return stress


def noise_level(town: Town, day: Day, rain: Floats) -> Floats:
    """Noise relative to its mean, (W,): weekday, season, summer holidays, rain."""
    level = rates.WEEKDAY_NOISE[day.weekday] / rates.WEEKDAY_NOISE.mean()
    level *= np.exp(-rates.NOISE_SEASON * np.cos(2 * np.pi * (day.day_of_year - 17) / 365.25))
    level /= rates.NOISE_YEAR_MEAN
    if day.is_holiday and day.is_summer:
        level *= rates.SUMMER_HOLIDAY_NOISE
    wet = np.exp(rates.NOISE_RAIN * (rain > rates.NOISE_RAIN_FROM_MM)) / town.climatology.noise_rain
    scaled: Floats = level * wet
    return scaled


def intensities(town: Town, pressure: Pressure, day: Day, weather: Floats, rng: np.random.Generator) -> Floats:
    """Expected new incidents of the day, (W, C, A)."""
    place = town.geography
    districts, worlds = len(place.district_names), len(weather)
    shock = rng.standard_normal((worlds, len(rates.SHOCK_SD), 1 + districts))
    flood = 1 + np.einsum("l,wla->wa", rates.RAIN_LAGS, pressure.flood_response)
    flood /= 1 + rates.RAIN_LAGS.sum() * town.climatology.flood_response
    drivers = (
        pothole_stress(town, pressure.frost, pressure.wet)[:, None],
        flood,
        noise_level(town, day, weather[:, RAIN])[:, None],
    )
    expected = np.empty((worlds, len(drivers), len(place.names)))
    for c, driver in enumerate(drivers):
        sd = rates.LATENT_SD[c]
        city, district, area = levels(pressure.latents[:, c], place.district, districts)
        log = sd[0] * city + sd[1] * district + sd[2] * area - (sd**2).sum() / 2
        jolt = rates.SHOCK_SD[c, 0] * shock[:, c, :1] + rates.SHOCK_SD[c, 1] * shock[:, c, 1:][:, place.district]
        log = log + jolt - (rates.SHOCK_SD[c] ** 2).sum() / 2
        expected[:, c] = town.incident_rate[:, c] * driver * np.exp(log)
    return expected


def appear(town: Town, expected: Floats, day: Day, first_ident: int, rng: np.random.Generator) -> Incidents:
    """New incidents drawn from their expected numbers (W, C, A)."""
    counts = rng.poisson(expected)
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    world, kind, area = np.unravel_index(cells, counts.shape)
    rank = town.geography.place_rank[kind, area]
    place = (rng.uniform(size=len(cells))[:, None] >= rank).sum(axis=1)
    severity = np.exp(rng.normal(0, 1, len(cells)) * rates.SEVERITY_SD[kind] - rates.SEVERITY_SD[kind] ** 2 / 2)
    return begin(world, area, kind, place, severity, day, first_ident, rng)


def fail(
    pressure: Pressure, weak: Weak, day: Day, first_ident: int, rng: np.random.Generator
) -> tuple[Incidents, Weak]:
    """Weak repairs that break again today as new incidents at the same place, and those that still hold."""
    frost = rates.FAILURE_RATE[0] * (1 + 4 * pressure.frost[weak.world])
    rain = rates.FAILURE_RATE[1] * (1 + pressure.flood_response[weak.world, 0, weak.area])
    breaks = rng.uniform(size=len(weak.world)) < np.where(weak.kind == 0, frost, rain)
    again = weak.take(breaks)
    fresh = begin(again.world, again.area, again.kind, again.place, again.severity, day, first_ident, rng)
    return fresh, weak.take(~breaks)


def begin(
    world: Ints | np.ndarray[tuple[int], np.dtype[np.intp]],
    area: Ints | np.ndarray[tuple[int], np.dtype[np.intp]],
    kind: Ints | np.ndarray[tuple[int], np.dtype[np.intp]],
    place: Ints | np.ndarray[tuple[int], np.dtype[np.intp]],
    severity: Floats,
    day: Day,
    first_ident: int,
    rng: np.random.Generator,
) -> Incidents:
    """Incidents that begin today, nobody knowing of them yet."""
    size = len(world)
    start = rng.uniform(size=size)
    held = rng.uniform(size=size) < np.append(rates.REFERRED_SHARE, 0.0)[kind]
    work = np.append(rates.JOB_MINUTES, 0.0)[kind] * np.exp(rng.normal(0, rates.JOB_SD, size) - rates.JOB_SD**2 / 2)
    ident: Longs = first_ident + np.arange(size, dtype=np.int64)
    return Incidents(
        world=world.astype(np.int32),
        area=area.astype(np.int32),
        kind=kind.astype(np.int32),
        place=place.astype(np.int32),
        severity=severity,
        onset=np.full(size, day.index, dtype=np.int32),
        start=start,
        reports=np.zeros(size, dtype=np.int32),
        known=np.full(size, -1, dtype=np.int32),
        held=held,
        minutes=work,
        ident=ident,
    )
