"""Checks of the installation, the home and the data of a city, each with a remedy."""

from __future__ import annotations

import ctypes
import shutil
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import pandas as pd

from configs.load import city_names, load_city
from domain.category import Strict
from domain.city import CityPlan
from domain.errors import CrewcastError
from models.parameters import check_parameters
from pipelines.check import Check
from pipelines.doctor_crews import check_crews_of
from pipelines.doctor_inputs import check_calendar, check_locks_to_come, check_open_work, check_sheets, check_sync
from sources.files.tables import find_files
from sources.plugins import Context, configured
from sources.web_file import is_url
from storage.home import CityFolder, Home
from storage.snapshots import read_snapshot
from storage.vintages import latest

NEEDED = ("prefect", "mlflow", "lightgbm", "scikit-learn", "pandas", "duckdb", "highspy", "meteostat", "plotly")
FREE_GIB_AT_LEAST = 2.0


def check_installation() -> list[Check]:
    """Python, packages and the OpenMP library that LightGBM needs."""
    found = ".".join(map(str, sys.version_info[:3]))
    checks = [
        Check("Python", "ok" if sys.version_info >= (3, 11) else "problem", found, "install Python 3.11 or newer")
    ]
    for name in NEEDED:
        try:
            checks.append(Check(name, "ok", version(name)))
        except PackageNotFoundError:
            checks.append(Check(name, "problem", "not installed", "run `make setup` again"))
    try:
        ctypes.CDLL("libgomp.so.1" if sys.platform == "linux" else None)
        checks.append(Check("OpenMP", "ok", "found"))
    except OSError:
        checks.append(Check("OpenMP", "note", "no libgomp.so.1; scikit-learn's own copy is used", "install libgomp1"))
    return checks


def check_home(home: Home) -> list[Check]:
    """Whether the home can be written and has room."""
    free = shutil.disk_usage(home.root).free / 2**30
    state: Literal["ok", "problem"] = "ok" if free >= FREE_GIB_AT_LEAST else "problem"
    return [
        Check("folder", "ok", str(home.root), group="home"),
        Check("free disk", state, f"{free:.1f} GiB", f"free {FREE_GIB_AT_LEAST:.0f} GiB or move CREWCAST_HOME", "home"),
    ]


def check_city(home: Home, name: str, today: date, *, is_asked: bool = True) -> list[Check]:
    """A city's configuration, its files, the age of its data and its newest publication.

    is_asked: somebody named it. Of the others, data that never were here are no problem of this machine.
    """
    try:
        plan = load_city(name)
        sections = configured(plan)
        check_parameters(plan.city.models, plan.city.file)
    except CrewcastError as error:
        return [Check("configuration", "problem", error.what, error.remedy, name)]
    group = f"{plan.city.title} ({name})"
    checks = [Check("configuration", "ok", ", ".join(plan.city.categories), group=group)]
    folder = home.city(plan.city.city)
    is_ours = is_asked or folder.latest.exists()
    checks += _check_files(plan, [config for _, config in sections.values()], group, is_ours)
    checks += check_crews_of(folder, sections, Context(plan, home.cache, today), group)
    checks += [*check_calendar(plan, today, group), *check_open_work(plan, group)]
    checks += check_sync(folder, plan, name, today, group)
    if not folder.latest.exists():
        return [*checks, Check("latest plan", "note", "never run here", f"run `crewcast run {name}`", group)]
    checks += [_check_age(folder, plan, today, group), _check_latest(folder, group)]
    return [*checks, *check_locks_to_come(folder, plan, group), *check_sheets(folder, plan, group)]


def _check_files(plan: CityPlan, configs: list[Strict], group: str, is_ours: bool) -> list[Check]:
    """Whether the files that the configuration names are there; that they are not is a note where nobody asked."""
    asked = [pattern for config in configs for pattern in _paths(config.model_dump())]
    if not asked:
        return []
    try:
        found = [file for pattern in asked for file in find_files([pattern], plan.city.base_dir)]
    except CrewcastError as error:
        return [Check("files", "problem" if is_ours else "note", error.what, error.remedy, group)]
    return [Check("files", "ok", f"{len(found)} found", group=group)]


def _paths(value: object) -> list[str]:
    """Every path on disk in a section, however deep."""
    if isinstance(value, dict):
        direct = value.get("path") or ()
        own = [p for p in ([direct] if isinstance(direct, str) else map(str, direct)) if not is_url(p)]
        return own + [p for key, inner in value.items() if key != "path" for p in _paths(inner)]
    return []


def _check_age(folder: CityFolder, plan: CityPlan, today: date, group: str) -> Check:
    try:
        meta = read_snapshot(folder).meta
    except CrewcastError as error:
        return Check("data", "problem", error.what, error.remedy, group)
    age = (today - pd.Timestamp(meta.last_day).date()).days
    detail = f"last request {meta.last_day}, {age} days ago"
    if age <= plan.city.quality.max_demand_age_days:
        return Check("data", "ok", detail, group=group)
    return Check("data", "note", detail, "bring newer rows", group)


def _check_latest(folder: CityFolder, group: str) -> Check:
    try:
        vintage = latest(folder)
        vintage.verify()
    except CrewcastError as error:
        return Check("latest plan", "problem", error.what, error.remedy, group)
    return Check("latest plan", "ok", f"{vintage.manifest.vintage_id}, every file as published", group=group)


def examine(home: Home, cities: tuple[str, ...], today: date, *, online: bool = False) -> list[Check]:
    """Every check, for the named cities or for all that can be run by name. online: portals are asked too."""
    from pipelines.doctor_online import check_portal

    names = cities or tuple(city_names())
    checks = [*check_installation(), *check_home(home)]
    for name in names:
        checks += check_city(home, name, today, is_asked=bool(cities))
        checks += check_portal(home, name) if online else []
    return checks
