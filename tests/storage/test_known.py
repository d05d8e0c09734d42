from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError, HistoryTooShortError
from domain.panel import Known
from domain.words import MODE_NO_WEATHER, MODE_SHORT_HISTORY, MODE_STALE_DEMAND
from storage.demand import daily_counts, daily_demand
from storage.home import CityFolder, open_home
from storage.known import read_known, resolve_origin
from storage.snapshots import Incoming, Snapshot, commit

FIRST, LAST = date(2023, 1, 1), date(2024, 3, 10)
NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NO_WEATHER = (MODE_NO_WEATHER,)
Frames = Callable[..., pd.DataFrame]
Load = Callable[..., Incoming]


@pytest.fixture
def snapshot(folder: CityFolder, one_category: CityPlan, daily_rows: Frames, build_incoming: Load) -> Snapshot:
    """A pothole at noon and at 19:00 on every day from FIRST to LAST, without weather."""
    return commit(folder, one_category, build_incoming(daily_rows(FIRST, LAST)), NOW)


def test_without_an_as_of_day_the_run_is_as_of_the_last_day_of_the_data(
    snapshot: Snapshot, one_category: CityPlan
) -> None:
    assert resolve_origin(snapshot, one_category, None) == (LAST, LAST, NO_WEATHER)


def test_a_day_inside_the_history_is_complete(snapshot: Snapshot, one_category: CityPlan) -> None:
    day = date(2024, 2, 1)
    assert resolve_origin(snapshot, one_category, day) == (day, day, NO_WEATHER)


@pytest.mark.parametrize(("hour", "origin"), [(17, LAST), (18, LAST + DAY)])
def test_a_last_day_is_complete_only_if_rows_were_filed_till_the_evening(
    hour: int,
    origin: date,
    folder: CityFolder,
    one_category: CityPlan,
    daily_rows: Frames,
    build_rows: Frames,
    build_incoming: Load,
) -> None:
    at = pd.Timestamp(LAST + DAY).tz_localize("America/Chicago") + pd.Timedelta(hours=hour)
    last = build_rows({"request_id": "last", "created_at": at})
    rows = pd.concat([daily_rows(FIRST, LAST), last], ignore_index=True)
    snapshot = commit(folder, one_category, build_incoming(rows), NOW)
    assert resolve_origin(snapshot, one_category, None) == (LAST + DAY, origin, NO_WEATHER)
    dense = daily_demand(snapshot, one_category, LAST + DAY, origin)
    assert dense.groupby("date")["is_complete"].all().iloc[-1] == (origin > LAST)


def test_rows_with_dates_only_make_a_complete_last_day(
    folder: CityFolder, plan: CityPlan, build_rows: Frames, build_incoming: Load
) -> None:
    days = pd.date_range(FIRST, LAST).tz_localize("America/Chicago")
    rows = build_rows(*({"request_id": f"{d:%Y%m%d}", "created_at": d} for d in days))
    snapshot = commit(folder, plan, build_incoming(rows, has_hours=False), NOW)
    assert resolve_origin(snapshot, plan, None)[1] == LAST
    assert read_known(snapshot, plan, LAST).hours is None


def test_some_days_after_the_data_the_run_is_labelled_stale(snapshot: Snapshot, one_category: CityPlan) -> None:
    day = LAST + 5 * DAY
    assert resolve_origin(snapshot, one_category, day) == (day, LAST, (MODE_STALE_DEMAND, MODE_NO_WEATHER))


def test_the_day_after_the_data_is_the_usual_lag_of_a_days_run(snapshot: Snapshot, one_category: CityPlan) -> None:
    assert resolve_origin(snapshot, one_category, LAST + DAY) == (LAST + DAY, LAST, NO_WEATHER)


def test_too_long_after_the_data_is_an_error_with_both_dates(snapshot: Snapshot, one_category: CityPlan) -> None:
    with pytest.raises(AsOfOutsideDataError, match=r"2024-03-18.*2024-03-10") as caught:
        resolve_origin(snapshot, one_category, LAST + 8 * DAY)
    assert "--as-of 2024-03-10" in caught.value.remedy


