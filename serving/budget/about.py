"""What must be said wherever a budget's figures are read: the city, the scenario, on what they are conditional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allocation.budget.service import in_time
from allocation.budget.study import Study
from allocation.unplayed import unplayed_in_budget
from allocation.waits import waits_told
from serving.budget.changed_money import help_words
from serving.budget.shares import judged_quarters, judged_words, whole_span
from serving.words import listing, long_day, percent


@dataclass(frozen=True)
class About:
    """From the long view's manifest and the city YAML. label: said on every page. view_id: the draws used."""

    budget_id: str
    title: str
    label: str
    is_simulated: bool
    is_invented: bool
    as_of: date
    scenario: str
    rule: str
    weather: str
    view_id: str
    modes: tuple[str, ...]
    attribution: tuple[str, ...] = ()
    recorded: tuple[tuple[str, float], ...] = ()
    """Category -> share of last year's requests that were closed in time, where the source says so."""

    @property
    def said(self) -> str:
        """Label, simulated, invented, in one line."""
        plain = self.label.casefold()
        parts = [
            self.label.rstrip("."),
            "simulated city" if self.is_simulated and "simulated" not in plain else "",
            "crews, wages and prices are invented too" if self.is_invented else "",
        ]
        return "; ".join(part for part in parts if part)


def conditions(about: About, study: Study) -> list[str]:
    """What "80 % certain" rests on, as sentences."""
    case = study.case
    assumed = [i for i in case.terms.inputs if i.basis == "assumed"]
    first, last = study.quarters[0], study.quarters[-1]
    return [
        *_calibration(about, study),
        f"Certainty is counted over {len(case.weight)} draws of demand and weather under the scenario "
        f"“{about.scenario}”: {about.rule}. It holds only if that scenario, the learnt trend and the figures on the "
        "first sheet hold; the ranked chart shows how far the answer moves when they do not.",
        f"{len(assumed)} of {len(case.terms.inputs)} figures are assumed, neither measured nor from an expert.",
        f"A job is in time if it is done by the end of the day on which it falls due. Shares of the jobs due count all "
        f"kinds of work over {whole_span(study)}, the days that the money is of. The target of "
        f"{percent(case.window.target)} must be met by each kind of work ({listing(_titles(study))})"
        f"{judged_words(study)}, so mixes are judged by the kind that does worst in each draw; the mean of that lies "
        "below every kind’s own.",
        f"The budget runs from {long_day(first.first)} to {long_day(last.last)}, {_judged(study)}",
        "The year is played as a fluid queue, crews pooled over the city, each on its yard’s longest shift. Storm "
        "readiness is paid as if each storm were seen on its eve, the same for every number of crews; the regular work "
        "that held crews leave is not counted. Absent crews are paid. Crews on snow duty are paid once: "
        "their hours are shown under the snow cost code and are part of the total, not beside it.",
        *waits_played(study),
        f"{len(study.tried)} mixes of crews were tried on regular hours and {len(study.helped)} with "
        f"{help_words(study)}; “fewest” and “cheapest” mean among these. Crews in post go where the target is met "
        "without them.",
        *filter(None, [unplayed_in_budget(case.pool.dense.problem, case.terms.in_plans)]),
    ]


def not_calibrated(about: About, study: Study) -> str:
    """What stands above the first figures where today's crews as played do not do what was recorded; else empty."""
    apart = [pair for pair in _then_and_now(about, study) if abs(pair[1] - pair[2]) > CLOSE]
    if not apart:
        return ""
    told = listing([f"{percent(now)} of {name} in time (last year {percent(then)})" for name, then, now in apart])
    return (
        f"Not calibrated: as played today’s crews do {told}. Trust differences between mixes more than these figures, "
        "and correct the inputs first."
    )


def waits_played(study: Study) -> list[str]:
    """The waits that the year is played with, and what of them is left out; empty where there are none."""
    told = waits_told(study.case.pool.dense.problem)
    left = (
        "The year is played with these waits, each day’s requests parted by their shares; what is open when it begins "
        "is taken to be ready."
    )
    return [f"{told} {left}"] if told else []


CLOSE = 0.05
"""Shares in time that differ by less are the same, as far as a year of draws can tell."""


def _calibration(about: About, study: Study) -> list[str]:
    """Today's crews as played against what was recorded last year, and whether the two agree."""
    pairs = _then_and_now(about, study)
    if not pairs:
        return ["What was closed in time in the past is not recorded, so the queue could not be held against it."]
    told = listing(
        [f"{percent(then)} of {name} in time last year, {percent(now)} as played" for name, then, now in pairs]
    )
    if all(abs(then - now) <= CLOSE for _, then, now in pairs):
        return [f"Today’s crews: {told}."]
    return [f"Not calibrated: {told}. The minutes, crews or rules of the YAML are not those that were worked by."]


def _then_and_now(about: About, study: Study) -> list[tuple[str, float, float]]:
    """Kind of work, its share in time as recorded last year, and as played with today's crews, where it is recorded."""
    case, known = study.case, dict(about.recorded)
    share = in_time(study.now.course.late, case.due, case.window.within) @ case.weight
    return [
        (w.title.lower(), known[w.category], float(s))
        for w, s in zip(case.pool.dense.work, share, strict=True)
        if w.category in known
    ]


def _titles(study: Study) -> list[str]:
    return [w.title.lower() for w in study.case.pool.dense.work]


def _judged(study: Study) -> str:
    names = judged_quarters(study)
    if len(names) == len(study.quarters):
        return "all of which crews hired now can change."
    return (
        f"but crews hired now are in post only for {names[0]} on; mixes are compared on "
        f"{'that quarter' if len(names) == 1 else 'these ' + str(len(names)) + ' quarters'}."
    )
