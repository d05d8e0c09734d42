"""Asking for a plan solved again: who may, how often, once for the same question."""

from __future__ import annotations

from typing import Any

from domain.draft import Changes
from domain.errors import NotAllowedError
from serving.web.audit import noted
from serving.web.pool import Pool
from serving.web.publication import Publication
from serving.web.roles import Visitor
from serving.web.site import Site
from serving.web.works import SolveAsk


def pool_of(site: Site) -> Pool:
    """Raises NotAllowedError where these pages only read."""
    if site.pool is None:
        raise NotAllowedError("these pages only read", remedy="ask whoever runs crewcast here")
    return site.pool


async def solved_again(site: Site, visitor: Visitor, shown: Publication, changes: Changes) -> dict[str, Any]:
    """Plain values as `crewcast plan --json` gives them, and `roster`. Raises TooOftenError, LockError, WhatIfError."""
    known = site.solved.find(shown.id, changes)
    if known is not None:
        return known
    pool = pool_of(site)
    site.solves.take(visitor.key)
    settings = site.settings
    ask = SolveAsk(
        home=settings.home,
        city=settings.city,
        config=settings.config or settings.city,
        vintage=shown.id,
        changes=changes,
    )
    told = await pool.run(pool.works.solve, ask)
    site.solved.keep(shown.id, changes, told)
    noted(settings, visitor, "solved", vintage=shown.id, changes=changes.model_dump(mode="json", exclude_defaults=True))
    return told
