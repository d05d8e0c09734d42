"""Six years of one world, day by day, with what is needed to go on from any evening of it."""

from __future__ import annotations

from collections.abc import Sequence
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
    """reports: a row an incident and day on which it was reported: ident, kind, area, place, day, located, unlocated
    (how often), low, high (window of the day, see `reports.Windows`). incidents: a row each: ident, kind, area, place,
    severity, onset. ended: ident, minute since the world began, how (an index of `step.HOW`).
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
        lived.append(today)
        if day.index % CHECKPOINT_DAYS == CHECKPOINT_DAYS - 1:
            states.append(state)
        if day.index % 200 == 0:
            progress("simulating the town day by day", day.index, len(days))
    return gather(lived, days, tuple(states))


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


def gather(lived: Sequence[Lived], days: Sequence[Day], states: tuple[State, ...]) -> History:
    """The days of one batch of worlds as tables; days are those that were lived, in order."""
    parts: list[dict[str, Column]] = []
    for day, today in zip(days, lived, strict=True):
        reported = today.reported
        parts.append(
            {
                **{n: getattr(reported.incidents, n) for n in ("ident", "kind", "area", "place")},
                "day": np.full(len(reported.located), day.index),
                "located": reported.located,
                "unlocated": reported.unlocated,
                "low": reported.windows.low,
                "high": reported.windows.high,
            }
        )
    born = ("ident", "kind", "area", "place", "severity", "onset")
    return History(
        reports=_stack(parts),
        incidents=_stack([{n: getattr(t.new, n) for n in born} for t in lived]),
        ended=_stack([{n: getattr(t.ended, n) for n in ("ident", "minute", "how")} for t in lived]),
        states=states,
    )


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
