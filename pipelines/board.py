"""The live display of a run: which step, what it is doing, how long it took. Also keeps the step log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TextIO

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from domain.progress import Progress, silent
from pipelines.interrupt import leaving_at_once

PUBLISH = "publish"
"""The step that makes a plan public; before it, leaving changes nothing that anybody reads."""


@dataclass(frozen=True)
class StepTime:
    """Wall-clock seconds of one step since the run began; goes to the log beside a vintage, never into it."""

    step: str
    begin_seconds: float
    seconds: float
    outcome: str


class _Mark(SpinnerColumn):
    """Turns while a step runs, then says how it ended."""

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text("✓", "green") if task.fields["outcome"] == "done" else Text("✗", "red")
        return Text.assemble(super().render(task))  # type: ignore[arg-type]


class _Seconds(ProgressColumn):
    """How long a step has taken."""

    def render(self, task: Task) -> Text:
        took = task.finished_time if task.finished else task.elapsed
        return Text(f"{took or 0:.1f} s", "cyan", justify="right")


class Board:
    """Shows steps as they run: live on a terminal, elsewhere one line a step, when it begins."""

    def __init__(self, quiet: bool = False, file: TextIO | None = None) -> None:
        self.console = Console(stderr=True) if file is None else Console(file=file, width=200)
        self.quiet = quiet
        self.live = self.console.is_terminal and not quiet
        self.times: list[StepTime] = []
        self.begun: list[str] = []
        self._began = time.perf_counter()
        self._lock = Lock()
        self._saying = Lock()
        self._bars = Bars(
            _Mark(),
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            TextColumn("[dim]{task.fields[doing]}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
            _Seconds(),
            console=self.console,
            expand=True,
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
        with self._lock:
            self.begun.append(name)
            bar = self._bars.add_task(name, total=None, doing="", outcome="") if self.live else None
        outcome = "failed"
        try:
            yield self._listener(name, bar)
            outcome = "done"
        finally:
            took = time.perf_counter() - begin
            with self._lock:
                self.times.append(StepTime(name, round(begin - self._began, 3), round(took, 3), outcome))
            self._finish(name, bar, outcome)

    def _listener(self, name: str, bar: TaskID | None) -> Progress:
        if bar is None:
            self._line(name)
            return silent

        def listen(doing: str, done: int | None = None, total: int | None = None) -> None:
            count = f" ({done} of {total})" if done is not None and total else ""
            self._bars.update(bar, doing=f"{doing}{count}")

        return listen

    def _finish(self, name: str, bar: TaskID | None, outcome: str) -> None:
        if bar is not None:
            self._bars.update(bar, total=1, completed=1, doing="" if outcome == "done" else outcome, outcome=outcome)
        elif outcome != "done":
            self._line(f"{outcome}: {name}")

    def _line(self, text: str) -> None:
        """One line with the seconds since the run began."""
        since = time.perf_counter() - self._began
        with self._saying:
            if not self.quiet:
                self.console.print(f"{since:6.1f} s  {text}", highlight=False, markup=False, soft_wrap=True)

    def farewell(self) -> None:
        """What stands when the run is left before its end."""
        self.__exit__()
        what = (
            "interrupted while publishing: the new plan is there whole or not at all, see `crewcast runs`"
            if PUBLISH in self.begun
            else "interrupted: nothing was published; what was published before is untouched"
        )
        with self._saying:  # no other thread's line may come between the words and their end, or after
            self.quiet = True
            print(what, file=sys.stderr, flush=True)

    def log(self) -> list[dict[str, object]]:
        """The step times as plain records."""
        return [asdict(t) for t in self.times]


_current: Board | None = None


def current() -> Board:
    """The board of this process; a quiet one where nobody set one up (a worker elsewhere)."""
    return _current or Board(quiet=True)


@contextmanager
def showing(quiet: bool = False, file: TextIO | None = None) -> Iterator[Board]:
    """Make a board the current one; Ctrl-C leaves at once and says what stands."""
    global _current
    with Board(quiet, file) as board, leaving_at_once(board.farewell):
        _current = board
        try:
            yield board
        finally:
            _current = None
            sys.stderr.flush()
