"""Open311 as a side channel: late closures arrive before the feed tells them, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from pydantic import ValidationError

from domain.progress import silent
from pipelines.steps.ingest import ingest
from sources.portals.socrata import PLUGIN
from tests.portals.carto_fake import FakeCarto
from tests.portals.conftest import MakeCity, PortalCity
from tests.portals.made import Made, World
from tests.portals.open311_fake import FakeOpen311
from tests.portals.server import HTML, Answer, FakePortal, noisy
from tests.portals.socrata_fake import FakeSocrata

RULES = {"labels": {"Pothole": "pothole", "Flooding on Street": "flooding"}, "zone": "utc"}
AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SINCE = datetime(2026, 8, 22, tzinfo=UTC)
Both = tuple[FakeSocrata, FakeOpen311]


@pytest.fixture
def both(serve: Callable[..., FakePortal]) -> Both:
    """A feed and the side channel of one world."""
    world = World()
    world.add(800)
    feed, side = FakeSocrata(world), FakeOpen311(world)
    serve(feed)
    serve(side)
    return feed, side


def city_of(both: Both, make_city: MakeCity, **more: object) -> PortalCity:
    feed, side = both
    return make_city(feed.section(rules=RULES, closures=side.section(**more)))


def left_open(both: Both) -> list[Made]:
    """Requests of our labels that the feed leaves open, filed in the days asked for, by id."""
    rows = [r for r in both[0].world.rows if r.closed is None and r.label in RULES["labels"] and r.created >= SINCE]
    return sorted(rows, key=lambda r: r.id)


def row(city: PortalCity, made: Made) -> pd.Series:
    """What a run reads last of a request."""
    frame = city.frame()
    return frame[frame["request_id"] == made.id].iloc[-1]


def is_open(city: PortalCity, made: Made) -> bool:
    return bool(pd.isna(row(city, made)["closed"]))


@pytest.mark.parametrize("kind", ["socrata", "carto that is read again"])
def test_closures_that_the_feed_does_not_tell_yet_arrive_as_seen_versions(
    both: Both, serve: Callable[..., FakePortal], make_city: MakeCity, kind: str
) -> None:
    city = city_of(both, make_city)
    late = [m for m in left_open(both) if m.created > SINCE + timedelta(days=10)][:5]
    if kind != "socrata":
        feed = FakeCarto(both[0].world)
        serve(feed)
        city = make_city(feed.section(rules=RULES, closures=both[1].section(), updated=None))
    city.sync()
    assert is_open(city, late[0])
    both[1].closed = {m.id: AT for m in late}
    report = city.sync(later=timedelta(days=1))
    assert report.closed_late == 5
    assert {row(city, m)["closed"] for m in late} == {"2026-11-20T08:30:00+00:00"}
    run = ingest(city.job(), silent).snapshot().frame("requests").sort_values("known_at")
    newest = run[run["request_id"].isin([m.id for m in late])].groupby("request_id").last()
    assert (newest["status"] == "closed").all()
    assert (newest["closed_at"] == pd.Timestamp(AT)).all()
    assert city.sync(later=timedelta(days=1)).closed_late == 0


def test_a_closure_after_a_run_has_the_moment_of_its_sync_as_known_at(both: Both, make_city: MakeCity) -> None:
    early = datetime(2026, 11, 1, tzinfo=UTC)
    city, late = city_of(both, make_city), next(m for m in left_open(both) if m.created < early)
    city.sync()
    ingest(city.job(), silent)
    both[1].closed = {late.id: early}  # before the newest request that the first run knew
    city.sync(later=timedelta(days=1))
    seen = city.now
    city.now += timedelta(hours=3)
    rows = ingest(city.job(), silent).snapshot().frame("requests")
    versions = rows[rows["request_id"] == late.id].sort_values("known_at")
    assert versions["known_at_basis"].tolist() == ["assumed", "observed"]
    assert versions["known_at"].iloc[-1] == pd.Timestamp(seen)
    assert versions["status"].tolist() == ["open", "closed"]


def test_only_ids_travel_there_and_only_status_and_moment_back(both: Both, make_city: MakeCity) -> None:
    city = city_of(both, make_city)
    both[1].closed = {m.id: AT for m in left_open(both)}
    city.sync()
    assert {name for c in both[1].calls for name in c.params} == {"service_request_id"}
    assert sorted(i for ids in both[1].asked for i in ids) == [m.id for m in left_open(both)]
    text = city.frame().to_csv()
    assert not any(word in text for word in ("Smith", "Elm", "555", "photo"))
    assert set(city.frame()["lat"].dropna().astype(float)).isdisjoint({41.9})


def test_the_feed_has_the_last_word_once_it_speaks_of_the_request_itself(both: Both, make_city: MakeCity) -> None:
    city, (one, other) = city_of(both, make_city), left_open(both)[:2]
    both[1].closed = {one.id: AT, other.id: AT}
    city.sync()
    world = both[0].world
    world.now += timedelta(hours=1)
    world.close(one, datetime(2026, 11, 19, tzinfo=UTC))
    other.area = "77"
    for made in (one, other):
        made.moved = world.now
        world.log.append(made)
    city.sync(later=timedelta(days=1))
    assert row(city, one)["closed"].startswith("2026-11-19")
    assert (row(city, other)["area"], row(city, other)["closed"]) == ("77", "2026-11-20T08:30:00+00:00")


def test_a_request_that_is_open_again_is_open(both: Both, make_city: MakeCity) -> None:
    city, made = city_of(both, make_city), left_open(both)[0]
    both[1].closed = {made.id: AT}
    city.sync()
    assert not is_open(city, made)
    both[1].opened_again = {made.id}
    assert city.sync(later=timedelta(days=1)).closed_late == 1
    assert is_open(city, made)
    both[1].opened_again = set()
    city.sync(later=timedelta(days=1))
    assert row(city, made)["closed"] == "2026-11-20T08:30:00+00:00"


def test_what_one_sync_has_no_calls_for_the_next_asks(both: Both, make_city: MakeCity) -> None:
    city, ids = city_of(both, make_city, ids_per_call=10, most_calls=2), [m.id for m in left_open(both)]
    assert len(ids) > 40
    city.sync()
    city.sync(later=timedelta(hours=1))
    assert both[1].asked == [ids[n : n + 10] for n in (0, 10, 20, 30)]
    for _ in range(len(ids) // 20):
        city.sync(later=timedelta(hours=1))
    assert {i for asked in both[1].asked for i in asked} == set(ids)


def test_ids_that_it_does_not_know_stay_as_the_feed_has_them(both: Both, make_city: MakeCity) -> None:
    city, (one, other) = city_of(both, make_city), left_open(both)[:2]
    both[1].closed = {one.id: AT, other.id: AT}
    both[1].forgotten = {one.id}
    city.sync()
    assert [is_open(city, m) for m in (one, other)] == [True, False]


def test_a_moment_that_lies_ahead_is_that_of_the_sync(both: Both, make_city: MakeCity) -> None:
    city, made = city_of(both, make_city), left_open(both)[0]
    both[1].closed = {made.id: datetime(2031, 1, 1, tzinfo=UTC)}
    city.sync()
    assert row(city, made)["closed"] == f"{city.now:%Y-%m-%dT%H:%M:%S}+00:00"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (HTML, "a page of HTML"),
        (Answer.of({"status": "ok"}), "no list of requests"),
        (Answer.of([{"code": 400, "description": "jurisdiction_id was not provided"}], 400), "jurisdiction_id was not"),
        (Answer(302, headers={"Location": "http://169.254.169.254/latest"}), "refused to ask"),
        (Answer(503, b"busy"), "HTTP 503"),
    ],
)
def test_a_side_channel_that_fails_costs_no_sync_and_is_told_of(
    both: Both, make_city: MakeCity, fault: Answer, said: str
) -> None:
    city = city_of(both, make_city)
    both[1].noise = lambda call, answer: fault
    report = city.sync()
    assert report.new > 300
    assert said in report.side_problem
    health = {h[0]: h for h in ingest(city.job(), silent).snapshot().meta.health}
    assert said in health["late closures"][1]
    assert health["last sync"][2] == "ok"
    both[1].noise = None
    city.sync(later=timedelta(hours=1))
    assert "late closures" not in {h[0] for h in ingest(city.job(), silent).snapshot().meta.health}


def test_a_line_that_fails_now_and_then_loses_nothing(both: Both, make_city: MakeCity) -> None:
    both[1].noise = noisy(5)
    both[1].closed = {m.id: AT for m in left_open(both)}
    city = city_of(both, make_city, ids_per_call=5)
    report = city.sync()
    assert report.closed_late == len(left_open(both))
    assert report.tally.retried


def test_key_and_jurisdiction_are_sent_and_the_key_is_never_shown(
    both: Both, make_city: MakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORVILLE_311", "very-secret")
    both[1].key, both[1].jurisdiction = "very-secret", "norville.gov"
    city = city_of(both, make_city, api_key_env="NORVILLE_311", jurisdiction_id="norville.gov")
    assert city.sync().side_problem == ""
    both[1].key = "another"
    problem = city.sync(later=timedelta(hours=1)).side_problem
    assert "api_key is not valid" in problem
    assert "very-secret" not in problem


def test_a_feed_without_a_key_cannot_have_one() -> None:
    columns = {"request_id": ["a", "b"], "created": "c", "label": "d"}
    section = {"host": "a.org", "datasets": [{"id": "abcd-1234"}], "columns": columns}
    with pytest.raises(ValidationError, match="no key of its own"):
        PLUGIN.config.model_validate({**section, "closures": {"kind": "open311", "url": "https://a.org/open311/v2"}})


def test_only_recent_requests_are_asked_for(both: Both, make_city: MakeCity) -> None:
    city = city_of(both, make_city, days=30)
    city.sync()
    filed = {r.id: r.created.date() for r in both[0].world.rows}
    assert min(filed[i] for ids in both[1].asked for i in ids) >= date(2026, 10, 21)
