"""Which publication is shown: the pointer file is looked at no more than once a second, a request keeps what it got."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from domain.errors import CrewcastError, NothingPublishedError
from serving.web.publication import Publication, publication
from storage.home import CityFolder
from storage.vintages import latest, list_vintages, read_vintage

LOOK_EVERY_SECONDS = 1.0
KEPT = 4
"""Older publications kept open."""


class Shelf:
    """The city's publications. `current` and `named` may be called from any thread. trouble: why a newer publication
    is not shown; empty while all is well."""

    def __init__(self, folder: CityFolder, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.trouble = ""
        self._clock = clock
        self._opened: OrderedDict[str, Publication] = OrderedDict()
        self._current: Publication | None = None
        self._looked = float("-inf")
        self._looking = Lock()
        self._opening = Lock()

    def current(self) -> Publication:
        """The latest publication. One caller a second looks at the pointer; the others take what is known.

        Raises NothingPublishedError before the first publication.
        """
        known = self._current
        if known is not None and (self._clock() - self._looked < LOOK_EVERY_SECONDS or self._looking.locked()):
            return known
        with self._looking:
            if self._current is None or self._clock() - self._looked >= LOOK_EVERY_SECONDS:
                self._current = self._look(self._current)
                self._looked = self._clock()
            return self._current

    def newer(self) -> Publication | None:
        """Looks at the pointer: the publication it names where that is not shown yet; readers look again after a
        second. It is shown by `show`."""
        with self._looking:
            known = self._current
            try:
                found = self._look(known)
            except CrewcastError:  # nothing is published yet
                return None
            finally:
                self._looked = self._clock()
            return None if known is not None and found.id == known.id else found

    @property
    def shown(self) -> Publication | None:
        """The current one, as far as is known without looking."""
        return self._current

    def show(self, found: Publication) -> None:
        """From now on the current one, unless a newer one is shown already."""
        with self._looking:
            self._current = self._look(found)
            self._looked = self._clock()

    def _look(self, known: Publication | None) -> Publication:
        """What the pointer names now; what is shown already where that cannot be read, and `trouble` says so."""
        try:
            found = latest(self.folder)
            if known is None or found.folder != known.vintage.folder:
                known = self.named(found.folder.name)
            self.trouble = ""
        except CrewcastError as error:
            if known is None:
                raise
            self.trouble = error.what
        return known

    def named(self, vintage_id: str) -> Publication:
        """The publication of that id. Raises NothingPublishedError where there is none."""
        with self._opening:
            if vintage_id not in self._opened:
                self._opened[vintage_id] = publication(read_vintage(self.folder, vintage_id), self.folder)
            self._opened.move_to_end(vintage_id)
            while len(self._opened) > KEPT:
                self._opened.popitem(last=False)
            return self._opened[vintage_id]

    def ids(self) -> list[str]:
        """All publications, newest last."""
        return list_vintages(self.folder)

    def is_current(self, shown: Publication) -> bool:
        try:
            return self.current().id == shown.id
        except NothingPublishedError:
            return False
