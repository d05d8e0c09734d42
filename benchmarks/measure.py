"""Run a command and watch it: seconds, and the peak memory of its whole process tree."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

SAMPLE_SECONDS = 0.5
"""Reading the unique memory of a process costs milliseconds: more often would slow what is measured."""


@dataclass(frozen=True)
class Measured:
    """seconds: wall clock. samples: (seconds since start, bytes of the process tree)."""

    seconds: float
    returncode: int
    output: str
    samples: tuple[tuple[float, int], ...]

    @property
    def peak_mib(self) -> float:
        return max((b for _, b in self.samples), default=0) / 2**20

    def peak_between(self, begin: float, end: float) -> float:
        """Peak MiB between two moments (seconds since start)."""
        return max((b for t, b in self.samples if begin <= t <= end), default=0) / 2**20


def tree_bytes(process: psutil.Process) -> int:
    """Unique memory of a process and all its children; shared pages are counted once a process that owns them."""
    total = 0
    for p in [process, *process.children(recursive=True)]:
        try:
            total += p.memory_full_info().uss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Run to the end; standard error is folded into the output."""
    begin = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as started:
        samples: list[tuple[float, int]] = []
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(started.pid, begin, samples, done), daemon=True)
        watcher.start()
        output, _ = started.communicate()
        done.set()
        watcher.join()
    return Measured(time.perf_counter() - begin, started.returncode, output, tuple(samples))


def _watch(pid: int, begin: float, samples: list[tuple[float, int]], done: threading.Event) -> None:
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return
    while not done.wait(SAMPLE_SECONDS):
        try:
            samples.append((time.perf_counter() - begin, tree_bytes(process)))
        except psutil.NoSuchProcess:
            return
