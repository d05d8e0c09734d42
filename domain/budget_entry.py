"""What a budget says of itself, kept beside its workbook so that readers can list budgets and show them."""

from __future__ import annotations

from datetime import date

from domain.category import Strict


class BudgetEntry(Strict):
    """scenario: the weather assumed; rule: what it means, in words. help: what crews may call on beside their regular
    hours. target: share of each kind of work done in time. quarters: names of the fiscal quarters; judged: of these,
    the ones mixes are compared on; first, last: their days.
    is_met: a mix tried meets the target with 80 % certainty. can_be_met: False where no number of crews could;
    most_in_time: mean share in time, of the kind of work that does worst, with any number of crews.
    not_calibrated: what stands above all figures where today's crews as played do not do what was recorded, else empty.
    share_card: title, value and meaning of what today's crews do in time; mix_card: the same of the mix to look at
    first; None where an earlier release did not say. answers, conditions: as the first sheet says them.
    """

    budget_id: str
    as_of: date
    scenario: str
    rule: str
    weather: str
    label: str
    modes: tuple[str, ...]
    currency: str
    help: str = "overtime and contractors"
    target: float
    quarters: tuple[str, ...]
    judged: tuple[str, ...]
    first: date
    last: date
    is_met: bool
    can_be_met: bool = True
    most_in_time: float = 1.0
    not_calibrated: str = ""
    share_card: tuple[str, str, str] | None = None
    mix_card: tuple[str, str, str] | None = None
    answers: tuple[str, ...]
    conditions: tuple[str, ...]
