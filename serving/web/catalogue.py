"""Which pages there are: files in `serving/web/pages/` with the constant `PAGE`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from serving.web.page import Page

PACKAGE = "serving.web.pages"


@cache
def pages() -> tuple[Page, ...]:
    """All pages by their order in the navigation, then by name."""
    here = Path(__file__).parent / "pages"
    names = sorted(p.stem for p in here.glob("*.py") if p.stem != "__init__")
    found: list[Page] = [import_module(f"{PACKAGE}.{n}").PAGE for n in names]
    return tuple(sorted(found, key=lambda p: (p.order is None, p.order or 0, p.name)))


def navigation() -> tuple[Page, ...]:
    return tuple(p for p in pages() if p.order is not None)
