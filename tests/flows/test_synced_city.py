"""From a portal to a published plan: fresh, after a failed sync, and from a feed that is weeks behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cli.run import pages_command
from cli.run import report as tell
from domain.portal_errors import PortalBusyError
from domain.words import MODE_FAILED_SYNC, MODE_NO_ISSUED, MODE_NO_WEATHER, MODE_SHORT_HISTORY, MODE_STALE_DEMAND
from pipelines.job import Job
from pipelines.steps.publish import Published
from pipelines.sync import brought_up_to_date
from storage.vintages import Vintage, latest
from tests.command_line import typed
from tests.portals.conftest import NOW, PortalCity
from tests.portals.made import World
from tests.portals.server import noisy
from tests.portals.socrata_fake import FakeSocrata

RULES = {"labels": {"Pothole": "pothole", "Flooding on Street": "flooding"}, "zone": "utc"}
QUICK = ["exponential_smoothing", "recent_weekdays"]
MODELS = {"draws": 300, "weather_paths": 20, "selection_folds": 2, "forecasters": QUICK}
COLUMNS = {"date": "day", "temperature_mean_c": "t", "precipitation_mm": "rain"}
WEATHER = {"kind": "files", "observed": {"path": "weather.csv", "columns": COLUMNS}}
DAYS = 500

Runner = Callable[[Job], Published]


def portal_until(end: datetime, rows: int = 6_000) -> FakeSocrata:
    """A portal whose requests were filed over the days to `end`."""
    world = World(start=end - timedelta(days=DAYS), span_days=DAYS, now=end)
    world.add(rows)
    return FakeSocrata(world)


@pytest.fixture
def portal() -> Iterator[FakeSocrata]:
    there = portal_until(NOW)
    there.start()
    yield there
    there.stop()


def section(portal: FakeSocrata, **manners: Any) -> dict[str, Any]:
    fast = {"attempts": 4, "first_wait_seconds": 0.001, "longest_wait_seconds": 1.0, "timeout_seconds": 5, **manners}
    return portal.section(rules=RULES, cannot_carry=["due time: none"], page_size=500, manners=fast)


def health(vintage: Vintage) -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, item) → (value, severity)."""
    frame = vintage.frame("health")
    keys, told = zip(frame["kind"], frame["item"], strict=True), zip(frame["value"], frame["severity"], strict=True)
    return dict(zip(keys, told, strict=True))


def test_a_synced_city_is_planned_and_later_from_its_last_good_rows(
    portal: FakeSocrata, tmp_path: Path, run_plainly: Runner
) -> None:
    portal.noise = noisy(5, 0.3)
    city = PortalCity(tmp_path, section(portal, attempts=8), models=MODELS)
    report = city.sync()
    fresh = run_plainly(city.job()).manifest
    told = health(latest(city.job().folder()))
    assert (fresh.as_of, fresh.first_date) == (date(2026, 11, 20), date(2026, 11, 21))
    assert not {MODE_FAILED_SYNC, MODE_STALE_DEMAND} & set(fresh.modes)
    assert told["sync", "last sync"] == ("whole, 2026-11-20 12:00 UTC", "ok")
    again = told["sync", "calls made again"][0]
    assert again == ", ".join(f"{n} × {why}" for why, n in sorted(report.tally.retried.items()))
    portal.stop()
    with pytest.raises(PortalBusyError, match="Norville: abcd-1234"):
        city.sync(later=timedelta(days=4))
    old = run_plainly(city.job()).manifest
    told = health(latest(city.job().folder()))
    assert (old.as_of, old.first_date, old.data_ages["requests"]) == (date(2026, 11, 23), date(2026, 11, 24), 4)
    assert {MODE_FAILED_SYNC, MODE_STALE_DEMAND} <= set(old.modes)
    value, severity = told["sync", "last sync"]
    assert value.startswith("failed on 2026-11-24: Norville: abcd-1234: Connect")
    assert (value.endswith("requests as of 2026-11-20 12:00 UTC are used"), severity) == (True, "warning")
    page = (latest(city.job().folder()).folder / "report.html").read_text(encoding="utf-8")
    assert "The last pull from the city&#39;s portal failed." in page
    assert "They are complete to Thursday 19 November 2026; the plan looks 5 to 18 days beyond it." in page
    portal.start()


def test_a_scheduled_run_syncs_first_and_a_failed_sync_is_told_and_stops_nothing(
    portal: FakeSocrata, tmp_path: Path
) -> None:
    """What a run after it plans from is above."""
    city = PortalCity(tmp_path, section(portal), models=MODELS)
    assert brought_up_to_date(city.job()) is None
    known = len(city.frame())
    portal.world.add(50)
    city.now += timedelta(days=1)
    assert brought_up_to_date(city.job()) is None
    assert len(city.frame()) == len(portal.world.state(*RULES["labels"])) > known
    portal.stop()
    city.now += timedelta(days=1)
    assert isinstance(brought_up_to_date(city.job()), PortalBusyError)
    portal.start()