def test_before_eight_weeks_of_data_is_an_error_with_both_dates(snapshot: Snapshot, one_category: CityPlan) -> None:
    with pytest.raises(AsOfOutsideDataError, match=r"2023-02-01.*2023-01-01") as caught:
        resolve_origin(snapshot, one_category, date(2023, 2, 1))
    assert "2023-02-26" in caught.value.remedy
    assert resolve_origin(snapshot, one_category, date(2023, 2, 26))[1] == date(2023, 2, 26)


def test_less_than_a_year_is_labelled_and_less_than_eight_weeks_refused(
    folder: CityFolder, one_category: CityPlan, snapshot: Snapshot, daily_rows: Frames, build_incoming: Load
) -> None:
    assert MODE_SHORT_HISTORY in resolve_origin(snapshot, one_category, date(2023, 12, 30))[2]
    assert MODE_SHORT_HISTORY not in resolve_origin(snapshot, one_category, date(2023, 12, 31))[2]
    other = folder.root / "short"
    short = build_incoming(daily_rows(LAST - 50 * DAY, LAST))
    with pytest.raises(HistoryTooShortError, match="51 days of history"):
        resolve_origin(commit(_folder(other), one_category, short, NOW), one_category, None)


def _folder(root: Path) -> CityFolder:
    return open_home(root).city("testville")


def test_a_gap_that_reaches_the_as_of_day_is_no_history_of_zeros(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_incoming: Load
) -> None:
    halves = [daily_rows(FIRST, date(2023, 12, 1)), daily_rows(date(2024, 1, 10), LAST)]
    snapshot = commit(folder, plan, build_incoming(pd.concat(halves, ignore_index=True)), NOW)
    with pytest.raises(AsOfOutsideDataError, match=r"2023-12-30.*2023-12-01"):
        resolve_origin(snapshot, plan, date(2023, 12, 30))
    assert resolve_origin(snapshot, plan, date(2024, 1, 11))[1] == date(2024, 1, 11)


def test_only_what_was_known_by_then_counts(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_rows: Frames, build_incoming: Load
) -> None:
    rows = daily_rows(FIRST, LAST)
    before = commit(folder, plan, build_incoming(rows), NOW)
    late = build_rows({"request_id": "late", "created_at": "2024-03-05T12:00Z"})
    moved = rows["request_id"].isin(["2024030512", "2024030712"])
    edited = rows.assign(area=rows["area"].mask(moved, "B"))
    week_on = daily_rows(LAST + DAY, LAST + 7 * DAY)
    later = NOW + 7 * DAY
    after = commit(folder, plan, build_incoming(pd.concat([edited, late, week_on], ignore_index=True)), later)

    as_of = LAST
    assert daily_counts(after, plan, as_of).equals(daily_counts(before, plan, as_of))
    now = daily_counts(after, plan, LAST + 7 * DAY)
    of_day = now[now["date"] == "2024-03-05"].set_index("area")["count"].to_dict()
    assert of_day == {"A": 2, "B": 1}


def test_a_run_on_the_newest_data_uses_what_its_own_load_learned(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_rows: Frames, build_incoming: Load
) -> None:
    rows = daily_rows(FIRST, LAST)
    commit(folder, plan, build_incoming(rows), NOW)
    late = build_rows({"request_id": "late", "created_at": "2024-03-05T12:00Z"})
    snapshot = commit(folder, plan, build_incoming(pd.concat([rows, late], ignore_index=True)), NOW + DAY)
    counts = daily_counts(snapshot, plan, LAST).set_index("date")["count"]
    assert counts["2024-03-05"] == 3


def test_days_are_local_and_midnight_belongs_to_the_day_it_starts(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_rows: Frames, build_incoming: Load
) -> None:
    edges = {"before": "2024-03-10T05:59:59Z", "midnight": "2024-03-10T06:00:00Z", "spring": "2024-03-11T04:59:59Z"}
    extra = build_rows(*({"request_id": k, "created_at": t, "area": "edge"} for k, t in edges.items()))
    rows = pd.concat([daily_rows(FIRST, LAST), extra], ignore_index=True)
    snapshot = commit(folder, plan, build_incoming(rows), NOW)
    counts = daily_counts(snapshot, plan, LAST).query("area == 'edge'").set_index("date")["count"]
    assert counts.to_dict() == {pd.Timestamp("2024-03-09"): 1, pd.Timestamp("2024-03-10"): 2}
    assert daily_counts(snapshot, plan, date(2024, 3, 9)).query("area == 'edge'")["count"].tolist() == [1]


