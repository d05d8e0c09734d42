"""Every row of a source ends in exactly one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.city import Quality
from domain.errors import TooManyBadRowsError
from domain.tables import COUNTS, REQUESTS
from sources.plugins import Context, Requests
from sources.rules import CountRules, RequestRules
from sources.validate import COUNT_COLUMNS, REQUEST_COLUMNS, check_share, validate_counts, validate_requests

JUNK = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.sampled_from(
        ["", "NULL", "8.0", "1e9", "Pothole", "pothole", "info", "closed", "0", "1", "01", "2", "-1", "3.5"]
    ),
    st.sampled_from(
        ["2024-03-10 02:30", "2023-11-05 01:30", "1900-01-01", "2030-01-01", "2024-02-30", "2024-03-01T10:00Z"]
    ),
)
GOOD: dict[str, list[Any]] = {
    "request_id": ["a", "b", "7", "7.0", 7, 8.0],
    "created": ["2024-03-05", "2024-03-05 10:00", "2023-11-05 01:30", "2024-03-05T10:00:00Z"],
    "closed": [None, "2024-03-06", "2024-03-05 09:00"],
    "label": ["pothole", "Noise ", "info"],
    "status": [None, "Closed", "open", "odd"],
    "area": ["1", "01", "2.0", None],
    "lat": ["44.95", -93.2, 0],
    "lon": ["-93.2", 44.95, 0],
    "date": ["2024-03-05", "2024-03-06"],
    "count": [0, "3", 3.0, 5],
}
SLOW_FIXTURES = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def frames(columns: tuple[str, ...]) -> st.SearchStrategy[pd.DataFrame]:
    """Rows of which two cells in three are likely ones, so that every check is reached, and one is anything."""
    cells = [st.sampled_from(GOOD.get(c, [None])) for c in columns]
    row = st.tuples(*[st.one_of(cell, cell, JUNK) for cell in cells])
    return st.lists(row, max_size=30).map(
        lambda rows: pd.DataFrame(rows, columns=list(columns), dtype=object).set_axis(range(1, len(rows) + 1), axis=0)
    )


def total(found: Requests) -> int:
    return found.rows_used + len(found.quarantine) + found.excluded + found.duplicates


@SLOW_FIXTURES
@given(raw=frames(REQUEST_COLUMNS), on_unknown=st.sampled_from(["quarantine", "no_area"]))
def test_every_row_of_any_junk_is_used_quarantined_excluded_or_a_duplicate(
    raw: pd.DataFrame, on_unknown: Any, make_context: Callable[..., Context], make_areas: Callable[..., pd.DataFrame]
) -> None:
    ctx = make_context(make_areas("1", "2"))
    rules = RequestRules(excluded_labels={"info": "a question"}, on_unknown_area=on_unknown)
    found = validate_requests(raw, rules, ctx)
    assert found.rows is not None
    assert found.rows_read == len(raw) == total(found)
    assert found.rows_used == len(found.rows)
    assert found.rows["request_id"].is_unique
    assert set(found.quarantine["row"]) <= set(raw.index)
    assert not found.quarantine["row"].duplicated().any()
    stored = found.rows.assign(known_at=found.rows["created_at"], known_at_basis="assumed")
    REQUESTS.validate(stored)


@SLOW_FIXTURES
@given(raw=frames(COUNT_COLUMNS))
def test_every_junk_count_is_used_quarantined_or_a_duplicate(
    raw: pd.DataFrame, make_context: Callable[..., Context], make_areas: Callable[..., pd.DataFrame]
) -> None:
    found = validate_counts(raw, CountRules(), make_context(make_areas("1", "2")))
    assert found.counts is not None
    assert found.rows_read == len(raw) == total(found)
    assert found.counts["count"].ge(0).all()
    COUNTS.validate(found.counts.assign(known_at=pd.Timestamp("2024-07-01", tz="UTC")))


def test_a_good_row_comes_through_with_times_in_utc(
    rows: Callable[..., pd.DataFrame], check: Callable[..., Requests]
) -> None:
    found = check(rows())
    assert found.rows is not None
    first = found.rows.iloc[0]
    assert first["created_at"] == pd.Timestamp("2024-03-05 16:00", tz="UTC")
    assert first["closed_at"] == pd.Timestamp("2024-03-06 15:00", tz="UTC")
    assert (first["category"], first["area"], first["status"], first["source"]) == (
        "pothole",
        "1",
        "closed",
        "rows.csv",
    )
    assert found.quarantine.empty
    assert found.corrections.empty
    assert found.has_hours


def test_the_order_of_the_rows_does_not_change_the_result(
    rows: Callable[..., pd.DataFrame], check: Callable[..., Requests]
) -> None:
    raw = rows(created=["2024-03-05 10:00", "2024-03-04 10:00", "2024-03-04 10:00"])
    first, second = check(raw).rows, check(raw.iloc[::-1]).rows
    assert first is not None
    pd.testing.assert_frame_equal(first, second)


def test_columns_that_a_source_lacks_count_as_empty(check: Callable[..., Requests]) -> None:
    raw = pd.DataFrame({"request_id": ["a"], "created": ["2024-03-05 10:00"], "label": ["pothole"]}, index=[1])
    found = check(raw)
    assert found.rows is not None
    assert found.rows.loc[0, ["status", "area", "channel", "duplicate_of"]].tolist() == ["closed", "", "", ""]
    assert found.rows.loc[0, ["due_at", "lat", "lon"]].isna().all()


def test_coordinates_of_a_category_that_keeps_none_are_withheld(
    rows: Callable[..., pd.DataFrame], check: Callable[..., Requests], rules_used: Callable[..., dict[str, Any]]
) -> None:
    found = check(rows(label=["noise", "pothole"], lat=["0", "44.95"], lon=["0", "-93.2"]))
    assert found.rows is not None
    by_category = found.rows.set_index("category")
    assert pd.isna(by_category.loc["noise", "lat"])
    assert by_category.loc["pothole", "lat"] == 44.95
    assert rules_used(found) == {}


class TestCheckShare:
    def test_below_the_limit_nothing_happens(
        self, rows: Callable[..., pd.DataFrame], check: Callable[..., Requests]
    ) -> None:
        check_share(check(rows(label=["pothole"] * 9 + ["weeds"])), Quality(max_quarantined_share=0.10))

    def test_above_it_the_error_names_the_most_frequent_reasons_with_examples(
        self, rows: Callable[..., pd.DataFrame], check: Callable[..., Requests]
    ) -> None:
        found = check(rows(label=["pothole"] * 7 + ["weeds"] * 2 + [None]))
        with pytest.raises(
            TooManyBadRowsError, match=r"3 of 10 rows \(30\.0%\).*2 × label: unknown label.*'weeds'"
        ) as e:
            check_share(found, Quality(max_quarantined_share=0.2))
        assert e.value.values["share"] == pytest.approx(0.3)

    def test_a_read_without_a_usable_row_stops_even_if_all_were_excluded(
        self, rows: Callable[..., pd.DataFrame], check: Callable[..., Requests]
    ) -> None:
        found = check(rows(label=["info"]), excluded_labels={"Info": "a question"})
        assert (found.excluded, len(found.quarantine)) == (1, 0)
        with pytest.raises(TooManyBadRowsError, match="no row is left"):
            check_share(found, Quality(max_quarantined_share=1.0))
