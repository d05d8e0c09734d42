"""The live display of a run: which step, what it is doing, how long it took. Also keeps the step log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from threading import Lock

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from domain.progress import Progress, silent


@dataclass(frozen=True)
class StepTime:
    """Wall-clock seconds of one step since the run began; goes to the log beside a vintage, never into it."""

    step: str
    begin_seconds: float
    seconds: float
    outcome: str


class Board:
    """Shows steps as they run: live bars on a terminal, one line a step elsewhere."""

    def __init__(self, quiet: bool = False) -> None:
        self.console = Console(stderr=True)
        self.quiet = quiet
        self.live = self.console.is_terminal and not quiet
        self.times: list[StepTime] = []
        self._began = time.perf_counter()
        self._lock = Lock()
        self._bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            TextColumn("[dim]{task.fields[doing]}"),
            TimeElapsedColumn(),
            console=self.console,
        )

    def __enter__(self) -> Board:
        if self.live:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self._bars.stop()

    @contextmanager
    def step(self, name: str) -> Iterator[Progress]:
        """Show a step while it runs; gives the listener that the step reports to."""
        begin = time.perf_counter()
        bar = self._bars.add_task(name, total=None, doing="") if self.live else None
        outcome = "failed"
        try:
            yield self._listener(name, bar)
            outcome = "done"
        finally:
            took = time.perf_counter() - begin
            with self._lock:
                self.times.append(StepTime(name, round(begin - self._began, 3), round(took, 3), outcome))
            self._finish(name, bar, took, outcome)

    def _listener(self, name: str, bar: TaskID | None) -> Progress:
        if self.quiet:
            return silent
        if bar is None:
            self.console.print(f"… {name}", highlight=False)
            return silent

        def listen(doing: str, done: int | None = None, total: int | None = None) -> None:
            count = f" ({done} of {total})" if done is not None and total else ""
            self._bars.update(bar, doing=f"{doing}{count}")

        return listen

    def _finish(self, name: str, bar: TaskID | None, took: float, outcome: str) -> None:
        if bar is not None:
            self._bars.update(bar, total=1, completed=1, doing="" if outcome == "done" else outcome)
        elif not self.quiet:
            mark = "✓" if outcome == "done" else "✗"
            self.console.print(f"{mark} {name} ({took:.1f} s)", highlight=False)

    def log(self) -> list[dict[str, object]]:
        """The step times as plain records."""
        return [asdict(t) for t in self.times]


_current: Board | None = None


def current() -> Board:
    """The board of this process; a quiet one where nobody set one up (a worker elsewhere)."""
    return _current or Board(quiet=True)


@contextmanager
def showing(quiet: bool = False) -> Iterator[Board]:
    """Make a board the current one."""
    global _current
    with Board(quiet) as board:
        _current = board
        try:
            yield board
        finally:
            _current = None
            sys.stderr.flush()
