"""Socrata: the source's rows, each once and as it stands now, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import ConfigError
from domain.portal_errors import (
    CutShortError,
    DatasetWithdrawnError,
    HostMovedError,
    NotTheFormatError,
    PortalBusyError,
    PortalColumnMissingError,
    PortalRefusedError,
    RowsVanishedError,
)
from tests.portals.conftest import MakeCity
from tests.portals.made import LABELS, START, World
from tests.portals.server import HTML, Answer, FakePortal, cut, gzip_cut, noisy
from tests.portals.socrata_fake import COLUMNS, FakeSocrata

Serve = Callable[..., FakePortal]
WANTED = {"Pothole": "pothole", "Flooding on Street": "flooding"}


@pytest.fixture
def portal(serve: Serve) -> FakeSocrata:
    world = World()
    world.add(2_000)
    fake = FakeSocrata(world)
    serve(fake)
    return fake


def section(portal: FakePortal, **more: Any) -> dict[str, Any]:
    return {"kind": "socrata", "host": portal.url, "datasets": [{"id": "abcd-1234"}], "columns": COLUMNS,
            "page_size": 300, **more}  # fmt: skip


def found(city: Any) -> dict[str, tuple[str, str, bool]]:
    frame = city.frame()
    assert frame["request_id"].is_unique
    closed = frame["closed"].notna()
    return {
        i: (la, a, c) for i, la, a, c in zip(frame["request_id"], frame["label"], frame["area"], closed, strict=True)
    }


def test_all_rows_arrive_once_and_a_second_sync_brings_nothing(portal: FakeSocrata, make_city: MakeCity) -> None:
    city = make_city(section(portal))
    first = city.sync()
    assert found(city) == portal.world.state()
    assert (first.read, first.new) == (2_000, 2_000)
    again = city.sync(later=timedelta(hours=1))
    assert (again.new, again.vanished) == (0, 0)
    assert again.read < 300


def test_late_closures_and_edits_arrive_as_new_versions_seen_at_their_sync(
    portal: FakeSocrata, make_city: MakeCity
) -> None:
    city = make_city(section(portal))
    city.sync()
    portal.world.edit(40)
    portal.world.add(10)
    report = city.sync(later=timedelta(days=1))
    assert 45 <= report.new <= 50
    assert found(city) == portal.world.state()
    seen = city.frame().set_index("request_id")["seen_at"]
    assert (seen == city.now).sum() == report.new


def test_only_wanted_labels_and_named_columns_travel(portal: FakeSocrata, make_city: MakeCity) -> None:
    city = make_city(section(portal, rules={"labels": WANTED}))
    city.sync()
    assert found(city) == portal.world.state(*WANTED)
    selects = {c.params["$select"] for c in portal.calls}
    asked = {name for s in selects for name in s.split(",")} - {"count(*) AS n"}
    assert asked == {":id", ":updated_at", *COLUMNS.values()}


def test_labels_of_two_columns_are_asked_for_together_and_a_star_stands_for_any(
    portal: FakeSocrata, make_city: MakeCity
) -> None:
    columns = {**COLUMNS, "label": ["complaint_type", "descriptor"]}
    labels = {"Sewer / Pothole": "pothole", "* / Graffiti & Tags": "flooding"}
    city = make_city(section(portal, columns=columns, rules={"labels": labels}))
    city.sync()
    assert set(city.frame()["label"]) == {"Sewer / Pothole", "Sewer / Graffiti & Tags"}


def test_since_bounds_the_first_pull_and_an_earlier_day_extends_it(portal: FakeSocrata, make_city: MakeCity) -> None:
    city = make_city(section(portal))
    city.sync(date(2026, 10, 1))
    assert city.frame()["created"].min() >= "2026-10-01"
    city.sync(date(2026, 8, 1), later=timedelta(hours=1))
    late = {r.id for r in portal.world.rows if r.created.date() >= date(2026, 8, 1)}
    assert set(found(city)) == late


def test_noise_on_the_line_and_edits_under_way_lose_nothing(serve: Serve, make_city: MakeCity) -> None:
    world = World()
    world.add(20_000)
    portal = FakeSocrata(world)
    serve(portal)
    portal.noise = noisy(1, 0.3)
    portal.before = lambda call: world.edit(2) if world.dice.random() < 0.3 else None
    city = make_city(section(portal, page_size=1500))
    report = city.sync()
    portal.before = None
    assert report.tally.retried
    last = city.sync(later=timedelta(hours=1))
    assert found(city) == world.state()
    assert last.vanished == 0


def test_rows_that_vanish_are_closed_when_that_is_seen(portal: FakeSocrata, make_city: MakeCity) -> None:
    city = make_city(section(portal))
    city.sync()
    gone = portal.world.remove(5, portal.world.now - timedelta(days=40))
    report = city.sync(later=timedelta(days=1))
    assert report.vanished == 5
    rows = city.rows()
    assert rows.deleted == 5
    closed = rows.frame.set_index("request_id").loc[[m.id for m in gone]]
    assert (closed["status"] == "closed").all()
    assert city.sync(later=timedelta(days=1)).vanished == 0


def test_a_portal_that_suddenly_lacks_most_rows_is_not_believed(portal: FakeSocrata, make_city: MakeCity) -> None:
    city = make_city(section(portal))
    city.sync()
    portal.world.remove(1_900, START)
    with pytest.raises(RowsVanishedError, match="Norville: abcd-1234"):
        city.sync(later=timedelta(days=1))
    assert len(city.frame()) == 2_000
    assert "missing" in city.rows().problem


def test_a_full_republish_moves_every_clock_and_brings_no_news(portal: FakeSocrata, make_city: MakeCity) -> None:
    city = make_city(section(portal))
    city.sync()
    portal.world.republish(portal.world.now + timedelta(hours=1))
    report = city.sync(later=timedelta(days=1))
    assert (report.read, report.new) == (2_000, 0)


class TestErrors:
    def failing(self, city: Any, kind: type[Exception]) -> str:
        """The message of a sync that fails; what was synced before stays in use."""
        before = len(city.frame())
        with pytest.raises(kind) as error:
            city.sync(later=timedelta(hours=1))
        assert len(city.frame()) == before > 0
        assert city.rows().problem
        assert "Norville: abcd-1234" in str(error.value)
        return str(error.value)

    def synced(self, portal: FakeSocrata, make_city: MakeCity) -> Any:
        city = make_city(section(portal))
        city.sync()
        return city

    def test_a_moved_host_is_named(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = self.synced(portal, make_city)
        portal.moved_to = "https://data.elsewhere.example"
        assert "`host: data.elsewhere.example`" in self.failing(city, HostMovedError)

    def test_a_withdrawn_data_set_keeps_the_last_good_rows(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = self.synced(portal, make_city)
        portal.withdrawn = True
        assert "logged in" in self.failing(city, DatasetWithdrawnError)

    def test_a_missing_column_is_named(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = self.synced(portal, make_city)
        portal.fields.remove("closed_date")
        assert "'closed_date'" in self.failing(city, PortalColumnMissingError)

    def test_a_page_of_html_is_not_json(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = self.synced(portal, make_city)
        portal.faults = [HTML] * 20
        assert "HTML" in self.failing(city, NotTheFormatError)

    def test_gzip_cut_short_is_tried_again_then_told(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = self.synced(portal, make_city)
        portal.faults = [None, *[gzip_cut] * 20]
        assert "gzip" in self.failing(city, CutShortError)

    def test_a_cut_connection_that_stays_cut_is_told(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = self.synced(portal, make_city)
        portal.faults = [cut] * 40
        assert "tried 6 times" in self.failing(city, PortalBusyError)

    def test_an_object_instead_of_rows_is_an_error(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = self.synced(portal, make_city)
        portal.faults = [None, *[Answer.of({"error": True, "message": "quota"})] * 3]
        assert "quota" in self.failing(city, PortalRefusedError)

    def test_a_longer_wait_than_ours_ends_the_sync_with_the_wait_named(
        self, portal: FakeSocrata, make_city: MakeCity
    ) -> None:
        city = self.synced(portal, make_city)
        portal.faults = [None, Answer(429, b"{}", headers={"Retry-After": "3600"})]
        assert "3600 s" in self.failing(city, PortalBusyError)


class TestVersion3:
    def test_a_token_from_the_environment_is_sent_and_never_shown(
        self, portal: FakeSocrata, make_city: MakeCity, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NORVILLE_TOKEN", portal.token)
        city = make_city(section(portal, version="3", token_env="NORVILLE_TOKEN"))
        city.sync()
        assert found(city) == portal.world.state()
        assert {c.method for c in portal.calls} == {"POST"}
        portal.token = "another"
        with pytest.raises(PortalRefusedError) as error:
            city.sync(later=timedelta(hours=1))
        assert "secret-token" not in str(error.value) + str(error.value.values)
        assert "secret-token" not in city.rows().problem

    def test_without_a_token_the_variable_is_named(self, portal: FakeSocrata, make_city: MakeCity) -> None:
        city = make_city(section(portal, version="3", token_env="NORVILLE_NO_TOKEN"))
        with pytest.raises(ConfigError, match="NORVILLE_NO_TOKEN"):
            city.sync()


def test_the_latest_year_is_found_in_the_catalogue(portal: FakeSocrata, make_city: MakeCity) -> None:
    portal.catalogue = {"MyLA311 Cases 2025": "aaaa-0000", "MyLA311 Cases 2026": "abcd-1234", "Trees 2027": "zzzz-1111"}
    city = make_city(section(portal, datasets=[{"title": "MyLA311 Cases {year}"}]))
    city.sync()
    assert set(city.frame()["source"]) == {"abcd-1234"}
    assert len(LABELS) == city.frame()["label"].nunique()
