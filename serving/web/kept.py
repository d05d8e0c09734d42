"""What a page shows, made once for each publication, role and parameters, and kept while it is asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from markupsafe import Markup

from serving.web.chart import Chart
from serving.web.page import Contents, Page, View
from serving.web.rendering import render

MOST_KEPT = 200
LONGEST_VALUE = 200
"""Characters of a parameter that reach a page."""

Key = tuple[str, str, str, int, int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Shown:
    """body: the page's own part, without what belongs to the visitor. contents: for downloads."""

    body: Markup
    contents: Contents


class Charts(dict[str, Chart]):
    """The charts of a page by name; None for one that it does not have today, so that a template may ask."""

    def __missing__(self, name: str) -> None:
        return None


class Kept:
    """Bodies by key, the least asked for dropped first. Two visitors may make the same one at the same time."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._bodies: OrderedDict[Key, Shown] = OrderedDict()
        self._lock = Lock()

    def shown(self, page: Page, view: View, make: Callable[[Page, View], Shown]) -> Shown:
        beside = page.beside(view.publication) if page.beside else ""
        query = tuple(sorted(view.query.items()))
        key = (view.publication.id, page.name, beside, int(view.role), view.least_shown, query)
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
        made = make(page, view)
        with self._lock:
            self._bodies[key] = made
            while len(self._bodies) > self._most:
                self._bodies.popitem(last=False)
        return made

    def asked_for(self) -> list[tuple[str, int, tuple[tuple[str, str], ...]]]:
        """Page, role and parameters of what is kept of the latest publications, the last asked for first."""
        with self._lock:
            keys = list(self._bodies)
        return [(name, role, query) for _, name, _, role, _, query in reversed(keys) if "vintage" not in dict(query)]


def asked(page: Page, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters that the page reads, cut to a sane length; none where it reads none."""
    return {name: given[name][:LONGEST_VALUE] for name in page.asks if given.get(name)}


def made(page: Page, view: View) -> Shown:
    """Builds the contents and renders the page's template: it sees `view`, `m` (the manifest), `charts` by name, and
    the page's own context."""
    contents = page.build(view)
    charts = Charts((chart.name, chart) for chart in contents.charts)
    shared = {"view": view, "m": view.publication.manifest, "charts": charts, "page": page}
    return Shown(render(page.template, {**shared, **contents.context}), contents)
