"""The vintage before a run: the one whose roster people have already read."""

from __future__ import annotations

from datetime import date

from domain.errors import VintageBrokenError
from storage.home import CityFolder
from storage.vintages import Vintage, list_vintages, read_vintage


def previous_vintage(folder: CityFolder, as_of: date, first: date) -> Vintage | None:
    """The newest readable vintage of an as-of day before `as_of` that plans `first` or later; None where there is none.

    Never one of the same as-of day: then the same run, made twice, would start from itself and not be the same.
    """
    for name in reversed(list_vintages(folder)):
        if name[:10] >= as_of.isoformat():
            continue
        try:
            found = read_vintage(folder, name)
            if found.manifest.last_date >= first:
                found.bytes("roster.parquet")
                return found
        except VintageBrokenError:
            continue  # what cannot be read binds nobody; the next older one may
    return None
