"""The share of a day's requests known after some days, learnt from arrivals that the present cuts off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.city import CityPlan
from storage.delays import observed_delays
from storage.findings import findings
from storage.home import CityFolder
from storage.known import read_known
from storage.reporting import LEAST_DAYS, hazards, known_after, reported_share
from storage.snapshots import Incoming, commit

TRUE = np.array([0.6, 0.8, 0.9, 1.0])
"""Share known after 0, 1, 2 and 3 days."""
END = date(2024, 3, 31)
DATES = pd.date_range("2023-12-01", END, unit="us")


def delays(days: int, each: float, *, category: str = "pothole", cut: bool = True) -> pd.DataFrame:
    """Arrivals on the last `days` days, each request delayed by TRUE; those after END are not there."""
    rng = generator(days, "arrivals", category)
    part = np.diff(TRUE, prepend=0.0)
    rows = []
    for age in range(days):
        counts = rng.multinomial(rng.poisson(each), part)
        day = pd.Timestamp(END - timedelta(days=age))
        rows += [(category, day, k, n) for k, n in enumerate(counts) if n and (k <= age or not cut)]
    return pd.DataFrame(rows, columns=["category", "day", "delay", "count"])


def test_the_share_is_found_although_the_present_cuts_arrivals_off() -> None:
    share = reported_share(delays(60, 50), ("pothole",), DATES, END)
    assert share is not None
    assert share.shape == (1, len(DATES))
    assert share[0, -4:][::-1] == pytest.approx(TRUE, abs=0.04)
    assert (share[0, :-60] == 1).all()


def test_a_present_that_lies_after_the_origin_has_seen_more() -> None:
    share = reported_share(delays(60, 50), ("pothole",), DATES[:-1], END)
    assert share is not None
    assert share[0, -1] == pytest.approx(TRUE[1], abs=0.04)


@pytest.mark.parametrize(("days", "each"), [(LEAST_DAYS - 1, 100.0), (40, 2.0)])
def test_few_days_or_few_requests_teach_nothing(days: int, each: float) -> None:
    assert reported_share(delays(days, each), ("pothole",), DATES, END) is None


def test_rows_that_come_at_once_need_no_correction() -> None:
    rows = delays(60, 50).assign(delay=0)
    assert reported_share(rows, ("pothole",), DATES, END) is None


def test_a_rare_category_borrows_the_delays_of_the_others() -> None:
    both = pd.concat([delays(60, 80), delays(60, 0.1, category="noise")])
    share = reported_share(both, ("pothole", "noise"), DATES, END)
    assert share is not None
    assert share[1, -1] == pytest.approx(share[0, -1], abs=0.05)


def test_hazards_multiply_to_the_share_known() -> None:
    triangle = np.tile(np.diff(TRUE, prepend=0.0) * 100, (30, 1))
    age = np.full(30, 99.0)
    assert known_after(hazards(triangle, age)) == pytest.approx(TRUE)


def _synced(folder: CityFolder, plan: CityPlan, build_rows: Callable[..., pd.DataFrame],
            build_incoming: Callable[..., Incoming], *, late: float) -> date:  # fmt: skip
    """A load of three months, then one every morning for six weeks; a share of the rows comes three days late.

    Returns the last day.
    """
    first, start, days = date(2024, 1, 1), date(2024, 4, 1), 42
    rng = generator(4, "synced")
    rows = []
    for number in range((start - first).days + days):
        day = first + timedelta(days=number)
        for i in range(12):
            wait = 3 if rng.random() < late else 0
            moment = pd.Timestamp.combine(day, time(8 + i)).tz_localize("America/Chicago")
            rows.append((day + timedelta(days=wait), {"request_id": f"{day}-{i}", "created_at": moment}))
    for number in range(days + 1):
        yesterday = start + timedelta(days=number - 1)
        seen = [row for arrives, row in rows if arrives <= yesterday]
        now = datetime.combine(yesterday + timedelta(days=1), time(12), UTC)
        commit(folder, plan, build_incoming(build_rows(*seen)), now)
    return start + timedelta(days=days - 1)


def test_daily_loads_teach_the_delay_and_an_assumed_history_none(
    folder: CityFolder,
    one_category: CityPlan,
    build_rows: Callable[..., pd.DataFrame],
    build_incoming: Callable[..., Incoming],
) -> None:
    from storage.snapshots import read_snapshot

    last = _synced(folder, one_category, build_rows, build_incoming, late=0.4)
    snapshot = read_snapshot(folder)
    assert observed_delays(snapshot, one_category, date(2024, 3, 20)).empty
    known = read_known(snapshot, one_category, last)
    share = known.demand.share_of("pothole")
    assert share[-1] == pytest.approx(0.6, abs=0.08)
    assert (share[:-10] == 1).all()
    assert read_known(snapshot, one_category, date(2024, 3, 20)).demand.reported_share is None
    said = findings(snapshot, known, one_category).set_index("item")["value"]
    assert "levels corrected" in said["pothole: share of the last day known by now"]
