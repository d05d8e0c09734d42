"""The as-of day of a run that names none, which a change by hand counts from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from configs.load import load_city
from pipelines.next_as_of import as_late_as_it_gets, next_as_of
from storage.home import open_home
from storage.snapshot import Listing, Meta, Snapshot

LAST = date(2026, 5, 3)


def snapshot_of(city: str, home: Path) -> Snapshot:
    """What is known of data that end on LAST."""
    meta = Meta(
        is_counts=False, has_hours=True, has_backlog=True, rows_read=1, rows_used=1, files={}, notes=(),
        first_day=date(2020, 1, 1), last_day=LAST, reading="", weather_reading="",
    )  # fmt: skip
    return Snapshot("1", open_home(home).city(city), meta, Listing(schema_version=1, city=city, meta=meta, tables={}))


@pytest.mark.parametrize(
    ("city", "now", "expected"),
    [
        ("houston-files", datetime(2026, 5, 20, 12, tzinfo=UTC), LAST),
        ("chicago", datetime(2026, 5, 20, 12, tzinfo=UTC), date(2026, 5, 19)),
        ("chicago", datetime(2026, 5, 20, 4, tzinfo=UTC), date(2026, 5, 18)),
        ("chicago", datetime(2026, 5, 3, 23, tzinfo=UTC), LAST),
    ],
)
def test_a_file_is_run_as_of_its_last_day_and_a_portal_as_of_yesterday_there(
    tmp_path: Path, city: str, now: datetime, expected: date
) -> None:
    assert as_late_as_it_gets(snapshot_of(city, tmp_path), load_city(city), now) == expected


def test_a_home_without_data_of_the_city_knows_no_day(tmp_path: Path) -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    assert next_as_of(open_home(tmp_path).city("chicago"), load_city("chicago"), now) is None
