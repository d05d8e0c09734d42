"""The small budget that tests/serving makes, loaded by path."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def made() -> ModuleType:
    path = Path(__file__).parents[2] / "serving" / "made_budget.py"
    spec = importlib.util.spec_from_file_location("made_budget_for_allocation", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
