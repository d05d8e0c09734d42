"""The three plug-ins read one world and keep the contracts of their tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from configs.load import load_city
from domain.city import Section
from domain.errors import ConfigError
from domain.words import NO_AREA
from sources.plugins import AreasRead, Context, Requests, WeatherRead, load, settings
from sources.simulator.world import World

SMALL = {"seed": 3, "years": 1, "end": "2022-09-25", "districts": 2, "areas_per_district": 3}


@pytest.fixture(scope="module")
def ctx(tmp_path_factory: pytest.TempPathFactory) -> Context:
    plan = load_city("ellerby-falls")
    city = plan.city.model_copy(update={"requests": Section.model_validate({"kind": "simulator", **SMALL})})
    cache: Path = tmp_path_factory.mktemp("cache")
    bare = Context(plan=plan.model_copy(update={"city": city}), cache=cache, today=date(2022, 9, 25))
    plugin = load("areas", "simulator")
    areas = plugin.read(settings(city.areas, plugin), bare)
    assert isinstance(areas, AreasRead)
    return replace(bare, areas=areas.areas)


@pytest.fixture(scope="module")
def requests(ctx: Context) -> Requests:
    plugin = load("requests", "simulator")
    read = plugin.read(settings(ctx.plan.city.requests, plugin), ctx)
    assert isinstance(read, Requests)
    return read


@pytest.fixture(scope="module")
def weather(ctx: Context) -> WeatherRead:
    assert ctx.plan.city.weather is not None
    plugin = load("weather", "simulator")
    read = plugin.read(settings(ctx.plan.city.weather, plugin), ctx)
    assert isinstance(read, WeatherRead)
    return read


def test_counts_of_validated_rows_are_those_of_the_simulation(requests: Requests, small_world: World) -> None:
    """Every genuine request is used once; junk, information rows and copies are not."""
    assert requests.rows is not None
    assert requests.rows_read == len(small_world.raw)
    genuine = small_world.links.loc[small_world.links["ident"] >= 0, "request_id"]
    assert set(requests.rows["request_id"]) == set(genuine)
    junk = small_world.artefacts.set_index("kind").loc["junk", "rows"]
    assert len(requests.quarantine) == junk > 0


def test_the_share_without_an_area_survives_validation(requests: Requests) -> None:
    assert requests.rows is not None
    assert 0.02 < (requests.rows["area"] == NO_AREA).mean() < 0.04


def test_both_labels_of_potholes_are_one_category(requests: Requests) -> None:
    assert requests.rows is not None
    assert sorted(requests.rows["category"].unique()) == ["flooding", "noise", "pothole"]
    potholes = requests.rows[requests.rows["category"] == "pothole"]["created_at"]
    assert potholes.dt.month.nunique() == 12


def test_noise_keeps_no_coordinates_and_the_notes_name_every_fault(requests: Requests, small_world: World) -> None:
    assert requests.rows is not None
    assert requests.rows.loc[requests.rows["category"] == "noise", "lat"].isna().all()
    assert len(requests.notes) >= len(small_world.artefacts)


def test_weather_is_known_at_the_end_of_its_local_day(weather: WeatherRead) -> None:
    known = weather.observed.set_index("date")["known_at"]
    assert known["2022-01-10"] == pd.Timestamp("2022-01-11 06:00", tz="UTC")
    assert known["2022-07-10"] == pd.Timestamp("2022-07-11 05:00", tz="UTC")
    assert weather.observed["date"].max() == pd.Timestamp("2022-09-25")


def test_fourteen_leads_are_issued_every_day(weather: WeatherRead) -> None:
    assert weather.issued is not None
    lead = (weather.issued["date"] - weather.issued["origin"]).dt.days
    assert sorted(lead.unique()) == list(range(1, 15))
    assert (weather.issued.groupby("origin").size() == 14).all()
    assert weather.issued["temperature_mean_c"].notna().all()


def test_simulated_weather_under_other_requests_is_refused(ctx: Context) -> None:
    city = ctx.plan.city.model_copy(update={"requests": Section(kind="files")})
    plugin = load("weather", "simulator")
    with pytest.raises(ConfigError, match="kind 'files'"):
        plugin.read(plugin.config(), replace(ctx, plan=ctx.plan.model_copy(update={"city": city})))


def test_a_city_may_plan_for_some_of_the_categories(ctx: Context, requests: Requests) -> None:
    city = ctx.plan.city.model_copy(update={"categories": ["pothole", "flooding"]})
    plan = ctx.plan.model_copy(update={"city": city})
    plugin = load("requests", "simulator")
    read = plugin.read(settings(city.requests, plugin), replace(ctx, plan=plan))
    assert isinstance(read, Requests)
    assert read.rows is not None
    assert requests.rows is not None
    theirs = requests.rows[requests.rows["category"] != "noise"]
    assert set(read.rows["request_id"]) == set(theirs["request_id"])
    assert set(read.quarantine["request_id"]) <= set(requests.quarantine["request_id"])
