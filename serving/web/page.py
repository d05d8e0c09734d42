"""What a page is: a path, a title, a template, and a pure function from what is published to what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from serving.web.chart import Chart
from serving.web.publication import Publication
from serving.web.roles import Role


@dataclass(frozen=True)
class View:
    """What a page may read. query: the address's parameters, those of its path included; never trusted.

    least_shown: below so many open requests say "fewer than" instead of a number or a list; 0 where all may be shown.
    """

    publication: Publication
    role: Role
    query: Mapping[str, str]
    least_shown: int = 0

    @property
    def sees_samples(self) -> bool:
        """Whether values of rows that were set aside may be shown: they may hold what somebody typed."""
        return self.role >= Role.PLANNER

    @property
    def editor(self) -> str | None:
        """Who changed a plan, for a reader who may not know the name; None: whom the publication names."""
        return None if self.role >= Role.VIEWER else "A planner"

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str:
        """The parameter where it is one of the options, else the default, else the first; "" without options."""
        asked = self.query.get(name, "")
        if asked in options:
            return asked
        return default if default is not None else next(iter(options), "")


@dataclass(frozen=True)
class Contents:
    """What a page shows. context: for its template. charts: by the order in which they stand; also its downloads."""

    context: Mapping[str, object] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    title: str = ""

    def chart(self, name: str) -> Chart | None:
        return next((c for c in self.charts if c.name == name), None)


@dataclass(frozen=True)
class Page:
    """name: its file's. path: may hold {parameters}, which come in `View.query`. order: in the navigation; None: not
    there. template: in `serving/web/templates`. least: who may see it; Role.PUBLIC pages are shown to viewers at least,
    and to anybody in the public mode. asks: parameters it reads; others never reach it. build: a function of the view
    and nothing else, so that its answer can be kept; raises NotThereError where something asked for does not exist.
    beside: for a page that reads more than the publication, such as earlier ones: a text that changes when that does.
    """

    name: str
    path: str
    title: str
    order: int | None
    template: str
    build: Callable[[View], Contents]
    asks: tuple[str, ...] = ()
    least: Role = Role.PUBLIC
    beside: Callable[[Publication], str] | None = None
