"""What if there were more crews, or fewer: `pothole=+2`, `Landing Yard/patching=-1`.

A category's crews are of the city's cheapest type with its skill; a contractor's crews are changed by its name alone,
and only on days on which they can be ordered. They are spread over the yards one by one: the next crew
goes where the category's expected minutes in the areas nearest to the yard, divided by the yard's crews with the skill
and the new one, are most (the divisor rule of Jefferson and D'Hondt); one is taken away where they are least per crew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation.orders import firm_dates
from allocation.problem import Problem, Stationed
from domain.crew_rules import MOST_CREWS
from domain.errors import WhatIfError
from domain.lock import Lock
from domain.panel import Floats

ASK = re.compile(r"^(?P<what>.+)=(?P<number>[+-]\d+)$")


@dataclass(frozen=True)
class CrewChange:
    """number: crews more (or fewer, below 0). target: a category, or "YARD/TYPE"."""

    target: str
    number: int


def crew_change(text: str) -> CrewChange:
    """Raises WhatIfError where the text is not CATEGORY=+N or YARD/TYPE=+N."""
    found = ASK.match(text)
    if found is None or int(found["number"]) == 0:
        raise WhatIfError(
            f"--crews {text}: not a change of crews",
            remedy="write it as pothole=+2, or 'Landing Yard/patching=-1': a sign and a number of crews",
            asked=text,
        )
    return CrewChange(found["what"].strip(), int(found["number"]))


def with_crews(
    problem: Problem, change: CrewChange, requests: dict[str, Floats], locks: Sequence[Lock] = ()
) -> tuple[Problem, str]:
    """The problem with other crews, and what was done in words. requests: category -> (A,) expected over the plan.
    locks: those that will hold; crews that they need are not taken away.

    Raises WhatIfError naming the entry: unknown category, yard or type, work without crews, fewer crews than none or
    than locks need, more than can be played.
    """
    if "/" in change.target:
        yard, crew_type = (part.strip() for part in change.target.rsplit("/", 1))
        _known(change, "yard", yard, [y.name for y in problem.yards])
        _known(change, "crew type", crew_type, [t.name for t in problem.crew_types])
        added = {yard: change.number}
    else:
        crew_type = cheapest_type(problem, change)
        added = _spread(problem, change, crew_type, requests, locks)
    for name, number in added.items():
        problem = _based(problem, change, name, crew_type, number, locks)
    return problem, ", ".join(f"{n:+d} {crew_type} at {name}" for name, n in added.items() if n)


def cheapest_type(problem: Problem, change: CrewChange) -> str:
    """The city's type of least cost an hour (ties: the first) among those with the category's skill."""
    crewed = {w.category: w for w in problem.work if w.is_crewed}
    _known(change, "category that crews work on", change.target, list(crewed))
    able = [t for t in problem.crew_types if t.name in crewed[change.target].minutes]
    own = [t for t in able if t.contract is None]  # a contractor has no wage: its hours would look free
    if not own:
        raise WhatIfError(
            f"--crews {change.target}={change.number:+d}: contractors alone work on '{change.target}'",
            remedy=f"name whose crews: 'YARD/{able[0].name}={change.number:+d}'",
            asked=change.target,
        )
    return min(own, key=lambda t: t.cost_per_hour).name


def _spread(
    problem: Problem, change: CrewChange, crew_type: str, requests: dict[str, Floats], locks: Sequence[Lock]
) -> dict[str, int]:
    work = problem.work_on(change.target)
    yards = [y for y in problem.yards if any(_works(problem, y.name))]
    if change.number > MOST_CREWS * len(yards):
        raise _too_many(change)
    drive = np.array([[problem.travel.minutes_unknown if m is None else m for m in y.drive] for y in yards])
    nearest = drive.argmin(axis=0)
    load = [float(requests[change.target][nearest == i].sum()) for i in range(len(yards))]
    crews = [sum(max(e.crews) for e in problem.stationed if e.yard == y.name and e.crew_type in work.minutes)
             for y in yards]  # fmt: skip
    own = [sum(max(e.crews) for e in problem.stationed if (e.yard, e.crew_type) == (y.name, crew_type)) for y in yards]
    spare = [_spare(problem, y.name, crew_type, locks) for y in yards]
    added = [0] * len(yards)
    for _ in range(abs(change.number)):
        if change.number > 0:
            at = max(range(len(yards)), key=lambda i: load[i] / (crews[i] + added[i] + 1))
            added[at] += 1
            continue
        left = [i for i in range(len(yards)) if spare[i] + added[i] > 0]
        if not left:
            fewest = sum(_spare(problem, y.name, crew_type) for y in yards)
            raise _too_few(change, crew_type, (sum(own), fewest, sum(spare)), "all yards together have")
        added[min(left, key=lambda i: load[i] / (crews[i] + added[i]))] -= 1
    return {y.name: n for y, n in zip(yards, added, strict=True) if n}


def _spare(problem: Problem, yard: str, crew_type: str, locks: Sequence[Lock] = ()) -> int:
    """Crews of a type at a yard that are there, and that no lock needs, on every date on which a change holds."""
    there = next((e.crews for e in problem.stationed if (e.yard, e.crew_type) == (yard, crew_type)), None)
    if there is None:
        return 0
    own = [lock for lock in locks if (lock.yard, lock.crew_type) == (yard, crew_type)]
    needed = [sum(lock.low for lock in own if lock.date == day) for day in problem.dates]
    days = _days(problem, yard, crew_type, there)
    left = [crews - need for crews, need, is_day in zip(there, needed, days, strict=True) if is_day or need > 0]
    return max(min(left, default=0), 0)


def _based(
    problem: Problem, change: CrewChange, yard: str, crew_type: str, number: int, locks: Sequence[Lock]
) -> Problem:
    """So many crews more at a yard on every date it works, a contractor's on those on which they can be ordered."""
    there = next((e for e in problem.stationed if (e.yard, e.crew_type) == (yard, crew_type)), None)
    before = there.crews if there else (0,) * len(problem.dates)
    days = _days(problem, yard, crew_type, before)
    if _is_hired(problem, crew_type) and not any(days):
        raise WhatIfError(
            f"--crews {change.target}={change.number:+d}: '{crew_type}' at '{yard}' can be ordered on no planned day",
            remedy="look at its yard, notice_days and season in the city YAML",
            asked=change.target,
        )
    after = tuple(c + number if d else c for c, d in zip(before, days, strict=True))
    spare = _spare(problem, yard, crew_type, locks)
    if number < -spare:
        fewest = _spare(problem, yard, crew_type)
        raise _too_few(change, crew_type, (max(before), fewest, spare), f"'{yard}' has")
    if number > 0 and max(after) > MOST_CREWS:
        raise _too_many(change)
    entry = Stationed(yard=yard, crew_type=crew_type, crews=after)
    rest = [entry if e is there else e for e in problem.stationed]
    return problem.model_copy(update={"stationed": tuple(rest if there else [*rest, entry])})


