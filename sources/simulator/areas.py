"""The simulated city's areas."""

from __future__ import annotations

from domain.category import Strict
from domain.tables import AREAS, CORRECTIONS
from sources.plugins import AreasRead, Context, Plugin
from sources.simulator.geography import areas_table
from sources.simulator.world import fingerprint, frame_of_city


class SimulatedAreas(Strict):
    """Nothing to set here: the world's settings stand in the city's `requests` section."""


def read(config: SimulatedAreas, ctx: Context) -> AreasRead:
    world = frame_of_city(ctx)
    table = AREAS.validate(areas_table(ctx.plan.city.city, world.geography))
    return AreasRead(table, CORRECTIONS.empty(), fingerprint(world.settings))


PLUGIN = Plugin(config=SimulatedAreas, read=read)
