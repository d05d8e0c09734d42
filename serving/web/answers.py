"""Answers of the API by their tag, up to so many bytes together."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

MOST_BYTES = 64_000_000


@dataclass(frozen=True)
class Made:
    """The bytes of an answer, and where the next page is."""

    data: bytes
    media: str
    link: str = ""


class Answers:
    """Answers by their tag, up to so many bytes together; the least asked for go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._held = most_bytes, 0
        self._kept: OrderedDict[str, Made] = OrderedDict()
        self._lock = Lock()

    def find(self, tag: str) -> Made | None:
        with self._lock:
            if tag in self._kept:
                self._kept.move_to_end(tag)
            return self._kept.get(tag)

    def keep(self, tag: str, made: Made) -> None:
        with self._lock:
            if tag in self._kept or len(made.data) > self._most:
                return
            self._kept[tag] = made
            self._held += len(made.data)
            while self._held > self._most:
                self._held -= len(self._kept.popitem(last=False)[1].data)
