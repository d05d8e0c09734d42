"""Results that are kept: one folder a task and competitor, taken again only while task and code are the same."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measure import Measured

ROOT = Path(__file__).parents[2]
SAY_EVERY_SECONDS = 60.0
LAST_LINES = 400


@dataclass(frozen=True)
class Result:
    """What a competitor left in `folder`. error: why it has no forecasts, or empty. failed: series replaced."""

    name: str
    folder: Path
    key: str
    seconds: float
    peak_mib: float
    error: str = ""
    version: str = ""
    failed: int = 0
    failures: dict[str, int] = field(default_factory=dict)


def code_key(paths: Iterable[Path]) -> str:
    """Changes when any of the files does, or any .py or .yaml file below the folders."""
    digest = hashlib.sha256()
    for path in paths:
        found = [path] if path.is_file() else sorted([*path.rglob("*.py"), *path.rglob("*.yaml")])
        for file in found:
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def kept(name: str, folder: Path, key: str) -> Result | None:
    """The earlier result of the same task and code, if it ended; a failed one is tried again."""
    path = folder / "done.json"
    if not path.exists():
        return None
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found = Result(name, folder, **raw)
    return found if found.key == key and not found.error else None


def obtain(
    name: str, folder: Path, key: str, fresh: bool, wanted: bool, produce: Callable[[Path], Measured]
) -> Result | None:
    """The kept result, or that of `produce`, which runs a command that writes into the emptied folder.

    Not wanted: the kept result or None.
    """
    found = None if fresh and wanted else kept(name, folder, key)
    if not wanted:
        return found
    if found is not None:
        print(f"  {name}: kept from an earlier run ({found.seconds:.0f} s then)", flush=True)
        return found
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"  {name}: running", flush=True)
    with saying(name, folder / "progress.txt"):
        measured = produce(folder)
    return finished(name, folder, key, measured)


def finished(name: str, folder: Path, key: str, measured: Measured) -> Result:
    """Write done.json and the command's output beside it; say how it ended."""
    (folder / "output.txt").write_text(measured.output, encoding="utf-8")
    report: dict[str, Any] = {}
    if (folder / "peer.json").exists():
        report = json.loads((folder / "peer.json").read_text(encoding="utf-8"))
    error = reason(measured) if measured.returncode else ""
    seconds, peak = round(measured.seconds, 1), round(measured.peak_mib)
    result = Result(name, folder, key, seconds, peak, error, **report)
    raw = {k: v for k, v in asdict(result).items() if k not in ("name", "folder")}
    (folder / "done.json").write_text(json.dumps(raw, indent=1), encoding="utf-8")
    print(f"  {name}: {error or 'done'}, {seconds:.0f} s, {peak:.0f} MiB", flush=True)
    return result


def reason(measured: Measured) -> str:
    """The last line of the output: for a Python error, its type and message."""
    lines = [line.strip() for line in measured.output.splitlines() if line.strip()]
    last = lines[-1][:LAST_LINES] if lines else "no output"
    return f"ended with code {measured.returncode}: {last}"


@contextmanager
def saying(name: str, progress: Path) -> Iterator[None]:
    """Print the newest line of a progress file once a minute while the block runs."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(SAY_EVERY_SECONDS):
            if progress.exists() and (lines := progress.read_text(encoding="utf-8").splitlines()):
                print(f"    {name}: {lines[-1]}", flush=True)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
