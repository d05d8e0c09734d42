"""What every feature group in `features/groups/` owes, whatever it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from domain.panel import AreaMap, Floats
from domain.words import WEATHER_VARIABLES
from features.build import LOOKBACK_DAYS, groups
from features.group import FeatureGroup, Inputs, Need

AREAS, DAYS, AHEAD = 4, 460, 20
VARIABLES = len(WEATHER_VARIABLES)
FOUND = groups(frozenset(get_args(Need)))


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    rng = np.random.default_rng(3)
    calendar = pd.date_range("2021-03-04", periods=DAYS + AHEAD, freq="D", unit="us")
    weather = rng.normal(0, 8, (DAYS + AHEAD, VARIABLES))
    weather[:, 3:] = np.maximum(weather[:, 3:], 0)
    near = np.abs(np.subtract.outer(np.arange(AREAS), np.arange(AREAS))) == 1
    known = np.arange(AREAS) * 1000.0
    return Inputs(
        counts=rng.poisson(1.3, (AREAS, DAYS)).astype(np.int32),
        dates=calendar[:DAYS],
        calendar=calendar,
        holidays=rng.random(DAYS + AHEAD) < 0.03,
        weather=weather,
        areas=AreaMap(tuple("abcd"), ("N", "N", "S", "S"), known, known, known, near),
        in_term=np.where(np.arange(DAYS + AHEAD) % 97 < 60, 1.0, 0.0),
        events=rng.random(DAYS + AHEAD) < 0.02,
    )


def each(chosen: Callable[[FeatureGroup], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("group", [pytest.param(g, id=g.name) for g in FOUND if chosen(g)])


every_group = each(lambda g: True)
groups_of_origins = each(lambda g: g.grain.startswith("origin"))
groups_of_dates = each(lambda g: g.grain == "date")
groups_of_weather = each(lambda g: "weather" in g.needs)
other_groups = each(lambda g: "weather" not in g.needs)


def shape_of(grain: str) -> tuple[int, ...]:
    return {
        "origin": (DAYS,),
        "origin_weekday": (DAYS, 7),
        "origin_area": (AREAS, DAYS),
        "date": (DAYS + AHEAD,),
        "area": (AREAS,),
    }[grain]


def up_to(grain: str, values: Floats, day: int) -> bytes:
    """Bytes of what is said about days up to `day`."""
    return (values[:, : day + 1] if grain == "origin_area" else values[: day + 1]).tobytes()


def reads_the_future(group: FeatureGroup, inputs: Inputs, day: int = 430) -> bool:
    """Whether altering counts after `day` changes what an origin up to `day` says, or a date or area at all."""
    altered = inputs.counts.copy()
    altered[:, day + 1 :] = 7 * altered[:, day + 1 :] + 5
    before, after = group.build(inputs), group.build(replace(inputs, counts=altered))
    if group.grain in ("date", "area"):
        return any(before[c].tobytes() != after[c].tobytes() for c in before)
    return any(up_to(group.grain, before[c], day) != up_to(group.grain, after[c], day) for c in before)


def test_there_are_groups_of_demand_calendar_weather_and_place() -> None:
    assert {g.grain for g in FOUND} == {"origin", "origin_weekday", "origin_area", "date", "area"}
    assert [g.name for g in FOUND] == sorted(g.name for g in FOUND)


@every_group
def test_it_returns_the_columns_it_declares_in_the_shape_of_its_grain(group: FeatureGroup, inputs: Inputs) -> None:
    made = group.build(inputs)
    assert tuple(made) == group.columns
    assert {v.shape for v in made.values()} == {shape_of(group.grain)}
    assert {v.dtype for v in made.values()} == {np.dtype(np.float64)}


@every_group
def test_it_is_finite_once_there_is_history(group: FeatureGroup, inputs: Inputs) -> None:
    made = group.build(inputs)
    for name, values in made.items():
        late = values[:, 400:] if group.grain == "origin_area" else values[400:]
        assert np.isfinite(values if group.grain == "area" else late).all(), name
        assert not np.isinf(values).any(), name


@every_group
def test_no_value_at_an_origin_depends_on_counts_after_it(group: FeatureGroup, inputs: Inputs) -> None:
    assert not reads_the_future(group, inputs)


@groups_of_origins
def test_a_longer_history_to_come_does_not_change_a_bit(group: FeatureGroup, inputs: Inputs) -> None:
    short = replace(inputs, counts=inputs.counts[:, :300], dates=inputs.dates[:300])
    then, later = group.build(short), group.build(inputs)
    for name in group.columns:
        assert up_to(group.grain, then[name], 299) == up_to(group.grain, later[name], 299), name


@groups_of_dates
def test_a_day_looks_no_further_back_than_the_lookback_and_never_ahead_at_weather(
    group: FeatureGroup, inputs: Inputs
) -> None:
    assert inputs.weather is not None
    start, day = 200, 200 + LOOKBACK_DAYS
    altered = inputs.weather.copy()
    altered[:start] += 3
    altered[day + 1 :] += 3
    before, after = group.build(inputs), group.build(replace(inputs, weather=altered))
    for name in group.columns:
        assert before[name][day] == after[name][day], name


@groups_of_weather
def test_many_weather_paths_at_once_are_each_as_if_alone(group: FeatureGroup, inputs: Inputs) -> None:
    assert inputs.weather is not None
    paths = np.stack([inputs.weather, inputs.weather[::-1], inputs.weather * 0.5], axis=2)
    together = group.build(replace(inputs, weather=paths))
    for p in range(3):
        alone = group.build(replace(inputs, weather=paths[:, :, p].copy()))
        for name in group.columns:
            assert np.ascontiguousarray(together[name][:, p]).tobytes() == alone[name].tobytes(), name


@groups_of_weather
def test_groups_that_say_they_need_weather_read_it(group: FeatureGroup, inputs: Inputs) -> None:
    changed = group.build(replace(inputs, weather=np.zeros((DAYS + AHEAD, VARIABLES))))
    assert any((changed[c] != group.build(inputs)[c]).any() for c in group.columns)


@other_groups
def test_groups_that_do_not_say_so_read_no_weather(group: FeatureGroup, inputs: Inputs) -> None:
    blind = group.build(replace(inputs, weather=None))
    assert all(blind[c].tobytes() == group.build(inputs)[c].tobytes() for c in group.columns)


@every_group
def test_the_same_inputs_give_the_same_bytes(group: FeatureGroup, inputs: Inputs) -> None:
    first, again = group.build(inputs), group.build(inputs)
    assert all(first[c].tobytes() == again[c].tobytes() for c in group.columns)


def centred(inputs: Inputs) -> dict[str, Floats]:
    city = inputs.counts.sum(axis=0).astype(float)
    return {"centred": np.convolve(city, np.ones(7) / 7, mode="same")}


def scaled(inputs: Inputs) -> dict[str, Floats]:
    return {"scaled": inputs.counts / inputs.counts.mean()}


def filled_back(inputs: Inputs) -> dict[str, Floats]:
    return {"weekend_mean": np.full(len(inputs.calendar), float(inputs.counts.mean()))}


@pytest.mark.parametrize(("build", "grain"), [(centred, "origin"), (scaled, "origin_area"), (filled_back, "date")])
def test_a_planted_leak_is_caught(build: Callable[[Inputs], dict[str, Floats]], grain: str, inputs: Inputs) -> None:
    leak = FeatureGroup(name="leak", grain=grain, columns=tuple(build(inputs)), build=build)  # type: ignore[arg-type]
    assert reads_the_future(leak, inputs)


def test_the_check_itself_passes_a_group_that_reads_only_the_past(inputs: Inputs) -> None:
    honest = FeatureGroup("honest", "origin", ("last",), lambda i: {"last": i.counts.sum(axis=0).astype(float)})
    assert not reads_the_future(honest, inputs)
