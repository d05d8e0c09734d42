"""An export of open work orders takes the place of 311's open rows: by CSV and by a read-only view."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from domain.progress import silent
from domain.words import MODE_OTHER_BACKLOG
from pipelines.job import Run
from pipelines.steps.ingest import ingest
from storage.backlog import open_requests
from tests.portals.conftest import PortalCity

COLUMNS = {"request_id": "order_no", "created": "opened", "label": "work", "area": "ward", "due": "due"}
ORDERS = [
    ("W-1", "2026-11-02 08:00:00", "POT", "3", "2026-11-06 08:00:00"),
    ("W-2", "2026-11-18 09:30:00", "DRAIN", "5", None),
    ("W-3", "2026-11-19 10:00:00", "TREE", "5", None),
]
WORK_RULES = {"labels": {"POT": "pothole", "DRAIN": "flooding"}, "on_unknown_label": "exclude"}
SECRET = "sqlite:///{file}?mode=ro&uri=true"  # opened read-only by SQLite itself

MakeTown = Callable[[dict[str, Any]], PortalCity]


def backlog(run: Run) -> list[tuple[str, str, str]]:
    rows = open_requests(run.snapshot(), run.job.plan(), run.as_of)
    return [(r.request_id, r.category, r.area) for r in rows.itertuples()]


def as_view(folder: Path) -> Path:
    """A database whose view shows open orders; its table holds a caller's name that nobody asks for."""
    file = folder / "work.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE orders (order_no, opened, work, ward, due, caller)")
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, 'a name')", ORDERS)
        database.execute("CREATE VIEW open_orders AS SELECT * FROM orders")
    return file


def test_a_csv_of_open_orders_is_the_opening_backlog_and_earlier_days_keep_that_of_311(
    town: MakeTown, tmp_path: Path
) -> None:
    pd.DataFrame(ORDERS, columns=list(COLUMNS.values())).to_csv(tmp_path / "open.csv", index=False)
    city = town({"kind": "files", "path": "open.csv", "columns": COLUMNS, "rules": WORK_RULES})
    run = ingest(city.job(), silent)
    assert backlog(run) == [("W-1", "pothole", "3"), ("W-2", "flooding", "5")]
    told = "opening backlog: 2 open work orders take the place of 311's open rows"
    assert told in run.snapshot().meta.notes
    before = open_requests(run.snapshot(), run.job.plan(), run.as_of - timedelta(days=30))
    assert len(before) > 2
    assert not before["request_id"].str.startswith("W-").any()


def test_a_view_is_read_without_a_column_more_and_cannot_be_written(
    town: MakeTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = as_view(tmp_path)
    bytes_before = file.read_bytes()
    monkeypatch.setenv("WORK_DB", "sqlite:///file:" + SECRET.format(file=file).removeprefix("sqlite:///"))
    city = town({"kind": "sql_view", "url_env": "WORK_DB", "view": "open_orders", "columns": COLUMNS,
                 "rules": WORK_RULES})  # fmt: skip
    run = ingest(city.job(), silent)
    assert backlog(run) == [("W-1", "pothole", "3"), ("W-2", "flooding", "5")]
    assert file.read_bytes() == bytes_before
    kept = [p for p in city.home.rglob("*") if p.is_file() and b"a name" in p.read_bytes()]
    assert kept == []


def test_an_export_with_nothing_open_is_an_empty_backlog(town: MakeTown, tmp_path: Path) -> None:
    tree = [row for row in ORDERS if row[2] == "TREE"]
    pd.DataFrame(tree, columns=list(COLUMNS.values())).to_csv(tmp_path / "open.csv", index=False)
    city = town({"kind": "files", "path": "open.csv", "columns": COLUMNS, "rules": WORK_RULES})
    assert backlog(ingest(city.job(), silent)) == []


def test_a_view_out_of_reach_leaves_311s_open_rows_in_use_labelled_and_no_address_is_said(
    town: MakeTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORK_DB", f"sqlite:///file:{tmp_path}/secret-name.db?mode=ro&uri=true")
    city = town({"kind": "sql_view", "url_env": "WORK_DB", "view": "open_orders", "columns": COLUMNS})
    run = ingest(city.job(), silent)
    assert MODE_OTHER_BACKLOG in run.modes
    assert len(backlog(run)) > 2
    said = " ".join(run.snapshot().meta.notes)
    assert "311's open rows stand in, open work orders: the view open_orders cannot be read" in said
    assert "secret-name" not in said
