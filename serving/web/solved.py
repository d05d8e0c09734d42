"""Answers of plans solved again, kept by publication and changes: the same question is not solved twice."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from domain.draft import Changes

MOST = 64


class Solved:
    """Answers as `Works.solve` gives them, the oldest dropped first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()
        self._lock = Lock()

    def find(self, base: str, changes: Changes) -> dict[str, Any] | None:
        with self._lock:
            return self._kept.get((base, changes.model_dump_json()))

    def keep(self, base: str, changes: Changes, told: dict[str, Any]) -> None:
        with self._lock:
            self._kept[base, changes.model_dump_json()] = told
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
