"""Start a competitor over a task: crewcast by its own command line, a peer in the peers' environment."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.asked import Asked
from benchmarks.accuracy.kept import ROOT, Result, code_key, obtain
from benchmarks.accuracy.peer import Peer
from benchmarks.accuracy.task import fingerprint
from benchmarks.measure import Measured, run

PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
HERE = Path(__file__).parent
OURS = "crewcast"
OUR_CODE = tuple(ROOT / p for p in ("configs", "domain", "sources", "storage", "features", "models", "pipelines"))
THREADS = 2


@dataclass(frozen=True)
class Backtest:
    """How `crewcast backtest` is called for a task: the city's YAML and regular origins that hold the task's."""

    city: Path
    first: str
    last: str
    every: int
    refit_every: int
    environment: Mapping[str, str]


def threads() -> dict[str, str]:
    """Every competitor gets at most two, which sleep while they wait: on a busy machine spinning takes minutes."""
    names = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, str(THREADS)), "OMP_WAIT_POLICY": "passive"}


def ours(task: Path, folder: Path, call: Backtest, asked: Asked) -> Result | None:
    """crewcast as published: recipes selected on evidence before each origin. Leaves counts.parquet as well."""

    def produce(out: Path) -> Measured:
        with tempfile.TemporaryDirectory() as home:
            words = ["backtest", str(call.city), "--from", call.first, "--to", call.last, "--every", str(call.every)]
            words += ["--refit-every", str(call.refit_every), "--horizon", "14", "--out", str(out), "--home", home]
            measured = run([sys.executable, "-m", "cli.main", *words, "--quiet"], {**threads(), **call.environment})
        if not measured.returncode:
            (out / "forecasts.parquet").rename(out / "areas.parquet")
        return measured

    key = f"{fingerprint(task)}-{code_key([*OUR_CODE, call.city] if call.city.is_relative_to(ROOT) else OUR_CODE)}"
    return obtain(OURS, folder, key, asked.fresh, asked.wants(OURS), produce)


def theirs(peer: Peer, task: Path, folder: Path, asked: Asked) -> Result | None:
    """A peer; where its library cannot be imported the result says so."""

    def produce(out: Path) -> Measured:
        words = [peer.name, "--task", str(task), "--out", str(out)]
        return run([str(PEERS_PYTHON), "-m", "benchmarks.accuracy.run_peer", *words], threads())

    shared = [HERE / f"{name}.py" for name in ("draws", "seen", "peer", "run_peer")]
    module = ROOT / Path(*peer_module(peer).split(".")).with_suffix(".py")
    key = f"{fingerprint(task)}-{code_key([*shared, module, HERE / 'requirements.lock'])}"
    return obtain(peer.name, folder, key, asked.fresh, asked.wants(peer.name), produce)


def peer_module(peer: Peer) -> str:
    """The module that a peer's `start` was written in, through a partial as well."""
    start = getattr(peer.start, "func", peer.start)
    return str(start.__module__)
