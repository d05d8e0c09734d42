"""Work that nobody can do on any planned date, and why: a plan without it would be published as if it were normal."""

from __future__ import annotations

from allocation.absence import absence_on
from allocation.problem import Problem, WorkRule
from domain.errors import ConfigError


def uncrewed(problem: Problem) -> dict[str, str]:
    """Category -> why no crew can work on it on any of the problem's dates, for those of ours of which that is so."""
    why = {work.category: _why(problem, work) for work in problem.work if work.is_crewed}
    return {category: reason for category, reason in why.items() if reason}


def check_work_has_crews(problem: Problem) -> None:
    """A city asks for no plan of work that nobody is there to do on any date of a year, shifts and seasons told by
    `problem`. A what-if may take the last crew away. Raises ConfigError."""
    for category, why in uncrewed(problem).items():
        skill = problem.work_on(category).skill
        raise ConfigError(
            f"category '{category}' needs crews with the skill '{skill}', and {why}",
            remedy="base a crew with that skill, or a contractor's, at a yard that works a shift, correct the season, "
            "equipment or absence that takes them all away, or name the category's owner",
            category=category,
            skill=skill,
        )


def _why(problem: Problem, work: WorkRule) -> str:
    there = {e.crew_type for e in problem.stationed if e.crew_type in work.minutes and any(e.crews)}
    if not there:
        return "no yard has any on a day that is worked"
    missing = {t: m.name for m in problem.rules.equipment if m.number == 0 for t in m.crew_types}
    if there <= set(missing):
        return f"of the equipment '{missing[min(there)]}', which they need, there is none"
    hired = {t.name for t in problem.crew_types if t.contract is not None}
    if not (there - set(missing)) & hired and (absence_on(problem, problem.dates) >= 1).all():
        return "all of them stay away"
    return ""