def test_a_scheduled_run_of_a_city_without_a_portal_has_nothing_to_sync(small_city: Path, tmp_path: Path) -> None:
    assert brought_up_to_date(Job(str(small_city), tmp_path, NOW)) is None
    assert not (tmp_path / "cities").exists()


def weather_until(folder: Path, end: date) -> pd.DataFrame:
    """Three years of made-up days, the last a day of 99 mm, beside the YAML."""
    days = pd.date_range(end=pd.Timestamp(end), periods=1_200)
    dice = np.random.default_rng(3)
    rain = np.where(dice.random(len(days)) < 0.3, dice.gamma(1.0, 8.0, len(days)), 0.0).round(1)
    warmth = (12 - 12 * np.cos(2 * np.pi * days.day_of_year / 365) + dice.normal(0, 3, len(days))).round(1)
    frame = pd.DataFrame({"day": days.strftime("%Y-%m-%d"), "t": warmth, "rain": rain})
    frame.loc[len(frame) - 1, "rain"] = 99.0
    frame.to_csv(folder / "weather.csv", index=False)
    return frame


def test_a_feed_45_days_behind_is_forecast_45_days_out_with_the_weather_that_came(
    tmp_path: Path, run_plainly: Runner
) -> None:
    behind = portal_until(NOW - timedelta(days=45))
    behind.start()
    weather = weather_until(tmp_path, date(2026, 11, 19))
    city = PortalCity(
        tmp_path, section(behind), models=MODELS, weather=WEATHER, quality={"max_demand_age_days": 50},
    )  # fmt: skip
    city.now = NOW
    city.sync()
    behind.stop()
    published = run_plainly(city.job())
    told = published.manifest
    assert (told.as_of, told.origin, told.first_date) == (date(2026, 11, 19), date(2026, 10, 5), date(2026, 11, 20))
    assert told.data_ages == {"requests": 45, "observed weather": 0, "issued weather": None}
    assert {MODE_STALE_DEMAND, MODE_NO_ISSUED} <= set(told.modes)
    assert not {MODE_NO_WEATHER, MODE_SHORT_HISTORY} & set(told.modes)
    vintage = latest(city.job().folder())
    forecasts = vintage.frame("forecasts")
    assert (forecasts["date"] - forecasts["origin"]).dt.days.max() == 45 + 14
    paths = vintage.frame("weather_paths")
    rain = paths[paths["date"] <= "2026-11-19"].groupby("date")["precipitation_mm"].agg(["min", "max"])
    came = weather.set_index("day")["rain"].reindex(rain.index.strftime("%Y-%m-%d"))
    assert len(rain) == 45
    np.testing.assert_array_equal(rain["min"], came)
    np.testing.assert_array_equal(rain["max"], came)
    ahead = paths[paths["date"] > "2026-11-19"].groupby("date")["precipitation_mm"].nunique()
    assert (ahead > 1).all()


def test_what_commands_say_of_a_city_whose_portal_is_gone(
    tmp_path: Path, run_plainly: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    """That a run by the command line ends in a plan is tested with Prefect elsewhere; here, what it prints."""
    here = portal_until(datetime.now(UTC))
    here.start()
    city = PortalCity(tmp_path, section(here), models=MODELS)
    first = typed(city.home, "sync", str(city.file), "--quiet", "--json")
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["read"], told["new"], told["passes"]) == (told["new"], told["read"], {"abcd-1234": "first"})
    assert told["calls"] == len(here.calls)
    assert "✓ last sync      whole, " in typed(city.home, "doctor", str(city.file)).stdout
    here.stop()
    second = typed(city.home, "sync", str(city.file), "--quiet")
    assert (second.returncode, "sync again" in second.stderr) == (3, True)
    looked = typed(city.home, "doctor", str(city.file))
    assert (looked.returncode, "✗ last sync      failed on" in looked.stdout) == (1, True)
    city.now = datetime.now(UTC)
    tell(run_plainly(city.job()), pages_command(str(city.file), "portal-city"), moved=True)
    told_of_run = capsys.readouterr().out
    assert f"mode: {MODE_FAILED_SYNC}" in told_of_run
    assert f"pages: crewcast serve --city portal-city --config {city.file}" in told_of_run
    assert "warning: last sync: failed on" in told_of_run
    listed = json.loads(typed(city.home, "runs", str(city.file), "--json").stdout)
    assert any(MODE_FAILED_SYNC in json.dumps(row) for row in listed)
