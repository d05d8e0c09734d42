"""The simulated city's requests: the export of its 311 system, junk and all, through the ordinary validation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sources.plugins import Context, Plugin, Requests
from sources.rules import RequestRules
from sources.simulator.artefacts import INFORMATION_LABEL, RENAMED, TEST_LABEL
from sources.simulator.raw import as_seen
from sources.simulator.rows import LABELS
from sources.simulator.settings import WorldSettings
from sources.simulator.world import World, fingerprint, of_city
from sources.validate import validate_requests

EVERY = LABELS | {new: LABELS[old] for old, new in RENAMED.items()}
NO_DEMAND = {INFORMATION_LABEL: "information only", TEST_LABEL: "test rows of the portal"}


def rules_for(categories: Collection[str]) -> RequestRules:
    """The rules of a city that plans for some of the simulator's categories: labels of the others are excluded."""
    others = {label: "no category of this city" for label, name in EVERY.items() if name not in categories}
    labels = {label: name for label, name in EVERY.items() if label not in others}
    return RequestRules(labels=labels, excluded_labels=NO_DEMAND | others)


def read(config: WorldSettings, ctx: Context) -> Requests:
    """Builds the world where it is not in the cache. config is read again from the city, with its time zone."""
    world = of_city(ctx)
    read = validate_requests(
        as_seen(world.raw, ctx.today), rules_for(ctx.plan.city.categories), ctx, "simulated requests"
    )
    return replace(read, files=fingerprint(world.settings), notes=(*read.notes, *_notes(world)))


def _notes(world: World) -> tuple[str, ...]:
    """Every fault on record, in words."""
    return tuple(
        f"simulated {r.kind}, {r.first:%Y-%m-%d} to {r.last:%Y-%m-%d}, {r.rows} rows: {r.note}"
        for r in world.artefacts.itertuples()
    )


PLUGIN = Plugin(config=WorldSettings, read=read)
