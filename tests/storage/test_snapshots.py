from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from domain.city import CityPlan
from domain.errors import SnapshotBrokenError, SourceUnreadableError
from domain.tables import ALL, AREAS, COUNTS, QUARANTINE, REQUESTS
from storage.files import MAX_FILES
from storage.home import CityFolder, open_home
from storage.snapshots import Incoming, commit, read_snapshot

NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Rows = Callable[..., pd.DataFrame]
Load = Callable[..., Incoming]


def versions(folder: CityFolder, request_id: str) -> list[tuple[object, ...]]:
    frame = read_snapshot(folder).frame(REQUESTS)
    of_request = frame[frame["request_id"] == request_id]
    columns = ["known_at", "known_at_basis", "status", "area"]
    return list(of_request[columns].itertuples(index=False, name=None))


def test_a_first_load_dates_existence_by_filing_and_closure_by_closing(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    rows = build_rows({"request_id": "a", "created_at": "2024-03-01T10:00Z", "closed_at": "2024-03-04T09:00Z"})
    commit(folder, plan, build_incoming(rows), NOW)
    assert versions(folder, "a") == [
        (pd.Timestamp("2024-03-01T10:00Z"), "assumed", "open", "A"),
        (pd.Timestamp("2024-03-04T09:00Z"), "assumed", "closed", "A"),
    ]


def test_a_request_closed_without_a_date_was_never_open(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    rows = build_rows({"request_id": "a", "created_at": "2024-03-01T10:00Z", "status": "closed"})
    commit(folder, plan, build_incoming(rows), NOW)
    assert versions(folder, "a") == [(pd.Timestamp("2024-03-01T10:00Z"), "assumed", "closed", "A")]


def test_reading_the_same_rows_again_appends_nothing(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    rows = build_rows(
        {"created_at": "2024-03-01T10:00Z", "closed_at": "2024-03-04T09:00Z", "lat": 29.7, "lon": -95.3},
        {"created_at": "2024-02-01T10:00Z"},
    )
    first = commit(folder, plan, build_incoming(rows), NOW)
    files = sorted(folder.tables.rglob("*"))
    again = commit(folder, plan, build_incoming(rows.assign(source="renamed.csv").iloc[::-1]), NOW + DAY)
    assert again.id == first.id
    assert sorted(folder.tables.rglob("*")) == files


def test_the_same_content_has_the_same_id_and_bytes_in_another_home_at_another_time(
    tmp_path: Path, folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    rows = build_rows({"created_at": "2024-03-01T10:00Z", "closed_at": "2024-03-04T09:00Z"})
    other = open_home(tmp_path / "other").city("testville")
    one, two = (commit(f, plan, build_incoming(rows), n) for f, n in ((folder, NOW), (other, NOW + 9 * DAY)))
    assert one.id == two.id
    contents = [{p.name: p.read_bytes() for p in f.root.rglob("*") if p.is_file()} for f in (folder, other)]
    assert contents[0] == contents[1]


def test_an_edit_becomes_known_when_the_load_that_brings_it_runs(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    row = {"request_id": "a", "created_at": "2024-03-01T10:00Z"}
    commit(folder, plan, build_incoming(build_rows(row)), NOW)
    commit(folder, plan, build_incoming(build_rows({**row, "area": "B"})), NOW + DAY)
    assert versions(folder, "a") == [
        (pd.Timestamp("2024-03-01T10:00Z"), "assumed", "open", "A"),
        (pd.Timestamp(NOW + DAY), "observed", "open", "B"),
    ]


def test_a_request_that_an_earlier_load_could_have_seen_is_known_from_the_load_that_brings_it(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    early, late = {"created_at": "2024-03-01T10:00Z"}, {"created_at": "2024-03-09T10:00Z"}
    commit(folder, plan, build_incoming(build_rows(early, late)), NOW)
    keyed_in_later = {"request_id": "z", "created_at": "2024-03-08T10:00Z"}
    commit(folder, plan, build_incoming(build_rows(early, late, keyed_in_later)), NOW + DAY)
    assert versions(folder, "z") == [(pd.Timestamp(NOW + DAY), "observed", "open", "A")]


def test_the_days_since_the_last_load_are_dated_by_their_own_clock(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    early = {"created_at": "2024-03-01T10:00Z"}
    commit(folder, plan, build_incoming(build_rows(early)), NOW)
    stale = {"request_id": "s", "created_at": "2024-03-02T10:00Z", "closed_at": "2024-03-03T10:00Z"}
    fresh = {"request_id": "f", "created_at": "2024-03-11T05:00Z"}
    commit(folder, plan, build_incoming(build_rows(early, stale, fresh)), NOW + DAY)
    assert versions(folder, "s") == [
        (pd.Timestamp("2024-03-02T10:00Z"), "assumed", "open", "A"),
        (pd.Timestamp("2024-03-03T10:00Z"), "assumed", "closed", "A"),
    ]
    assert versions(folder, "f") == [(pd.Timestamp("2024-03-11T05:00Z"), "observed", "open", "A")]


def test_a_closure_since_the_last_load_is_dated_by_closing_and_an_older_one_by_the_load(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    one, two = ({"request_id": i, "created_at": f"2024-03-0{d}T10:00Z"} for i, d in (("a", 1), ("b", 5)))
    commit(folder, plan, build_incoming(build_rows(one, two)), NOW)
    closed = build_rows({**one, "closed_at": "2024-03-11T08:00Z"}, {**two, "closed_at": "2024-03-05T10:00Z"})
    commit(folder, plan, build_incoming(closed), NOW + DAY)
    assert versions(folder, "a")[1] == (pd.Timestamp("2024-03-11T08:00Z"), "observed", "closed", "A")
    assert versions(folder, "b")[1] == (pd.Timestamp(NOW + DAY), "observed", "closed", "A")


def test_an_older_export_that_comes_later_is_history_too(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    new = {"created_at": "2024-03-01T10:00Z"}
    commit(folder, plan, build_incoming(build_rows(new)), NOW)
    older = {"request_id": "o", "created_at": "2023-01-05T10:00Z"}
    snapshot = commit(folder, plan, build_incoming(build_rows(new, older)), NOW + DAY)
    assert versions(folder, "o") == [(pd.Timestamp("2023-01-05T10:00Z"), "assumed", "open", "A")]
    assert (snapshot.meta.first_day, snapshot.meta.last_day) == (date(2023, 1, 5), date(2024, 3, 1))


def test_a_version_always_follows_the_one_before_even_when_clocks_stand_still(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    row = {"request_id": "a", "created_at": "2024-03-01T10:00Z"}
    for area in "ABC":
        commit(folder, plan, build_incoming(build_rows({**row, "area": area})), NOW)
    found = versions(folder, "a")
    assert [v[3] for v in found] == ["A", "B", "C"]
    assert found[2][0] - found[1][0] == pd.Timedelta(microseconds=1)  # type: ignore[operator]


def test_requests_that_the_source_no_longer_shows_stay_known(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    one, two = (
        {"request_id": "a", "created_at": "2024-03-01T10:00Z"},
        {"request_id": "b", "created_at": "2024-03-02T00:00Z"},
    )
    commit(folder, plan, build_incoming(build_rows(one)), NOW)
    snapshot = commit(folder, plan, build_incoming(build_rows(two)), NOW + DAY)
    assert set(snapshot.frame(REQUESTS)["request_id"]) == {"a", "b"}


def test_another_mapping_loads_the_history_anew(
    folder: CityFolder, build_plan: Callable[..., CityPlan], build_rows: Rows, build_incoming: Load
) -> None:
    row = {"request_id": "a", "created_at": "2024-03-01T10:00Z"}
    before = build_plan(requests={"kind": "files", "path": "rows.csv", "columns": {"area": "ward"}})
    after = build_plan(requests={"kind": "files", "path": "rows.csv", "columns": {"area": "district"}})
    old = commit(folder, before, build_incoming(build_rows(row)), NOW)
    commit(folder, after, build_incoming(build_rows({**row, "area": "D1"})), NOW + DAY)
    assert versions(folder, "a") == [(pd.Timestamp("2024-03-01T10:00Z"), "assumed", "open", "D1")]
    assert read_snapshot(folder, old.id).frame(REQUESTS)["area"].tolist() == ["A"]


def test_another_path_is_not_another_mapping(
    folder: CityFolder, build_plan: Callable[..., CityPlan], build_rows: Rows, build_incoming: Load
) -> None:
    row = {"request_id": "a", "created_at": "2024-03-01T10:00Z"}
    commit(folder, build_plan(), build_incoming(build_rows(row)), NOW)
    moved = build_plan(requests={"kind": "files", "path": "march.csv"})
    commit(folder, moved, build_incoming(build_rows({**row, "area": "B"})), NOW + DAY)
    assert len(versions(folder, "a")) == 2


def test_many_small_loads_of_a_month_are_merged_without_losing_a_version(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    row = {"request_id": "a", "created_at": "2024-03-01T10:00Z"}
    loads = MAX_FILES + 3
    for load in range(loads):
        commit(folder, plan, build_incoming(build_rows({**row, "area": f"A{load}"})), NOW + load * DAY)
    snapshot = read_snapshot(folder)
    assert [v[3] for v in versions(folder, "a")] == [f"A{load}" for load in range(loads)]
    assert len(snapshot.entries(REQUESTS)) <= MAX_FILES + 1


def test_counts_are_known_when_their_day_is_over_and_corrections_when_they_come(
    folder: CityFolder, plan: CityPlan, build_incoming: Load
) -> None:
    day = {"city": "testville", "area": "A", "category": "pothole", "source": "counts.csv"}
    dates = pd.to_datetime(["2024-03-01", "2024-03-02"])
    first = pd.DataFrame([{**day, "date": d, "count": 3} for d in dates])
    commit(folder, plan, build_incoming(counts=first), NOW)
    later = pd.DataFrame(
        [{**day, "date": d, "count": n} for d, n in (*zip(dates, (3, 5), strict=True), (dates[1] + DAY, 1))]
    )
    snapshot = commit(folder, plan, build_incoming(counts=later), NOW + DAY)
    frame = snapshot.frame(COUNTS)
    assert frame["count"].tolist() == [3, 3, 5, 1]
    assert frame["known_at"].tolist() == [
        pd.Timestamp("2024-03-02T05:59:59.999999Z"),
        pd.Timestamp("2024-03-03T05:59:59.999999Z"),
        pd.Timestamp(NOW + DAY),
        pd.Timestamp("2024-03-04T05:59:59.999999Z"),
    ]


def test_areas_and_quarantine_are_those_of_the_latest_load(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    bad = {"city": "testville", "source": "rows.csv", "row": 3, "column": "created", "value": "1900", "reason": "old"}
    quarantine = pd.DataFrame([{**bad, "request_id": ""}])
    rows = build_rows({"created_at": "2024-03-01T10:00Z"})
    assert len(commit(folder, plan, build_incoming(rows, quarantine=quarantine), NOW).frame(QUARANTINE)) == 1
    area = {"city": "testville", "area": "A", "name": "A", "district": "North", "geometry": ""}
    areas = pd.DataFrame([{**area, "population": 10.0, "lat": None, "lon": None}])
    snapshot = commit(folder, plan, build_incoming(rows, areas=areas), NOW + DAY)
    assert snapshot.frame(QUARANTINE).empty
    assert snapshot.frame("areas")["district"].tolist() == ["North"]
    assert snapshot.frame(AREAS).equals(snapshot.frame("areas"))


def test_every_table_can_be_read_from_every_snapshot_in_its_own_types(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    snapshot = commit(folder, plan, build_incoming(build_rows({"created_at": "2024-03-01T10:00Z"})), NOW)
    for table in (t for t in ALL if not t.published):
        assert snapshot.frame(table).dtypes.equals(table.empty().dtypes)


def test_a_first_load_without_a_usable_row_is_an_error(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    nothing = build_rows({"created_at": "2024-03-01T10:00Z"}).iloc[:0]
    with pytest.raises(SourceUnreadableError, match="no usable row in rows"):
        commit(folder, plan, build_incoming(nothing), NOW)


def test_ids_repeated_within_a_load_are_refused(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    row = {"request_id": "a", "created_at": "2024-03-01T10:00Z"}
    with pytest.raises(ValueError, match="1 repeated values of request_id"):
        commit(folder, plan, build_incoming(build_rows(row, row)), NOW)


def test_without_a_snapshot_the_reader_is_told_what_to_run(folder: CityFolder) -> None:
    with pytest.raises(SnapshotBrokenError, match="no snapshot yet") as caught:
        read_snapshot(folder)
    assert "crewcast run testville" in caught.value.remedy


def test_a_file_that_was_cut_short_is_noticed_when_a_snapshot_is_opened(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    snapshot = commit(folder, plan, build_incoming(build_rows({"created_at": "2024-03-01T10:00Z"})), NOW)
    file = snapshot.files(REQUESTS)[0]
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(SnapshotBrokenError, match="missing or cut short"):
        read_snapshot(folder)


def test_a_file_that_was_altered_is_noticed_by_verify(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    snapshot = commit(folder, plan, build_incoming(build_rows({"created_at": "2024-03-01T10:00Z"})), NOW)
    snapshot.verify()
    file = snapshot.files(REQUESTS)[0]
    data = bytearray(file.read_bytes())
    data[10] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(SnapshotBrokenError, match="was altered"):
        snapshot.verify()


def test_a_snapshot_of_a_newer_release_is_refused(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    snapshot = commit(folder, plan, build_incoming(build_rows({"created_at": "2024-03-01T10:00Z"})), NOW)
    path = folder.snapshots / f"{snapshot.id}.json"
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 9'))
    with pytest.raises(SnapshotBrokenError, match="schema 9"):
        read_snapshot(folder)


def test_a_snapshot_that_lacks_an_entry_is_refused_with_a_remedy(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load
) -> None:
    snapshot = commit(folder, plan, build_incoming(build_rows({"created_at": "2024-03-01T10:00Z"})), NOW)
    path = folder.snapshots / f"{snapshot.id}.json"
    path.write_text(path.read_text().replace('"has_hours"', '"had_hours"'))
    with pytest.raises(SnapshotBrokenError, match="cannot be read"):
        read_snapshot(folder)


def test_a_commit_that_is_interrupted_leaves_the_last_snapshot_current(
    folder: CityFolder, plan: CityPlan, build_rows: Rows, build_incoming: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = build_rows({"created_at": "2024-03-01T10:00Z"})
    before = commit(folder, plan, build_incoming(rows), NOW)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    more = build_rows({"created_at": "2024-03-01T10:00Z"}, {"created_at": "2024-03-02T10:00Z"})
    with monkeypatch.context() as patch:
        patch.setattr("storage.snapshots._point", interrupted)
        with pytest.raises(KeyboardInterrupt):
            commit(folder, plan, build_incoming(more), NOW + DAY)
    assert read_snapshot(folder).id == before.id
    assert len(commit(folder, plan, build_incoming(more), NOW + DAY).frame(REQUESTS)) == 2
