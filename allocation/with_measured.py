"""A problem that rests on measured figures where there are any."""

from __future__ import annotations

from collections.abc import Sequence, Set

from allocation.absence import stated_absence, with_absence
from allocation.problem import Problem, WorkRule
from allocation.sensitivity import CHANGES
from domain.category import Figure
from domain.measured import MeasuredFigure


def with_measured(problem: Problem, figures: Sequence[MeasuredFigure]) -> Problem:
    """`problem` with each measured figure in the place of the stated one, and all of them listed in `measured`.

    minutes: of their crew type; the category's service_minutes become the mean over measured types of the city's own,
    weighted by jobs, and no longer count as stated where most of these jobs are `told_closely`. What a contractor's
    crews need says nothing of them.
    conversion: told as jobs a request alone, so it is written as requests_per_job beside the stated shares; what a
    late request costs stays as it is. attainment: what is missing to 1 is the absence on the days filed; the stated
    one changes by as much, so that seasons stay what they are.
    """
    if not figures:
        return problem
    own = {t.name for t in problem.crew_types if t.contract is None}
    work = tuple(_work(work, [f for f in figures if f.category == work.category], own) for work in problem.work)
    problem = problem.model_copy(update={"work": work, "measured": tuple(figures)})
    attained = next((f for f in figures if f.name == "attainment"), None)
    return problem if attained is None else with_absence(problem, _absence(problem, attained), "measured")


def told_closely(figure: MeasuredFigure) -> bool:
    """Whether a figure's 90 % range lies within the changes at which unmeasured figures are doubted."""
    low, high = (figure.value * (1 + change) for change in CHANGES)
    return low <= figure.low and figure.high <= high


def _absence(problem: Problem, attained: MeasuredFigure) -> float:
    """The stated absence as what was attained says it should be."""
    found, expected, rule = 1 - attained.value, 1 - attained.stated, problem.rules.absence
    is_seasonal = rule is not None and rule.seasons and expected > 0
    share = stated_absence(problem).value * found / expected if is_seasonal else found
    return round(min(max(share, 0.0), 1.0), 6)


def _work(work: WorkRule, figures: Sequence[MeasuredFigure], own: Set[str]) -> WorkRule:
    minutes = [f for f in figures if f.name == "minutes" and f.crew_type in work.minutes]
    update: dict[str, object] = {}
    if minutes:
        update["minutes"] = work.minutes | {f.crew_type: f.value for f in minutes}
    if ours := [f for f in minutes if f.crew_type in own]:
        counted = sum(f.counted for f in ours)
        mean = sum(f.value * f.counted for f in ours) / counted if counted else ours[0].value
        close = sum(f.counted for f in ours if told_closely(f))
        basis = "measured" if close >= counted / 2 else work.service_minutes.basis
        update["service_minutes"] = Figure(value=round(mean, 4), basis=basis)
    for figure in figures:
        if figure.name == "conversion" and figure.value > 0:
            each = work.conversion.job_share.value * (1 + work.conversion.self_found_share.value) / figure.value
            per_job = Figure(value=round(each, 6), basis="measured")
            update["conversion"] = work.conversion.model_copy(update={"requests_per_job": per_job})
    return work.model_copy(update=update)
