"""Days split to shifts keep every request, and a night belongs to the day it starts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.category import Category
from domain.chance import generator
from domain.city import Shift
from domain.panel import Draws, Ints, Known, SamplePaths
from domain.tables import FORECASTS_BY_SHIFT
from models.shifts import (
    Profiles,
    assumed_profile,
    length,
    measured_profile,
    owners,
    part_shares,
    shift_table,
    split,
    thin,
)

DAY = Shift(name="day", start="07:00", end="15:00", minutes=400)
EVENING = Shift(name="evening", start="15:00", end="23:00", minutes=400)
NIGHT = Shift(name="night", start="23:00", end="07:00", minutes=400)
ROUND = (DAY, EVENING, NIGHT)
HOURS = np.arange(24)


def paths_of(samples: Ints) -> SamplePaths:
    categories, areas, days, size = samples.shape
    dates = pd.date_range("2024-07-01", periods=days, freq="D", unit="us")
    draws = Draws(1, np.zeros(size, np.int32), np.full(size, 1 / size))
    names = tuple(f"area-{i:02d}" for i in range(areas))
    return SamplePaths(date(2024, 6, 30), dates, names, tuple("abc"[:categories]), samples, draws)


def everything_at(*hours: int) -> Profiles:
    share = np.isin(HOURS, hours) / len(hours)
    return Profiles(np.broadcast_to(share, (1, 7, 4, 24)), ("measured",))


def test_a_night_shift_belongs_to_the_day_it_starts() -> None:
    samples = np.array([10, 20, 30, 40], dtype=np.int32).reshape(1, 1, 4, 1)
    after_midnight = split(paths_of(samples), everything_at(3), ROUND, 1).by_shift[0, 0, :, 2, 0]
    assert after_midnight.tolist() == [20, 30, 40]
    before_midnight = split(paths_of(samples), everything_at(23), ROUND, 1).by_shift[0, 0, :, 2, 0]
    assert before_midnight.tolist() == [10, 20, 30]


def test_hours_no_shift_covers_go_to_the_next_shift_that_starts() -> None:
    samples = np.array([10, 20, 30, 40], dtype=np.int32).reshape(1, 1, 4, 1)
    early = split(paths_of(samples), everything_at(5), (DAY,), 1).by_shift[0, 0, :, 0, 0]
    assert early.tolist() == [10, 20, 30]
    late = split(paths_of(samples), everything_at(20), (DAY,), 1).by_shift[0, 0, :, 0, 0]
    assert late.tolist() == [0, 10, 20]


def test_every_minute_of_a_day_belongs_to_one_shift() -> None:
    owner, day = owners(ROUND)
    assert np.unique(owner).tolist() == [0, 1, 2]
    assert owner[6 * 60 + 59] == 2
    assert day[6 * 60 + 59] == -1
    assert day[23 * 60] == 0
    overlapping = (DAY, Shift(name="late", start="14:00", end="22:00", minutes=400))
    assert owners(overlapping)[0][14 * 60 + 30] == 1


@pytest.mark.parametrize(
    ("start", "end", "minutes"), [("07:00", "15:00", 480), ("23:00", "07:00", 480), ("06:00", "06:00", 1440)]
)
def test_a_shift_that_ends_no_later_than_it_starts_runs_past_midnight(start: str, end: str, minutes: int) -> None:
    assert length(Shift(name="x", start=start, end=end, minutes=400)) == minutes


times = st.builds(lambda h, m: f"{h:02d}:{m:02d}", st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(st.lists(st.tuples(times, times), min_size=1, max_size=4), st.integers(0, 999))
def test_totals_are_conserved_including_the_edges(clock: list[tuple[str, str]], seed: int) -> None:
    shifts = [Shift(name=f"s{i}", start=a, end=b, minutes=1) for i, (a, b) in enumerate(clock)]
    rng = generator(seed, "profile")
    share = rng.dirichlet(np.ones(24), size=(1, 7, 4))
    samples = rng.poisson(6.0, (1, 2, 5, 3)).astype(np.int32)
    found = split(paths_of(samples), Profiles(share, ("measured",)), shifts, seed)
    parts = part_shares(share, shifts)
    assert parts.sum(axis=(-1, -2)) == pytest.approx(np.ones((1, 7, 4)))
    weekday, season = np.array([0, 1, 2, 3, 4]), np.full(5, 2)
    whole = thin(samples[0], parts[0, weekday, season].reshape(5, -1), generator(seed, "shifts", "a"))
    before, after = (np.zeros_like(samples[0]), np.zeros_like(samples[0]))
    for position, counts in whole.items():
        before += counts if position // len(shifts) == 0 else 0
        after += counts if position // len(shifts) == 2 else 0
    assert sum(whole.values()).tolist() == samples[0].tolist()
    days = samples[0, :, :4].sum(axis=1) - before[:, 0] + before[:, 4] - after[:, 3]
    assert found.by_shift[0].sum(axis=(1, 2)).tolist() == days.tolist()
    assert found.by_shift.min() >= 0


def test_the_split_follows_the_profile_and_repeats_with_the_seed() -> None:
    share = np.zeros(24)
    share[[8, 16, 23]] = 0.5, 0.3, 0.2
    profile = Profiles(np.broadcast_to(share, (1, 7, 4, 24)), ("measured",))
    samples = np.full((1, 1, 3, 4000), 10, dtype=np.int32)
    found = split(paths_of(samples), profile, ROUND, 5)
    assert found.by_shift.mean(axis=(0, 1, 2, 4)) == pytest.approx([5, 3, 2], rel=0.02)
    assert found.by_shift.tobytes() == split(paths_of(samples), profile, ROUND, 5).by_shift.tobytes()
    assert found.by_shift.tobytes() != split(paths_of(samples), profile, ROUND, 6).by_shift.tobytes()


def test_measured_profiles_lean_on_the_overall_one_where_hours_are_few() -> None:
    counts = np.zeros((7, 4, 24), dtype=np.int32)
    counts[:, :, 9] = 500
    counts[5, 2] = 0
    counts[5, 2, 22] = 5000
    counts[6, 3] = 0
    profile = measured_profile(counts)
    assert profile.sum(axis=2) == pytest.approx(np.ones((7, 4)))
    assert profile[5, 2, 22] > 0.95
    assert profile[6, 3] == pytest.approx(counts.sum(axis=(0, 1)) / counts.sum())


def category(profile: dict[str, float]) -> Category:
    content = {
        "schema": 1,
        "category": "a",
        "title": "A",
        "noun": "requests",
        "kind": "queue",
        "skill": "s",
        "service_minutes": {"value": 30, "basis": "assumed"},
        "queue": {"due_hours": 96, "cost_per_late_day": 25},
        "shift_profile": profile,
    }
    return Category.model_validate(content)


def test_assumed_profiles_give_each_shift_its_share() -> None:
    hourly = assumed_profile(category({"day": 0.5, "evening": 0.3, "night": 0.2}), ROUND)
    parts = part_shares(hourly, ROUND)
    assert parts.sum(axis=0) == pytest.approx([0.5, 0.3, 0.2])
    assert parts[:, 2] == pytest.approx([0.2 * 7 / 8, 0.2 / 8, 0.0])


def test_shares_of_shifts_a_city_does_not_have_are_spread_over_the_others() -> None:
    hourly = assumed_profile(category({"day": 0.4, "twilight": 0.6}), (DAY,))
    assert hourly.sum() == pytest.approx(1.0)
    assert hourly[7:15].sum() == pytest.approx(1.0)
    assert assumed_profile(category({}), (DAY,)) == pytest.approx(np.full(24, 1 / 24))


def test_the_table_keeps_its_contract_and_sums_to_the_split(city_known: Callable[..., Known]) -> None:
    samples = generator(2, "samples").poisson(3.0, (2, 6, 4, 300)).astype(np.int32)
    profile = Profiles(np.full((2, 7, 4, 24), 1 / 24), ("measured", "assumed"))
    found = split(paths_of(samples), profile, ROUND, 1)
    table = shift_table(found, city_known(areas=6, days=70).areas)
    FORECASTS_BY_SHIFT.validate(table.assign(vintage_id="v"))
    assert len(table) == (6 + 2 + 1) * 2 * 3 * 3
    district = table[(table["area"] == "district-1") & (table["category"] == "b") & (table["shift"] == "night")]
    row = district[district["date"] == "2024-07-02"].iloc[0]
    expected = found.by_shift[1, 3:6, 1, 2].sum(axis=0)
    assert row["mean"] == pytest.approx(expected.mean())
    assert row["q50"] == np.sort(expected)[149]
    assert row["profile_basis"] == "assumed"
