"""The figures of a problem that nobody measured, and the problem as it would be with one of them changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from allocation.absence import with_absence
from allocation.problem import Problem, WorkRule
from domain.category import Basis, Figure

UNSURE: tuple[Basis, ...] = ("assumed", "expert")


@dataclass(frozen=True)
class Doubt:
    """A figure that is assumed or an expert's. of: the category, weather rule or contractor it belongs to.

    with_value: the problem with the figure at another value, all else as it is.
    """

    of: str
    figure: str
    given: Figure
    with_value: Callable[[float], Problem]
    most: float = float("inf")

    def times(self, factor: float) -> tuple[float, Problem]:
        """The figure's value × factor (at most what it may be), and the problem with it."""
        value = min(self.given.value * factor, self.most)
        return value, self.with_value(value)


def doubts(problem: Problem) -> list[Doubt]:
    """Every figure marked assumed or expert on which crewed work rests, none that is 0: service minutes, conversion,
    waits, readiness, weather rules, absence and contracts."""
    found = [d for work in problem.work if work.is_crewed for d in _of_work(problem, work)]
    found += [*_of_rules(problem), *_of_contracts(problem)]
    return [d for d in found if d.given.basis in UNSURE and d.given.value != 0]


def _of_work(problem: Problem, work: WorkRule) -> Iterator[Doubt]:
    def replaced(other: WorkRule) -> Problem:
        every = tuple(other if w.category == work.category else w for w in problem.work)
        return problem.model_copy(update={"work": every})

    def minutes(value: float) -> Problem:
        factor = value / work.service_minutes.value  # minutes of every crew type go with the category's
        each = {name: m * factor for name, m in work.minutes.items()}
        figure = work.service_minutes.model_copy(update={"value": value})
        return replaced(work.model_copy(update={"service_minutes": figure, "minutes": each}))

    def conversion(name: str, figure: Figure) -> Callable[[float], Problem]:
        def with_value(value: float) -> Problem:
            new = {name: figure.model_copy(update={"value": value})}
            return replaced(work.model_copy(update={"conversion": work.conversion.model_copy(update=new)}))

        return with_value

    yield Doubt(work.category, "service_minutes", work.service_minutes, minutes)
    for name in type(work.conversion).model_fields:
        figure: Figure = getattr(work.conversion, name)
        most = 1.0 if name == "job_share" else float("inf")
        yield Doubt(work.category, name, figure, conversion(name, figure), most)
    if (waits := work.waits) is not None:
        mean = Figure(value=waits.mean_days, basis=waits.basis)
        yield Doubt(
            work.category,
            "waits",
            mean,
            lambda v: replaced(work.model_copy(update={"waits": waits.times(v / mean.value)})),
        )
    if (event := work.event) is not None:
        held = event.requests_per_crew_day

        def readiness(value: float) -> Problem:
            figure = held.model_copy(update={"value": value})
            other = event.model_copy(update={"requests_per_crew_day": figure})
            return replaced(work.model_copy(update={"event": other}))

        yield Doubt(work.category, "requests_per_crew_day", held, readiness)


def _of_rules(problem: Problem) -> Iterator[Doubt]:
    def slowed(at: int, figure: Figure) -> Callable[[float], Problem]:
        def with_value(value: float) -> Problem:
            new = problem.weather_rules[at].model_copy(
                update={"minutes_factor": figure.model_copy(update={"value": value})}
            )
            rules = (*problem.weather_rules[:at], new, *problem.weather_rules[at + 1 :])
            return problem.model_copy(update={"weather_rules": rules})

        return with_value

    for i, rule in enumerate(problem.weather_rules):
        if rule.minutes_factor is not None:
            yield Doubt(rule.name, "minutes_factor", rule.minutes_factor, slowed(i, rule.minutes_factor))
    if (absence := problem.rules.absence) is not None:

        def absent(value: float) -> Problem:
            return with_absence(problem, value, absence.mean.basis)

        yield Doubt("absence", "mean", absence.mean, absent, most=0.95)


def _of_contracts(problem: Problem) -> Iterator[Doubt]:
    def signed(at: int, name: str, figure: Figure) -> Callable[[float], Problem]:
        def with_value(value: float) -> Problem:
            old = problem.crew_types[at]
            assert old.contract is not None
            terms = old.contract.model_copy(update={name: figure.model_copy(update={"value": value})})
            types = list(problem.crew_types)
            types[at] = old.model_copy(update={"contract": terms})
            return problem.model_copy(update={"crew_types": tuple(types)})

        return with_value

    for i, crew_type in enumerate(problem.crew_types):
        for name in ("jobs_per_shift", "tonnes_per_job"):
            figure = getattr(crew_type.contract, name, None)
            if figure is not None:
                yield Doubt(crew_type.name, name, figure, signed(i, name, figure))
