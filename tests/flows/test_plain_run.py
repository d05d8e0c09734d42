"""What a published plan promises, on a whole run without Prefect."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from domain.tables import PUBLISHED
from models.reasons import NOTHING
from models.weather_parts import FROST, RAIN, RAIN_SO_FAR, SNOW, SNOW_DEPTH, WARMTH, WIND
from pipelines.job import Job
from pipelines.steps.choose import Choice
from pipelines.steps.publish import Published
from storage.vintages import Vintage, latest, read_vintage
from tests.flows.conftest import choose_and_publish

pytestmark = pytest.mark.xdist_group("plain_run")

FILES = {f"{t.name}.parquet" for t in PUBLISHED} | {
    "manifest.json",
    "problem.json",
    "areas.geojson",
    "plan.csv",
    "plan.xlsx",
    "report.html",
}


@pytest.fixture
def vintage(job: Job, published: Published) -> Vintage:
    return read_vintage(job.folder(), published.manifest.vintage_id)


SAYS = {
    r"mm expected on|the rain of": RAIN,
    r"mm expected in the days|the rain up to": RAIN_SO_FAR,
    "freezing and thawing": FROST,
    "°C|the temperature": WARMTH,
    "of snow expected|the snow up to": SNOW,
    "snow on the ground": SNOW_DEPTH,
    "wind": WIND,
}
"""What a cause's words hold, whichever way it goes -> its part."""


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_a_run_publishes_a_whole_vintage(job: Job, published: Published) -> None:
    assert {p.name for p in published.folder.iterdir()} == FILES
    newest = latest(job.folder())
    newest.verify()
    assert not newest.frame("sensitivity").empty
    assert newest.folder == published.folder


def test_the_same_inputs_give_the_same_bytes_in_another_home(
    job: Job, whole_run: tuple[dict[str, Choice], Published], new_home: Callable[[], Path]
) -> None:
    """One category is chosen for anew from all forecasters; what was chosen for the others is taken over."""
    choices, published = whole_run
    known = {category: choice for category, choice in choices.items() if category != "pothole"}
    again, elsewhere = choose_and_publish(replace(job, home=new_home()), known)
    assert again["pothole"] is not choices["pothole"]
    assert hashes(elsewhere.folder) == hashes(published.folder)


def test_levels_agree_and_samples_are_whole_numbers(vintage: Vintage) -> None:
    samples = vintage.samples()
    assert samples.min() >= 0
    assert np.issubdtype(samples.dtype, np.integer)
    forecasts = vintage.frame("forecasts")
    means = forecasts.groupby(["level", "category", "date"])["mean"].sum().unstack("level")
    np.testing.assert_allclose(means["area"], means["city"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(means["district"], means["city"], rtol=1e-9, atol=1e-9)


def test_effects_of_a_day_sum_to_its_published_mean_at_every_level(vintage: Vintage) -> None:
    keys = ["level", "area", "category", "date"]
    effects = vintage.frame("explanations").groupby(keys)["effect"].sum()
    means = vintage.frame("forecasts").set_index(keys)["mean"]
    assert len(effects) == len(means)
    np.testing.assert_allclose(effects, means.reindex(effects.index), rtol=1e-9, atol=1e-9)


def test_no_published_weather_reason_is_opposed_to_its_effect_or_to_its_city(vintage: Vintage) -> None:
    """Every cause that is named pushes the way the effect goes: the city's line lists its parts behind the colon."""
    table = vintage.frame("explanations")
    told = table[(table["block"] == "weather") & table["words"].str.contains("because of")]
    city = table[(table["block"] == "weather") & (table["level"] == "city")].set_index(["category", "date"])
    assert not told.empty
    for row in told.itertuples():
        whole = city.loc[(row.category, row.date)]
        assert np.sign(row.effect) == np.sign(whole["effect"])
        assert row.words[0] == ("+" if row.effect > 0 else "−")
        named, _, listed = row.words.partition("because of ")[2].partition(": ")
        of_city = whole["words"].partition("because of ")[2].partition(": ")[0]
        assert named == of_city or abs(whole["effect"]) < NOTHING
        figures = dict(part.rsplit(" ", 1) for part in listed.split(", ") if part)
        signs = [figures[part][0] for says, part in SAYS.items() if re.search(says, named) and part in figures]
        assert set(signs) == ({row.words[0]} if figures else set()), row.words


def test_crews_stay_within_what_the_yards_have(vintage: Vintage) -> None:
    roster = vintage.frame("roster").groupby(["date", "yard", "crew_type"])
    assert (roster["crews"].sum() + roster["on_readiness"].sum() <= roster["available"].max()).all()
    assert vintage.frame("roster")["date"].nunique() == vintage.manifest.horizon_days


@pytest.mark.parametrize("name", ["roster", "dispatch", "readiness", "worklist"])
def test_every_decision_carries_its_reason(vintage: Vintage, name: str) -> None:
    frame = vintage.frame(name)
    assert len(frame) > 0
    assert (frame["reason"].str.len() > 0).all()
