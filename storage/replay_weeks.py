"""Weeks of a replay as they are finished: one folder each, whole or absent, so that an interrupted replay goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.errors import ConfigError
from storage.atomic import make_folder_atomically, write_atomically

ASKED = "asked.json"
Frames = Mapping[str, pd.DataFrame]
Arrays = Mapping[str, NDArray[Any]]


def open_weeks(folder: Path, asked: Mapping[str, Any]) -> list[date]:
    """The weeks kept in `folder` of the very replay that is asked for, ascending; makes the folder where it is new.

    Raises ConfigError where the folder holds another replay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asked, sort_keys=True, indent=1)
    known = folder / ASKED
    if known.exists() and known.read_text(encoding="utf-8") != text:
        raise ConfigError(
            f"{folder} keeps the weeks of another replay",
            remedy="choose another --out, or remove that folder to begin anew",
            folder=str(folder),
        )
    write_atomically(known, text.encode())
    return sorted(date.fromisoformat(f.name) for f in folder.iterdir() if f.is_dir() and not f.name.startswith("."))


def keep_week(folder: Path, week: date, frames: Frames, arrays: Arrays) -> None:
    """Write one week; it appears whole."""
    with make_folder_atomically(folder / week.isoformat()) as new:
        for name, frame in frames.items():
            frame.to_parquet(new / f"{name}.parquet", index=False)
        np.savez(new / "arrays.npz", allow_pickle=False, **arrays)


def read_week(folder: Path, week: date) -> tuple[dict[str, pd.DataFrame], dict[str, NDArray[Any]]]:
    """What `keep_week` wrote."""
    own = folder / week.isoformat()
    frames = {f.stem: pd.read_parquet(f) for f in sorted(own.glob("*.parquet"))}
    with np.load(own / "arrays.npz") as stored:
        return frames, {name: stored[name] for name in stored.files}


def forget_week(folder: Path, week: date) -> None:
    shutil.rmtree(folder / week.isoformat())
