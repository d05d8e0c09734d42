"""How rows are read, as a hash: rows read under two mappings are not versions of each other."""

from __future__ import annotations

import hashlib
import json

import pandas as pd

from domain.city import CityPlan, Section
from domain.words import SCHEMA_VERSION

_LEFT_OUT = frozenset({"path", "paths", "file", "files", "url", "urls", "attribution", "note"})
"""Settings that say where rows lie or what to print, not how rows are read."""


def rows_reading(plan: CityPlan, areas: pd.DataFrame | None) -> str:
    """A hash of what decides how a source row becomes a request or a count of ours."""
    city = plan.city
    names = [] if areas is None else sorted(areas.loc[areas["geometry"] != "", "area"])  # a map; areas of rows may grow
    coarse = [c.category for c in plan.categories if not c.keep_coordinates]
    sections = [_settings(city.requests), _settings(city.areas)]
    redrawn = [each.model_dump(mode="json") for each in city.crosswalk]
    content: list[object] = [city.timezone, list(city.categories), city.quality.earliest, sections, names, coarse]
    return _hash([*content, redrawn] if redrawn else content)


def weather_reading_of(plan: CityPlan) -> str:
    """A hash of what decides how a row of weather becomes one of ours."""
    return _hash([plan.city.timezone, _settings(plan.city.weather)])


def _settings(section: Section | None) -> object:
    return None if section is None else [section.kind, _without_places(section.settings)]


def _without_places(value: object) -> object:
    if isinstance(value, dict):
        return {str(k): _without_places(v) for k, v in value.items() if k not in _LEFT_OUT}
    if isinstance(value, list | tuple):
        return [_without_places(v) for v in value]
    return value


def _hash(content: list[object]) -> str:
    text = json.dumps([SCHEMA_VERSION, *content], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
