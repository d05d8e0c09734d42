"""Solve one model with OR-Tools CP-SAT, in its own environment (`.venv-cp-sat`).

    python benchmarks/decisions/run_cp_sat.py MODEL.mps OUT.json --seconds 120 --gap 0.002

CP-SAT knows whole numbers alone; its linear front end scales the continuous variables (jobs, hours) to hundredths, at
most 100,000. Its linear presolve is off: it turned whole right-hand sides into bounds that no number meets. One worker,
so that processor time compares. OUT holds status, objective, bound, values in the model's order, and seconds of the
solve without the reading.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from ortools.linear_solver.python import model_builder

PARAMETERS = (
    "num_workers:1 random_seed:1 mip_presolve_level:0 mip_var_scaling:100 mip_scale_large_domain:true mip_max_bound:1e5"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--gap", type=float, required=True)
    given = parser.parse_args()
    model = model_builder.Model()
    if not model.import_from_mps_file(str(given.model)):
        raise SystemExit(f"{given.model} is not read as MPS")
    solver = model_builder.Solver("sat")
    solver.set_solver_specific_parameters(f"{PARAMETERS} relative_gap_limit:{given.gap}")
    solver.set_time_limit_in_seconds(given.seconds)
    wall, cpu = time.perf_counter(), time.process_time()
    status = solver.solve(model)
    found: dict[str, Any] = {
        "status": status.name,
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.perf_counter() - wall,
    }
    if status.name in ("OPTIMAL", "FEASIBLE"):
        found |= {"objective": solver.objective_value, "bound": solver.best_objective_bound}
        found["values"] = [float(v) for v in solver.values(model.get_variables())]
    given.out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
