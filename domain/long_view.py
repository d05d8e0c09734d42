"""The manifest of a long view: what it was made from, under which scenario, and what it holds. No wall-clock times."""

from __future__ import annotations

from datetime import date

from pydantic import Field, JsonValue

from domain.category import Strict
from domain.manifest import FileEntry


class LongViewManifest(Strict):
    """One long view. view_id: as-of day, days ahead, scenario and a hash of the inputs."""

    schema_version: int
    view_id: str
    city: str
    title: str
    label: str
    is_simulated: bool
    timezone: str
    as_of: date
    origin: date
    days: int
    first_date: date
    last_date: date
    scenario: str
    rule: str
    """The scenario's rule in words, with the figures it came to."""
    weather: str
    """How the weather paths were made; says so where there are none."""
    weather_paths: int
    draws: int
    seed: int
    areas: tuple[str, ...]
    categories: tuple[str, ...]
    left_out: dict[str, str] = Field(default_factory=dict)
    """Category -> why it is not in this view: filed for too short a time."""
    modes: tuple[str, ...]
    params: dict[str, JsonValue]
    learnt: dict[str, JsonValue]
    """Category -> what was learnt: level, variances of the trend, drift of the areas' shares."""
    unlocated_share: dict[str, float]
    """Share of each category's requests of the last year without an area: they are not in these counts."""
    attribution: tuple[str, ...]
    snapshot: str
    code_version: str
    lock_hash: str
    config_hash: str
    files: dict[str, FileEntry] = Field(default_factory=dict)
