"""The canary: alter everything that became known after the origin, and the forecasts must stay equal to the byte.

Raw frames (`canary_world`) go through the real path: committed to a snapshot, read back as known at a day. Controls
prove that the canary can die: a changed known row, rain or issued forecast changes bytes, and planted leaks are caught.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Any, get_args

import pytest

from domain.city import Models
from domain.panel import Draws, Ints, Known, WeatherPaths
from domain.progress import silent
from features.build import build, groups, inputs_of
from features.group import Need
from models.catalogue import available, forecasters
from models.effects import block_effects
from models.forecaster import AS_PUBLISHED, Block, Fitted, Forecaster, draws_of
from models.history.mended import learnt_from
from models.long_view.model import LongViewParams, fit_long
from models.long_view.weather import long_paths
from models.parameters import params_for
from models.select import choose, evaluate_candidates
from models.weather_ensemble import KIND_ISSUED, climatology, weather_paths
from storage.known import read_known
from storage.snapshots import Snapshot
from tests.contracts.canary_world import (
    AHEAD,
    LEADS,
    ORIGIN,
    ZONE,
    World,
    altered_after_the_origin,
    city_plan,
    moved_before_the_origin,
    stored,
    true_world,
    with_one_change,
)

FORECASTERS = forecasters(available())
LONG_DAYS = 60


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[World], Known]:
    """Known at the end of the origin, through a snapshot in a home of its own."""

    def known_of(world: World) -> Known:
        return read_known(stored(world, tmp_path_factory.mktemp("home")), city_plan(), ORIGIN)

    return known_of


@pytest.fixture(scope="module")
def truth() -> World:
    return true_world()


@dataclass(frozen=True)
class Loads:
    """Snapshots of the true world, of the one with another future, and of the one with rows moved before the origin."""

    true: Snapshot
    altered: Snapshot
    moved: Snapshot


@pytest.fixture(scope="module")
def loads(truth: World, tmp_path_factory: pytest.TempPathFactory) -> Loads:
    worlds = (truth, altered_after_the_origin(truth), moved_before_the_origin(truth))
    return Loads(*(stored(world, tmp_path_factory.mktemp("home")) for world in worlds))


@pytest.fixture(scope="module")
def known(loads: Loads) -> Known:
    return read_known(loads.true, city_plan(), ORIGIN)


@pytest.fixture(scope="module")
def known_in_another_future(loads: Loads) -> Known:
    return read_known(loads.altered, city_plan(), ORIGIN)


@pytest.fixture(scope="module")
def watched(read: Callable[[World], Known], truth: World) -> tuple[Known, Known]:
    """Where loads ran before the origin and delays were learnt: in the true and in the altered world."""
    world = replace(truth, is_watched=True)
    return read(world), read(altered_after_the_origin(world))


@pytest.fixture(scope="module")
def known_of_moved_rows(loads: Loads) -> Known:
    return read_known(loads.moved, city_plan(), ORIGIN)


def peeking(snapshot: Snapshot, day: date) -> Known:
    """What a reader sees of a day that takes the newest version of every row."""
    return read_known(snapshot, city_plan(), snapshot.meta.last_day, day)


@pytest.fixture(scope="module")
def peeked(loads: Loads) -> tuple[Known, Known]:
    """In the true and in the altered world."""
    return peeking(loads.true, ORIGIN), peeking(loads.altered, ORIGIN)


QUICK = Models(threads=1, parameters={"lightgbm_poisson": {"rounds": 25, "max_rows": 6000}})


def forecast(forecaster: Forecaster, known: Known) -> bytes:
    """Everything a forecaster publishes: joint draws, effects, record."""
    known = learnt_from(known, "flooding")
    fitted = forecaster.fit(known, "flooding", params_for(forecaster, QUICK), 5, silent)
    weather = weather_paths(known, 24, LEADS, 5)
    draws, climate = draws_of(5, 300, weather), climatology(known, 24, LEADS, 5)
    paths = fitted.paths(known, weather, draws, LEADS)
    effects = block_effects(fitted, known, weather, climate, draws, paths).effects
    return b"".join([paths.tobytes(), effects.tobytes(), repr(sorted(fitted.artifacts().items())).encode()])


@pytest.fixture(scope="module")
def of_the_truth(known: Known) -> Callable[[Forecaster], bytes]:
    """What a forecaster says in the true world, once; every other world is forecast anew."""
    by_name = {forecaster.name: forecaster for forecaster in FORECASTERS}
    said = cache(lambda name: forecast(by_name[name], known))
    return lambda forecaster: said(forecaster.name)


@pytest.fixture(scope="module")
def changed(read: Callable[[World], Known], truth: World) -> Callable[[str], Known]:
    """The true world with one thing changed that is known at the origin; each is read once."""
    return cache(lambda what: read(with_one_change(truth, what)))


def long_view(known: Known) -> bytes:
    """Joint draws of the flooding of sixty days."""
    fitted = fit_long(known, "flooding", LongViewParams())
    weather = long_paths(known, 24, LONG_DAYS, 5)
    return fitted.samples(known, weather, draws_of(5, 300, weather), LONG_DAYS).tobytes()


def as_known_then(snapshot: Snapshot, day: date) -> Known:
    return read_known(snapshot, city_plan(), day, day)


def selection(snapshot: Snapshot, reader: Callable[[Snapshot, date], Known]) -> bytes:
    """Everything that a selection among the spreadsheet forecasts leaves: recipe, scores, and those of each fold."""
    models, plan = Models(selection_folds=2, weather_paths=20), city_plan()
    candidates = [f for f in FORECASTERS if f.is_baseline]
    scores = evaluate_candidates(partial(reader, snapshot), "flooding", candidates, models, ORIGIN, 5, silent)
    recipe = choose(scores, plan, "flooding")
    assert recipe.folds == 2
    return "\n".join([recipe.to_json(), scores.to_csv(), repr(scores.attrs)]).encode()


every_forecaster = pytest.mark.parametrize("forecaster", FORECASTERS, ids=[f.name for f in FORECASTERS])
readers_of_weather = pytest.mark.parametrize(
    "forecaster", [f for f in FORECASTERS if not f.is_baseline], ids=[f.name for f in FORECASTERS if not f.is_baseline]
)


def test_the_canary_has_something_to_watch(known: Known, truth: World) -> None:
    altered = altered_after_the_origin(truth)
    assert len(FORECASTERS) >= 3
    assert known.origin == ORIGIN
    every_group = {group.name for group in groups(frozenset(get_args(Need)))}
    assert {group.name for group in build(inputs_of(known, "flooding", LEADS)).groups} == every_group
    weather = weather_paths(known, 24, LEADS, 5)
    assert weather is not None
    assert weather.kind == KIND_ISSUED
    assert len(altered.rows) > len(truth.rows)
    assert altered.later is not None
    assert len(altered.later) > len(altered.rows)
    for name in ("calendar", "terms"):
        one, other = getattr(truth, name), getattr(altered, name)
        assert not one.equals(other)
        day = "date" if name == "calendar" else "start"
        assert one[one[day] < AHEAD].equals(other[other[day] < AHEAD])


def test_late_rows_are_among_what_it_watches(watched: tuple[Known, Known]) -> None:
    share = watched[0].demand.reported_share
    assert share is not None
    assert share[0, -1] < 0.9
    assert watched[1].demand.reported_share is not None
    assert share.tobytes() == watched[1].demand.reported_share.tobytes()


@every_forecaster
def test_where_delays_are_learnt_nothing_later_changes_a_byte(
    forecaster: Forecaster, watched: tuple[Known, Known], of_the_truth: Callable[[Forecaster], bytes]
) -> None:
    found = forecast(forecaster, watched[0])
    assert found == forecast(forecaster, watched[1])
    assert found != of_the_truth(forecaster)


def test_the_long_view_does_not_change_with_what_became_known_after_the_origin(
    known: Known, known_in_another_future: Known, known_of_moved_rows: Known
) -> None:
    """Over days whose calendar both know, as a calendar is known ahead."""
    calendar = {"holidays": known.holidays, "school": known.school, "events": known.events}
    assert long_view(known) == long_view(replace(known_in_another_future, **calendar))
    assert long_view(known) != long_view(known_of_moved_rows)


def test_control_a_long_view_of_later_edits_is_caught(peeked: tuple[Known, Known]) -> None:
    assert long_view(peeked[0]) != long_view(peeked[1])


def test_a_selection_does_not_change_with_what_became_known_after_the_origin(loads: Loads) -> None:
    found = selection(loads.true, as_known_then)
    assert found == selection(loads.altered, as_known_then)
    assert found != selection(loads.moved, as_known_then)


def test_control_a_selection_on_later_edits_is_caught(loads: Loads) -> None:
    assert selection(loads.true, peeking) != selection(loads.altered, peeking)


@every_forecaster
def test_what_became_known_after_the_origin_does_not_change_a_byte(
    forecaster: Forecaster, of_the_truth: Callable[[Forecaster], bytes], known_in_another_future: Known
) -> None:
    assert of_the_truth(forecaster) == forecast(forecaster, known_in_another_future)


def test_no_feature_changes_with_what_became_known_after_the_origin(
    known: Known, known_in_another_future: Known
) -> None:
    one, other = (build(inputs_of(k, "flooding", LEADS)) for k in (known, known_in_another_future))
    assert one.columns == other.columns
    assert all(one.tables[g].tobytes() == other.tables[g].tobytes() for g in one.tables)


@every_forecaster
def test_control_a_changed_known_row_changes_bytes(
    forecaster: Forecaster, of_the_truth: Callable[[Forecaster], bytes], known_of_moved_rows: Known
) -> None:
    assert of_the_truth(forecaster) != forecast(forecaster, known_of_moved_rows)


@readers_of_weather
@pytest.mark.parametrize("what", ["observed", "issued", "event", "term"])
def test_control_changed_known_weather_or_a_changed_calendar_ahead_changes_bytes(
    forecaster: Forecaster, what: str, of_the_truth: Callable[[Forecaster], bytes], changed: Callable[[str], Known]
) -> None:
    assert of_the_truth(forecaster) != forecast(forecaster, changed(what))


@every_forecaster
def test_a_reader_that_sees_later_edits_is_caught(forecaster: Forecaster, peeked: tuple[Known, Known]) -> None:
    assert peeked[0].origin == peeked[1].origin == ORIGIN
    assert forecast(forecaster, peeked[0]) != forecast(forecaster, peeked[1])


@dataclass(frozen=True)
class Peeking:
    """A forecaster that has seen tomorrow's rows."""

    honest: Fitted
    tomorrow: int

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        drawn = self.honest.paths(known, weather, draws, horizon, reference)
        drawn[0, 0] = self.tomorrow
        return drawn

    def __getattr__(self, name: str) -> Any:
        return getattr(self.honest, name)


def test_a_forecaster_that_peeks_at_tomorrow_is_caught(
    known: Known, known_in_another_future: Known, truth: World
) -> None:
    def planted(world: World) -> Forecaster:
        tomorrow = world.rows["created_at"].dt.tz_convert(ZONE).dt.date == ORIGIN + timedelta(days=1)
        honest = FORECASTERS[0]
        return replace(honest, fit=lambda *given: Peeking(honest.fit(*given), int(tomorrow.sum())))

    altered = altered_after_the_origin(truth)
    assert forecast(planted(truth), known) != forecast(planted(altered), known_in_another_future)
