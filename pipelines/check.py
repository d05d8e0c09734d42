"""A line of the doctor's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Check:
    """what: looked at. detail: what was found. remedy: what to do, where there is something to do."""

    what: str
    state: Literal["ok", "note", "problem"]
    detail: str
    remedy: str = ""
    group: str = "installation"
