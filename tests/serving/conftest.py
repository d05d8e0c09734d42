"""Fixtures: made-up publications, ordinary, hostile, without outlines, and large."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

MODULES = ("made_forecast", "made_plan", "publication")


def load(name: str) -> ModuleType:
    """A module beside the tests, by path: importlib mode puts no folder on the path. Loaded once, so that what it made
    is made once, whichever folder's tests ask."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


made = [load(name) for name in MODULES][-1]
made_budget = load("made_budget")
worked_sheets = load("worked_sheets")


@pytest.fixture(scope="session")
def published():
    """An ordinary publication: 48 areas in 6 districts, 3 categories, 3 yards, 14 days."""
    return made.publication(made.Shape(draws=100))


@pytest.fixture(scope="session")
def hostile():
    """The same with names that try to be HTML, scripts and formulas."""
    return made.publication(made.Shape(hostile=True, draws=50))


@pytest.fixture(scope="session")
def unmapped(published):
    """The same without outlines."""
    return replace(published, areas=published.areas.assign(geometry=""))


@pytest.fixture(scope="session")
def large():
    """77 areas in 11 districts with outlines of 1,200 corners."""
    return made.publication(made.Shape(areas=77, districts=11, corners=300, draws=50))


@pytest.fixture(scope="session")
def budgets() -> ModuleType:
    """What makes small budgets."""
    return made_budget


@pytest.fixture(scope="session")
def worked() -> type:
    """A workbook's bytes with its formulas worked out."""
    return worked_sheets.Sheets
