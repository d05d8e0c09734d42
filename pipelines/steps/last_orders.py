"""What contractors were ordered for by the vintage before a plan: their notice is over, so they come."""

from __future__ import annotations

from pydantic import ValidationError

from allocation.orders import with_orders
from allocation.problem import Order, Problem
from domain.errors import VintageBrokenError
from storage.vintages import Vintage


def with_last_orders(problem: Problem, last: Vintage | None) -> Problem:
    """The problem with its contractors' running orders. last: the vintage before it, None where there is none."""
    if last is None or all(t.contract is None for t in problem.crew_types):
        return problem
    earlier: tuple[Order, ...]
    try:
        earlier = Problem.model_validate_json(last.bytes("problem.json")).orders
    except (ValidationError, VintageBrokenError):
        earlier = ()  # of a release that wrote it otherwise: its roster still tells
    return with_orders(problem, last.frame("roster"), earlier)
