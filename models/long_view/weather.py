"""A year or more of plausible weather: past stretches of the same season, whole where the record is long enough.

A stretch keeps its dry spells and cold spells. Where the record holds few of them, paths are put together from pieces
of a month or more that join where both lie in the same season (block resampling within the season, after Kunsch 1989),
so that a few years still give hundreds of different years. Nothing is bent towards any forecast.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.chance import generator
from domain.errors import ScenarioError
from domain.panel import Floats, Known, Weather, WeatherPaths
from models.weather_ensemble import usable_starts

SEASON_DAYS = 15
"""A stretch or a piece begins at most so many days from where it came from in the year."""
YEARS_FOR_WHOLE = 15
"""Years of record from which every path is one whole stretch: fewer would show the same few years again and again."""
SHORTEST_PIECE, LONGEST_PIECE = 45, 150
LEAST_RECORD_DAYS = 365
LEAST_YEAR_DAYS = 360
KIND_WHOLE = "climatology: whole past stretches"
KIND_STITCHED = "climatology: past stretches joined within the season"
KIND_YEAR = "weather of one past year"

Index = NDArray[np.intp]


def long_paths(known: Known, size: int, days: int, seed: int) -> WeatherPaths | None:
    """`size` equally likely paths for the `days` days after the origin.

    None where the city has no weather, or less than a year of it: then no season is known whole.
    """
    weather = known.weather
    if weather is None or not holds_a_year(weather):
        return None
    rng = generator(seed, "long weather", known.city, known.origin)
    starts = _near(weather, usable_starts(weather, days), pd.Timestamp(known.origin))
    years = len(set(weather.dates[starts].year))
    whole = size if years >= YEARS_FOR_WHOLE else size * years // (2 * YEARS_FOR_WHOLE)
    rows = [_spread(rng, starts, whole)[:, None] + np.arange(1, days + 1)] if whole else []
    if whole < size:
        rows.append(_stitched(weather, pd.Timestamp(known.origin), size - whole, days, rng))
    index = np.concatenate(rows)
    kind = KIND_WHOLE if whole == size else KIND_STITCHED
    return _paths(known, weather.values[index], _sources(weather, index), kind)


def past_year(known: Known, year: int, days: int) -> WeatherPaths:
    """One path: every day ahead has the weather of the same day of `year` (29 February: of the 28th).

    ScenarioError where the record, as known at the origin, does not hold that year, or there is no weather.
    """
    weather = known.weather
    there = whole_years(weather)
    if weather is None or year not in there:
        known_years = ", ".join(str(y) for y in there) or "none: the city has no whole year of weather"
        raise ScenarioError(
            f"scenario {year}: the weather of {year} is not known for the whole year on {known.origin}",
            remedy=f"choose a year among: {known_years}",
            year=year,
            years=there,
        )
    ahead = [known.origin + timedelta(days=k) for k in range(1, days + 1)]
    index = weather.dates.get_indexer(pd.DatetimeIndex([_in_year(day, year) for day in ahead]))
    return _paths(known, weather.values[index][None], (f"{year}",), KIND_YEAR)


def whole_years(weather: Weather | None) -> tuple[int, ...]:
    """Calendar years of which the record holds every day, nearly all of them with values; none of a record that is too
    short to learn a response to weather from."""
    if weather is None or not holds_a_year(weather):
        return ()
    there = pd.Series(np.isfinite(weather.values).any(axis=1), index=weather.dates.year)
    found = there.groupby(level=0).agg(["sum", "size"])
    every_day = found["size"] == [365 + isleap(y) for y in found.index]
    return tuple(int(y) for y in found.index[(found["sum"] >= LEAST_YEAR_DAYS) & every_day])


def _in_year(day: date, year: int) -> date:
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def holds_a_year(weather: Weather) -> bool:
    """Whether so many days are complete that every season has been seen."""
    return int(usable_starts(weather, 1).sum()) >= LEAST_RECORD_DAYS - 1  # nothing leads up to the first day


def _near(weather: Weather, usable: NDArray[np.bool_], day: pd.Timestamp) -> Index:
    """Usable starts within SEASON_DAYS of a day in the year."""
    apart = _apart(weather.dates.day_of_year.to_numpy(), day.day_of_year)
    near: Index = np.flatnonzero(usable & (apart <= SEASON_DAYS))
    return near


def _apart(day_of_year: NDArray[np.integer], other: int) -> NDArray[np.integer]:
    """Days between two places in the year."""
    gap = np.abs(day_of_year - other) % 365
    apart: NDArray[np.integer] = np.minimum(gap, 365 - gap)
    return apart


def _spread(rng: np.random.Generator, starts: Index, size: int) -> Index:
    """`size` of them, each as often as any other to within one, ascending."""
    rounds = -(-size // len(starts))
    return np.sort(np.concatenate([rng.permutation(starts) for _ in range(rounds)])[:size])


def _stitched(weather: Weather, origin: pd.Timestamp, size: int, days: int, rng: np.random.Generator) -> Index:
    """(P, H) days of the record: pieces one after the other, each from a year picked at random."""
    place = weather.dates.day_of_year.to_numpy()
    out = np.empty((size, days), dtype=np.intp)
    usable = _pieces(weather)
    for path in range(size):
        at = 0
        while at < days:
            length = int(rng.choice(list(usable)))
            start = _joint(weather, place, usable, length, (origin + pd.Timedelta(days=at)).day_of_year, rng)
            piece = np.arange(start + 1, start + 1 + min(length, days - at))
            out[path, at : at + len(piece)] = piece
            at += len(piece)
    return out


def _pieces(weather: Weather) -> dict[int, NDArray[np.bool_]]:
    """Where pieces of each length may start; of a record with gaps all along, those as long as it has."""
    usable = {n: usable_starts(weather, n) for n in range(SHORTEST_PIECE, LONGEST_PIECE + 1, 15)}
    length = SHORTEST_PIECE
    while not usable[length].any():  # a record that holds a year has pieces of one day
        length //= 2
        usable = {length: usable_starts(weather, length)}
    return usable


def _joint(
    weather: Weather,
    place: NDArray[np.integer],
    usable: dict[int, NDArray[np.bool_]],
    length: int,
    day_of_year: int,
    rng: np.random.Generator,
) -> int:
    """A start in the season: first a year, then a day of it, so that every year counts the same.

    The season widens where the record has none; a length that fits nowhere gives way to the shortest.
    """
    whole = usable[length] if usable[length].any() else usable[min(usable)]
    found = np.flatnonzero(whole)
    apart = _apart(place[found], day_of_year)
    near = found[apart <= max(SEASON_DAYS, int(apart.min()))]
    years = weather.dates.year.to_numpy()[near]
    year = rng.choice(np.unique(years))
    return int(rng.choice(near[years == year]))


def _sources(weather: Weather, index: Index) -> tuple[str, ...]:
    """First day of every piece of each path, in order."""
    text = weather.dates.strftime("%Y-%m-%d").to_numpy()
    joint = np.diff(index, axis=1, prepend=-9) != 1
    return tuple("; ".join(text[row[new]]) for row, new in zip(index, joint, strict=True))


def _paths(known: Known, values: Floats, source: tuple[str, ...], kind: str) -> WeatherPaths:
    size, days = values.shape[:2]
    first = pd.Timestamp(known.origin) + pd.Timedelta(days=1)
    dates = pd.date_range(first, periods=days, freq="D", unit="us")
    return WeatherPaths(dates, values, np.full(size, 1.0 / size), source, kind)
