"""Requests and counts from files, end to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from sources.files.requests import RequestFiles

Read = Callable[..., Any]
SETTINGS = {
    "path": "rows.csv",
    "columns": {"request_id": "ID", "created": "Opened", "label": "Type", "area": "Ward"},
    "rules": {"labels": {"Pot Hole": "pothole"}},
    "attribution": "Open data of Testville",
}


def test_rows_are_read_checked_and_accounted_for_with_rows_that_could_not_be_taken_apart(
    read: Read, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(
        "ID,Opened,Type,Ward,Caller\n1,2024-03-05 10:00,Pot Hole,8,secret\n2,junk,Pot Hole,8,secret\n3,2024-03-05\n",
        encoding="utf-8",
    )
    found = read("requests", "files", SETTINGS)
    assert (found.rows_read, found.rows_used, len(found.quarantine)) == (3, 1, 2)
    assert found.quarantine[["source", "row"]].to_numpy().tolist() == [["rows.csv", 2], ["rows.csv", 3]]
    assert found.notes == ("Open data of Testville",)
    assert list(found.files) == ["rows.csv"]
    assert "secret" not in found.rows.to_csv()


def test_an_id_that_comes_in_two_files_is_one_request(read: Read, tmp_path: Path) -> None:
    row = "ID,Opened,Type,Ward\n7,2024-03-05 10:00,Pot Hole,{}\n"
    for month, area in (("01", "8"), ("02", "9")):
        (tmp_path / f"rows-{month}.csv").write_text(row.format(area), encoding="utf-8")
    found = read("requests", "files", SETTINGS | {"path": "rows-*.csv"})
    assert found.rows[["request_id", "area", "source"]].to_numpy().tolist() == [["7", "9", "rows-02.csv"]]
    assert (found.rows_read, found.duplicates) == (2, 1)


def test_the_columns_a_request_cannot_do_without_must_be_named() -> None:
    with pytest.raises(ValidationError, match="label"):
        RequestFiles.model_validate({"path": "x.csv", "columns": {"request_id": "a", "created": "b"}})


def test_counts_are_read_with_the_usual_column_names(read: Read, tmp_path: Path) -> None:
    days = pd.DataFrame(
        {
            "date": pd.to_datetime(["2024-03-05", "2024-03-06"]),
            "area": ["8", "8"],
            "category": "pothole",
            "count": [3, 0],
        }
    )
    days.to_parquet(tmp_path / "counts.parquet")
    found = read("requests", "counts", {"path": "counts.parquet"})
    assert found.rows is None
    assert found.counts[["area", "category", "count"]].to_numpy().tolist() == [["8", "pothole", 3], ["8", "pothole", 0]]
    assert found.notes == ("daily counts only: no backlog, it starts empty",)


def test_counts_of_the_whole_city_need_no_area(read: Read, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text("day,n,what\n2024-03-05,4,pothole\n", encoding="utf-8")
    settings = {"path": "counts.csv", "columns": {"date": "day", "count": "n", "label": "what", "area": None}}
    assert read("requests", "counts", settings).counts[["area", "count"]].to_numpy().tolist() == [["whole city", 4]]
