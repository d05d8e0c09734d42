"""Budgets: immutable folders of a workbook, a page and tables, beside the vintages; one pointer names the newest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from storage.atomic import make_folder_atomically, sweep, write_atomically
from storage.home import CityFolder

LATEST = "latest.json"


def budgets_folder(folder: CityFolder) -> Path:
    """Where a city's budgets lie."""
    return folder.root / "budgets"


def write_budget(folder: CityFolder, budget_id: str, files: Mapping[str, bytes], *, move_latest: bool) -> Path:
    """The folder of a budget, whole or not at all; one of the same id is there already and stays as it is.

    The id holds a hash of everything that the files are made from. The caller holds the city's lock.
    """
    root = budgets_folder(folder)
    root.mkdir(parents=True, exist_ok=True)
    sweep(root)
    path = root / budget_id
    if not path.is_dir():
        with make_folder_atomically(path) as temporary:
            for name, content in files.items():
                (temporary / name).write_bytes(content)
    if move_latest:
        write_atomically(root / LATEST, json.dumps({"budget_id": budget_id}, indent=1).encode())
    return path
