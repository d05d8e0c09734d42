"""Reasons in plain words, with the numbers they rest on."""

from __future__ import annotations

from datetime import date

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
) -> str:
    """Why a yard sends so many crews in a shift. Jobs by category, within the yard's reach."""
    who = f"{crews} {crew_type} {'crew' if crews == 1 else 'crews'}"
    parts = [
        f"{_n(open_jobs[name])} open {name} jobs {'' if is_first else 'expected '}within reach"
        f", {_n(late_jobs[name])} past due; +{_n(to_come[name])} expected by {until:%A}"
        for name in open_jobs
    ]
    reason = f"{who}: " + ("; ".join(parts) if parts else "no work of this crew type's skills")
    if crews == 0 and available == 0:
        reason += "; none available"
    elif crews == 0:
        reason += f"; the yard's {available} {'is' if available == 1 else 'are'} on another shift or held ready"
    if held:
        reason += f"; {held} more held ready for events"
    if overtime_hours > 0:
        reason += f"; {overtime_hours:.1f} h overtime, as lateness would cost more"
    if snow_share >= 0.005:
        reason += f"; in {snow_share:.0%} of the weather paths they leave for snow duty"
    return reason


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
) -> str:
    """Why a crew goes to an area, or is not sent where work is left."""
    where = "within reach" if area == "*" else f"in {area}"
    return (
        f"{_n(backlog)} open {category} jobs {where} now, {_n(late_now)} past due; "
        f"+{_n(to_come)} expected by {until:%A}; {_n(served)} served here, {_n(late)} late that evening"
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
) -> str:
    """Why a district stands at this level, with the expected weather where it is known."""
    weather = []
    if rain_mm is not None:
        weather.append(f"{rain_mm:.1f} mm of rain expected")
    if snow_mm is not None and snow_mm >= 0.5:
        weather.append(f"{snow_mm:.0f} mm of snow expected")
    told = ", ".join([*weather, f"{_n(expected)} {work.noun} expected against {_n(everyday)} on an ordinary day"])
    if level.crews == 0:
        reason = f"{told}: holding crews would cost more than it saves"
    else:
        reason = f"{told}: {level.name} saves {saving:,.0f} {currency} of missed requests after its own cost"
    if wished.crews > level.crews:
        reason = f"{told}: {wished.name} would pay, but the nearest yard has too few crews left"
        reason += f", so {level.name} with {level.crews}" if level.crews else ", so none are held"
    return reason


def _n(value: float) -> str:
    """A count for the eye: whole from 10 on, else one digit, without a trailing .0."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")
