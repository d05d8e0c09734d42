"""The best possible forecast: the simulator itself, run forward many times from its own state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np

from domain.chance import generator
from domain.errors import AsOfOutsideDataError
from domain.panel import Floats, Ints
from sources.simulator.history import CHECKPOINT_DAYS, one_day
from sources.simulator.settings import CATEGORIES
from sources.simulator.state import State, repeat
from sources.simulator.step import step
from sources.simulator.town import Day
from sources.simulator.weather_law import draw_given_issue
from sources.simulator.world import World

HORIZON = 14
CELLS_AT_ONCE = 40_000
"""Areas × draws simulated together; more costs memory and saves no time."""

TrueWeather = Literal["observed", "issued"]


def state_at(world: World, origin: date) -> State:
    """The state at the end of local day `origin`, lived again from the last kept evening before it."""
    index = (origin - world.settings.start).days
    if not 0 <= index < world.settings.days:
        raise AsOfOutsideDataError(
            f"the simulated world has no day {origin}",
            remedy=f"choose a day from {world.settings.start} to {world.settings.end}",
            origin=origin,
        )
    state = world.states[(index + 1) // CHECKPOINT_DAYS]
    for day in world.days[state.day + 1 : index + 1]:
        state, _ = one_day(world.town, world.settings, state, day, world.weather.values)
    return state


def true_paths(
    world: World,
    origin: date,
    S: int,  # noqa: N803 - the axis is called S everywhere
    weather: TrueWeather = "observed",
    *,
    seed: int = 0,
    horizon: int = HORIZON,
) -> Ints:
    """S joint draws of the requests filed on the `horizon` days after `origin`, (C, A, H, S).

    They start from everything the simulator itself knows that evening: open incidents, repairs that will not hold,
    latent intensities, snow and frost. weather "observed": the days' real weather, the same in every draw.
    "issued": drawn from the simulator's law of the weather given what was issued that evening. Counted as
    filed with an area; clerical faults (migration, outages, mass closing) are no part of the law.
    Categories in the order of `settings.CATEGORIES`, areas in that of the `areas` table.
    """
    state = state_at(world, origin)
    days = world.days[state.day + 1 : state.day + 1 + horizon]
    rng = generator(seed, "true paths", world.settings.seed, origin, weather)
    if weather == "observed":
        ahead = np.repeat(world.weather.values[state.day + 1 : state.day + 1 + horizon][None], S, axis=0)
    else:
        ahead = draw_given_issue(world.weather, state.day, horizon, S, rng)
    paths = np.empty((len(CATEGORIES), len(world.geography.names), horizon, S), dtype=np.int32)
    together = max(1, CELLS_AT_ONCE // len(world.geography.names))
    for first in range(0, S, together):
        part = slice(first, min(first + together, S))
        paths[..., part] = _forward(world, state, days, ahead[part], rng)
    return paths


def _forward(world: World, state: State, days: tuple[Day, ...], weather: Floats, rng: np.random.Generator) -> Ints:
    """(C, A, H, draws) for draws with weather (draws, H, V)."""
    now = repeat(state, len(weather))
    share = world.settings.unlocated_share
    counts = []
    for h, day in enumerate(days):
        now, lived = step(world.town, now, replace(day, mass_closing=False), weather[:, h], share, rng)
        counts.append(lived.counts)
    return np.stack(counts, axis=-1).transpose(1, 2, 3, 0)
