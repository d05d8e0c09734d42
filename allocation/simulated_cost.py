"""Money that a simulated roster comes to, draw by draw, and the price of a rule where the draws can tell it."""

from __future__ import annotations

import numpy as np

from allocation.dense import Dense
from allocation.dispatch import Outcome
from allocation.roster_cost import contract_money, overtime_money
from allocation.solve import Roster
from allocation.value import standard_error
from domain.panel import Floats

ERRORS = 2.0
"""Standard errors below which a price cannot be told from nothing, as for what an assignment buys."""


def money_by_draw(d: Dense, roster: Roster, outcome: Outcome) -> Floats:
    """Late days as simulated, those charged beyond the plan included (see `allocation.dispatch.tally`), overtime and
    contractors, (S,); no area weighed under a fairness rule."""
    at_end = np.ascontiguousarray(outcome.late[:, :, -1])
    late: Floats = outcome.cost + d.closing_days * np.einsum("j,jas->s", d.late_cost, at_end)
    return late + overtime_money(d, roster.overtime_hours) + contract_money(d, roster.crews)


def price_words(more: Floats, weight: Floats, currency: str) -> str:
    """What a rule costs: `more` money on each draw (S,), the same draws with and without it."""
    mean, error = float(more @ weight), float(standard_error(more, weight))
    what = "simulated late days, overtime and contractors"
    if mean < 0.5 or mean < ERRORS * error:
        told = f" (two standard errors: {ERRORS * error:,.0f} {currency})" if ERRORS * error >= 0.5 else ""
        return f"cost nothing that can be measured in {what}{told}"
    return f"cost {mean:,.0f} ± {error:,.0f} {currency} of {what}"
