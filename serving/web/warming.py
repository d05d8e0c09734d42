"""Pages of a new publication are made before it is shown, so that nobody waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event, Thread

from domain.errors import CrewcastError
from serving.web.catalogue import navigation, pages
from serving.web.kept import made
from serving.web.page import Page, View
from serving.web.publication import Publication
from serving.web.roles import Role
from serving.web.site import Site
from serving.web.tokens import role_of

LOOK_EVERY_SECONDS = 0.5
BEFORE_SECONDS = 0.6
"""So long a new publication is kept back for its pages; those that are not made by then are made afterwards."""


class Warming:
    """A thread beside the server: looks for a new publication, makes its pages, shows it, makes the rest."""

    def __init__(self, site: Site, clock: Callable[[], float] = time.monotonic) -> None:
        self._site, self._clock = site, clock
        self._last, self._over = "", Event()
        self._waiting: Iterator[tuple[Page, View]] = iter(())
        self._thread = Thread(target=self._watch, name="warming", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            self._over.wait(LOOK_EVERY_SECONDS if self.step() else 0)

    def step(self) -> bool:
        """Look once and make pages for a while; whether none is left to make."""
        shelf = self._site.shelf
        newer = shelf.newer()
        found = newer or shelf.shown  # somebody who publishes a draft is shown it at once
        if found is not None and found.id != self._last:
            self._waiting, self._last = self._views(found), found.id
        is_done = self._make(self._waiting, self._clock() + BEFORE_SECONDS)
        if newer is not None:
            shelf.show(newer)
        return is_done

    def _views(self, found: Publication) -> Iterator[tuple[Page, View]]:
        """What was looked at last first, then the pages of the navigation."""
        by_name = {page.name: page for page in pages()}
        asked = [(name, Role(role), query) for name, role, query in self._site.kept.asked_for()]
        roles = roles_of(self._site)
        asked += [(page.name, role, ()) for page in navigation() for role in roles if role >= page.least]
        for name, role, query in dict.fromkeys(asked):
            least = self._site.settings.least_shown if role is Role.PUBLIC else 0
            yield by_name[name], View(found.discreet(least), role, dict(query), least)

    def _make(self, waiting: Iterator[tuple[Page, View]], until: float) -> bool:
        """Makes pages until then; whether none is left."""
        while self._clock() < until and not self._over.is_set():
            view = next(waiting, None)
            if view is None:
                return True
            try:
                self._site.kept.shown(*view, made)
            except CrewcastError:
                continue  # an area that is gone, a table that cannot be read: said to whoever asks for it
        return False


def roles_of(site: Site) -> tuple[Role, ...]:
    """Who may come: as pages tell them apart."""
    entries = site.door.tokens.entries().values()
    found = {min(role_of(entry), Role.PLANNER) for entry in entries if not entry.revoked}
    found |= {Role.PUBLIC} if site.settings.is_public else set()
    return tuple(sorted(found)) or (Role.PLANNER,)
