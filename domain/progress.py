"""How a long step says what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with a short present-tense phrase, and done/total where the step can count."""

    def __call__(self, doing: str, done: int | None = None, total: int | None = None) -> None: ...


def silent(doing: str, done: int | None = None, total: int | None = None) -> None:
    """A listener that does not listen."""
