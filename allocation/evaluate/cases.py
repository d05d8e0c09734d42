"""Every replay that runs side by side: a load, a policy and a way of dispatch; one week of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from allocation.evaluate.catalogue import OURS
from allocation.evaluate.evenings import Beliefs, Evenings, believed_by
from allocation.evaluate.facts import Ahead, Loaded
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.policy import Belief, Believed, Committed, History, Policy, View
from allocation.evaluate.promises import kept_or_not, promised
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.waiting import with_open
from allocation.evaluate.week import Dispatch, Played, Rules, play

STAYING = ("flat", "supervisor", OURS)
"""Policies that are replayed without the morning's move too, so that roster and dispatch gains can be told apart."""


@dataclass(frozen=True)
class Case:
    """policy: its name. key: what it is called in files."""

    load: float
    policy: str
    dispatch: Dispatch

    @property
    def key(self) -> str:
        return f"{self.load:g} {self.policy} {self.dispatch}"


@dataclass(frozen=True)
class Standing:
    """Where a case stands in the evening: its open jobs and the roster in force, None before the first."""

    open_jobs: Jobs
    committed: Committed | None


@dataclass(frozen=True)
class Week:
    """One case's week. row: of policies.parquet. promises: see `allocation.evaluate.promises`, of our plan alone."""

    standing: Standing
    row: dict[str, object]
    promises: pd.DataFrame


def cases(policies: Sequence[Policy], loads: Sequence[float]) -> list[Case]:
    """All policies with crews moved in the morning, and those of STAYING without."""
    moved = [Case(load, p.name, "moved") for load in loads for p in policies]
    return [*moved, *(Case(load, p.name, "stay") for load in loads for p in policies if p.name in STAYING)]


def replay_week(
    case: Case,
    policy: Policy,
    loaded: Loaded,
    standing: Standing,
    origin: date,
    history: History,
    ahead: Mapping[Belief, Ahead],
    settings: ReplaySettings,
    evenings: Mapping[date, Beliefs] | None = None,
) -> Week:
    """Make the case's roster at `origin` and play it until the next one. evenings: what is believed on the eve of the
    days whose readiness is thought over."""
    first, days = origin + timedelta(days=1), settings.every_days
    view = _view(policy, loaded, standing, first, history, ahead, settings)
    committed = policy.roster(view)
    rules = Rules(case.dispatch, settings.rain_call_in_mm if policy.calls_in_by_rain else None)
    again = Evenings(policy.needs, evenings or {}, settings.commit_days)
    played = play(loaded, committed, standing.open_jobs, days, rules, standing.committed, again)
    promises = pd.DataFrame()
    if case.policy == OURS and case.dispatch == "moved" and view.believed is not None:
        promises = _promises(view, committed, view.believed, played)
        promises = promises.assign(load=case.load)  # as asked for: the one reached differs by rounding
    row = {"load": case.load, "policy": case.policy, "dispatch": case.dispatch, "week": origin, **summed(played)}
    row["spare_minutes_a_day"] = loaded.spare_minutes(first, settings.commit_days)
    return Week(Standing(played[-1].done.open, committed), row, promises)


def _view(
    policy: Policy,
    loaded: Loaded,
    standing: Standing,
    first: date,
    history: History,
    ahead: Mapping[Belief, Ahead],
    settings: ReplaySettings,
) -> View:
    dense = loaded.windows.dense(first, settings.commit_days, loaded.stations)
    opening, open_too = with_open(dense, standing.open_jobs, first.toordinal())
    return View(
        windows=loaded.windows,
        first=first,
        days=settings.commit_days,
        stations=loaded.stations,
        opening=opening,
        history=history,
        believed=believed_by(policy.needs, loaded, first, ahead, settings.commit_days),
        everyday=loaded.everyday,
        crews_change_yard=settings.crews_change_yard,
        seed=settings.seed,
        waiting=open_too.ready.waiting if open_too.ready else None,
    )


def summed(played: Sequence[Played]) -> dict[str, object]:
    """A week's account, its worst area, and changed assignments a day."""
    total = played[0].account
    for one in played[1:]:
        total = total.plus(one.account)
    by_area = np.sum([p.late_by_area for p in played], axis=0)
    return {
        **total.row(),
        "worst_area_late_days": float(by_area.max(initial=0.0)),
        "changed_a_day": total.changed / total.days,
    }


def _promises(view: View, committed: Committed, believed: Believed, played: Sequence[Played]) -> pd.DataFrame:
    dense = view.placed(committed.stations)
    said = promised(dense, committed, view.opening, believed, len(played))
    happened = kept_or_not(dense, list(played))
    return said.merge(happened, on=["category", "district", "due"], how="inner")


def closed_rows(loaded: Loaded, weeks: Iterator[list[Played]], last: date) -> pd.DataFrame:
    """Replayed requests as `allocation.evaluate.closing` reads them; those open at the end are censored there."""
    names = [w.category for w in loaded.windows.problem.work if w.is_crewed]
    parts, played = [], None
    for played in (one for week in weeks for one in week):
        parts.append(_closed(played.done.served, played.day, False, loaded.each, names))
    if played is not None:
        parts.append(_closed(played.done.open, last, True, loaded.each, names))
    return pd.concat(parts, ignore_index=True)


def _closed(jobs: Jobs, day: date, is_censored: bool, each: np.ndarray, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "category": np.array(names, dtype=object)[jobs.category],
            "filed": jobs.filed,
            "due": jobs.due.astype(float),
            "closed": np.full(len(jobs), day.toordinal()),
            "is_censored": np.full(len(jobs), is_censored),
            "weight": jobs.jobs / each[jobs.category],
        }
    )
