"""The cities and categories that ship with crewcast, as YAML. `packaged` is the only way to them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal


def packaged(folder: Literal["cities", "categories"]) -> dict[str, Path]:
    """Name -> file of every packaged YAML of one folder, by name."""
    files = (Path(str(entry)) for entry in (resources.files("configs") / folder).iterdir())
    return {file.stem: file for file in sorted(files) if file.suffix == ".yaml"}
