"""Checks of the installation, the home and the data of a city, each with a remedy."""

from __future__ import annotations

import ctypes
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import pandas as pd

from configs.load import city_names, load_city
from domain.errors import CrewcastError
from sources.plugins import configured
from storage.home import Home
from storage.snapshots import read_snapshot
from storage.vintages import latest

NEEDED = ("prefect", "mlflow", "lightgbm", "scikit-learn", "pandas", "duckdb", "highspy", "meteostat", "plotly")
FREE_GIB_AT_LEAST = 2.0


@dataclass(frozen=True)
class Check:
    """One line of the doctor's answer."""

    what: str
    state: Literal["ok", "note", "problem"]
    detail: str
    remedy: str = ""


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
        Check("home", "ok", str(home.root)),
        Check("free disk", state, f"{free:.1f} GiB", f"free {FREE_GIB_AT_LEAST:.0f} GiB or move CREWCAST_HOME"),
    ]


def check_city(home: Home, name: str, today: date) -> list[Check]:
    """A city's configuration, the age of its data and its newest publication."""
    try:
        plan = load_city(name)
        configured(plan)
    except CrewcastError as error:
        return [Check(f"{name}: configuration", "problem", error.what, error.remedy)]
    checks = [Check(f"{name}: configuration", "ok", plan.city.title)]
    folder = home.city(plan.city.city)
    try:
        meta = read_snapshot(folder).meta
        age = (today - pd.Timestamp(meta.last_day).date()).days
        fresh = age <= plan.city.quality.max_demand_age_days
        detail = f"last request {meta.last_day}, {age} days ago"
        checks.append(Check(f"{name}: data", "ok" if fresh else "note", detail, "" if fresh else "bring newer rows"))
    except CrewcastError as error:
        checks.append(Check(f"{name}: data", "note", error.what, error.remedy))
    try:
        vintage = latest(folder)
        vintage.verify()
        checks.append(Check(f"{name}: latest plan", "ok", vintage.manifest.vintage_id))
    except CrewcastError as error:
        checks.append(Check(f"{name}: latest plan", "note", error.what, error.remedy))
    return checks


def examine(home: Home, cities: tuple[str, ...], today: date) -> list[Check]:
    """Every check, for the named cities or for all that can be run by name."""
    names = cities or tuple(city_names())
    return [*check_installation(), *check_home(home), *(c for n in names for c in check_city(home, n, today))]
