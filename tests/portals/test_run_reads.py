"""A run takes the synced rows as its request source: the newest version of each, never the portal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.portal_errors import NothingSyncedError, PortalError
from domain.progress import silent
from domain.school import SchoolTerms
from pipelines.job import known_at
from pipelines.steps.ingest import ingest
from pipelines.steps.long_view import with_holidays
from pipelines.steps.synced import synced_span
from storage import synced_read
from storage.synced import State
from tests.portals.conftest import NOW, MakeCity
from tests.portals.made import World
from tests.portals.server import HTML, FakePortal
from tests.portals.socrata_fake import FakeSocrata

RULES = {"labels": {"Pothole": "pothole", "Flooding on Street": "flooding"}, "zone": "utc"}


def test_a_run_reads_what_was_synced_and_dates_edits_by_their_sync(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(1_500)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES))
    with pytest.raises(NothingSyncedError, match="crewcast sync norville"):
        ingest(city.job(), silent)
    city.sync()
    asked = len(portal.calls)
    first = ingest(city.job(), silent).snapshot()
    assert len(portal.calls) == asked
    assert first.frame("requests")["request_id"].nunique() == len(world.state(*RULES["labels"]))
    world.edit(60)
    city.sync(later=timedelta(days=1))
    synced_at = city.now
    city.now += timedelta(hours=5)
    later = ingest(city.job(), silent).snapshot().frame("requests")
    news = later[later["known_at_basis"] == "observed"]
    assert len(news) > 5
    assert (news["known_at"] <= synced_at).all()


def test_what_was_synced_has_a_span_before_any_run(serve: Callable[..., FakePortal], make_city: MakeCity) -> None:
    world = World()
    world.add(400)
    world.rows[0].created = NOW + timedelta(days=4000)  # keyed in wrong
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES))
    assert synced_span(city.job().folder(), city.job().plan()) is None
    city.sync()
    days = [m.created.date() for m in world.rows[1:] if m.label in RULES["labels"]]
    assert synced_span(city.job().folder(), city.job().plan()) == (min(days), max(days))


def test_a_file_that_a_sync_takes_away_meanwhile_is_no_fault_of_who_looks(
    serve: Callable[..., FakePortal], make_city: MakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    world.add(100)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES))
    city.sync()
    state_of = synced_read.read_state

    def then_gone(place: Path) -> State | None:
        state = state_of(place)
        for file in place.glob("*.parquet"):
            file.unlink()
        return state

    monkeypatch.setattr(synced_read, "read_state", then_gone)
    assert synced_span(city.job().folder(), city.job().plan()) is None


def test_a_failed_sync_leaves_the_last_good_rows_in_use_and_the_run_says_so(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(500)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES, cannot_carry=["due time: none"]))
    city.sync()
    portal.faults = [HTML] * 9
    with pytest.raises(PortalError):
        city.sync(later=timedelta(days=1))
    notes = ingest(city.job(), silent).snapshot().meta.notes
    assert "the feed cannot carry: due time: none" in notes
    assert any(n.startswith("requests as synced on 2026-11-20; a later sync failed: Norville") for n in notes)


def test_school_terms_of_a_file_beside_the_yaml_are_known_to_the_run_and_their_end_is_spoken_of(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(300)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES), holidays={"country": "US", "school_terms": "terms.csv"})
    terms = city.file.parent / "terms.csv"
    terms.write_text("start,end,name\n2026-08-17,2026-12-18,autumn\n", encoding="utf-8")
    city.sync()
    run = ingest(city.job(), silent)
    assert known_at(run).school == SchoolTerms((date(2026, 8, 17),), (date(2026, 12, 18),))
    assert any("school terms are known to 2026-12-18 only" in n for n in run.snapshot().meta.notes)
    first = run.snapshot().id
    terms.write_text("start,end,name\n2026-08-17,2026-12-18,autumn\n2027-01-04,2027-06-11,spring\n", encoding="utf-8")
    run = ingest(city.job(), silent)
    assert run.snapshot().id != first
    assert not any("school terms" in n for n in run.snapshot().meta.notes)
    city.more["holidays"] = {"country": "US"}
    city.write(portal.section(rules=RULES))
    run = ingest(city.job(), silent)
    assert known_at(run).school is None
    assert "school_terms" not in run.snapshot().listing.tables


def test_events_of_a_file_are_known_to_the_run_and_are_no_days_off(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(300)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES), holidays={"country": "US", "events": ["events.ics"]})
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:Marathon\nDTSTART;VALUE=DATE:20261125\nEND:VEVENT\n"
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n"
    file = city.file.parent / "events.ics"
    file.write_text(f"{head}{event}END:VCALENDAR\n".replace("\n", "\r\n"), encoding="utf-8")
    city.sync()
    known = known_at(ingest(city.job(), silent))
    assert known.events == {date(2026, 11, 25): "Marathon"}
    assert date(2026, 11, 25) not in known.holidays
    assert known.holidays[date(2026, 11, 26)].startswith("Thanksgiving")


def test_a_long_view_finds_the_closures_beside_the_yaml_wherever_it_is_started(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(300)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES), holidays={"country": "US", "closures": ["closed.ics"]})
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:Founders' Day\nDTSTART;VALUE=DATE:20200514\nRRULE:FREQ=YEARLY\nEND:VEVENT\n"
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n"
    (city.file.parent / "closed.ics").write_text(
        f"{head}{event}END:VCALENDAR\n".replace("\n", "\r\n"), encoding="utf-8"
    )
    city.sync()
    ahead = with_holidays(ingest(city.job(), silent), 1000).holidays
    assert ahead[date(2029, 5, 14)] == "Founders' Day"
