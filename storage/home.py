"""Where everything lies: one relocatable folder, one sub-folder a city. The only place that spells paths."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from domain.errors import HomeUnusableError

VARIABLE = "CREWCAST_HOME"


@dataclass(frozen=True)
class CityFolder:
    """One city's folder. work: scratch that may be deleted between runs; latest: the pointer file."""

    root: Path
    tables: Path
    snapshots: Path
    vintages: Path
    work: Path
    lock: Path
    latest: Path

    @property
    def long_views(self) -> Path:
        """Long views lie here; made by the first of them."""
        return self.root / "long_view"


@dataclass(frozen=True)
class Home:
    """The home folder. mlflow, prefect, logs, cache: folders that exist."""

    root: Path
    mlflow: Path
    prefect: Path
    logs: Path
    cache: Path

    def cities(self) -> list[str]:
        """Names of the cities that have a folder with something in it, sorted."""
        folders = (self.root / "cities").glob("*")
        return sorted(f.name for f in folders if any(f.glob("vintages/*")) or any(f.glob("snapshots/*")))

    def city(self, name: str) -> CityFolder:
        """The folder of one city, created where it is missing."""
        root = self.root / "cities" / name
        folder = CityFolder(
            root=root,
            tables=root / "tables",
            snapshots=root / "snapshots",
            vintages=root / "vintages",
            work=root / "work",
            lock=root / "city.lock",
            latest=root / "latest.json",
        )
        for part in (folder.tables, folder.snapshots, folder.vintages, folder.work):
            part.mkdir(parents=True, exist_ok=True)
        return folder


def open_home(root: Path | None = None) -> Home:
    """The home at `root`, else at the variable CREWCAST_HOME, else ~/.crewcast; created where missing.

    Raises HomeUnusableError where the folder cannot be made or written to.
    """
    chosen = root if root is not None else Path(os.environ.get(VARIABLE) or Path.home() / ".crewcast")
    place = chosen.expanduser().absolute()
    home = Home(place, place / "mlflow", place / "prefect", place / "logs", place / "cache")
    try:
        for folder in (home.mlflow, home.prefect, home.logs, home.cache):
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise HomeUnusableError(
            f"the home folder {place} cannot be written to: {error.strerror or error}",
            remedy=f"give a folder you may write to: set {VARIABLE}, or free space and rights there",
            home=str(place),
        ) from error
    return home
