"""What a category's versions tell together: all its reigns, an alias set elsewhere, the champion before."""

from __future__ import annotations

from datetime import date

from models.registry.versions import CHAMPION, Version
from models.standing import Reign, Standing, previous


def standings(versions: list[Version], taken_up: date = date.max) -> list[Standing]:
    """Every reign there was. taken_up: as in `set_elsewhere`."""
    noted = [s for v in versions for s in v.standings()]
    elsewhere = set_elsewhere(versions, taken_up)
    return noted if elsewhere is None else [*noted, elsewhere]


def set_elsewhere(versions: list[Version], taken_up: date) -> Standing | None:
    """The version whose alias `champion` was set elsewhere, as in MLflow's own pages; it counts as put there by hand.

    taken_up: the as-of day of the run that finds it, since when it is in force. MLflow does not tell the day it was set
    on: until a run on the newest data has taken it up it is in force on no day that could be run again.
    """
    named = next((v for v in versions if CHAMPION in v.aliases), None)
    noted = [s for v in versions for s in v.standings()]
    latest = max(noted, key=lambda s: (s.reign.since, s.reign.order), default=None)
    if named is None or (latest is not None and latest.version == named.number):
        return None
    since = max(taken_up, last_day(versions))
    reign = Reign(
        order=next_order(versions), since=since, kind="by hand", by="MLflow", at=named.made,
        why="the alias was set in MLflow", counts_from=since,
    )  # fmt: skip
    return Standing(named.number, named.recipe, reign, {}, named.scores)


def last_day(versions: list[Version]) -> date:
    """The last as-of day that a registry knows of."""
    return max([v.known_on for v in versions] + [r.since for v in versions for r in v.reigns])


def before(versions: list[Version]) -> Standing | None:
    """The champion before the present one, as another model; what a rollback returns to."""
    return previous(standings(versions))


def next_order(versions: list[Version]) -> int:
    """The number of the next reign."""
    return max((r.order for v in versions for r in v.reigns), default=-1) + 1
