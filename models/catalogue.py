"""Which forecasters there are: files in `models/forecasters/`, loaded by name alone."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from domain.errors import ConfigError
from models.forecaster import Forecaster

PACKAGE = "models.forecasters"


def available() -> tuple[str, ...]:
    """Names of the forecasters there are, by looking at files only."""
    here = Path(__file__).parent / "forecasters"
    return tuple(sorted(p.stem for p in here.glob("*.py") if p.stem != "__init__"))


def forecasters(names: tuple[str, ...]) -> list[Forecaster]:
    """The named forecasters in the order asked for; only their modules are imported."""
    there = available()
    if odd := [n for n in names if n not in there]:
        raise ConfigError(
            f"models.forecasters: there is no forecaster {odd}", remedy=f"use some of: {', '.join(there)}", names=odd
        )
    loaded: list[Forecaster] = [import_module(f"{PACKAGE}.{n}").FORECASTER for n in names]
    return loaded