def test_the_panel_is_dense_and_keeps_rows_without_an_area_for_the_city(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_rows: Frames, build_incoming: Load
) -> None:
    extra = build_rows(
        {"request_id": "n", "created_at": "2024-03-01T12:00Z", "area": ""},
        {"request_id": "m", "created_at": "2024-03-01T12:00Z", "category": "noise", "area": "B10"},
        {"request_id": "k", "created_at": "2024-03-01T12:00Z", "category": "noise", "area": "B9", "duplicate_of": "m"},
    )
    rows = pd.concat([daily_rows(FIRST, LAST), extra], ignore_index=True)
    known = read_known(commit(folder, plan, build_incoming(rows), NOW), plan, LAST)
    demand = known.demand
    assert demand.areas == known.areas.names == ("A", "B9", "B10")
    assert demand.counts.shape == (2, 3, (LAST - FIRST).days + 1)
    day = (date(2024, 3, 1) - FIRST).days
    assert demand.counts[:, :, day].tolist() == [[2, 0, 0], [0, 1, 1]]
    assert demand.unlocated[:, day].tolist() == [1, 0]
    assert demand.counts.sum() + demand.unlocated.sum() == len(rows)


def test_areas_come_from_the_map_in_natural_order_and_strangers_to_it_count_for_the_city(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_incoming: Load
) -> None:
    def square(x: float) -> str:
        return json.dumps({"type": "Polygon", "coordinates": [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]]})

    areas = pd.DataFrame(
        [
            {"city": "testville", "area": a, "name": a, "district": d, "geometry": square(x), "population": 5.0}
            for a, d, x in (("10", "N", 0), ("9", "N", 1), ("2", "S", 3))
        ]
    ).assign(lat=[0.5, None, 0.5], lon=[0.5, None, 3.5])
    located = {"lat": 0.4, "lon": 1.6}
    rows = pd.concat([daily_rows(FIRST, LAST, area="9", **located)], ignore_index=True)
    rows.loc[0, "area"] = "unheard of"
    known = read_known(commit(folder, plan, build_incoming(rows, areas=areas), NOW), plan, LAST)
    assert known.areas.names == ("2", "9", "10")
    assert known.areas.district == ("S", "N", "N")
    assert known.areas.neighbours.tolist() == [[False, False, False], [False, False, True], [False, True, False]]
    assert known.areas.lat.tolist() == [0.5, 0.4, 0.5]
    assert known.demand.unlocated.sum() == 1


def test_hours_are_local_and_fall_into_weekdays_and_seasons(
    folder: CityFolder, plan: CityPlan, build_rows: Frames, daily_rows: Frames, build_incoming: Load
) -> None:
    extra = build_rows({"request_id": "n", "category": "noise", "created_at": "2024-03-02T05:30Z"})
    rows = pd.concat([daily_rows(FIRST, LAST), extra], ignore_index=True)
    hours = read_known(commit(folder, plan, build_incoming(rows), NOW), plan, LAST).hours
    assert hours is not None
    friday_night_of_spring = np.argwhere(hours[1]).tolist()
    assert friday_night_of_spring == [[4, 1, 23]]
    assert hours[0].sum(axis=(0, 1)).nonzero()[0].tolist() == [12, 19]
    assert hours[0].sum() == 2 * ((LAST - FIRST).days + 1)


def test_places_hold_located_requests_up_to_the_origin_and_no_noise(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_rows: Frames, build_incoming: Load
) -> None:
    at = {"lat": 29.7, "lon": -95.3}
    extra = build_rows(
        {"request_id": "p", "created_at": "2024-03-01T12:00Z", **at},
        {"request_id": "q", "created_at": "2024-03-09T12:00Z", **at},
        {"request_id": "n", "created_at": "2024-03-01T12:00Z", "category": "noise", **at},
    )
    rows = pd.concat([daily_rows(FIRST, LAST), extra], ignore_index=True)
    places = read_known(commit(folder, plan, build_incoming(rows), NOW), plan, date(2024, 3, 5)).places
    assert places is not None
    assert list(places.table.columns) == ["category", "area", "date", "lat", "lon"]
    assert places.table.to_numpy().tolist() == [["pothole", "A", pd.Timestamp("2024-03-01"), 29.7, -95.3]]


