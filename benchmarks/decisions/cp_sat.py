"""OR-Tools CP-SAT on the very model that HiGHS is given: the pooled surrogate, or the extensive form."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from allocation import constraints, solve
from allocation.surrogate import Surrogate
from benchmarks.decisions.instances import Instance
from benchmarks.decisions.peers import Found
from domain.manifest import SolveEntry

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-cp-sat" / "bin" / "python"
SCRIPT = Path(__file__).with_name("run_cp_sat.py")
SECONDS = 120.0
"""CP-SAT is stopped then: the bar for 300 areas."""


def has_cp_sat() -> bool:
    return PYTHON.exists()


def cp_sat(case: Instance, s: Surrogate, method: str, seconds: float = SECONDS) -> Found:
    """The roster of CP-SAT; seconds and processor time are of its solve alone, without writing or reading the model."""
    c = constraints.columns(s)
    rows = [constraint(s, c) for constraint in solve.CONSTRAINTS]
    highs = solve._solver(solve._model(solve._bounds(s, c), rows, c))
    with tempfile.TemporaryDirectory() as folder:
        model, out = Path(folder) / "model.mps", Path(folder) / "out.json"
        highs.writeModel(str(model))
        words = [str(PYTHON), str(SCRIPT), str(model), str(out), "--seconds", str(seconds)]
        subprocess.run([*words, "--gap", str(solve.RELATIVE_GAP)], check=True, capture_output=True)
        found = json.loads(out.read_text(encoding="utf-8"))
    spent = found["cpu_seconds"], found["wall_seconds"]
    if "values" not in found:
        return Found(method, None, None, None, c.size, *spent, f"no roster: {found['status']}")
    values = np.asarray(found["values"])
    gap = abs(found["objective"] - found["bound"]) / max(abs(found["objective"]), 1e-9)
    entry = SolveEntry(
        status=found["status"], objective=found["objective"], bound=found["bound"], gap=round(gap, 6), nodes=0,
        columns=c.size, rows=sum(len(r.lower) for r in rows), surrogate="",
    )  # fmt: skip
    roster = solve._roster(case.dense, s, values[c.crews], values[c.overtime], entry)
    return Found(method, roster.crews, roster.overtime_hours, entry.gap, c.size, *spent, found["status"])
