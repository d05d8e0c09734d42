"""Six years of one world, day by day, with what is needed to go on from any evening of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.chance import generator
from domain.panel import Floats
from domain.progress import Progress
from sources.simulator.settings import WorldSettings
from sources.simulator.state import Incidents, State, Weak, first_state
from sources.simulator.step import Lived, step
from sources.simulator.town import Day, Town

Column = NDArray[Any]
CHECKPOINT_DAYS = 28
WARM_UP_DAYS = 120
"""Lived before the first day of history on the weather of its first days, so that it opens on a going concern."""


@dataclass(frozen=True)
class History:
    """reports: a row an incident and day it was reported; incidents: a row an incident; ended: a row each that ended.

    states: evenings every CHECKPOINT_DAYS days (and the one before the first day), to go on from.
    """

    reports: pd.DataFrame
    incidents: pd.DataFrame
    ended: pd.DataFrame
    states: tuple[State, ...]


def live(town: Town, settings: WorldSettings, days: tuple[Day, ...], weather: Floats, progress: Progress) -> History:
    """The history of a world. weather: (T, V), at least len(days)."""
    state = _warm(town, settings, days, weather)
    states, lived = [state], []
    for day in days:
        state, today = one_day(town, settings, state, day, weather)
        lived.append((day.index, today))
        if day.index % CHECKPOINT_DAYS == CHECKPOINT_DAYS - 1:
            states.append(state)
        if day.index % 200 == 0:
            progress("simulating the town day by day", day.index, len(days))
    return History(_reports(lived), _incidents(lived), _ended(lived), tuple(states))


def one_day(town: Town, settings: WorldSettings, state: State, day: Day, weather: Floats) -> tuple[State, Lived]:
    """A day of history: its random stream belongs to the day, so it can be lived again from any checkpoint."""
    rng = generator(settings.seed, "day", day.index)
    return step(town, state, day, weather[day.index][None], settings.unlocated_share, rng)


def _warm(town: Town, settings: WorldSettings, days: tuple[Day, ...], weather: Floats) -> State:
    rng = generator(settings.seed, "warm up")
    geography = town.geography
    state = first_state(len(geography.names), len(geography.district_names), town.climatology.wet_mm, rng)
    first = min(WARM_UP_DAYS, len(days))
    for back in range(first, 0, -1):
        day = days[back % 7]
        past = Day(-back, day.weekday, days[0].day_of_year, is_holiday=False, is_summer=False)
        state, _ = step(town, state, past, weather[back - 1][None], settings.unlocated_share, rng)
    return state


def _reports(lived: list[tuple[int, Lived]]) -> pd.DataFrame:
    """Columns ident, kind, area, place, day, located, unlocated, low, high, is_noise window or share."""
    parts: list[dict[str, Column]] = [
        {
            "ident": t.reported.incidents.ident,
            "kind": t.reported.incidents.kind,
            "area": t.reported.incidents.area,
            "place": t.reported.incidents.place,
            "day": np.full(len(t.reported.located), day),
            "located": t.reported.located,
            "unlocated": t.reported.unlocated,
            "low": t.reported.windows.low,
            "high": t.reported.windows.high,
        }
        for day, t in lived
    ]
    return _stack(parts)


def _incidents(lived: list[tuple[int, Lived]]) -> pd.DataFrame:
    """Columns ident, kind, area, place, severity, onset."""
    names = ("ident", "kind", "area", "place", "severity", "onset")
    return _stack([{n: getattr(t.new, n) for n in names} for _, t in lived])


def _ended(lived: list[tuple[int, Lived]]) -> pd.DataFrame:
    """Columns ident, minute, how."""
    return _stack([{n: getattr(t.ended, n) for n in ("ident", "minute", "how")} for _, t in lived])


def _stack(parts: list[dict[str, Column]]) -> pd.DataFrame:
    return pd.DataFrame({name: np.concatenate([p[name] for p in parts]) for name in parts[0]})


def pack(states: tuple[State, ...]) -> dict[str, Column]:
    """States as named arrays, for a file."""
    arrays = {}
    for i, state in enumerate(states):
        for name in ("day", "next_ident", "latents", "frost", "wet", "flood_response"):
            arrays[f"{i}/{name}"] = np.asarray(getattr(state, name))
        for part in ("incidents", "weak"):
            table = getattr(state, part)
            for f in fields(table):
                arrays[f"{i}/{part}/{f.name}"] = getattr(table, f.name)
    return arrays


def unpack(arrays: dict[str, Column]) -> tuple[State, ...]:
    """The states that `pack` wrote."""
    count = sum(1 for name in arrays if name.endswith("/day"))
    return tuple(_one(arrays, i) for i in range(count))


def _one(arrays: dict[str, Column], i: int) -> State:
    return State(
        worlds=1,
        day=int(arrays[f"{i}/day"]),
        next_ident=int(arrays[f"{i}/next_ident"]),
        latents=arrays[f"{i}/latents"],
        frost=arrays[f"{i}/frost"],
        wet=arrays[f"{i}/wet"],
        flood_response=arrays[f"{i}/flood_response"],
        incidents=Incidents(*(arrays[f"{i}/incidents/{f.name}"] for f in fields(Incidents))),
        weak=Weak(*(arrays[f"{i}/weak/{f.name}"] for f in fields(Weak))),
    )
