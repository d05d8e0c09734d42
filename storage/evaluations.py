"""Replays in short, one small file each, so that the plans that follow can say what was found."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from pydantic import ValidationError

from domain.errors import SnapshotBrokenError
from domain.evaluation import EvaluationEntry
from storage.atomic import write_atomically
from storage.home import CityFolder

FOLDER = "evaluations"


def keep_evaluation(folder: CityFolder, entry: EvaluationEntry) -> None:
    """Add a replay after those there are; the same one made again counts as the newest, and is kept once."""
    text = entry.model_dump_json(indent=1)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    own = folder.root / FOLDER
    own.mkdir(parents=True, exist_ok=True)
    write_atomically(own / f"{digest}.json", text.encode())
    names = [name for name in _order(folder) if name != digest]
    write_atomically(own / "order.json", json.dumps([*names, digest]).encode())


def last_evaluation(folder: CityFolder, as_of: date) -> EvaluationEntry | None:
    """The replay made last, of those whose requests had all come by the end of `as_of`; None where there is none.

    Raises SnapshotBrokenError where a file is missing or not as it was written.
    """
    for digest in reversed(_order(folder)):
        entry = _read(folder, digest)
        if entry.known_on <= as_of:
            return entry
    return None


def _order(folder: CityFolder) -> list[str]:
    """Digests, the replay made last at the end."""
    path = folder.root / FOLDER / "order.json"
    order: list[str] = json.loads(path.read_bytes()) if path.exists() else []
    return order


def _read(folder: CityFolder, digest: str) -> EvaluationEntry:
    path = folder.root / FOLDER / f"{digest}.json"
    try:
        return EvaluationEntry.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SnapshotBrokenError(
            f"{path}: the replay kept there cannot be read: {error}",
            remedy=f"remove the folder {path.parent} and run crewcast evaluate again",
            file=str(path),
        ) from error
