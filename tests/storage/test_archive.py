from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pandas as pd

from domain.tables import WEATHER_ISSUED, WEATHER_OBSERVED
from storage.archive import kept_correction, new_issued, new_observed

NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)
Weather = Callable[..., pd.DataFrame]


def test_days_that_are_archived_already_are_not_archived_again(build_weather: Weather) -> None:
    first = new_observed(WEATHER_OBSERVED.empty(), build_weather(date(2024, 3, 1), date(2024, 3, 3)), NOW)
    more = new_observed(first, build_weather(date(2024, 3, 1), date(2024, 3, 5), source="renamed"), NOW)
    assert first["date"].dt.day.tolist() == [1, 2, 3]
    assert more["date"].dt.day.tolist() == [4, 5]


def test_a_corrected_day_is_a_new_version_known_from_now(build_weather: Weather) -> None:
    archived = new_observed(WEATHER_OBSERVED.empty(), build_weather(date(2024, 3, 1), date(2024, 3, 2)), NOW)
    corrected = build_weather(date(2024, 3, 1), date(2024, 3, 2), precipitation_mm=[1.0, 7.0])
    found = new_observed(archived, corrected, NOW)
    assert found[["date", "precipitation_mm", "known_at"]].to_numpy().tolist() == [
        [pd.Timestamp("2024-03-02"), 7.0, pd.Timestamp(NOW)]
    ]
    both = pd.concat([archived, found], ignore_index=True)
    assert new_observed(both, corrected, NOW).empty


def test_a_correction_with_its_own_later_moment_keeps_it(build_weather: Weather) -> None:
    archived = new_observed(WEATHER_OBSERVED.empty(), build_weather(date(2024, 3, 1), date(2024, 3, 1)), NOW)
    later = pd.Timestamp("2024-03-05T00:00Z").as_unit("us")
    corrected = build_weather(date(2024, 3, 1), date(2024, 3, 1), precipitation_mm=7.0, known_at=later)
    assert new_observed(archived, corrected, NOW)["known_at"].tolist() == [later]


def test_what_was_issued_is_kept_whatever_the_source_says_later(build_issued: Weather) -> None:
    archived, _ = new_issued(WEATHER_ISSUED.empty(), build_issued(date(2024, 3, 1), date(2024, 3, 2), leads=2))
    changed = build_issued(date(2024, 3, 1), date(2024, 3, 3), leads=2, precipitation_mm=9.0)
    new, refused = new_issued(archived, changed)
    assert new["origin"].dt.day.tolist() == [3, 3]
    assert len(refused) == 4
    assert kept_correction("testville", refused, 5)[["rows", "of_rows"]].to_numpy().tolist() == [[4, 5]]
