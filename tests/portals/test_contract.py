"""What every protocol keeps: exactly the rows of the source, each once, in their newest version."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.portal_errors import PortalError
from pipelines.steps import pull
from tests.portals.arcgis_fake import FakeArcGis
from tests.portals.carto_fake import FakeCarto
from tests.portals.ckan_fake import FakeCkan, FakeCkanSql, FakeZip
from tests.portals.conftest import MakeCity, PortalCity
from tests.portals.files_fake import FakeFiles
from tests.portals.made import World
from tests.portals.opendatasoft_fake import FakeOpendatasoft
from tests.portals.server import Answer, FakePortal, cut, gzip_cut, noisy
from tests.portals.socrata_fake import FakeSocrata

FAKES: tuple[Callable[[World], Any], ...] = (
    FakeSocrata,
    FakeArcGis,
    FakeCkan,
    FakeCkanSql,
    FakeZip,
    FakeCarto,
    FakeFiles,
    FakeOpendatasoft,
)
MANY, SOME = 12_000, 2_000
"""Many: more than a default page of CKAN, and than Opendatasoft gives by offset."""


@pytest.fixture(params=FAKES, ids=lambda f: getattr(f, "__name__", "fake"))
def make_fake(request: pytest.FixtureRequest, serve: Callable[..., FakePortal]) -> Callable[[int], Any]:
    def build(rows: int) -> Any:
        world = World()
        world.add(rows)
        portal = request.param(world)
        serve(portal)
        return portal

    return build


def found(city: PortalCity) -> dict[str, tuple[str, str, bool]]:
    frame = city.frame()
    assert frame["request_id"].is_unique
    columns = (frame["label"], frame["area"], frame["closed"].notna())
    return dict(zip(frame["request_id"], zip(*columns, strict=True), strict=True))


def truth(portal: Any, *labels: str) -> dict[str, tuple[str, str, bool]]:
    """As the portal's feed can say it."""
    told = getattr(portal, "told", None)
    state = {m.id: m for m in portal.world.rows if not labels or m.label in labels}
    if told is not None:
        return told(state.values())
    return {m.id: (m.label, m.area, m.closed is not None) for m in state.values()}


def test_many_rows_arrive_once_over_a_bad_line(make_fake: Callable[[int], Any], make_city: MakeCity) -> None:
    portal = make_fake(MANY)
    portal.noise = noisy(3, 0.2)
    portal.faults = [Answer(500), cut, gzip_cut]
    city = make_city(portal.section())
    report = city.sync()
    assert report.tally.retried
    assert found(city) == truth(portal)


def test_edits_under_way_arrive_with_this_sync_or_the_next(
    make_fake: Callable[[int], Any], make_city: MakeCity
) -> None:
    portal = make_fake(SOME)
    world = portal.world
    portal.before = lambda call: (world.edit(3), world.add(1))
    city = make_city(portal.section())
    city.sync()
    portal.before = None
    city.sync(later=timedelta(hours=1))
    assert found(city) == truth(portal)


def test_a_sync_without_news_keeps_nothing_new(make_fake: Callable[[int], Any], make_city: MakeCity) -> None:
    portal = make_fake(SOME)
    city = make_city(portal.section())
    assert city.sync().new == SOME
    again = city.sync(later=timedelta(days=1))
    assert (again.new, again.vanished) == (0, 0)


def test_late_closures_edits_and_deletions_arrive(make_fake: Callable[[int], Any], make_city: MakeCity) -> None:
    portal = make_fake(SOME)
    city = make_city(portal.section(reread_days=3000))
    city.sync()
    portal.world.edit(30)
    gone = portal.world.remove(4, portal.world.now - timedelta(days=40))
    report = city.sync(later=timedelta(days=1))
    assert report.vanished == 4
    alive = {i: v for i, v in found(city).items() if i not in {portal_id(portal, m) for m in gone}}
    assert alive == truth(portal)


def portal_id(portal: Any, made: Any) -> str:
    told = getattr(portal, "told", None)
    return next(iter(told([made]))) if told else made.id


def test_only_wanted_labels_are_kept(make_fake: Callable[[int], Any], make_city: MakeCity) -> None:
    portal = make_fake(SOME)
    section = portal.section()
    labels = {"Pothole": "pothole", "Graffiti & Tags": "flooding"}
    city = make_city({**section, "rules": {**section.get("rules", {}), "labels": labels}})
    city.sync()
    assert found(city) == truth(portal, *labels)


def test_edits_made_over_the_days_of_an_interrupted_first_pull_arrive_with_the_next_sync(
    make_fake: Callable[[int], Any], make_city: MakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "COMMIT_ROWS", 200)
    portal = make_fake(SOME)
    city = make_city(portal.section(page_size=100, reread_days=3000))
    portal.faults = [None] * 6 + [Answer.of({}, 404)] * 9
    with contextlib.suppress(PortalError):
        city.sync()
    portal.faults = []
    for _ in range(12):
        portal.world.now += timedelta(hours=6)
        portal.world.edit(40)
    city.sync(later=timedelta(days=3, hours=1))
    city.sync(later=timedelta(hours=1))
    assert found(city) == truth(portal)
