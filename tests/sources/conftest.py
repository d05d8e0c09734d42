"""A small made-up city, and shorthands to check rows in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from configs.load import category
from domain.city import City, CityPlan
from domain.tables import AREAS
from sources.plugins import Context, Requests
from sources.rules import CountRules, RequestRules
from sources.validate import validate_counts, validate_requests

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-93.4, 44.8], [-93.0, 44.8], [-93.0, 45.1], [-93.4, 45.1], [-93.4, 44.8]]],
}


read_category = cache(category)


@pytest.fixture(scope="session")
def make_plan() -> Callable[..., CityPlan]:
    """A city of potholes and noise in Chicago's time zone; keys of the YAML may be replaced."""

    def build(base_dir: Path = Path(), categories: tuple[str, ...] = ("pothole", "noise"), **keys: Any) -> CityPlan:
        content: dict[str, Any] = {
            "schema": 1,
            "city": "testville",
            "title": "Testville",
            "timezone": "America/Chicago",
            "holidays": {"country": "US"},
            "requests": {"kind": "files"},
            "areas": {"kind": "from_rows"},
            "categories": categories,
            "crews": {
                "shifts": [{"name": "day", "start": "07:00", "end": "15:00", "minutes": 420}],
                "types": [{"name": "patch", "skills": {"patching": None}, "cost_per_hour": 100}],
                "yards": [{"name": "Main", "crews": {"patch": 1}}],
            },
            "base_dir": base_dir,
        }
        return CityPlan(
            city=City.model_validate(content | keys), categories=tuple(read_category(c) for c in categories)
        )

    return build


@pytest.fixture(scope="session")
def make_areas() -> Callable[..., pd.DataFrame]:
    """An areas table with the given ids, all on one square."""

    def build(*ids: str) -> pd.DataFrame:
        rows = [
            {"city": "testville", "area": i, "name": i, "district": "all", "geometry": json.dumps(SQUARE)} for i in ids
        ]
        return AREAS.validate(pd.DataFrame(rows).assign(population=None, lat=44.95, lon=-93.2))

    return build


@pytest.fixture
def make_context(make_plan: Callable[..., CityPlan], tmp_path: Path) -> Callable[..., Context]:
    def build(areas: pd.DataFrame | None = None, today: date = date(2024, 6, 30), **keys: Any) -> Context:
        return Context(make_plan(tmp_path, **keys), tmp_path / "cache", today, areas=areas)

    return build


@pytest.fixture
def rows() -> Callable[..., pd.DataFrame]:
    """Good rows of potholes, columns replaced by those given (a list a column)."""

    def build(**columns: list[Any]) -> pd.DataFrame:
        size = max((len(v) for v in columns.values()), default=1)
        good: dict[str, list[Any]] = {
            "request_id": [f"R{i}" for i in range(size)],
            "created": ["2024-03-05 10:00:00"] * size,
            "closed": ["2024-03-06 09:00:00"] * size,
            "due": ["2024-03-09 10:00:00"] * size,
            "label": ["pothole"] * size,
            "status": ["Closed"] * size,
            "channel": ["phone"] * size,
            "area": ["1"] * size,
            "lat": ["44.95"] * size,
            "lon": ["-93.2"] * size,
            "duplicate_of": [None] * size,
        }
        return pd.DataFrame(good | columns, index=pd.RangeIndex(1, size + 1))

    return build


@pytest.fixture
def check(make_context: Callable[..., Context], make_areas: Callable[..., pd.DataFrame]) -> Callable[..., Requests]:
    """Validates rows in a city with the areas 1 and 2; the account must come out."""

    def run(raw: pd.DataFrame, ctx: Context | None = None, **rules: Any) -> Requests:
        ctx = ctx or make_context(make_areas("1", "2"))
        found = validate_requests(raw, RequestRules(**rules), ctx, "rows.csv")
        assert found.rows is not None
        assert found.rows_used == len(found.rows)
        assert found.rows_read == len(raw) == accounted(found)
        return found

    return run


@pytest.fixture
def check_counts(
    make_context: Callable[..., Context], make_areas: Callable[..., pd.DataFrame]
) -> Callable[..., Requests]:
    def run(raw: pd.DataFrame, ctx: Context | None = None, **rules: Any) -> Requests:
        ctx = ctx or make_context(make_areas("1", "2"))
        found = validate_counts(raw, CountRules(**rules), ctx, "counts.csv")
        assert found.counts is not None
        assert found.rows_read == len(raw) == accounted(found)
        return found

    return run


def accounted(found: Requests) -> int:
    return found.rows_used + len(found.quarantine) + found.excluded + found.duplicates


@pytest.fixture
def reasons() -> Callable[[Requests], list[tuple[int, str, str, str]]]:
    """(row, column, value, reason) of each quarantined row."""

    def listed(found: Requests) -> list[tuple[int, str, str, str]]:
        return list(found.quarantine[["row", "column", "value", "reason"]].itertuples(index=False, name=None))

    return listed


@pytest.fixture
def rules_used() -> Callable[[Requests], dict[str, tuple[int, str]]]:
    """Rule -> (rows, example) of what was corrected."""

    def listed(found: Any) -> dict[str, tuple[int, str]]:
        return {r.rule: (r.rows, r.example) for r in found.corrections.itertuples()}

    return listed
