"""A what-if on a vintage: the same backlog and draws, other crews, locks, absences or weather. Nothing is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from allocation.absence import planned_absence, with_absence
from allocation.binding import binding_words
from allocation.compare import changed_slots, roster_frame
from allocation.crew_changes import CrewChange, with_crews
from allocation.doubted import doubted
from allocation.given import Given
from allocation.locks import with_locks
from allocation.moved_crews import move_words, with_moves
from allocation.plan import Decision, decide, figures_of
from allocation.played_under import played_under
from allocation.posted import with_posted, without_posted
from allocation.problem import Problem
from allocation.published import played_again
from allocation.sensitivity import Sensitivity
from allocation.simulated import Simulated
from domain.city import CityPlan
from domain.draft import Move
from domain.errors import WhatIfError
from domain.lock import Lock
from domain.progress import Progress
from pipelines.steps.scenario_draws import under
from pipelines.steps.vintage_inputs import read_inputs
from storage.home import CityFolder
from storage.vintages import Vintage


@dataclass(frozen=True)
class Ask:
    """What is to be other than published. absence: share of crews that stay away; None leaves the vintage's own.

    moves: crews at another yard for a date.
    """

    crews: tuple[CrewChange, ...] = ()
    locks: tuple[Lock, ...] = ()
    absence: float | None = None
    scenario: str | None = None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class WhatIf:
    """The answer. before: the published plan again; after: the asked one. under: of a scenario alone, the published
    roster on the scenario's draws, which are those of `after`; None where all is on the published draws. roster: with
    `reason`-free columns of `allocation.compare`. changed: slots that differ.

    lock_price: simulated cost with the asked locks − without them, on the same draws; None where no asked lock
    binds. The city's locks of the same slots, whose place they take, are on neither side.
    """

    before: Simulated
    under: Simulated | None
    after: Simulated
    roster: pd.DataFrame
    changed: pd.DataFrame
    said: tuple[str, ...]
    binds: tuple[str, ...]
    lock_price: float | None
    status: str
    reproduced: bool
    problem: Problem = field(repr=False)


@dataclass(frozen=True)
class Base:
    """What a vintage's plan was made from, and that plan again: the same for every what-if on it. reproduced: its
    published roster simulates as published; else it was decided anew."""

    inputs: Given
    decision: Decision
    reproduced: bool


def base_of(vintage: Vintage, progress: Progress) -> Base:
    """Read a vintage's inputs and play its published roster again, nothing solved."""
    inputs = read_inputs(vintage)
    progress("the published plan again")
    entry = vintage.manifest.solve
    again = None if entry is None else played_again(inputs, vintage.frame("roster"), entry)
    return Base(inputs, again or decide(inputs), again is not None)


def what_if(
    vintage: Vintage, folder: CityFolder, plan: CityPlan | None, ask: Ask, progress: Progress, base: Base | None = None
) -> WhatIf:
    """Solve the vintage's plan again as asked. base: where it was made before. plan: needed for a
    scenario. Raises LockError, WhatIfError, ScenarioError."""
    known = base or base_of(vintage, progress)
    inputs = known.inputs
    asked, said = changed_inputs(inputs, ask)
    posed = with_locks(asked.problem, ask.locks)
    same = None
    if ask.scenario is not None:
        if plan is None:
            raise WhatIfError(
                f"scenario {ask.scenario}: the city's configuration is not at hand",
                remedy="start crewcast serve with --config, or leave the scenario out",
            )
        asked, rule = under(asked, folder, vintage.manifest, plan, ask.scenario)
        said = (*said, f"scenario {ask.scenario}: {rule}")
        progress("the published plan under the scenario")
        same = played_under(asked.posing(inputs.problem), known.decision)
    published = vintage.frame("roster")
    binding = any(lock.binds for lock in ask.locks)
    free = known.decision
    if binding or not ask.locks:
        progress("the plan as asked")
        start = _without_asked(asked.problem, ask.locks, published)
        is_known = ask == Ask(locks=ask.locks) and start.locks == inputs.problem.locks
        free = known.decision if is_known else decide(asked.posing(start))
    progress("the plan as asked, with its locks" if ask.locks else "comparing")
    final = decide(asked.posing(with_posted(posed, published))) if ask.locks else free
    price = figures_of(final).cost - figures_of(free).cost if binding else None
    return _answer(known, same, final, published, said, price)


def _without_asked(problem: Problem, asked: Sequence[Lock], published: pd.DataFrame) -> Problem:
    """The problem from the published roster, without the locks whose place asked ones take. That roster was made under
    them: where an asked lock holds what one did, it is left out, as it would hold that too."""
    taken = {lock.slot: lock for lock in asked}
    again = [lock for lock in problem.locks if lock.slot in taken and lock.binds and taken[lock.slot].implies(lock)]
    locks = tuple(lock for lock in problem.locks if lock.slot not in taken)
    return without_posted(with_posted(problem, published), again).model_copy(update={"locks": locks})


def doubts_of(
    vintage: Vintage, folder: CityFolder, plan: CityPlan, ask: Ask, problem: Problem, progress: Progress
) -> Sensitivity:
    """The plan of an asked problem at ± 30 % of each figure that nobody measured, on the vintage's own backlog and on
    the draws that the what-if counts: under a scenario as that weighs them, else as published."""
    inputs = read_inputs(vintage).posing(problem)
    if ask.scenario is not None:
        inputs, _ = under(inputs, folder, vintage.manifest, plan, ask.scenario)
    return doubted(inputs, progress)


def changed_inputs(inputs: Given, ask: Ask) -> tuple[Given, tuple[str, ...]]:
    """Crews, moves and absence as asked, and what was done in words."""
    problem, said = inputs.problem, []
    slots = {lock.slot for lock in ask.locks}
    locks = (*(lock for lock in problem.locks if lock.slot not in slots), *ask.locks)
    for change in ask.crews:
        problem, words = with_crews(problem, change, inputs.requests(), locks)
        said.append(f"crews {change.target}={change.number:+d}: {words}")
    problem = with_moves(problem, ask.moves)
    said += [f"moved {move_words(move)}" for move in ask.moves]
    if ask.absence is not None:
        if not 0 <= ask.absence <= 1:
            raise WhatIfError(
                f"--absence {ask.absence}: not a share", remedy="give the share of crews that stay away, 0 to 1"
            )
        said.append(f"absence {ask.absence:.0%} instead of {planned_absence(problem):.0%}")
        problem = with_absence(problem, ask.absence, on_all_dates=True)
    return inputs.posing(problem), tuple(said)


def _answer(
    base: Base,
    same: Decision | None,
    final: Decision,
    published: pd.DataFrame,
    said: Sequence[str],
    lock_price: float | None,
) -> WhatIf:
    roster = roster_frame(final)
    return WhatIf(
        before=figures_of(base.decision),
        under=None if same is None else figures_of(same),
        after=figures_of(final),
        roster=roster,
        changed=changed_slots(published, roster),
        said=tuple(said),
        binds=binding_words(final),
        lock_price=lock_price,
        status=final.chosen.roster.entry.status,
        reproduced=base.reproduced,
        problem=final.dense.problem,
    )
