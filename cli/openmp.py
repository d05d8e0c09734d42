"""LightGBM needs the system's libgomp.so.1, which bare machines lack; scikit-learn brings its own copy."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

WANTED = "libgomp.so.1"
TRIED = "CREWCAST_OPENMP"


def provide() -> None:
    """Where libgomp is missing, start this command again with scikit-learn's copy on the loader's path.

    The loader reads its path only when a process starts, hence the second start; it happens once at most.
    """
    if sys.platform != "linux" or TRIED in os.environ or _loads():
        return
    copy = bundled()
    if copy is None:
        return
    folder = Path(sys.prefix) / "lib" / "crewcast-openmp"
    link = folder / WANTED
    try:
        folder.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(copy)
    except PermissionError:
        return
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("LD_LIBRARY_PATH", "")]))
    environment = {**os.environ, TRIED: "1", "LD_LIBRARY_PATH": path}
    os.execve(sys.executable, [sys.executable, "-m", "cli.main", *sys.argv[1:]], environment)


def bundled() -> Path | None:
    """scikit-learn's own copy, found without importing it."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        return None
    return next(iter(sorted((Path(spec.origin).parents[1] / "scikit_learn.libs").glob("libgomp*.so*"))), None)


def _loads() -> bool:
    try:
        ctypes.CDLL(WANTED)
    except OSError:
        return False
    return True
