"""The solver of the roster: gap, time, what its surrogate loses, and peers on the same generated instances.

    python -m benchmarks.decisions.solver [--seeds 7 8 9] [--full-seeds 7] [--skip-full] [--skip-small]

Every roster is judged on draws that no method saw: 200 more of the same law, played by the dispatch rule that the
published plan is simulated with. Seconds are of one thread: processor time, and wall clock on whatever else runs.
CP-SAT needs `sh benchmarks/decisions/setup.sh`, and is stopped after two minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from allocation.carried import carried
from allocation.solve import Roster
from benchmarks.decisions.cp_sat import cp_sat, has_cp_sat
from benchmarks.decisions.instances import Instance, Size, instance
from benchmarks.decisions.peers import (
    Found,
    everybody,
    extensive,
    extensive_cost,
    extensive_form,
    greedy,
    mean_demand,
    pooled,
    searched,
    simulated,
    surrogate,
    timed,
)

SMALL = Size(areas=12, days=5, yards=2, draws=20, crews=4)
FULL = (Size(77, 14, 6, 50), Size(300, 14, 6, 50), Size(300, 14, 12, 50))
FRESH = 200
GOAL_GAP = 0.005
NAMES = (
    "pooled, as planned with",
    "pooled, all scenarios",
    "mean demand",
    "greedy marginal",
    "longest shift",
    "published",
)
CP_SAT = ("CP-SAT, extensive form", "CP-SAT, pooled as planned with")
Method = Callable[[], Roster]


def split(size: Size, seed: int) -> tuple[Instance, Instance]:
    """What methods see, and fresh draws of the same instance to judge them on. Both charge work late at the end as a
    plan does, by what the methods see (`allocation.carried`)."""
    whole = instance(replace(size, draws=size.draws + FRESH), seed)
    order = np.random.default_rng(seed).permutation(size.draws + FRESH)
    case, fresh = _of(whole, order[: size.draws]), _of(whole, order[size.draws :])
    priced = carried(case.dense, case.held, case.duty, case.opening, case.arrivals, case.weight)
    return replace(case, dense=priced), replace(fresh, dense=priced)


def _of(case: Instance, index: np.ndarray) -> Instance:
    weight = np.full(len(index), 1 / len(index))
    return replace(case, arrivals=case.arrivals[..., index], duty=case.duty[..., index], weight=weight)


def methods(case: Instance) -> dict[str, Method]:
    """Every method that goes on any size."""
    return {
        NAMES[0]: lambda: pooled(case, None),
        NAMES[1]: lambda: pooled(case, len(case.weight)),
        NAMES[2]: lambda: mean_demand(case),
        NAMES[3]: lambda: greedy(case),
        NAMES[4]: lambda: everybody(case),
        NAMES[5]: lambda: searched(case),
    }


def small(seed: int) -> Iterator[str]:
    """Rows of the size at which the extensive form can be solved."""
    case, fresh = split(SMALL, seed)
    found = [timed("extensive form", lambda: extensive(case))]
    found += [timed(name, make) for name, make in methods(case).items()]
    if has_cp_sat():
        found += [cp_sat(case, extensive_form(case), CP_SAT[0]), cp_sat(case, surrogate(case, None), CP_SAT[1])]
    best = _exact(case, found[0])
    base = _judged(fresh, found[0])
    for one in found:
        told = "no roster |"
        if one.crews is not None:
            told = f"{_exact(case, one) / best - 1:+.2%} | {_judged(fresh, one) / base - 1:+.2%}"
        yield f"| {seed} | {_row(one)} | {told} |"
    if not has_cp_sat():
        yield f"| {seed} | CP-SAT | not installed: sh benchmarks/decisions/setup.sh | | | | | |"


def full(size: Size, seed: int) -> Iterator[str]:
    """Rows of a size that a city has."""
    case, fresh = split(size, seed)
    base = None
    makers: dict[str, Callable[[], Found]] = {n: partial(timed, n, make) for n, make in methods(case).items()}
    if has_cp_sat():
        makers[CP_SAT[1]] = lambda: cp_sat(case, surrogate(case, None), CP_SAT[1])
    for make in makers.values():
        one = make()
        told = "no roster |"
        if one.crews is not None:
            cost = _judged(fresh, one)
            base = cost if base is None else base
            told = f"{cost:,.0f} | {cost / base - 1:+.2%}"
        yield f"| {size.areas} × {size.yards} yards, seed {seed} | {_row(one)} | {told} |"


def reduction(size: Size, seed: int) -> Iterator[str]:
    """How far few draws are from all: of the load's mean and of its heaviest 5 %."""
    whole = instance(replace(size, draws=400), seed)
    for scenarios in (None, 20, 50):
        kept = surrogate(whole, scenarios).reduced
        yield f"| {size.areas} | 400 → {len(kept.index)} | {kept.error_mean:.2%} | {kept.error_tail:.2%} |"


def _exact(case: Instance, one: Found) -> float:
    assert one.crews is not None
    assert one.overtime is not None
    return extensive_cost(case, one.crews, one.overtime)


def _judged(fresh: Instance, one: Found) -> float:
    assert one.crews is not None
    assert one.overtime is not None
    return simulated(fresh, one.crews, one.overtime)


def _row(one: Found) -> str:
    gap = "" if one.gap is None else f"{one.gap:.3%}{'' if one.gap <= GOAL_GAP else ' (missed)'}"
    columns = f"{one.columns:,}" if one.columns else ""
    return f"{one.method} | {columns} | {gap} | {one.cpu_seconds:.1f} | {one.wall_seconds:.1f}"


def _table(title: str, head: str, rows: Iterator[str]) -> None:
    print(f"\n{title}\n\n{head}\n{'|---' * (head.count('|') - 1)}|", flush=True)
    for row in rows:
        print(row, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--full-seeds", type=int, nargs="+", default=[7])
    parser.add_argument("--skip-full", action="store_true")
    parser.add_argument("--skip-small", action="store_true")
    given = parser.parse_args()
    solved = "columns | gap | processor (s) | wall (s)"
    if not given.skip_small:
        _table(
            "Where the extensive form can be solved: 12 areas, 5 days, 2 yards, 3 crew types, 20 scenarios",
            f"| seed | method | {solved} | cost in the extensive form | simulated on fresh draws |",
            (row for seed in given.seeds for row in small(seed)),
        )
    _table(
        "Draws kept: error of the load's mean and of its heaviest 5 %",
        "| areas | draws | mean | heaviest 5 % |",
        (row for size in FULL[:2] for row in reduction(size, given.seeds[0])),
    )
    if not given.skip_full:
        _table(
            "Full size: 14 days, 3 crew types, 50 scenarios",
            f"| areas | method | {solved} | simulated cost | against the first |",
            (row for size in FULL for seed in given.full_seeds for row in full(size, seed)),
        )


if __name__ == "__main__":
    main()
