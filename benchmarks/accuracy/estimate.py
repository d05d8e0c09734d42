"""How long a run will take, from what each competitor took an origin, category and series on a quiet 2-core machine."""

from __future__ import annotations

from benchmarks.accuracy.asked import Asked
from benchmarks.accuracy.competitors import OURS
from benchmarks.accuracy.houston import GRAINS
from benchmarks.accuracy.peer import catalogue

OUR_SECONDS_AN_ORIGIN = {"houston-districts": 25.0, "houston-neighbourhoods": 60.0, "simulated": 60.0}
"""Selections every 28 days included: most of it."""
START_SECONDS = 60.0
"""Reading the data and the first selection of recipes."""
WORLD_SECONDS_AN_ORIGIN = 15.0
"""Simulating a city, its true paths and every forecaster, for two kinds of weather."""
AREAS = {"houston-districts": 11, "houston-neighbourhoods": 94, "simulated": 48}
CATEGORIES = {"houston-districts": 2, "houston-neighbourhoods": 2, "simulated": 3}


def seconds(part: str, asked: Asked) -> dict[str, float]:
    """By competitor, for one part; the simulated part over all its cities. Kept results are not deducted."""
    grain = next((g for g in GRAINS if g.name == part), None)
    weekly = -(-67 // asked.every)
    origins, cities = (weekly, 1) if grain else (asked.worlds_origins // 2, len(asked.seeds) * len(asked.climates))
    areas, categories = AREAS[part], CATEGORIES[part]
    if asked.quick:
        origins, areas = (2, 4) if grain else (origins, areas)
        categories = 1
    out = {OURS: (START_SECONDS + OUR_SECONDS_AN_ORIGIN[part] * origins * (1 if grain else 2)) * cities}
    for name, peer in catalogue().items():
        ran = -(-origins // max(grain.thin // asked.every, 1)) if grain and peer.each_series else origins
        times = 2 if not grain and peer.sees_weather else 1
        of_category, of_series = peer.cost_seconds
        out[name] = (of_category + of_series * (areas + 1)) * ran * categories * times * cities
    wanted = {name: s for name, s in out.items() if asked.wants(name)}
    return wanted if grain else {"true paths": WORLD_SECONDS_AN_ORIGIN * origins * 2 * cities, **wanted}


def sentence(part: str, asked: Asked) -> str:
    found = seconds(part, asked)
    each = ", ".join(f"{name} {s / 60:.0f}" for name, s in found.items())
    return f"{part}: about {sum(found.values()) / 60:.0f} minutes ({each})"
