"""A replay from rows to its files, whole and interrupted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from allocation.evaluate.catalogue import SIMPLE
from allocation.evaluate.settings import ReplaySettings
from configs import packaged
from domain.errors import AsOfOutsideDataError, ConfigError
from domain.progress import silent
from pipelines.job import Job, Run, known_at
from pipelines.steps.against_record import against_record, fitted_days, wait_days
from pipelines.steps.evaluate import Replay, evaluate, fitted_waits
from pipelines.steps.ingest import ingest
from storage.replay_weeks import forget_week

pytestmark = pytest.mark.xdist_group("plain_run")

TOLD = ReplaySettings(loads=(1.0,), forecaster="recent_weekdays", plan_draws=12, fit_days=28, refit_every=2)
ASKED = Replay(date(2024, 11, 3), date(2024, 11, 17), TOLD)
NAMES = ["policies.json", "policies.parquet", "report.html"]


@pytest.fixture(scope="module")
def run(quick_city: Path, new_home: Callable[[], Path]) -> Run:
    return ingest(Job(str(quick_city), new_home(), datetime(2025, 3, 17, 12, tzinfo=UTC)), silent)


@pytest.fixture(scope="module")
def out(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    evaluate(run, ASKED, folder, silent)
    return folder


def test_what_is_replayed_is_what_was_filed(run: Run, out: Path) -> None:
    """Up to the hours after midnight at both ends, which belong to the night shift of the day before."""
    demand = known_at(run).demand
    days = (demand.dates > "2024-11-03") & (demand.dates <= "2024-11-24")
    ours = [demand.categories.index(c) for c in ("pothole", "flooding")]
    filed = demand.counts[ours][:, :, days].sum() + demand.unlocated[ours][:, days].sum()
    replayed = (
        pd.read_parquet(out / "policies.parquet").query("policy == 'flat' and dispatch == 'moved'")["filed"].sum()
    )
    assert abs(replayed - filed) <= 0.03 * filed


def test_every_policy_is_replayed_in_every_week(out: Path) -> None:
    rows = pd.read_parquet(out / "policies.parquet")
    assert len(rows) == 3 * (7 + 3)
    assert not rows.isna().any().any()
    filed = rows.groupby("week")["filed"]
    assert (filed.max() == filed.min()).all(), "all policies get the same requests"
    cost = rows["late_cost"] + rows["overtime_cost"] + rows["hired_cost"] + rows["readiness_cost"] + rows["missed_cost"]
    assert (cost - rows["cost"]).abs().max() < 1e-6


def test_the_report_claims_no_percentage_where_the_record_is_not_reproduced(out: Path) -> None:
    report = json.loads((out / "policies.json").read_text())
    page = (out / "report.html").read_text()
    assert report["calibrated"] is False, "the small city's crews are not those that closed its requests"
    assert "not calibrated" in report["told"]
    assert "The policies are replayed without waits." in page
    assert all(g["closed"] is None for g in report["gaps"]["1"].values())
    assert all(g["without_closing"]["closed"] is None for g in report["gaps"]["1"].values())
    ours, totals = report["gaps"]["1"][report["ours"]], report["policies"]["1"]
    charged = {name: p["closing_cost"] for name, p in totals.items()}
    bare = ours["without_closing"]
    weeks = {name: p["cost"] - charged[name] for name, p in totals.items()}
    assert bare["saved"]["value"] == pytest.approx(weeks[bare["best_simple"]] - weeks[report["ours"]])
    assert bare["best_simple"] == min((p for p in weeks if p in SIMPLE), key=lambda p: weeks[p])
    assert "Saved in the weeks alone" in page
    assert "{:+,.0f}".format(bare["saved"]["value"]).replace("-", "−") in page
    assert report["sentence"] in page.replace("&#39;", "'")
    assert "of that after the last week" in page
    assert "think readiness over on the evening before" in page
    assert "<script" not in page
    assert "://" not in page


def test_promises_are_scored_by_category_and_district(out: Path) -> None:
    found = json.loads((out / "policies.json").read_text())["promises"]["1"]
    assert {p["category"] for p in found} == {"pothole", "flooding"} or {p["category"] for p in found} == {"flooding"}
    assert any(p["district"] for p in found)
    assert all(0 <= p["brier"] <= 1 for p in found)


def test_an_interrupted_replay_goes_on_to_the_same_bytes(run: Run, out: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(out / "weeks", again / "weeks")
    for week in (date(2024, 11, 10), date(2024, 11, 17)):  # between two refits, and on one
        forget_week(again / "weeks", week)
    evaluate(run, ASKED, again, silent)
    for name in NAMES:
        assert (again / name).read_bytes() == (out / name).read_bytes(), name


def test_another_replay_into_the_same_folder_is_refused(run: Run, out: Path) -> None:
    other = Replay(ASKED.first, ASKED.last, TOLD.model_copy(update={"loads": (0.8,)}))
    with pytest.raises(ConfigError, match="weeks of another replay"):
        evaluate(run, other, out, silent)


def test_a_window_outside_the_data_says_what_can_be_replayed(run: Run, tmp_path: Path) -> None:
    with pytest.raises(AsOfOutsideDataError, match="can be replayed") as told:
        evaluate(run, Replay(date(2031, 1, 5), date(2031, 2, 2), TOLD), tmp_path, silent)
    assert "--from" in told.value.remedy


def test_what_was_fitted_is_told_for_plans_of_days_after_all_that_it_was_judged_by(run: Run, out: Path) -> None:
    fitted = fitted_waits(run, ASKED, json.loads((out / "policies.json").read_text()))
    assert fitted is not None
    assert fitted.last == ASKED.first, "nothing of the window is fitted to"
    assert (fitted.last - fitted.first).days == TOLD.fit_days - 1
    assert fitted.known_on > ASKED.last
    assert fitted.is_calibrated is False
    assert all(abs(sum(days.values()) - 1) < 1e-9 and max(days) > 0 for days in fitted.days.values())


@pytest.fixture(scope="module")
def stated(quick_city: Path, new_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The quick city, the waits of its potholes stated."""
    folder = tmp_path_factory.mktemp("stated")
    waits = "\nwaits: {days: {0: 0.25, 6: 0.75}, basis: expert}\n"
    (folder / "pothole.yaml").write_text(packaged("categories")["pothole"].read_text() + waits, encoding="utf-8")
    text = quick_city.read_text(encoding="utf-8")
    assert text.count("[pothole,") == 1
    (folder / "quick.yaml").write_text(text.replace("[pothole,", "[pothole.yaml,"), encoding="utf-8")
    return ingest(Job(str(folder / "quick.yaml"), new_home(), datetime(2025, 3, 17, 12, tzinfo=UTC)), silent)


def test_waits_that_the_yaml_states_are_not_replaced_by_fitted_ones(stated: Run) -> None:
    record = against_record(stated, ASKED.origins(), TOLD, silent)
    assert record.fitted.stated == {"pothole"}
    assert not {*fitted_days(record), *wait_days(record)} & {"pothole"}
    assert record.fitted.waits is not None
    row = record.fitted.waits.shares[list(record.fitted.pace).index("pothole")]
    assert {d: row[d] for d in row.nonzero()[0]} == {0: 0.25, 6: 0.75}


def test_the_report_names_the_work_whose_waits_are_stated(stated: Run, tmp_path: Path) -> None:
    told = evaluate(stated, Replay(ASKED.first, ASKED.first, TOLD), tmp_path, silent)
    assert told["calibrated"] is False
    assert told["stated_waits"] == ["pothole"]
    said = "replayed with the waits that the YAML states for pothole, and without any fitted ones."
    assert said in (tmp_path / "report.html").read_text()
    assert json.loads((tmp_path / "weeks" / "asked.json").read_text())["waits"][0][6] == 0.75
