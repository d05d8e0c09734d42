"""Everything a request needs, made once when the application starts."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

from serving.web.answers import Answers
from serving.web.door import Door
from serving.web.kept import Kept
from serving.web.limits import Limit
from serving.web.settings import Settings
from serving.web.shelf import Shelf
from storage.home import open_home


@dataclass(frozen=True)
class Site:
    """shelf: what is published. door: who comes in. kept: pages made before. answers: those of the API.

    sign_ins, solves: how often these may be tried.
    """

    settings: Settings
    shelf: Shelf
    door: Door
    sign_ins: Limit
    solves: Limit
    kept: Kept = field(default_factory=Kept)
    answers: Answers = field(default_factory=Answers)


def build(settings: Settings) -> Site:
    """Opens the home; reads nothing yet."""
    folder = open_home(settings.home).city(settings.city)
    sign_ins = Limit("signing in", settings.sign_ins_a_minute)
    return Site(settings, Shelf(folder), Door(settings), sign_ins, Limit("solving again", settings.solves_a_minute))


def site_of(request: Request) -> Site:
    """The site that answers this request."""
    site: Site = request.app.state.site
    return site
