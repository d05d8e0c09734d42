"""Everything a request needs, made once when the application starts."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

from serving.web.door import Door
from serving.web.kept import Kept
from serving.web.settings import Settings
from serving.web.shelf import Shelf


@dataclass(frozen=True)
class Site:
    """shelf: what is published. door: who comes in. kept: pages made before."""

    settings: Settings
    shelf: Shelf
    door: Door
    kept: Kept = field(default_factory=Kept)


def site_of(request: Request) -> Site:
    """The site that answers this request."""
    site: Site = request.app.state.site
    return site
