"""What crews worked in the week before a plan, from the vintages: rest and the longest week look back at it."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import ValidationError

from allocation.problem import Problem
from allocation.worked_before import WEEK, looks_back, with_worked_before
from domain.errors import VintageBrokenError
from storage.home import CityFolder
from storage.previous import previous_vintage


def with_last_week(problem: Problem, folder: CityFolder, as_of: date) -> Problem:
    """The problem with what crews worked in the week before it, where a rule looks back: of the newest vintage that
    plans any of these days, which need not reach the first planned one."""
    if not looks_back(problem):
        return problem
    last = previous_vintage(folder, as_of, problem.dates[0] - timedelta(days=WEEK))
    if last is None:
        return problem
    try:
        earlier = Problem.model_validate_json(last.bytes("problem.json")).worked_before
    except (ValidationError, VintageBrokenError):
        earlier = ()  # of a release that wrote it otherwise: its roster still tells
    return with_worked_before(problem, last.frame("roster"), earlier)
