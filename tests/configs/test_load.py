"""A city's YAML is loaded whole, or the error says which key is wrong and how to write it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from configs import packaged
from configs.load import category, city_names, load_city
from domain.errors import ConfigError

CITY = """
schema: 1
city: norville
title: Norville
timezone: Europe/Oslo
holidays: {country: NO, subdivision: 03}
categories: [pothole, mine/trees.yaml]
requests: {kind: files, path: rows.csv}
areas: {kind: from_rows}
crews:
  shifts: [{name: day, start: 07:30, end: 15:30, minutes: 420}]
  types: [{name: patch, skills: {patching: null}, cost_per_hour: 100}]
  yards: [{name: Main, crews: {patch: 2}}]
quality: {earliest: 2012-01-01}
"""
TREES = """
schema: 1
category: trees
title: Fallen trees
noun: tree requests
kind: queue
skill: forestry
service_minutes: {value: 60, basis: expert}
queue: {due_hours: 48, cost_per_late_day: 10}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes the city with texts replaced, and the category it names."""

    def build(*changes: tuple[str, str], trees: str = TREES) -> Path:
        text = CITY
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / "trees.yaml").write_text(trees, encoding="utf-8")
        file = tmp_path / "norville.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return build


def error_of(file: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_city(str(file))
    return caught.value


def test_a_city_is_loaded_from_a_path_with_its_own_and_packaged_categories(write: Callable[..., Path]) -> None:
    file = write()
    plan = load_city(str(file))
    assert plan.city.categories == ("pothole", "trees")
    assert [c.category for c in plan.categories] == ["pothole", "trees"]
    assert plan.city.base_dir == file.parent
    assert plan.city.requests.settings == {"path": "rows.csv"}


def test_norway_times_dates_and_leading_zeros_stay_as_written(write: Callable[..., Path]) -> None:
    city = load_city(str(write())).city
    assert (city.holidays.country, city.holidays.subdivision) == ("NO", "03")
    assert city.crews.shifts[0].start == "07:30"
    assert city.quality.earliest == "2012-01-01"


@pytest.mark.parametrize("name", packaged("cities"))
def test_every_packaged_city_loads_by_name(name: str) -> None:
    plan = load_city(name)
    assert plan.city.city == name
    assert plan.city.base_dir.is_dir()


def test_packaged_names_are_listed() -> None:
    assert "houston-files" in city_names()
    for name in packaged("categories"):
        assert category(name).category == name


@pytest.mark.parametrize(
    ("change", "said", "key", "nearest"),
    [
        (("timezone:", "timzone:"), "timzone: unknown key; the nearest known key is 'timezone'", "timzone", "timezone"),
        (("minutes: 420", "minute: 420"), "crews.shifts[0].minute: unknown key", "crews.shifts[0].minute", "minutes"),
        (("cost_per_hour", "costs_per_hour"), "'cost_per_hour'", "crews.types[0].costs_per_hour", "cost_per_hour"),
        (("earliest", "earlyest"), "'earliest'", "quality.earlyest", "earliest"),
        (("country: NO", "contry: NO"), "holidays.contry: unknown key", "holidays.contry", "country"),
        (("title: Norville", "zzz: Norville"), "zzz: unknown key; known keys: schema, city, title", "zzz", None),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(
    change: tuple[str, str], said: str, key: str, nearest: str | None, write: Callable[..., Path]
) -> None:
    file = write(change)
    error = error_of(file)
    assert said in error.what
    assert str(file) in error.what
    assert error.values["key"] == key
    assert error.values["nearest"] == nearest
    if nearest:
        assert nearest in error.remedy


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Europe/Oslo", "Europe/Olso"), "timezone: 'Europe/Olso' is not an IANA time zone"),
        (("2012-01-01", "soon"), "quality.earliest: 'soon' is not a day such as 2000-01-01"),
        (("minutes: 420", "minutes: -1"), "crews.shifts[0].minutes: input should be greater than 0 (found: -1)"),
        (("07:30", "7:30"), "crews.shifts[0].start: string should match pattern"),
        (("{patch: 2}", "{path: 2}"), "crews: yard 'Main': no crew type ['path']; there are ['patch']"),
        (("title: Norville\n", ""), "title: missing"),
        (("kind: from_rows", "kinds: from_rows"), "areas.kind: missing"),
    ],
)
def test_a_wrong_or_missing_value_is_named_with_what_is_allowed(
    change: tuple[str, str], said: str, write: Callable[..., Path]
) -> None:
    assert said in error_of(write(change)).what


def test_several_findings_are_told_at_once(write: Callable[..., Path]) -> None:
    what = error_of(write(("title:", "titel:"), ("minutes: 420", "minutes: 0"))).what
    assert "titel: unknown key" in what
    assert "title: missing" in what
    assert "crews.shifts[0].minutes" in what


@pytest.mark.parametrize(
    ("written", "said"), [("schema: 2", "schema is 2"), ("shema: 1", "schema is missing"), ("schema: true", "is True")]
)
def test_another_schema_version_is_refused_before_anything_else(
    written: str, said: str, write: Callable[..., Path]
) -> None:
    error = error_of(write(("schema: 1", written), ("title:", "titel:")))
    assert said in error.what
    assert "reads schema 1" in error.what


@pytest.mark.parametrize("key", ["base_dir: /", "file: x"])
def test_what_the_loader_fills_in_may_not_be_written(key: str, write: Callable[..., Path]) -> None:
    assert "unknown key" in error_of(write(("title: Norville", f"title: Norville\n{key}"))).what


class TestNames:
    def test_an_unknown_city_names_the_nearest(self) -> None:
        with pytest.raises(ConfigError, match="no city 'huston-files'; did you mean 'houston-files'"):
            load_city("huston-files")

    def test_a_missing_file_is_said_to_be_one(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="there is no file"):
            load_city(str(tmp_path / "none.yaml"))

    def test_an_unknown_category_is_named_with_the_citys_file(self, write: Callable[..., Path]) -> None:
        error = error_of(write(("[pothole,", "[potholes,")))
        assert "there is no category 'potholes'; did you mean 'pothole'" in error.what
        assert "norville.yaml" in error.what

    def test_a_category_named_twice_is_refused(self, write: Callable[..., Path]) -> None:
        assert "named twice: pothole" in error_of(write(("[pothole,", "[pothole, pothole,"))).what

    def test_a_wrong_category_file_is_named_itself(self, write: Callable[..., Path]) -> None:
        error = error_of(write(trees=TREES.replace("due_hours", "due_hour")))
        assert "trees.yaml" in error.what
        assert "queue.due_hour: unknown key; the nearest known key is 'due_hours'" in error.what


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("{0: 0.5, 3: 0.4}", "waits.days: the shares sum to 0.9, not 1; write 0: the share on which crews can begin"),
        ("{0: 1.5, 3: -0.5}", "waits.days: 1.5 of the requests wait 0 days; write each share as a number from 0 to 1"),
        ("{-1: 1.0}", "waits.days: -1 working days is no wait; write whole days from 0 to 365"),
        ("{2.5: 1.0}", "waits.days.2.5"),
        ("{}", "waits.days"),
    ],
)
def test_waits_that_are_no_distribution_are_named_with_the_remedy(
    days: str, said: str, write: Callable[..., Path]
) -> None:
    error = error_of(write(trees=f"{TREES}waits: {{days: {days}, basis: expert}}\n"))
    assert said in error.what
    assert "trees.yaml" in error.what


def test_stated_waits_need_their_mark_and_work_that_can_wait(write: Callable[..., Path]) -> None:
    assert "waits.basis: missing" in error_of(write(trees=f"{TREES}waits: {{days: {{1: 1.0}}}}\n")).what
    perishable = TREES.replace("kind: queue", "kind: perishable").replace(
        "queue: {due_hours: 48, cost_per_late_day: 10}", "perishable: {response_minutes: 60}"
    )
    what = error_of(write(trees=f"{perishable}waits: {{days: {{1: 1.0}}, basis: expert}}\n")).what
    assert "perishable work is answered at once or lapses; leave waits out" in what
    good = load_city(str(write(trees=f"{TREES}waits: {{days: {{5: 0.25, 1: 0.75}}, basis: expert}}\n")))
    assert good.categories[1].waits is not None
    assert list(good.categories[1].waits.days.items()) == [(1, 0.75), (5, 0.25)]
