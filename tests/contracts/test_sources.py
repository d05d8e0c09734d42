"""Every source there is keeps the contract of `sources.plugins`: found by looking, checked alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import pandas as pd
import pytest

from configs import packaged
from configs.load import category, load_city
from domain.category import Strict
from domain.city import CityPlan, Section
from domain.errors import ConfigError
from domain.tables import AREAS, CORRECTIONS, COUNTS, QUARANTINE, REQUESTS, WEATHER_ISSUED, WEATHER_OBSERVED
from sources import plugins
from sources.plugins import AreasRead, Context, Plugin, Requests, Synced, WeatherRead
from sources.validate import REQUEST_COLUMNS

SECTIONS: tuple[plugins.Kind, ...] = get_args(plugins.Kind)
FOUND = [(section, kind) for section in SECTIONS for kind in plugins.available(section)]
MOMENT = pd.Timestamp("2026-01-01", tz="UTC")


def write_files(folder: Path) -> None:
    """What the samples below point to."""
    square = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    feature = {"type": "Feature", "properties": {"id": "1"}, "geometry": {"type": "Polygon", "coordinates": square}}
    collection = {"type": "FeatureCollection", "features": [feature]}
    (folder / "map.geojson").write_text(json.dumps(collection), encoding="utf-8")
    (folder / "rows.csv").write_text("id,at,what\n1,2024-01-01 10:00,pothole\n2,never,pothole\n", encoding="utf-8")
    (folder / "counts.csv").write_text("date,area,category,count\n2024-01-01,1,pothole,3\n", encoding="utf-8")
    noaa = "USW00094846,20250102,PRCP,254,,,W,2400\nUSW00094846,20250102,TMAX,31,,,W,2400\n"
    (folder / "noaa-USW00094846.csv").write_text(noaa, encoding="utf-8")
    (folder / "weather.csv").write_text("day,made,rain\n2024-01-02,2024-01-01,3\n", encoding="utf-8")


OBSERVED = {"path": "weather.csv", "columns": {"date": "day", "precipitation_mm": "rain"}}
ISSUED = {"path": "weather.csv", "columns": {"date": "day", "origin": "made", "precipitation_mm": "rain"}}
STATIONS = [{"id": "72530", "lat": 41.98, "lon": -87.9, "ghcn": "USW00094846"}]
NOAA = "noaa-{station}.csv"
NOBODY = "http://127.0.0.1:9/{year}/{station}"
"""Nobody listens there: the second source takes over."""
DEAD = {"daily": NOBODY, "hourly": NOBODY, "ghcn": NOAA}
LIVE = {"stations": STATIONS, "since": "2025-01-01", "hours": False, "forecast": [], "urls": DEAD}
SMALL_WORLD = {"years": 1, "districts": 2, "areas_per_district": 2}
FEW = {"request_id": "id", "created": "at", "label": "what"}
PORTAL = {"host": "data.city.example", "columns": FEW}
SAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("requests", "files"): {"path": "rows.csv", "columns": FEW},
    ("open_work", "files"): {"path": "rows.csv", "columns": FEW},
    ("open_work", "sql_view"): {"url_env": "WORK_DB", "view": "open_orders", "columns": FEW},
    ("requests", "counts"): {"path": "counts.csv"},
    ("weather", "files"): {"observed": OBSERVED, "issued": ISSUED},
    ("areas", "files"): {"path": "map.geojson", "properties": {"area": "id"}},
    ("requests", "simulator"): SMALL_WORLD,
    ("weather", "ghcn"): {"stations": STATIONS, "since": "2025-01-01", "url": NOAA},
    ("weather", "meteostat"): LIVE,
    ("requests", "files_https"): {**PORTAL, "datasets": [{"path": "/rows.csv"}]},
    ("requests", "socrata"): {**PORTAL, "datasets": [{"id": "abcd-1234"}]},
    ("requests", "arcgis"): {**PORTAL, "datasets": [{"service": "/a/services/b/FeatureServer", "layer": 0}]},
    ("requests", "carto"): {**PORTAL, "datasets": [{"table": "cases"}]},
    ("requests", "opendatasoft"): {**PORTAL, "datasets": [{"id": "service-requests"}]},
    ("requests", "ckan"): {**PORTAL, "datasets": [{"id": "2cfa0e06-9be4-49a6-b7f1-ee9f2363a872"}]},
}
"""The smallest section of each kind; a kind without one must work with its defaults."""


def synced() -> Synced:
    """What a sync would have brought, for the kinds that ask a portal."""
    rows = {"request_id": ["1", "2"], "created": ["2024-01-01 10:00", "never"], "label": ["pothole", "pothole"]}
    frame = pd.DataFrame({c: pd.Series(rows.get(c, [None, None]), dtype="str") for c in REQUEST_COLUMNS})
    return Synced(frame.assign(source="abcd", seen_at=MOMENT), {}, MOMENT.to_pydatetime(), MOMENT.to_pydatetime())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sources")
    write_files(made)
    return made


@pytest.fixture(scope="module")
def result(folder: Path) -> Callable[[plugins.Kind, str], Any]:
    """What a plug-in reads from its sample, read once. Its own areas are read first, where the kind has any."""
    plan = load_city(next(iter(packaged("cities"))))
    names = {c.category: c for c in [category(f) for f in packaged("categories")]}
    city = plan.city.model_copy(update={"base_dir": folder, "categories": tuple(names)})
    categories = tuple(names.values())

    @cache
    def run(section: plugins.Kind, kind: str) -> Any:
        plugin = plugins.load(section, kind)
        config = plugin.config.model_validate(SAMPLES.get((section, kind), {}))
        requests = Section.model_validate({"kind": kind} | SAMPLES.get(("requests", kind), {}))
        plan = CityPlan(city=city.model_copy(update={"requests": requests}), categories=categories)
        ctx = Context(plan, folder / "cache", date(2025, 12, 31), synced=synced)
        if section != "areas" and kind in plugins.available("areas"):
            return plugin.read(config, replace(ctx, areas=run("areas", kind).areas))
        return plugin.read(config, ctx)

    return run


def test_every_section_has_a_source() -> None:
    for section in SECTIONS:
        assert plugins.available(section), f"no source serves the section '{section}'"


@pytest.mark.parametrize(("section", "kind"), FOUND)
def test_a_source_exposes_one_plugin_with_a_frozen_strict_configuration(section: plugins.Kind, kind: str) -> None:
    plugin = plugins.load(section, kind)
    assert isinstance(plugin, Plugin)
    assert issubclass(plugin.config, Strict)
    assert plugin.config.model_config["extra"] == "forbid"
    assert plugin.config.model_config["frozen"]
    assert plugin.config.__doc__


@pytest.mark.parametrize(("section", "kind"), FOUND)
def test_an_unknown_key_in_a_section_is_named_with_its_place(section: plugins.Kind, kind: str) -> None:
    sample = SAMPLES.get((section, kind), {})
    plugin = plugins.load(section, kind)
    given = Section.model_validate({"kind": kind, "qqqq": 1} | sample)
    with pytest.raises(ConfigError, match=rf"city\.yaml: .*{section}\.qqqq: unknown key"):
        plugins.settings(given, plugin, name=section, file="city.yaml")


@pytest.mark.parametrize("kind", plugins.available("requests"))
def test_requests_account_for_every_row_and_fit_their_tables(kind: str, result: Callable[..., Any]) -> None:
    found = cast("Requests", result("requests", kind))
    assert (found.rows is None) != (found.counts is None)
    assert found.rows_read == found.rows_used + len(found.quarantine) + found.excluded + found.duplicates
    assert found.rows_used > 0
    if found.rows is not None:
        REQUESTS.validate(found.rows.assign(known_at=MOMENT, known_at_basis="assumed"))
        assert (found.rows["status"] == "closed").equals(found.rows["closed_at"].notna())
    if found.counts is not None:
        COUNTS.validate(found.counts.assign(known_at=MOMENT))
    QUARANTINE.validate(found.quarantine)
    CORRECTIONS.validate(found.corrections)


@pytest.mark.parametrize("kind", plugins.available("weather"))
def test_weather_fits_its_tables_and_is_known_no_earlier_than_its_day(kind: str, result: Callable[..., Any]) -> None:
    found = cast("WeatherRead", result("weather", kind))
    observed = WEATHER_OBSERVED.validate(found.observed)
    assert len(observed) > 0
    assert (observed["known_at"].dt.tz_localize(None) > observed["date"]).all()
    if found.issued is not None:
        issued = WEATHER_ISSUED.validate(found.issued)
        assert (issued["date"] > issued["origin"]).all()
        assert (issued["known_at"].dt.tz_localize(None) > issued["origin"]).all()
    CORRECTIONS.validate(found.corrections)


@pytest.mark.parametrize("kind", plugins.available("areas"))
def test_areas_fit_their_table_and_every_one_has_a_district(kind: str, result: Callable[..., Any]) -> None:
    found = cast("AreasRead", result("areas", kind))
    areas = AREAS.validate(found.areas)
    assert (areas["district"] != "").all()
    assert (areas["area"] != "").all()
    CORRECTIONS.validate(found.corrections)


def test_a_kind_there_is_not_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="requests: there is no kind 'portal'") as error:
        plugins.load("requests", "portal")
    assert "files" in error.value.remedy


@pytest.mark.parametrize("kind", ["", "../files", "validation", "os.path"])
def test_only_plain_names_are_looked_for(kind: str) -> None:
    with pytest.raises(ConfigError):
        plugins.load("requests", kind)


@pytest.mark.parametrize("name", packaged("cities"))
def test_every_section_of_a_packaged_city_is_valid(name: str) -> None:
    plan = load_city(name)
    found = plugins.configured(plan)
    assert set(found) >= {"requests", "areas"}


def test_what_does_not_fit_the_city_is_told_before_the_first_step() -> None:
    plan = load_city("houston-files")
    rules = {"labels": {"Pot hole": "potholes"}}
    section = Section.model_validate({"kind": "files", **plan.city.requests.settings, "rules": rules})
    with pytest.raises(ConfigError, match="no category of this city; did you mean 'pothole'"):
        plugins.configured(plan.model_copy(update={"city": plan.city.model_copy(update={"requests": section})}))
    nowhere = plan.city.model_copy(update={"holidays": plan.city.holidays.model_copy(update={"country": "ZZZ"})})
    with pytest.raises(ConfigError, match=r"holidays\.country"):
        plugins.configured(plan.model_copy(update={"city": nowhere}))


def test_a_wrong_key_deep_in_a_section_names_file_key_and_the_nearest() -> None:
    plan = load_city("houston-files")
    columns = {**plan.city.requests.settings["columns"], "channl": "x"}  # type: ignore[dict-item]
    section = Section.model_validate({"kind": "files", **plan.city.requests.settings, "columns": columns})
    wrong = plan.model_copy(update={"city": plan.city.model_copy(update={"requests": section})})
    with pytest.raises(
        ConfigError, match=r"houston-files\.yaml: requests\.columns\.channl.*nearest known key is 'channel'"
    ):
        plugins.configured(wrong)


def test_a_key_of_other_kinds_is_told_as_theirs_and_not_as_one_misspelt() -> None:
    """The nearest known key, 'columns', was named for a portal's `closures` beside files."""
    plan = load_city("houston-files")
    section = Section.model_validate({"kind": "files", **plan.city.requests.settings, "closures": {"kind": "open311"}})
    wrong = plan.model_copy(update={"city": plan.city.model_copy(update={"requests": section})})
    with pytest.raises(ConfigError, match=r"requests\.closures: unknown key") as error:
        plugins.configured(wrong)
    assert "it goes with kind arcgis, carto, ckan, files_https, opendatasoft, socrata" in error.value.what
    assert "'columns'" not in str(error.value)
