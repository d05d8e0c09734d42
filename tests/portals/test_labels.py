"""The labels of a portal beside those of a YAML: counted by the portal, alike, stopped, started, renamed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from domain.progress import silent
from pipelines.doctor_online import check_portal
from pipelines.labels import find_labels, propose
from storage.home import open_home
from tests.portals.ckan_fake import FakeCkan
from tests.portals.conftest import MakeCity
from tests.portals.made import World
from tests.portals.server import Answer, FakePortal
from tests.portals.socrata_fake import FakeSocrata
from tests.portals.test_contract import FAKES

RULES = {
    "labels": {"Pothole": "pothole", "Street Flooding (SJ)": "flooding", "Sinkhole": "pothole"},
    "excluded_labels": {"311 INFORMATION ONLY CALL": "a call for information"},
    "zone": "utc",
}
SWITCH = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize("fake", FAKES, ids=lambda f: f.__name__)
def test_labels_are_counted_with_their_days_and_only_counts_travel_where_the_portal_can_count(
    fake: Callable[[World], Any], serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(3_000)
    portal = fake(world)
    serve(portal)
    city = make_city({**portal.section(), "rules": {**portal.section().get("rules", {}), **RULES}})
    found = find_labels(city.job(), date(2026, 1, 1), silent)
    seen = {s.count.label: s.count for s in found.review.seen}
    assert {n: c.rows for n, c in seen.items()} == Counter(m.label for m in world.rows)
    assert {s.count.label: s.category for s in found.review.seen if s.category} == {"Pothole": "pothole"}
    first = min(m.created for m in world.rows if m.label == "Pothole")
    assert seen["Pothole"].first == first.date()
    assert len(portal.calls) <= 3


def test_a_portal_that_takes_no_sql_is_read_for_its_labels(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(500)
    portal = FakeCkan(world)
    serve(portal)
    portal.faults = [Answer.of({"success": False, "error": {"__type": "Authorization Error"}}, 403)]
    found = find_labels(make_city(portal.section(rules=RULES)).job(), date(2026, 1, 1), silent)
    assert {s.count.label: s.count.rows for s in found.review.seen} == Counter(m.label for m in world.rows)


@pytest.fixture
def renamed(serve: Callable[..., FakePortal]) -> FakeSocrata:
    """A portal where "Street Flooding (SJ)" stops as "Flooding on Street" starts, with a look-alike of potholes."""
    world = World()
    world.add(4_000)
    for made in world.rows:
        if made.label == "Flooding on Street" and made.created < SWITCH:
            made.label = "Street Flooding (SJ)"
        if made.label == "Graffiti & Tags" and made.row % 3 == 0:
            made.label = "Alley Pothole Complaint"
    portal = FakeSocrata(world)
    serve(portal)
    return portal


def test_a_label_that_stops_as_another_starts_is_found_and_proposed(
    renamed: FakeSocrata, make_city: MakeCity, tmp_path: Path
) -> None:
    city = make_city(renamed.section(rules=RULES, unverified_labels=["Pothole", "Sinkhole"]))
    calls = len(renamed.calls)
    found = find_labels(city.job(), date(2026, 1, 1), silent)
    assert len(renamed.calls) - calls == 1
    review = found.review
    (change,) = review.renamed
    assert (change.old, change.new) == ("Street Flooding (SJ)", "Flooding on Street")
    assert abs(change.overlap_days) <= 2
    assert review.unseen == ("Sinkhole",)
    assert review.unverified == ("Pothole",)
    alike = {s.count.label: s.nearest for s in review.seen if s.nearest}
    assert alike["Alley Pothole Complaint"] == "Pothole"
    assert "Graffiti & Tags" not in alike
    file = propose(found, tmp_path / "proposal.yaml")
    told = YAML(typ="safe").load(file)
    assert told["rules"]["labels"] == {
        "Pothole": "pothole", "Street Flooding (SJ)": "flooding", "Flooding on Street": "flooding",
    }  # fmt: skip
    assert told["unverified_labels"] == ["Sinkhole"]
    text = file.read_text(encoding="utf-8")
    assert "seems to follow 'Street Flooding (SJ)'" in text
    assert '# "Alley Pothole Complaint":' in text


def test_a_proposal_can_be_copied_into_the_yaml_and_no_label_is_lost(
    renamed: FakeSocrata, make_city: MakeCity, tmp_path: Path
) -> None:
    city = make_city(renamed.section(rules=RULES))
    told = YAML(typ="safe").load(propose(find_labels(city.job(), None, silent), tmp_path / "p.yaml"))
    city.write(renamed.section(rules={**RULES, **told["rules"]}))
    city.sync()
    labels = Counter(city.frame()["label"])
    assert labels["Flooding on Street"] == sum(m.label == "Flooding on Street" for m in renamed.world.rows) > 0


def of(checks: Any) -> dict[str, tuple[str, str]]:
    return {c.what: (c.state, c.detail) for c in checks}


@pytest.fixture
def recent(serve: Callable[..., FakePortal]) -> FakeSocrata:
    """A portal of this very day: the doctor looks at the last month."""
    now = datetime.now(UTC)
    world = World(start=now - timedelta(days=170), now=now)
    world.add(3_000)
    portal = FakeSocrata(world)
    serve(portal)
    return portal


def test_the_doctor_online_verifies_data_sets_columns_pages_and_labels(
    recent: FakeSocrata, make_city: MakeCity
) -> None:
    city = make_city(recent.section(rules=RULES, unverified_labels=["Pothole"], page_size=50))
    told = of(check_portal(open_home(city.home), str(city.file)))
    assert told["data set abcd-1234"] == ("ok", "columns are there; 50 rows a page")
    assert told["labels"] == ("ok", "1 mapped ones have rows in the last year")
    assert told["label verified"][1] == "'Pothole' is there: take it out of unverified_labels"
    assert told["label not met"][0] == "note"


def test_the_doctor_online_names_a_missing_column_a_moved_host_and_a_withdrawn_data_set(
    recent: FakeSocrata, make_city: MakeCity
) -> None:
    city = make_city(recent.section(rules=RULES))
    recent.fields -= {"ward"}
    assert "no column 'ward'" in of(check_portal(open_home(city.home), str(city.file)))["data set abcd-1234"][1]
    recent.moved_to = "http://data.example.org"
    assert "data.example.org" in of(check_portal(open_home(city.home), str(city.file)))["data set abcd-1234"][1]
    recent.moved_to, recent.withdrawn = "", True
    told = of(check_portal(open_home(city.home), str(city.file)))["data set abcd-1234"]
    assert told[0] == "problem"
    assert "withdrawn" in told[1]


def test_the_command_shows_labels_and_writes_the_proposal(
    recent: FakeSocrata, make_city: MakeCity, tmp_path: Path
) -> None:
    from typer.testing import CliRunner

    from cli.main import app

    city, file = make_city(recent.section(rules=RULES)), tmp_path / "labels.yaml"
    words = ["labels", str(city.file), "--home", str(city.home), "--write", str(file), "--quiet"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "Pothole" in done.output
    assert "not at the portal: 'Sinkhole' is mapped" in done.output
    assert file.exists()
    told = json.loads(CliRunner().invoke(app, [*words[:-3], "--json", "--quiet"]).stdout)
    assert {s["count"]["label"] for s in told["seen"]} == {m.label for m in recent.world.rows}
