"""Rows keyed in together are told in any weather, and floods, thaws and hurricanes are not taken for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Ints, Known
from domain.progress import silent
from domain.words import WEATHER_VARIABLES
from models.catalogue import forecasters
from models.forecaster import draws_of
from models.history.alone import BEYOND, UNSURE
from models.history.mended import learnt_from
from models.history.ordinary import days_of
from models.history.record import Finding
from models.history.trust import history_of

DAYS, DAY = 1100, 900
LOW, RAIN, SNOW, WIND = (
    WEATHER_VARIABLES.index(v) for v in ("temperature_min_c", "precipitation_mm", "snowfall_mm", "wind_ms")
)
Weather = tuple[tuple[int, int, float], ...]
"""Variable, days from the day in question, value."""
DRIZZLE: Weather = tuple((RAIN, days, 6.0) for days in range(-4, 6))
WEATHERS: dict[str, Weather] = {
    "after rain": ((RAIN, -1, 14.0),),
    "in rain": ((RAIN, 0, 9.0),),
    "frost two nights before, 2 mm": ((LOW, -2, -3.0), (RAIN, 0, 2.2)),
    "after a week of frost": tuple((LOW, -k, -11.0) for k in range(8)),
}


@pytest.fixture(scope="module")
def town(city_known: Callable[..., Known]) -> Known:
    """Three years of about six requests a day, more after rain, in a weather with frosts and showers."""
    return filed_as(city_known(areas=3, days=DAYS, seed=5), 6.0)


def filed_as(known: Known, level: float) -> Known:
    """Requests at a level, doubled by 30 mm of rain."""
    assert known.weather is not None
    rain = known.weather.values[-DAYS:, RAIN]
    total = generator(5, "requests").poisson(level * np.exp(0.023 * rain))
    return with_total(known, total.astype(np.int32))


def with_total(known: Known, total: Ints) -> Known:
    counts = np.zeros_like(known.demand.counts)
    counts[0, 0], counts[0, 1] = total // 3, total - total // 3
    return replace(known, demand=replace(known.demand, counts=counts))


def more(known: Known, day: int, *requests: int) -> Known:
    """So many requests more on days in a row."""
    total = known.demand.counts[0].sum(axis=0)
    total[day : day + len(requests)] += np.array(requests, dtype=np.int32)
    return with_total(known, total)


def in_weather(known: Known, day: int, *weather: tuple[int, int, float]) -> Known:
    """A mild, dry fortnight around a day but for (variable, days from it, value)."""
    assert known.weather is not None
    values = known.weather.values.copy()
    values[day - 9 : day + 6, [LOW, RAIN, SNOW, WIND]] = 8.0, 0.0, 0.0, 3.0
    for variable, days, value in weather:
        values[day + days, variable] = value
    return replace(known, weather=replace(known.weather, values=values))


def seen(known: Known, first: int, last: int) -> Known:
    """What a record of these days knows at the end of the last."""
    days, demand, weather = slice(first, last + 1), known.demand, known.weather
    cut = replace(
        demand, dates=demand.dates[days], counts=demand.counts[:, :, days], unlocated=demand.unlocated[:, days]
    )
    if weather is not None:
        weather = replace(weather, dates=weather.dates[days], values=weather.values[days])
    return replace(known, origin=cut.dates[-1].date(), demand=cut, weather=weather)


def entries(known: Known) -> list[Finding]:
    return [f for f in history_of(known, "pothole").findings if f.kind == "batch entry"]


@pytest.mark.parametrize("weather", list(WEATHERS))
def test_an_entry_is_told_in_any_usual_weather(town: Known, weather: str) -> None:
    known = more(in_weather(town, DAY, *WEATHERS[weather]), DAY, 2500)
    assert not days_of(known, "pothole").is_dry[DAY]
    assert history_of(known, "pothole").trust[DAY] == 0
    (found,) = entries(known)
    assert "dry" not in found.words
    assert "days before and after as usual" in found.words


@pytest.mark.parametrize("size", [400, 2500])
def test_an_entry_is_told_without_weather(town: Known, size: int) -> None:
    known = replace(more(town, DAY, size), weather=None)
    assert np.flatnonzero(history_of(known, "pothole").trust == 0).tolist() == [DAY]


@pytest.mark.parametrize("has_weather", [True, False])
def test_an_entry_of_a_rare_kind_is_told(city_known: Callable[..., Known], *, has_weather: bool) -> None:
    known = in_weather(filed_as(city_known(areas=3, days=DAYS, seed=5), 0.7), DAY, (RAIN, -1, 12.0))
    known = known if has_weather else replace(known, weather=None)
    assert history_of(more(known, DAY, 600), "pothole").trust[DAY] == 0


def test_entries_do_not_hide_one_another_and_may_last_three_days(town: Known) -> None:
    wet = in_weather(in_weather(town, DAY, *DRIZZLE), 600, (RAIN, 0, 9.0))
    trust = history_of(more(more(wet, DAY, 900, 700, 800), 600, 1500), "pothole").trust
    assert np.flatnonzero(trust == 0).tolist() == [600, DAY, DAY + 1, DAY + 2]
    assert entries(more(wet, DAY, 900, 700, 800, 900)) == []


def test_days_told_by_dry_weather_are_one_entry_with_those_that_are_not(town: Known) -> None:
    known = more(in_weather(town, DAY, (RAIN, 0, 8.0)), DAY - 1, 900, 900)
    (found,) = entries(known)
    assert (found.first, found.last) == (known.demand.dates[DAY - 1].date(), known.demand.dates[DAY].date())


@pytest.mark.parametrize(
    "weather",
    [(*DRIZZLE, (RAIN, 0, 30.0)), tuple((LOW, k, -11.0) for k in range(-7, 6)), None],
    ids=["flood", "thaw", "no weather"],
)
def test_a_flood_ebbs_and_a_thaw_lasts(town: Known, weather: Weather | None) -> None:
    known = replace(town, weather=None) if weather is None else in_weather(town, DAY, *weather)
    for day, requests in ((DAY, (900, 65, 40, 20)), (DAY, (600,) * 5), (DAY - 2, (20, 65, 900))):
        assert entries(more(known, day, *requests)) == []
    assert len(entries(more(known, DAY, 900))) == 1


@pytest.mark.parametrize("weather", [((RAIN, 0, 190.0),), ((WIND, -1, 31.0), (RAIN, -1, 9.0))], ids=["rain", "wind"])
@pytest.mark.parametrize("first", [0, DAY - 300])
def test_weather_beyond_the_record_is_never_an_entry(town: Known, weather: Weather, first: int) -> None:
    known = more(in_weather(town, DAY, *weather), DAY, 2500)
    assert [entries(seen(known, first, last)) for last in (DAY, DAY + 1, DAY + 30)] == [[], [], []]


@pytest.mark.parametrize("has_weather", [True, False])
def test_on_the_last_day_an_entry_must_be_twice_as_far_out(town: Known, *, has_weather: bool) -> None:
    town = in_weather(town, DAY, (RAIN, -1, 14.0))
    town = town if has_weather else replace(town, weather=None)
    days = days_of(seen(town, 0, DAY - 1), "pothole")
    level = days.ordinary / days.factor
    bound = (days.requests / level).max() * BEYOND * level[-1]
    little, much = (more(town, DAY, int(times * bound)) for times in (0.7 * UNSURE, 2 * UNSURE))
    assert entries(seen(little, 0, DAY)) == []
    assert len(entries(seen(little, 0, DAY + 1))) == 1
    (found,) = entries(seen(much, 0, DAY))
    assert "the day before as usual" in found.words


def test_floods_of_the_record_vouch_for_floods_beyond_it(town: Known) -> None:
    stormy = replace(town, weather=None)
    for day in (200, 480, 640, 760):
        stormy = more(stormy, day, 180, 60, 20)
    assert (history_of(more(stormy, DAY, 2500), "pothole").trust > 0).all()


def test_a_short_record_tells_nothing(town: Known) -> None:
    known = replace(more(town, DAY, 2500), weather=None)
    assert entries(seen(known, DAY - 85, DAY + 5)) == []
    assert len(entries(seen(known, DAY - 110, DAY + 5))) == 1


@pytest.mark.parametrize("name", ["exponential_smoothing", "glm_poisson"])
@pytest.mark.parametrize("has_weather", [True, False])
@pytest.mark.parametrize("last", [DAY, DAY + 1])
def test_the_next_fortnight_stays_as_it_was(town: Known, name: str, last: int, *, has_weather: bool) -> None:
    town = in_weather(town, DAY, (LOW, -2, -3.0), (RAIN, 0, 2.2))
    town = town if has_weather else replace(town, weather=None)

    def fortnight(known: Known) -> float:
        forecaster = forecasters((name,))[0]
        learnt = learnt_from(seen(known, 0, last), "pothole")
        fitted = forecaster.fit(learnt, "pothole", forecaster.params(), 1, silent)
        return float(fitted.paths(learnt, None, draws_of(1, 300, None), 14).sum(axis=(0, 1)).mean())

    assert fortnight(more(town, DAY, 2500)) == pytest.approx(fortnight(town), rel=0.12)
