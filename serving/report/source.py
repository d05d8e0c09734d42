"""What every section of the report is made from, and how it names things."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from domain.manifest import Manifest
from domain.words import CITY_LEVEL, NO_AREA
from serving.reading import Tables, categories, frame
from serving.words import category_words, title_words


@dataclass(frozen=True)
class Source:
    """tables: by published name. areas: the `areas` table of the city, for outlines and people's names."""

    tables: Tables
    manifest: Manifest
    areas: pd.DataFrame

    def table(self, name: str) -> pd.DataFrame:
        """A published table sorted by its key; empty and typed where the publication has none."""
        if name not in self._sorted:
            self._sorted[name] = frame(self.tables, name)
        return self._sorted[name].copy(deep=False)  # copy-on-write: nobody alters what the next section reads

    @cached_property
    def _sorted(self) -> dict[str, pd.DataFrame]:
        """Tables already read; every section asks for the same few."""
        return {}

    @cached_property
    def categories(self) -> list[str]:
        return categories(self.tables, self.manifest)

    @cached_property
    def names(self) -> dict[str, str]:
        """Area -> what people call it."""
        return dict(zip(self.areas["area"], self.areas["name"], strict=True))

    @cached_property
    def district_of(self) -> dict[str, str]:
        return dict(zip(self.areas["area"], self.areas["district"], strict=True))

    def place(self, area: str) -> str:
        """An area, district or the city as a reader calls it."""
        if area == CITY_LEVEL:
            return "Whole city"
        return "without an area" if area == NO_AREA else self.names.get(area, area)

    def place_and_id(self, area: str) -> str:
        """The name with the id that reasons and spreadsheets use, where the two differ."""
        name = self.place(area)
        return name if name == area or area not in self.names else f"{name} ({area})"

    def titles(self) -> list[dict[str, str]]:
        """Categories for a selector: key and title."""
        return [{"key": c, "title": title_words(category_words(c))} for c in self.categories]
