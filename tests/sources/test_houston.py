"""The packaged city of Houston, read whole from the development data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from configs.load import load_city
from sources.plugins import Context, configured
from sources.validate import check_share

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def read(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREWCAST_SHARED", str(shared_data.parent))
        plan = load_city("houston-files")
    ctx = Context(plan, tmp_path_factory.mktemp("cache"), date(2017, 12, 31))
    found: dict[str, Any] = {"plan": plan}
    for section, (plugin, config) in configured(plan).items():
        found[section] = plugin.read(config, ctx)
        if section == "areas":
            ctx = replace(ctx, areas=found["areas"].areas)
    return found


def test_all_rows_are_used_and_none_is_lost(read: dict[str, Any]) -> None:
    found = read["requests"]
    assert (found.rows_read, found.rows_used, len(found.quarantine), found.duplicates) == (56_642, 56_642, 0, 0)
    assert found.has_hours
    check_share(found, read["plan"].city.quality)


def test_daily_counts_are_those_counted_from_the_same_rows(read: dict[str, Any], shared_data: Path) -> None:
    rows = read["requests"].rows
    rows = rows[rows["area"] != ""]
    day = rows["created_at"].dt.tz_convert("America/Chicago").dt.tz_localize(None).dt.normalize()
    counted = rows.groupby([day.rename("date"), "area", "category"]).size()
    given = pd.read_parquet(shared_data / "houston" / "counts_council_district.parquet")
    given = given[given["count"] > 0].set_index(["date", "area", "category"])["count"].sort_index()
    assert counted.to_dict() == given.to_dict()


def test_every_council_district_lies_in_one_of_the_invented_groups(read: dict[str, Any]) -> None:
    areas = read["areas"].areas
    assert areas["area"].tolist() == list("ABCDEFGHIJK")
    assert set(areas["district"]) == {"North", "Central", "South", "East", "West"}


def test_weather_ends_where_the_data_say(read: dict[str, Any]) -> None:
    weather = read["weather"]
    assert str(weather.observed["date"].max().date()) == "2017-12-31"
    leads = weather.issued[weather.issued["origin"] == "2017-12-17"]
    assert len(leads) == 14


def test_crews_are_said_to_be_invented(read: dict[str, Any]) -> None:
    assert read["plan"].city.crews.is_invented
    assert "invented" in read["plan"].city.label
