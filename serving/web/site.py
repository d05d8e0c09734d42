"""Everything a request needs, made once when the application starts."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

from serving.web.answers import Answers
from serving.web.door import Door
from serving.web.kept import Kept
from serving.web.limits import Limit
from serving.web.pool import Pool
from serving.web.settings import Settings
from serving.web.shelf import Shelf
from serving.web.solved import Solved
from serving.web.works import Works
from storage.home import open_home


@dataclass(frozen=True)
class Site:
    """shelf: what is published. door: who comes in. kept: pages made before. answers: those of the API.

    sign_ins, solves: how often these may be tried. pool: where plans are solved again; None where the pages only read.
    solved: what was found.
    """

    settings: Settings
    shelf: Shelf
    door: Door
    sign_ins: Limit
    solves: Limit
    kept: Kept = field(default_factory=Kept)
    answers: Answers = field(default_factory=Answers)
    pool: Pool | None = None
    solved: Solved = field(default_factory=Solved)


def build(settings: Settings, works: Works | None = None) -> Site:
    """Opens the home; reads nothing yet."""
    folder = open_home(settings.home).city(settings.city)
    sign_ins = Limit("signing in", settings.sign_ins_a_minute)
    solves = Limit("solving again", settings.solves_a_minute)
    pool = Pool(works, settings.solves_at_once) if works else None
    return Site(settings, Shelf(folder), Door(settings), sign_ins, solves, pool=pool)


def site_of(request: Request) -> Site:
    """The site that answers this request."""
    site: Site = request.app.state.site
    return site
