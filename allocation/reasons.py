"""Reasons in plain words, with the numbers they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from allocation.problem import WorkRule
from domain.category import ReadinessLevel


def roster_reason(
    *,
    crews: int,
    crew_type: str,
    available: int,
    open_jobs: dict[str, float],
    late_jobs: dict[str, float],
    to_come: dict[str, float],
    until: date,
    is_first: bool,
    snow_share: float,
    overtime_hours: float,
    held: int,
    stopped: Mapping[str, float] = MappingProxyType({}),
    waiting: Mapping[str, float] = MappingProxyType({}),
) -> str:
    """Why a yard sends so many crews in a shift. Jobs by category, within the yard's reach.

    waiting: of the open jobs those that crews cannot begin on that day.
    stopped: category -> share of the possible weathers in which it cannot be worked that day.
    """
    parts = [_who(crews, crew_type, available, held)]
    parts += [
        _work(
            name, open_jobs[name], late_jobs[name], to_come[name], until, "within reach", is_first,
            waiting.get(name, 0.0),
        )
        for name in open_jobs
    ]  # fmt: skip
    if overtime_hours > 0:
        parts.append(f"{overtime_hours:.1f} h overtime, as lateness would cost more")
    if snow_share >= 0.005:
        parts.append(f"away on snow duty in {100 * snow_share:.0f} % of the possible weathers")
    parts += [
        f"weather stops {name} work in {100 * share:.0f} % of the possible weathers"
        for name, share in stopped.items()
        if share >= 0.005
    ]
    return "; ".join(parts)


def _who(crews: int, crew_type: str, available: int, held: int) -> str:
    """Who works, who is held ready, and where the rest are."""
    if crews and held:
        return f"{_crews(crews, crew_type)} on regular work, {held} more held ready"
    if crews:
        return _crews(crews, crew_type)
    if held:
        return f"{_crews(held, crew_type)} held ready, working on events as they come"
    if available == 0:
        return f"no {crew_type} crew available"
    return f"no crew on this shift: {_crews(available, crew_type)} of the yard on another shift or held ready"


def _crews(count: int, crew_type: str) -> str:
    return f"{count} {crew_type} {'crew' if count == 1 else 'crews'}"


def dispatch_reason(
    *,
    category: str,
    area: str,
    backlog: float,
    late_now: float,
    to_come: float,
    until: date,
    served: float,
    late: float,
    late_in_all: float,
    waiting: float = 0.0,
) -> str:
    """Why a crew goes to an area, or is not sent where work is left. late: the row's own share of what is late there
    at the end of the day, which the rows that serve a place divide between them; late_in_all: all of it."""
    where = "within reach" if area == "*" else "here"
    work = _work(category, backlog, late_now, to_come, until, where, is_first=True, waiting=waiting)
    share = f"its share of the {_n(late_in_all)} late {where} by that evening: {_n(late)}"
    told = f"{_n(late)} late by that evening" if _n(late) == _n(late_in_all) else share
    return f"{work}; {_n(served)} done on this shift, {told}"


def _work(
    category: str, jobs: float, late: float, to_come: float, until: date, where: str, is_first: bool, waiting: float
) -> str:
    """Jobs that are open and jobs to come: "18 pothole jobs open here now, of which 4 cannot be begun yet, 15 past due,
    and 0.6 more by Monday evening"."""
    when = "now" if is_first else "by then"
    told = f"{_n(jobs)} {category} {'job' if _n(jobs) == '1' else 'jobs'} open {where} {when}"
    inside = [_not_yet(jobs, waiting)] if _n(waiting) != "0" else []
    inside += [f"{_n(late)} past due"] if _n(late) != "0" else []
    told = ", ".join([told, *inside])
    if _n(to_come) == "0":
        return told
    return f"{told}{',' if inside else ''} and {_n(to_come)} more expected by {until:%A} evening"


def _not_yet(jobs: float, waiting: float) -> str:
    return (
        "none of which can be begun yet" if _n(waiting) == _n(jobs) else f"of which {_n(waiting)} cannot be begun yet"
    )


def readiness_reason(
    *,
    work: WorkRule,
    expected: float,
    everyday: float,
    level: ReadinessLevel,
    saving: float,
    wished: ReadinessLevel,
    rain_mm: float | None,
    snow_mm: float | None,
    currency: str,
    left_undone: float = 0.0,
    on_duty: float = 0.0,
    rules: tuple[str, ...] = (),
) -> str:
    """Why a district stands at this level, with the expected weather where it is known. left_undone: money of other
    work that its crews leave. on_duty: share of them that snow duty is expected to take. rules: that let the yard hold
    no more."""
    weather = []
    if rain_mm is not None:
        weather.append(f"{rain_mm:.1f} mm of rain expected")
    if snow_mm is not None and snow_mm >= 0.5:
        weather.append(f"{snow_mm:.0f} mm of snow expected")
    told = ", ".join([*weather, f"{_n(expected)} {work.noun} expected; up to {_n(everyday)} a day are regular work"])
    beside = f" and {left_undone:,.0f} of other work left undone" if left_undone >= 0.5 else ""
    if level.crews == 0:
        reason = f"{told}: holding crews would cost more than it saves"
    else:
        reason = f"{told}: {level.name} saves {saving:,.0f} {currency} of missed requests after its own cost{beside}"
        reason += f", counting on {1 - on_duty:.0%} of its crews not to be on snow duty" if on_duty >= 0.005 else ""
    if wished.crews > level.crews:
        why = "the nearest yard has too few crews left"
        if rules:
            why = f"{' and '.join(rules)} {'lets' if len(rules) == 1 else 'let'} the nearest yard hold too few crews"
        reason = f"{told}: {wished.name} would pay, but {why}"
        reason += f", so {level.name} with {level.crews}" if level.crews else ", so none are held"
    return reason


def _n(value: float) -> str:
    """A count for the eye: whole from 10 on, else one digit, without a trailing .0."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")
