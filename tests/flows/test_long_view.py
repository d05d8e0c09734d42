"""The long view from the command line to its files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from domain.errors import NothingPublishedError, ScenarioError, VintageBrokenError
from domain.progress import silent
from pipelines.job import Job
from pipelines.steps.ingest import ingest
from pipelines.steps.long_view import Ask, long_views
from storage.long_views import LongView, latest_view, list_views
from tests.command_line import typed

pytestmark = pytest.mark.xdist_group("plain_run")

DAYS = 40
ASK = Ask(DAYS, ("climatology", "wet-year", "2024"))


@pytest.fixture(scope="module")
def views(job: Job) -> list[LongView]:
    return long_views(ingest(job, silent), ASK, silent)


def hashes(view: LongView) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(view.folder.iterdir())}


def test_each_scenario_has_its_own_whole_view(job: Job, views: list[LongView]) -> None:
    assert [v.manifest.scenario for v in views] == list(ASK.scenarios)
    for view in views:
        view.verify()
        assert {p.name for p in view.folder.iterdir()} == {
            "manifest.json", "samples.parquet", "draws.parquet", "weather_paths.parquet", "weather.parquet",
            "totals.parquet", "totals.csv",
        }  # fmt: skip
        assert latest_view(job.folder(), view.manifest.scenario).folder == view.folder
        assert view.manifest.is_simulated
        assert "invented" in view.manifest.label


def test_draws_keep_their_weather_path_and_weight(views: list[LongView]) -> None:
    for view in views:
        draws, paths = view.draws(), view.frame("weather_paths")
        assert draws.weight.sum() == pytest.approx(1.0)
        assert paths["weight"].sum() == pytest.approx(1.0)
        assert set(draws.weather_path_id) <= set(paths["weather_path_id"])
        assert len(view.frame("weather")) == len(paths) * DAYS


def test_totals_are_the_sums_of_the_samples_that_are_stored(views: list[LongView]) -> None:
    for view in views:
        manifest = view.manifest
        totals = view.frame("totals").query("level == 'city' and kind == 'year'")
        for category in manifest.categories:
            samples = view.samples(category)
            assert samples.shape == (len(manifest.areas), DAYS, manifest.draws)
            assert samples.min() >= 0
            mean = totals.loc[totals["category"] == category, "mean"].sum()
            assert mean == pytest.approx(samples.sum() / manifest.draws)


def test_the_wet_year_is_wetter_and_the_past_year_is_that_year(views: list[LongView]) -> None:
    rain = {}
    for view in views:
        total = view.frame("weather").groupby("weather_path_id")["precipitation_mm"].sum()
        rain[view.manifest.scenario] = float(total @ view.frame("weather_paths")["weight"].to_numpy())
    assert rain["wet-year"] > 1.1 * rain["climatology"]
    assert views[2].frame("weather_paths")["source"].tolist() == ["2024"]
    assert (views[2].draws().weather_path_id == 0).all()


def test_the_same_inputs_give_the_same_bytes_in_another_home(
    job: Job, views: list[LongView], new_home: Callable[[], Path]
) -> None:
    elsewhere = replace(job, home=new_home())
    again = long_views(ingest(elsewhere, silent), ASK, silent)
    assert [hashes(v) for v in again] == [hashes(v) for v in views]


def test_asking_again_finds_the_same_view_and_an_earlier_as_of_moves_nothing(job: Job, views: list[LongView]) -> None:
    again = long_views(ingest(job, silent), ASK, silent)
    assert [v.folder for v in again] == [v.folder for v in views]
    early = replace(job, as_of=date(2025, 1, 31), move_latest=False)
    past = long_views(ingest(early, silent), Ask(DAYS), silent)[0]
    assert past.manifest.first_date == date(2025, 2, 1)
    assert past.manifest.view_id in list_views(job.folder())
    assert latest_view(job.folder(), "climatology").folder == views[0].folder


def test_a_view_that_was_altered_is_not_taken_for_whole(job: Job, new_home: Callable[[], Path], tmp_path: Path) -> None:
    elsewhere = replace(job, home=new_home())
    run = ingest(elsewhere, silent)
    view = long_views(run, Ask(5, out=tmp_path), silent)[0]
    assert (tmp_path / "climatology" / "totals.csv").read_bytes() == (view.folder / "totals.csv").read_bytes()
    (view.folder / "totals.csv").write_text("nothing", encoding="utf-8")
    with pytest.raises(VintageBrokenError, match=r"totals\.csv"):
        long_views(run, Ask(5), silent)


def test_a_year_outside_the_record_writes_nothing(job: Job, new_home: Callable[[], Path]) -> None:
    elsewhere = replace(job, home=new_home())
    with pytest.raises(ScenarioError, match="1987"):
        long_views(ingest(elsewhere, silent), Ask(DAYS, ("climatology", "1987")), silent)
    assert list_views(elsewhere.folder()) == []
    with pytest.raises(NothingPublishedError, match="climatology"):
        latest_view(elsewhere.folder(), "climatology")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--days", "801"), "between 1 and 800"),
        (("--days", "0"), "between 1 and 800"),
        (("--scenario", "dry-spell"), "wet-year, dry-year, hard-winter"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_once(
    small_city: Path, new_home: Callable[[], Path], words: tuple[str, ...], said: str
) -> None:
    answer = typed(new_home(), "forecast", str(small_city), *words)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
