"""Open work orders from a view of a real PostgreSQL server, by an account that can only read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from domain.progress import silent
from domain.words import MODE_OTHER_BACKLOG
from pipelines.steps.ingest import ingest
from tests.flows.postgres import OWNER, PASSWORD, running
from tests.flows.test_open_work import COLUMNS, WORK_RULES, MakeTown, backlog
from tests.portals.conftest import PortalCity

READER = "a-readers-secret"
TABLES = """
CREATE SCHEMA work;
CREATE TABLE work.orders (
    order_no integer, opened timestamptz, work text, ward smallint, due date, caller text, state text);
INSERT INTO work.orders VALUES
    (101, '2026-11-02 08:00+00', 'POT', 3, '2026-11-06', 'Ann Example', 'open'),
    (102, '2026-11-18 09:30-06', 'DRAIN', 5, NULL, 'Bob Example', 'open'),
    (103, '2026-11-19 10:00+00', 'TREE', 5, NULL, 'Cy Example', 'open'),
    (104, '2026-11-19 11:00+00', 'POT', 5, NULL, 'Di Example', 'done');
CREATE TABLE work.reads (at timestamptz);
CREATE FUNCTION work.noted(ward smallint) RETURNS smallint LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN INSERT INTO work.reads VALUES (now()); RETURN ward; END';
CREATE VIEW work.open_orders AS
    SELECT order_no, opened, work, ward, due, caller FROM work.orders WHERE state = 'open';
CREATE VIEW work.writing_orders AS
    SELECT order_no, opened, work, work.noted(ward) AS ward, due FROM work.orders WHERE state = 'open';
"""
RIGHTS = f"""
CREATE ROLE reader LOGIN PASSWORD '{READER}';
GRANT USAGE ON SCHEMA work TO reader;
GRANT SELECT (order_no, opened, work, ward, due) ON work.open_orders TO reader;
GRANT SELECT ON work.writing_orders TO reader;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """host:port of a server with the work orders, whose reader may read views alone, and no caller's name."""
    with running() as address:
        host, port = address.split(":")
        with psycopg.connect(host=host, port=port, user=OWNER, password=PASSWORD, dbname="postgres") as made:
            made.execute(TABLES)
            made.execute(RIGHTS)
        yield address


def planned(town: MakeTown, monkeypatch: pytest.MonkeyPatch, address: str, **view: Any) -> PortalCity:
    monkeypatch.setenv("WORK_DB", f"postgresql+psycopg://{address}")
    section = {"kind": "sql_view", "url_env": "WORK_DB", "view": "work.open_orders", "columns": COLUMNS}
    return town({**section, "rules": WORK_RULES, **view})


def test_open_orders_are_the_backlog_and_callers_stay_where_they_are(
    server: str,
    town: MakeTown,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city = planned(town, monkeypatch, f"reader:{READER}@{server}/postgres")
    run = ingest(city.job(), silent)
    assert backlog(run) == [("101", "pothole", "3"), ("102", "flooding", "5")]
    opened = run.snapshot().frame("open_work").set_index("request_id")["created_at"]
    assert str(opened["102"]) == "2026-11-18 15:30:00+00:00"
    assert [p for p in city.home.rglob("*") if p.is_file() and b"Example" in p.read_bytes()] == []


def test_nothing_is_written_even_where_a_view_would(
    server: str,
    town: MakeTown,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city = planned(town, monkeypatch, f"reader:{READER}@{server}/postgres", view="work.writing_orders")
    run = ingest(city.job(), silent)
    assert MODE_OTHER_BACKLOG in run.modes
    assert any("(ReadOnlySqlTransaction)" in n for n in run.snapshot().meta.notes)
    host, port = server.split(":")
    with psycopg.connect(host=host, port=port, user=OWNER, password=PASSWORD, dbname="postgres") as owner:
        assert owner.execute("SELECT count(*) FROM work.reads").fetchone() == (0,)
        owner.execute("SELECT * FROM work.writing_orders").fetchall()  # where writing is allowed, the view does write
        assert owner.execute("SELECT count(*) FROM work.reads").fetchone() == (3,)
        owner.rollback()


@pytest.mark.parametrize(
    ("who", "more", "said"),
    [
        ("reader:a-wrong-secret", {}, "OperationalError"),
        (f"reader:{READER}", {"view": "work.gone"}, "UndefinedTable"),
        (f"reader:{READER}", {"columns": {**COLUMNS, "duplicate_of": "caller"}}, "InsufficientPrivilege"),
    ],
)
def test_a_database_that_refuses_leaves_311s_rows_in_use_and_no_secret_is_said(
    who: str, more: dict[str, Any], said: str,
    server: str, town: MakeTown, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    run = ingest(planned(town, monkeypatch, f"{who}@{server}/postgres", **more).job(), silent)
    assert MODE_OTHER_BACKLOG in run.modes
    notes = " ".join(run.snapshot().meta.notes)
    assert f"cannot be read ({said})" in notes
    assert "secret" not in notes


def test_a_server_that_is_not_there_costs_no_plan(
    town: MakeTown,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = ingest(planned(town, monkeypatch, "reader:x@127.0.0.1:9/postgres").job(), silent)
    assert MODE_OTHER_BACKLOG in run.modes
