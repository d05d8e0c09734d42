"""Input that can be used with care: labelled in manifest, report and health page, never a plan that looks normal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.errors import AsOfOutsideDataError, TooManyBadRowsError
from pipelines.job import Job
from pipelines.steps.publish import Published
from pipelines.steps.replay import Window, usable
from storage.vintages import Vintage, latest, list_vintages

pytestmark = pytest.mark.xdist_group("plain_run")

Spoil = Callable[[Any], object]


def with_gap(town: Any) -> None:
    opened = town.rows["opened"]
    town.put("rows.csv", town.rows[(opened < "2024-12-20") | (opened >= "2025-01-21")])


def silent_noise(town: Any) -> None:
    town.put("rows.csv", town.rows[(town.rows["type"] == "pothole") | (town.rows["opened"] < "2025-01-20")])


def dates_only(town: Any) -> None:
    days = {c: town.rows[c].dt.strftime("%Y-%m-%d") for c in ("opened", "closed")}
    town.put("rows.csv", town.rows.assign(**days))


def never_closed(town: Any) -> None:
    town.configure(("closed: closed, ", ""), ("status: status, ", ""))


@pytest.mark.parametrize(
    ("spoil", "mode", "found"),
    [
        (with_gap, "gap in history", "gap: no request from 2024-12-20 to 2025-01-20"),
        (silent_noise, "silent category", "note: noise: no request since 2025-01-19"),
        (lambda t: t.put("rows.csv", t.rows[t.rows["type"] == "pothole"]), "silent category",
         "note: noise: no request in two years"),
        (dates_only, "assumed shifts", "mode: assumed shifts"),
        (never_closed, "no backlog known",
         "correction: no row has a status or a closing date: taken as closed when filed, there is no backlog"),
        (lambda t: t.put("rows.csv", t.last_days(200)), "short history", "mode: short history"),
        (lambda t: t.put("weather.csv", t.weather.iloc[:-2]), "stale weather", "mode: stale weather"),
        (lambda t: t.put("weather.csv", t.weather[::3]), "sparse weather", "mode: sparse weather"),
        (lambda t: t.put("weather.csv", t.weather.assign(rain="?")), "sparse weather",
         "correction: precipitation_mm unreadable or impossible: null"),
        (lambda t: t.configure(t.without_weather()), "no weather", "mode: no weather"),
    ],
)  # fmt: skip
def test_what_can_be_used_with_care_is_labelled(town: Any, spoil: Spoil, mode: str, found: str) -> None:
    spoil(town)
    run = town.read()
    assert mode in run.modes
    assert found in town.told(run)


def test_data_that_end_some_days_before_are_stale_and_weeks_before_an_error(town: Any) -> None:
    town.put("rows.csv", town.rows[town.rows["opened"] < "2025-03-12"])
    run = town.read(date(2025, 3, 16))
    assert (run.origin, run.modes[0]) == (date(2025, 3, 11), "stale demand")
    town.configure(more="quality: {max_demand_age_days: 3}\n")
    with pytest.raises(AsOfOutsideDataError, match="5 days before; 3 are allowed"):
        town.read(date(2025, 3, 16))


def test_above_the_limit_the_run_stops_and_the_last_plan_stays(
    town: Any, run_plainly: Callable[[Job], Published]
) -> None:
    """Fold days that lie in a gap of the data compare nothing, and stop nothing."""
    with_gap(town)
    published = run_plainly(town.job())
    snapshot = town.job().folder().snapshots / "current.json"
    before = snapshot.read_bytes()
    town.put("rows.csv", town.rows.assign(type="graffiti"))
    with pytest.raises(TooManyBadRowsError, match="graffiti"):
        run_plainly(town.job())
    folder = town.job().folder()
    assert snapshot.read_bytes() == before
    assert list_vintages(folder) == [published.manifest.vintage_id]
    latest(folder).verify()
    assert "gap in history" in published.manifest.modes
    assert set(Vintage(published.folder).frame("scores")["folds"]) == {1}
    assert "Degraded run: gap in history" in (published.folder / "report.html").read_text(encoding="utf-8")


def test_a_degraded_plan_says_so_in_manifest_report_and_workbook(
    town: Any, run_plainly: Callable[[Job], Published]
) -> None:
    """Counts of one whole city, no map, no weather, and a category without any request."""
    counts = town.counts().query("category == 'pothole'")
    town.put("counts.csv", counts.groupby(["date", "category"], as_index=False)["count"].sum())
    town.configure(town.with_counts(", columns: {area: null}"), town.without_map(), town.without_weather())
    vintage = Vintage(run_plainly(town.job()).folder)
    modes = ("no backlog known", "assumed shifts", "silent category", "no weather")
    assert vintage.manifest.modes == modes
    report = vintage.bytes("report.html").decode()
    assert [mode for mode in modes if f"Degraded run: {mode}" not in report] == []
    assert vintage.frame("backlog").empty
    assert set(vintage.frame("forecasts_by_shift")["profile_basis"]) == {"assumed"}
    health = vintage.frame("health")
    assert set(health.loc[health["kind"] == "mode", "item"]) == set(modes)
    city = vintage.frame("forecasts").query("level == 'city'").groupby("category")["mean"].sum()
    assert city["noise"] < 0.5 < city["pothole"]


def test_a_backtest_leaves_out_origins_that_lie_in_a_gap(town: Any) -> None:
    with_gap(town)
    town.configure()
    window = Window(date(2024, 12, 1), date(2025, 2, 23), every=14, horizon=14, refit_every=4)
    days = usable(town.read(), window)
    assert date(2024, 12, 1) in days
    assert date(2025, 2, 23) in days
    assert date(2025, 1, 12) not in days
