"""The fiscal year under way: what was adopted and spent, what the rest of the year will cost, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from allocation.budget.fiscal import next_year, year_name
from allocation.budget.search import Case, Tried
from allocation.budget.service import mean, quantiles


@dataclass(frozen=True)
class Spending:
    """Money of one fiscal year. to_go: from the day after `through` to the year's end, mean and 80 % band."""

    year: str
    through: date
    last: date
    adopted: float
    spent: float
    to_go: float
    to_go_low: float
    to_go_high: float
    ahead: tuple[int, ...]
    """Periods of the rest of the year that the draws cover."""
    counted_days: int
    """Days of these; the others cost the same a day."""

    @property
    def stretch(self) -> float:
        """Days of the rest of the year for each day counted."""
        return (self.last - self.through).days / self.counted_days

    @property
    def left(self) -> float:
        """Adopted less spent: what may still be spent."""
        return self.adopted - self.spent

    @property
    def over(self) -> float:
        """What is left at the year's end with today's crews; below 0 it does not last."""
        return self.left - self.to_go


def spending(case: Case, now: Tried) -> Spending | None:
    """None where the YAML says nothing of money spent, or the year ended before the days ahead begin."""
    section = case.terms.section
    spent = section.spent
    if spent is None:
        return None
    last = next_year(spent.through, section.fiscal_year_start) - timedelta(days=1)
    ahead = tuple(i for i, p in enumerate(case.pool.periods) if p.last <= last)
    days = sum(case.pool.periods[i].days for i in ahead)
    if not days:
        return None
    money = now.costs.total[list(ahead)].sum(axis=0) * ((last - spent.through).days / days)
    low, high = quantiles(money, case.weight, (0.1, 0.9))
    return Spending(
        year_name(spent.through, section.fiscal_year_start), spent.through, last, spent.adopted.value,
        spent.amount.value, mean(money, case.weight), low, high, ahead, days,
    )  # fmt: skip
