"""Rows that cannot be as they are written: corrected by a stated rule or put aside with a reason, and counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.errors import TooManyUnlocatedError
from pipelines.job import known_at

RULES = {
    "created: time that the clock shows twice: first reading": "1 row",
    "created: time that the clock skips: moved forward": "1 row",
    "area id spelt as on the map": "2 rows",
    "closed before created: closing time unknown": "1 row",
    "closed in the future: closing time unknown": "1 row",
    "coordinates at 0, 0: dropped": "1 row",
    "latitude and longitude exchanged": "1 row",
    "coordinates not in degrees (no crs is named): dropped": "1 row",
    "coordinates outside the city: dropped": "1 row",
    "same id, same content: one kept (technical duplicate)": "3 rows",
    "same id, different content: the last in the file kept": "1 row",
}


def test_every_bad_row_is_told_with_its_reason_value_and_place(town: Any) -> None:
    rows = town.rows.astype(object)
    rows.loc[0:5, "opened"] = ["soon", "1900-01-01", "2031-05-05", "2024-02-30", "2024-11-03 01:30", "2024-03-10 02:30"]
    rows.loc[4:5, ["closed", "status"]] = [None, "open"]
    rows.loc[10:12, "type"] = ["graffiti", "graffiti", "sofa"]
    rows.loc[20:23, "ward"] = ["77", "08", "8.0", ""]
    rows.loc[30, "closed"], rows.loc[31, "closed"] = "2001-01-01", "2031-01-01"
    rows.loc[30:31, "status"] = "closed"
    rows.loc[40:43, "type"] = "pothole"
    rows.loc[40:43, "lat"], rows.loc[40:43, "lon"] = [0, -89.95, 650_000, 10], [0, 41.05, 1_830_000, 10]
    again, changed = rows.iloc[50:53], rows.iloc[60:61].assign(ward="9", status="open")
    town.put("rows.csv", pd.concat([rows, again, changed]))
    found = town.told(town.read())
    where = {item.removeprefix("quarantine: "): value for item, value in found.items() if item.startswith("quarantine")}
    assert where["created before 2000-01-01"] == "1 row; created: '1900-01-01' (1); first in row 2 of rows.csv"
    assert where["created in the future"].startswith("1 row; created: '2031-05-05'")
    assert where["creation date cannot be read (expected ISO 8601; else set date_format)"].startswith("2 rows")
    assert where["unknown label; known: noise, pothole"] == (
        "3 rows; label: 'graffiti' (2), 'sofa' (1); first in row 11 of rows.csv"
    )
    assert where["area is not on the map"] == "1 row; area: '77' (1); first in row 21 of rows.csv"
    rules = {item.removeprefix("correction: "): value.split(",")[0] for item, value in found.items()}
    assert {rule: rules.get(rule) for rule in RULES} == RULES
    assert found["rows: quarantined"].startswith("8 ")
    assert int(found["rows: used"].replace(",", "")) == len(rows) - 8
    assert found["rows: other: of no category here, or repeats"] == "4"


def test_a_rule_that_loses_much_is_a_warning_and_not_a_note(town: Any) -> None:
    town.put("rows.csv", town.rows.assign(lat=650_000.0, lon=1_830_000.0))
    run = town.read()
    frame = town.health(run).set_index("item")
    dropped = frame.loc["coordinates not in degrees (no crs is named): dropped"]
    assert dropped["severity"] == "warning"
    assert "YAML" in dropped["remedy"]


def test_coordinates_exchanged_throughout_are_seen_by_where_the_yards_lie(town: Any) -> None:
    town.configure(town.without_map())
    town.put("rows.csv", town.rows.rename(columns={"lat": "lon", "lon": "lat"}))
    potholes = int((town.rows["type"] == "pothole").sum())
    assert town.told(town.read())["correction: latitude and longitude exchanged"].startswith(f"{potholes} rows")


def test_ids_of_areas_without_a_map_are_one_in_all_spellings(town: Any) -> None:
    town.configure(town.without_map())
    town.put("rows.csv", town.rows.assign(ward=np.resize(["8", "08", "8.0", "9"], len(town.rows))))
    run = town.read()
    assert known_at(run).areas.names == ("08", "9")
    assert "correction: area id spelt in several ways: the longest without a fraction" in town.told(run)


def test_without_map_and_areas_the_city_is_one_area_but_with_a_map_it_is_an_error(town: Any) -> None:
    town.put("rows.csv", town.rows.assign(ward=""))
    with pytest.raises(TooManyUnlocatedError, match=r"'noise' \(100.0%\) name no area"):
        town.read()
    town.configure(town.without_map())
    known = known_at(town.read())
    assert known.areas.names == ("whole city",)
    assert known.demand.counts.sum() == len(town.rows)


def test_daily_counts_that_cannot_be_are_told_and_repeated_ones_dropped(town: Any) -> None:
    counts = town.counts().astype(object)
    counts.loc[counts.index[:3], "count"] = [-3, 2.5, "x"]
    town.put("counts.csv", pd.concat([counts, counts.iloc[50:52], counts.iloc[60:61].assign(count=77)]))
    town.configure(town.with_counts())
    run = town.read()
    found = town.told(run)
    assert found["quarantine: count is negative"] == "1 row; count: '-3' (1); first in row 1 of counts.csv"
    assert found["quarantine: count is no whole number"].startswith("1 row; count: '2.5'")
    assert found["quarantine: count is missing or no number"].startswith("1 row; count: 'x'")
    assert found["correction: same day, area and label with the same count: one kept"].startswith("2 rows")
    assert found["correction: same day, area and label with different counts: the last in the file kept"].startswith(
        "1 row"
    )
    assert run.modes == ("no backlog known", "assumed shifts", "no issued weather")
