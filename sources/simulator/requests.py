"""The simulated city's requests: the export of its 311 system, junk and all, through the ordinary validation."""

from __future__ import annotations

from dataclasses import replace

from sources.plugins import Context, Plugin, Requests
from sources.rules import RequestRules
from sources.simulator.artefacts import INFORMATION_LABEL, RENAMED, TEST_LABEL
from sources.simulator.raw import as_seen
from sources.simulator.rows import LABELS
from sources.simulator.settings import WorldSettings
from sources.simulator.world import World, fingerprint, of_city
from sources.validate import validate_requests

RULES = RequestRules(
    labels=LABELS | {new: LABELS[old] for old, new in RENAMED.items()},
    excluded_labels={INFORMATION_LABEL: "information only", TEST_LABEL: "test rows of the portal"},
)


def read(config: WorldSettings, ctx: Context) -> Requests:
    """Builds the world where it is not in the cache. config is read again from the city, with its time zone."""
    world = of_city(ctx)
    read = validate_requests(as_seen(world.raw, ctx.today), RULES, ctx, "simulated requests")
    return replace(read, files=fingerprint(world.settings), notes=(*read.notes, *_notes(world)))


def _notes(world: World) -> tuple[str, ...]:
    """Every fault on record, in words."""
    return tuple(
        f"simulated {r.kind}, {r.first:%Y-%m-%d} to {r.last:%Y-%m-%d}, {r.rows} rows: {r.note}"
        for r in world.artefacts.itertuples()
    )


PLUGIN = Plugin(config=WorldSettings, read=read)
