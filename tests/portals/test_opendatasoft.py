"""Opendatasoft: its limits, exports that fail late, filters in UTC, closing dates of the city's calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from domain.portal_errors import CutShortError, DatasetWithdrawnError, PortalBusyError, PortalColumnMissingError
from sources.portals.opendatasoft import PLUGIN, Opendatasoft
from sources.portals.wire.feed import Ask
from sources.portals.wire.odsql import literal
from tests.portals.conftest import FAST, NOW, MakeCity
from tests.portals.made import Made, World
from tests.portals.opendatasoft_fake import COLUMNS, FakeOpendatasoft, key, out_of_bounds
from tests.portals.server import Answer, FakePortal


@pytest.fixture
def portal(serve: Callable[..., FakePortal]) -> FakeOpendatasoft:
    world = World()
    world.add(600)
    fake = FakeOpendatasoft(world)
    serve(fake)
    return fake


def asked(portal: FakeOpendatasoft, end: str) -> list[dict[str, str]]:
    return [c.params for c in portal.calls if c.path.endswith(end) and c.params.get("limit") != "0"]


def test_the_first_pull_is_one_export_and_changes_are_pages_of_records(
    portal: FakeOpendatasoft, make_city: MakeCity
) -> None:
    city = make_city(portal.section())
    city.sync()
    assert (len(asked(portal, "jsonl")), asked(portal, "records")) == (1, [])
    portal.world.edit(250)
    portal.calls.clear()
    city.sync(later=timedelta(hours=1))
    pages = asked(portal, "records")
    assert len(pages) >= 3
    assert {p["limit"] for p in pages} == {"100"}
    assert [p["select"] for p in asked(portal, "jsonl")] == [",".join(COLUMNS["request_id"])]
    assert set(city.frame()["request_id"]) == {key(m) for m in portal.world.rows}


def test_changes_that_offsets_do_not_reach_come_as_an_export(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(10_050)
    portal = FakeOpendatasoft(world)
    serve(portal)
    city = make_city(portal.section())
    city.sync()
    world.edit(1)
    world.republish(world.now + timedelta(minutes=1))
    portal.calls.clear()
    report = city.sync(later=timedelta(hours=1))
    assert (report.read, asked(portal, "records")) == (10_050, [])


def test_the_fake_refuses_what_the_portal_refuses() -> None:
    said = out_of_bounds(1473, 0, is_export=False)
    assert said is not None
    assert b"1473 was found but -1 <= limit <= 100 is expected" in said.body
    assert b"InvalidRESTParameterError" in said.body
    assert out_of_bounds(100, 9_901, is_export=False) is not None
    assert out_of_bounds(100, 9_900, is_export=False) is None
    assert out_of_bounds(-1, 0, is_export=True) is None
    assert out_of_bounds(100, 9_901, is_export=True) is not None


def test_an_export_that_fails_late_is_asked_for_again_and_none_of_its_rows_are_kept(
    portal: FakeOpendatasoft, make_city: MakeCity
) -> None:
    portal.interrupted = 2
    report = make_city(portal.section()).sync()
    assert report.tally.retried == {"an export that breaks off": 2}
    assert (report.read, report.new) == (600, 600)


def test_an_export_that_always_fails_late_is_told_in_the_portals_words(
    portal: FakeOpendatasoft, make_city: MakeCity
) -> None:
    portal.interrupted = 99
    with pytest.raises(CutShortError, match=r"3-1-1-service-requests: .*Streaming interrupted"):
        make_city(portal.section()).sync()


def test_filters_are_judged_in_utc_so_a_day_more_is_asked_for(portal: FakeOpendatasoft, make_city: MakeCity) -> None:
    """Local midnight lies before midnight of UTC in the east, and behind it in the west."""
    for zone in ("America/Vancouver", "Pacific/Auckland"):
        city = make_city(portal.section(), timezone=zone)
        city.sync(since=date(2026, 10, 1))
        first = datetime(2026, 10, 1, tzinfo=ZoneInfo(zone))
        assert {key(m) for m in portal.world.rows if m.created >= first} <= set(city.frame()["request_id"])


def test_rows_of_one_minute_page_by_offset_and_arrive_once(portal: FakeOpendatasoft, make_city: MakeCity) -> None:
    city = make_city(portal.section())
    city.sync()
    portal.world.republish(portal.world.now)
    portal.world.edit(5)
    portal.calls.clear()
    report = city.sync(later=timedelta(hours=1))
    assert [p["offset"] for p in asked(portal, "records")][:3] == ["0", "100", "200"]
    assert set(city.frame()["request_id"]) == {key(m) for m in portal.world.rows}
    assert report.vanished == 0


def test_a_field_there_is_not_is_named(portal: FakeOpendatasoft, make_city: MakeCity) -> None:
    with pytest.raises(PortalColumnMissingError, match=r"Norville: 3-1-1-service-requests: .*'ward'"):
        make_city(portal.section(columns={**COLUMNS, "area": "ward"})).sync()


def test_a_data_set_there_is_not_is_told(portal: FakeOpendatasoft, make_city: MakeCity) -> None:
    with pytest.raises(DatasetWithdrawnError, match="does not exist"):
        make_city(portal.section(datasets=[{"id": "3-1-1"}])).sync()


def test_a_spent_daily_quota_ends_the_sync(portal: FakeOpendatasoft, make_city: MakeCity) -> None:
    said = {"errorcode": 10002, "error": "Too many requests on the domain. Please contact the domain administrator."}
    portal.noise = lambda call, answer: Answer.of(said, 429, X_RateLimit_Limit="5000", X_RateLimit_Remaining="0")
    with pytest.raises(PortalBusyError, match="HTTP 429"):
        make_city(portal.section(manners={**FAST, "attempts": 2})).sync()


def test_a_token_is_sent_as_an_api_key(
    portal: FakeOpendatasoft, make_city: MakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODS_KEY", "k1")
    make_city(portal.section(token_env="ODS_KEY")).sync()
    assert {c.headers["authorization"] for c in portal.calls} == {"Apikey k1"}


def test_creation_is_a_moment_and_closing_a_day_of_the_citys_calendar(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    """Half past eight in the evening in New York is the next day in UTC, and still the same closing date."""
    late = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    made = Made(1, "26-1", late, "Pothole", late, closed=late, status="Closed")
    portal = FakeOpendatasoft(World([made]))
    serve(portal)
    city = make_city(portal.section())
    city.sync()
    row = SimpleNamespace(**city.frame().iloc[0])
    assert (row.created, row.closed) == ("2026-11-02T01:30:00+00:00", "2026-11-01")
    assert late < NOW


@pytest.mark.parametrize(
    ("value", "written"), [("Pothole Case", '"Pothole Case"'), ("O'Neil", '"O\'Neil"'), ('6" pipe', "'6\" pipe'")]
)
def test_a_label_is_quoted_by_the_sign_it_does_not_hold(value: str, written: str) -> None:
    assert literal(value) == written


def test_a_first_pull_that_was_killed_goes_on_behind_its_last_batch(
    portal: FakeOpendatasoft, make_city: MakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.portals.wire.json_lines.BATCH", 100)
    plan = make_city(portal.section()).job().plan()
    assert PLUGIN.feeds is not None
    config = Opendatasoft.model_validate(plan.city.requests.settings)
    with PLUGIN.feeds(config, plan, NOW.date()) as opened:
        (feed,) = opened.feeds
        before = list(islice(feed.pages(Ask("first")), 2))
        after = list(feed.pages(Ask("first", cursor=before[-1].cursor)))
    ids = [set(p.rows["request_id"].to_pylist()) for p in (*before, *after)]
    assert set.union(*ids) == {key(m) for m in portal.world.rows}
    assert sum(len(some) for some in ids[2:]) <= 402