def _days(problem: Problem, yard: str, crew_type: str, crews: Sequence[int]) -> list[bool]:
    """Dates on which a change holds: those the yard works, a contractor's those on which it has `crews` there that can
    be ordered or called off still."""
    if not _is_hired(problem, crew_type):
        return _works(problem, yard)
    firm = firm_dates(problem, crew_type)
    return [c > 0 and day not in firm for c, day in zip(crews, problem.dates, strict=True)]


def _is_hired(problem: Problem, crew_type: str) -> bool:
    return any(t.contract for t in problem.crew_types if t.name == crew_type)


def _works(problem: Problem, yard: str) -> list[bool]:
    """Whether the yard works any shift, a date."""
    staffed = next(y for y in problem.yards if y.name == yard).shifts
    return [any(d in s.dates for s in problem.shifts if s.name in staffed) for d in problem.dates]


def _known(change: CrewChange, kind: str, name: str, there: list[str]) -> None:
    if name not in there:
        raise WhatIfError(
            f"--crews {change.target}={change.number:+d}: there is no {kind} '{name}'",
            remedy=f"use one of: {', '.join(there)}" if there else "crews of this city work on no category",
            asked=change.target,
        )


def _too_few(change: CrewChange, crew_type: str, crews: tuple[int, int, int], where: str) -> WhatIfError:
    """crews: at most there on a day, there on every day, and of those needed by no lock."""
    there, fewest, spare = crews
    some_days = f", on the days of fewest crews only {fewest}" if fewest < there else ""
    locked = f", of which locks need {fewest - spare}" if spare < fewest else ""
    return WhatIfError(
        f"--crews {change.target}={change.number:+d}: {where} {there} crew{'' if there == 1 else 's'} of "
        f"'{crew_type}'{some_days}{locked}",
        remedy=f"take away at most {spare}{', or lift a lock' if locked else ''}",
        asked=change.target,
    )


def _too_many(change: CrewChange) -> WhatIfError:
    return WhatIfError(
        f"--crews {change.target}={change.number:+d}: more than {MOST_CREWS} crews of one type at one yard",
        remedy=f"ask for so many that no yard has more than {MOST_CREWS} of a type",
        asked=change.target,
    )
