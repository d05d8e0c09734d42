"""The state of W worlds at the end of a day: everything the next day depends on, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats, Ints
from sources.simulator.rates import RAIN_LAGS
from sources.simulator.settings import CATEGORIES

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Incidents:
    """Open incidents, one entry each: potholes (kind 0), flooding (1), and noise (2) that goes on past midnight.

    onset: day index. start: for kinds 0 and 1 the share of the onset day's reports that lie before it.
    reports: so far. known: day of the first report, -1 while nobody has reported it. held: waits for others.
    minutes: of crew work; of noise still to come for kind 2. ident: unique within one world.
    """

    world: Ints
    area: Ints
    kind: Ints
    place: Ints
    severity: Floats
    onset: Ints
    start: Floats
    reports: Ints
    known: Ints
    held: Flags
    minutes: Floats
    ident: Longs

    def __len__(self) -> int:
        return len(self.world)

    def take(self, which: Flags | NDArray[np.intp]) -> Incidents:
        return Incidents(*[getattr(self, name)[which] for name in INCIDENT_COLUMNS])

    def join(self, other: Incidents) -> Incidents:
        return Incidents(*[np.concatenate([getattr(self, n), getattr(other, n)]) for n in INCIDENT_COLUMNS])

    @classmethod
    def none(cls) -> Incidents:
        kinds = {"severity": float, "start": float, "minutes": float, "held": bool, "ident": np.int64}
        return cls(*(np.empty(0, dtype=kinds.get(f.name, np.int32)) for f in fields(cls)))


INCIDENT_COLUMNS = tuple(f.name for f in fields(Incidents))


@dataclass(frozen=True)
class Weak:
    """Repairs that did not hold, not yet broken again."""

    world: Ints
    area: Ints
    kind: Ints
    place: Ints
    severity: Floats

    def take(self, which: Flags) -> Weak:
        return Weak(*(getattr(self, f.name)[which] for f in fields(self)))

    def join(self, other: Weak) -> Weak:
        return Weak(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    @classmethod
    def none(cls) -> Weak:
        return cls(*(np.empty(0, dtype=float if f.name == "severity" else np.int32) for f in fields(cls)))


@dataclass(frozen=True)
class State:
    """worlds: W. latents: (W, C, 1 + K + A) standard normals of city, districts, areas.

    frost, wet: (W,) memories of freeze-thaw days (0..1) and rain (mm a day). flood_response: (W, 7, A) what the
    rain of today and the six days before does to flooding. day: index of the last day lived, -1 before the first.
    """

    worlds: int
    day: int
    latents: Floats
    frost: Floats
    wet: Floats
    flood_response: Floats
    incidents: Incidents
    weak: Weak
    next_ident: int


def first_state(areas: int, districts: int, wet: float, rng: np.random.Generator) -> State:
    """One world before its first day: latents from their stationary law, nothing open."""
    return State(
        worlds=1,
        day=-1,
        latents=rng.standard_normal((1, len(CATEGORIES), 1 + districts + areas)),
        frost=np.full(1, 0.2),
        wet=np.full(1, wet),
        flood_response=np.zeros((1, len(RAIN_LAGS), areas)),
        incidents=Incidents.none(),
        weak=Weak.none(),
        next_ident=0,
    )


def repeat(state: State, worlds: int) -> State:
    """The state of one world as that of `worlds` equal ones."""
    if state.worlds != 1:
        raise ValueError(f"only one world can be repeated, not {state.worlds}")

    def world(count: int) -> Ints:
        return np.repeat(np.arange(worlds, dtype=np.int32), count)

    open_rows = np.tile(np.arange(len(state.incidents)), worlds)
    weak_rows = np.tile(np.arange(len(state.weak.world)), worlds)
    incidents = Incidents(*(getattr(state.incidents, f.name)[open_rows] for f in fields(Incidents)))
    weak = Weak(*(getattr(state.weak, f.name)[weak_rows] for f in fields(Weak)))
    return replace(
        state,
        worlds=worlds,
        latents=np.repeat(state.latents, worlds, axis=0),
        frost=np.repeat(state.frost, worlds),
        wet=np.repeat(state.wet, worlds),
        flood_response=np.repeat(state.flood_response, worlds, axis=0),
        incidents=replace(incidents, world=world(len(state.incidents))),
        weak=replace(weak, world=world(len(state.weak.world))),
    )
