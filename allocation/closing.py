"""What a plan is charged for work that is late or open when its last date ends.

A job late then is charged the days until overdue work is gone. While it shrinks, jobs that fall due take the place of
those that are done, so what is open but not yet due adds nothing of its own. Where regular crews never catch up, each
job done before it is due leaves one overdue job less for as long as anybody looks: it is credited those days.
"""

from __future__ import annotations

from dataclasses import dataclass

CLOSING_DAYS = 5.0
"""Days charged for what is late at a plan's end, where nothing is known of the load after it."""
MOST_DAYS = 28.0
"""Nobody knows the load four weeks after a plan."""


@dataclass(frozen=True)
class Closing:
    """late: days charged for each job late at the end. ahead: by category (J,), days credited for each job done that
    would be open and not yet due then; empty where regular crews catch up."""

    late: float = CLOSING_DAYS
    ahead: tuple[float, ...] = ()


UNKNOWN = Closing()
