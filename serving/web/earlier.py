"""The publications before one: the last other one, and those whose days have passed."""

from __future__ import annotations

from collections.abc import Iterator

from domain.errors import NothingPublishedError, VintageBrokenError
from serving.web.publication import Publication, publication
from storage.vintages import list_vintages, read_vintage


def names_before(shown: Publication) -> list[str]:
    """Ids of the publications of an earlier day, or of the same day and an earlier revision; newest first."""
    own = (str(shown.manifest.as_of), shown.manifest.revision)
    return [name for name in reversed(list_vintages(shown.folder)) if _place(name) < own]


def beside(shown: Publication) -> str:
    """Changes when a publication before this one is added or goes: answers that read them are kept by it."""
    return " ".join(names_before(shown))


def last_before(shown: Publication) -> Publication | None:
    """What people have read before this one: the one whose roster it started from, else the newest before it."""
    if shown.previous is not None:
        return shown.previous
    return next(_readable(shown, names_before(shown)), None)


def one_a_day(shown: Publication, most: int) -> list[Publication]:
    """The last publication of each earlier day, newest first: a plan that a person changed has the same forecast."""
    days: dict[str, str] = {}
    for name in names_before(shown):
        if name[:10] < str(shown.manifest.as_of):
            days.setdefault(name[:10], name)
    return list(_readable(shown, list(days.values())[:most]))


def _readable(shown: Publication, names: list[str]) -> Iterator[Publication]:
    """What cannot be read is left out: it is said where it is asked for by name."""
    for name in names:
        try:
            yield publication(read_vintage(shown.folder, name), shown.folder)
        except (NothingPublishedError, VintageBrokenError):
            continue


def _place(name: str) -> tuple[str, int]:
    """As-of day and revision of a vintage's id."""
    return name[:10], int(name[12:].partition("-")[0])
