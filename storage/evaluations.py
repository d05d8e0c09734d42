"""Replays in short, and the waits they fitted, one small file each, for the plans that follow."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from domain.category import Strict
from domain.errors import SnapshotBrokenError
from domain.evaluation import EvaluationEntry
from domain.measured import FittedWaits
from storage.atomic import write_atomically
from storage.home import CityFolder

Entry = TypeVar("Entry", bound=Strict)
EVALUATIONS, WAITS = "evaluations", "waits"


def keep_evaluation(folder: CityFolder, entry: EvaluationEntry) -> None:
    """Add a replay after those there are; the same one made again counts as the newest, and is kept once."""
    _keep(folder.root / EVALUATIONS, entry)


def keep_waits(folder: CityFolder, fitted: FittedWaits) -> None:
    """Add what a replay fitted after what there is, as `keep_evaluation` does."""
    _keep(folder.root / WAITS, fitted)


def last_evaluation(folder: CityFolder, as_of: date) -> EvaluationEntry | None:
    """The replay made last, of those whose requests had all come by the end of `as_of`; None where there is none.

    Raises SnapshotBrokenError where a file is missing or not as it was written.
    """
    found = _kept(folder.root / EVALUATIONS, EvaluationEntry)
    return next((entry for entry in reversed(found) if entry.known_on <= as_of), None)


def newest_fit(folder: CityFolder, as_of: date) -> FittedWaits | None:
    """The fit on the latest days, of those whose requests had all come by the end of `as_of`, the one made last of two
    on the same; None where there is none.

    Raises SnapshotBrokenError where a file is missing or not as it was written.
    """
    found = [fitted for fitted in _kept(folder.root / WAITS, FittedWaits) if fitted.known_on <= as_of]
    return max(reversed(found), key=lambda fitted: fitted.last, default=None)


def latest_waits(folder: CityFolder, as_of: date) -> FittedWaits | None:
    """`newest_fit` where a replay with it reproduced the record, else None: an older fit then says how it was before
    practice changed."""
    newest = newest_fit(folder, as_of)
    return newest if newest is not None and newest.is_calibrated else None


def _keep(own: Path, entry: Strict) -> None:
    text = entry.model_dump_json(indent=1)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    own.mkdir(parents=True, exist_ok=True)
    write_atomically(own / f"{digest}.json", text.encode())
    names = [name for name in _order(own) if name != digest]
    write_atomically(own / "order.json", json.dumps([*names, digest]).encode())


def _kept(own: Path, model: type[Entry]) -> list[Entry]:
    """The one made last at the end."""
    return [_read(own / f"{digest}.json", model) for digest in _order(own)]


def _order(own: Path) -> list[str]:
    """Digests, the one made last at the end."""
    path = own / "order.json"
    order: list[str] = json.loads(path.read_bytes()) if path.exists() else []
    return order


def _read(path: Path, model: type[Entry]) -> Entry:
    try:
        return model.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SnapshotBrokenError(
            f"{path}: what a replay left there cannot be read: {error}",
            remedy=f"remove the folder {path.parent} and run crewcast evaluate again",
            file=str(path),
        ) from error
