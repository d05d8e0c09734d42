"""Days far out of line that a holiday or an event brings every year: no rows keyed in, and told as what they are.

They stay unlearnt all the same: forecasts know that a day is a holiday, not which, so the fireworks of one would be
shared out over all of them, and stand in the levels of the weeks after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from models.history.ordinary import Days
from models.history.record import Finding

AS_FAR = 1 / 3
"""Of how far out of line the day is, from which that of another year is its like. An import on one New Year is not."""
STANDS_OUT = 2.5
"""Times the usual that the day of another year must have in any case: a backlog keyed in late is no habit."""
BESIDE = (0, -1, 1)
"""Days from a holiday that may hold its requests: the day itself, its eve, the day after."""


def told_by_name(finding: Finding, days: Days, named: Mapping[date, str]) -> Finding:
    """A finding as it is, or as a yearly peak where its days of other years were far out of line, too.

    named: local days with a name, holidays and events.
    """
    of_day = {day.date(): at for at, day in enumerate(days.dates)}
    least = max(AS_FAR * finding.size, STANDS_OUT)
    for name, other in _same_day(finding, named):
        at = of_day.get(other)
        if at is not None and days.requests[at] >= least * max(days.ordinary[at], 1.0):
            years = f"{days.requests[at]:,} came on the same day of {other.year}"
            words = (
                f"{finding.words.partition(' a day')[0]} a day, {finding.size:,.0f} times the usual, at {name}: {years}"
            )
            end = "not learnt from, so forecasts do not expect it again"
            return replace(finding, kind="yearly peak", words=f"{words}; {end}")
    return finding


def _same_day(finding: Finding, named: Mapping[date, str]) -> Iterator[tuple[str, date]]:
    """(name, day) of other years that lie by a named day as the finding's days lie by it, the newest first."""
    span = [finding.first + timedelta(days=k) for k in range((finding.last - finding.first).days + 1)]
    by_name = sorted(named.items(), reverse=True)
    for offset in BESIDE:
        for day in span:
            name = named.get(day - timedelta(days=offset))
            for other, its_name in by_name if name is not None else ():
                if its_name == name and other.year != (day - timedelta(days=offset)).year:
                    yield its_name, other + timedelta(days=offset)
