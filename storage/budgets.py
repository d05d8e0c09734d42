"""Budgets: immutable folders of a workbook, a page and tables, beside the vintages; one pointer names the newest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from domain.budget_entry import BudgetEntry
from domain.errors import NothingPublishedError
from storage.atomic import make_folder_atomically, sweep, write_atomically
from storage.home import CityFolder

LATEST = "latest.json"
ABOUT = "about.json"
_NAME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[A-Za-z0-9_.-]+$")


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


def list_budgets(folder: CityFolder) -> list[BudgetEntry]:
    """What each budget says of itself, the newest as-of day first; of one day and scenario the one `latest` names.

    Budgets of releases that wrote no `about.json`, and one whose entry cannot be read, are left out.
    """
    root, newest = budgets_folder(folder), latest_budget(folder)
    names = [path.name for path in root.iterdir() if _NAME.match(path.name)] if root.is_dir() else []
    found = [entry for name in sorted(names) if (entry := _entry(root / name / ABOUT)) is not None]
    return sorted(found, key=lambda one: (one.as_of, one.budget_id == newest), reverse=True)


def latest_budget(folder: CityFolder) -> str:
    """The id that the pointer names; "" where no budget was made."""
    pointer = budgets_folder(folder) / LATEST
    return str(json.loads(pointer.read_bytes())["budget_id"]) if pointer.exists() else ""


def read_budget_file(folder: CityFolder, budget_id: str, name: str) -> bytes:
    """The bytes of one file of a budget. Raises NothingPublishedError where there is no such budget or file."""
    path = budgets_folder(folder) / budget_id / name
    if not _NAME.match(budget_id) or Path(name).name != name or not path.is_file():
        raise NothingPublishedError(
            f"{folder.root.name}: there is no file '{name}' of a budget '{budget_id}'",
            remedy=f"run 'crewcast budget {folder.root.name}', or choose one of the budgets listed",
        )
    return path.read_bytes()


def _entry(path: Path) -> BudgetEntry | None:
    try:
        return BudgetEntry.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None