def test_counts_make_a_panel_without_hours_or_places(folder: CityFolder, plan: CityPlan, build_incoming: Load) -> None:
    days = pd.date_range(FIRST, LAST, unit="us")
    counts = pd.DataFrame({"date": days, "count": range(len(days))})
    counts = counts.assign(city="testville", area="A", category="pothole", source="counts.csv")
    snapshot = commit(folder, plan, build_incoming(counts=counts), NOW)
    known = read_known(snapshot, plan, date(2024, 1, 31))
    assert known.origin == date(2024, 1, 31)
    assert known.demand.of("pothole")[0].tolist() == list(range(len(known.demand.dates)))
    assert known.hours is None
    assert known.places is None


def test_an_origin_that_was_not_complete_by_then_is_refused(snapshot: Snapshot, one_category: CityPlan) -> None:
    assert read_known(snapshot, one_category, LAST, LAST - 7 * DAY).origin == LAST - 7 * DAY
    with pytest.raises(AsOfOutsideDataError, match="complete to 2024-03-10 only"):
        read_known(snapshot, one_category, LAST + DAY, LAST + DAY)


def test_reading_twice_gives_the_same_arrays(snapshot: Snapshot, one_category: CityPlan) -> None:
    one, two = (read_known(snapshot, one_category, date(2024, 2, 1)) for _ in range(2))
    assert np.array_equal(one.demand.counts, two.demand.counts)
    assert one.demand.dates.equals(two.demand.dates)


@pytest.fixture
def known_of(
    tmp_path: Path,
    build_plan: Callable[..., CityPlan],
    daily_rows: Frames,
    build_weather: Frames,
    build_issued: Frames,
    build_incoming: Load,
) -> Callable[..., Known]:
    """What is known at the end of ORIGIN in a fresh home, after `alter` changed the source's frames."""

    def build(name: str, alter: Callable[[dict[str, pd.DataFrame]], None]) -> Known:
        rows = daily_rows(FIRST, LAST, lat=29.7, lon=-95.3)
        rows["closed_at"] = (rows["created_at"] + pd.Timedelta(days=4)).astype("datetime64[us, UTC]")
        frames = {
            "rows": rows.assign(status="closed"),
            "weather_observed": build_weather(FIRST, LAST),
            "weather_issued": build_issued(date(2024, 1, 1), LAST),
        }
        alter(frames)
        plan = build_plan(weather={"kind": "files"})
        load = build_incoming(frames.pop("rows"), **frames)
        return read_known(commit(_folder(tmp_path / name), plan, load, NOW), plan, ORIGIN)

    return build


ORIGIN = date(2024, 2, 1)


def _bytes(known: Known) -> bytes:
    """Everything a forecaster could read."""
    assert known.weather is not None
    assert known.issued is not None
    assert known.places is not None
    arrays = [known.demand.counts, known.demand.unlocated, known.weather.values, known.issued.values, known.hours]
    return pickle.dumps(
        [[a.tobytes() for a in arrays if a is not None], known.places.table.to_csv(), known.areas.names]
    )


def _alter_after(frames: dict[str, pd.DataFrame], day: date) -> None:
    """Change everything that became known after a local day: new rows, closures, weather, issues."""
    end = pd.Timestamp(day + DAY).tz_localize("America/Chicago")
    rows = frames["rows"]
    rows.loc[rows["created_at"] >= end, ["area", "category", "lat"]] = ["Z", "noise", 10.0]
    rows.loc[rows["closed_at"] >= end, ["closed_at", "status"]] = [pd.NaT, "open"]
    for name in ("weather_observed", "weather_issued"):
        frame = frames[name]
        frame.loc[frame["known_at"] >= end, ["precipitation_mm", "temperature_mean_c"]] = [99.0, -20.0]


def test_nothing_that_became_known_after_the_origin_can_be_seen(known_of: Callable[..., Known]) -> None:
    plain = known_of("plain", lambda frames: None)
    altered = known_of("altered", lambda frames: _alter_after(frames, ORIGIN))
    assert _bytes(plain) == _bytes(altered)


def test_what_became_known_on_the_origin_itself_is_seen(known_of: Callable[..., Known]) -> None:
    plain = known_of("plain", lambda frames: None)
    altered = known_of("altered", lambda frames: _alter_after(frames, ORIGIN - DAY))
    assert _bytes(plain) != _bytes(altered)
