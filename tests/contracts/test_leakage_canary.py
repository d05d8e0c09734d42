"""The canary: alter everything that became known after the origin, and the forecasts must stay equal to the byte.

Raw frames go through the real path: committed to a snapshot, read back as known at a day. Controls prove that the
canary can die: a changed known row, rain or issued forecast changes bytes, and planted leaks are caught.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.category import Category
from domain.city import CityPlan
from domain.panel import Draws, Ints, Known, WeatherPaths
from domain.progress import silent
from domain.tables import AREAS, CALENDAR, CORRECTIONS, QUARANTINE
from domain.words import WEATHER_VARIABLES
from features.build import build, inputs_of
from models.catalogue import available, forecasters
from models.effects import block_effects
from models.forecaster import AS_PUBLISHED, Block, Fitted, Forecaster, draws_of
from models.weather_ensemble import KIND_ISSUED, climatology, weather_paths
from storage.home import open_home
from storage.known import read_known
from storage.snapshots import Incoming, Snapshot, commit

ZONE = "America/Chicago"
ORIGIN = date(2024, 3, 10)
DAY = pd.Timestamp(ORIGIN)
FIRST, LAST = DAY - pd.Timedelta(days=430), DAY + pd.Timedelta(days=25)
FIRST_LOAD = datetime(2024, 4, 6, 12, tzinfo=UTC)
LEADS = 14
FORECASTERS = forecasters(available())


@dataclass(frozen=True)
class World:
    """Raw frames as sources give them. later: what a second load finds, or None."""

    rows: pd.DataFrame
    observed: pd.DataFrame
    issued: pd.DataFrame
    later: pd.DataFrame | None = None
    later_observed: pd.DataFrame | None = None


def city_plan() -> CityPlan:
    """Flooding in three areas, with weather."""
    flooding = {
        "schema": 1, "category": "flooding", "title": "Flooding", "noun": "flooding requests", "kind": "queue",
        "skill": "drainage", "service_minutes": {"value": 40, "basis": "expert"},
        "queue": {"due_hours": 96, "cost_per_late_day": 25},
    }  # fmt: skip
    noise = {
        "schema": 1, "category": "noise", "title": "Noise", "noun": "noise complaints", "kind": "perishable",
        "owner": "police", "skill": "noise", "service_minutes": {"value": 25, "basis": "expert"},
        "perishable": {"response_minutes": 60},
    }  # fmt: skip
    crews = {
        "shifts": [{"name": "day", "start": "07:00", "end": "15:00", "minutes": 400}],
        "types": [{"name": "vac", "skills": {"drainage": None}, "cost_per_hour": 100}],
        "yards": [{"name": "North", "crews": {"vac": 2}}],
    }
    city: dict[str, Any] = {
        "schema": 1, "city": "canary", "title": "Canary", "timezone": ZONE, "holidays": {"country": "US"},
        "requests": {"kind": "files", "path": "rows.csv"}, "areas": {"kind": "files"}, "weather": {"kind": "files"},
        "categories": ("flooding", "noise"), "crews": crews,
    }  # fmt: skip
    return CityPlan(city=city, categories=tuple(Category.model_validate(c) for c in (flooding, noise)))  # type: ignore[arg-type]


def requests_table(days: pd.DatetimeIndex, rain: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of `requests` without versions: more on wet days, closed after hours to weeks."""
    per_day = rng.poisson(3 + rain / 3)
    day = np.repeat(np.arange(len(days)), per_day)
    count = len(day)
    local = days[day] + pd.to_timedelta(rng.uniform(7, 22, count), unit="h").round("s")
    created = pd.Series(local).dt.tz_localize(ZONE, nonexistent="shift_forward", ambiguous=True).dt.tz_convert("UTC")
    closed = created + pd.Series(pd.to_timedelta(rng.exponential(120, count), unit="h").round("s"))
    closed = closed.where(closed < pd.Timestamp(FIRST_LOAD) - pd.Timedelta(days=2))
    unknown = np.full(count, np.nan)
    return pd.DataFrame(
        {
            "city": "canary",
            "request_id": [f"r{i:05d}" for i in range(count)],
            "category": np.where(rng.random(count) < 0.8, "flooding", "noise"),
            "area": rng.choice(["A", "B", "C"], count, p=[0.5, 0.3, 0.2]),
            "created_at": created.astype("datetime64[us, UTC]"),
            "closed_at": closed.astype("datetime64[us, UTC]"),
            "due_at": pd.Series(pd.NaT, index=range(count), dtype="datetime64[us, UTC]"),
            "status": np.where(closed.isna(), "open", "closed"),
            "channel": "",
            "lat": unknown,
            "lon": unknown,
            "duplicate_of": "",
            "source": "rows.csv",
        }
    )


def weather_table(days: pd.DatetimeIndex, rain: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    mean = 15 - 10 * np.cos(2 * np.pi * days.day_of_year.to_numpy() / 365.25) + rng.normal(0, 3, len(days))
    values = dict.fromkeys(WEATHER_VARIABLES, np.zeros(len(days)))
    values |= {"temperature_min_c": mean - 5, "temperature_mean_c": mean, "temperature_max_c": mean + 5}
    values |= {"precipitation_mm": rain, "precipitation_max_hour_mm": rain * rng.uniform(0.2, 0.9, len(days))}
    values["freeze_thaw_crossings"] = 2.0 * (np.abs(mean) < 5)
    known_at = (days + pd.Timedelta(days=1)).tz_localize(ZONE).tz_convert("UTC")
    return pd.DataFrame({"city": "canary", "date": days, **values, "source": "station", "known_at": known_at})


def issued_table(observed: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What came, blurred, issued on each of the last 150 days before the data end."""
    parts = []
    for back in range(LEADS, 150):
        at = len(observed) - 1 - back
        part = observed.iloc[at + 1 : at + 1 + LEADS].assign(origin=observed["date"].iloc[at])
        blur = rng.normal(0, 0.5 + 0.3 * np.arange(LEADS))
        for name in ("temperature_min_c", "temperature_mean_c", "temperature_max_c"):
            part[name] = part[name] + blur
        part["precipitation_mm"] = part["precipitation_mm"] * rng.gamma(2, 0.5, LEADS)
        part["known_at"] = part["origin"].dt.tz_localize("UTC") + pd.Timedelta(hours=12)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def true_world() -> World:
    rng = np.random.default_rng(8)
    days = pd.date_range(FIRST, LAST, freq="D", unit="us")
    rain = np.where(rng.random(len(days)) < 0.3, rng.gamma(0.8, 10, len(days)), 0.0)
    observed = weather_table(days, rain, rng)
    return World(requests_table(days, rain, rng), observed, issued_table(observed, rng))


def after(moments: pd.Series) -> pd.Series:
    return moments > pd.Timestamp(ORIGIN + timedelta(days=1), tz=ZONE)


def altered_after_the_origin(world: World) -> World:
    """The same past, another future: rows, closures, weather and issued forecasts, and edits of the past."""
    rng = np.random.default_rng(99)
    rows, late = world.rows, after(world.rows["created_at"])
    more = pd.concat([rows, rows[late].assign(request_id=rows["request_id"] + "x")], ignore_index=True)
    more["area"] = more["area"].where(~after(more["created_at"]), "C")
    closes = after(more["closed_at"])
    more["closed_at"] = more["closed_at"].where(~closes, more["closed_at"] + pd.Timedelta(hours=9))
    observed, issued = world.observed.copy(), world.issued.copy()
    observed.loc[observed["date"] > DAY, "precipitation_mm"] += 60
    issued.loc[issued["origin"] > DAY, "precipitation_mm"] += 90
    past = more[~after(more["created_at"])]
    relabelled = past.sample(frac=0.3, random_state=rng).assign(area="C", category="flooding")
    unseen = past.sample(n=200, random_state=rng).assign(category="flooding", status="open")
    unseen["request_id"] += "late"
    unseen["closed_at"] = unseen["closed_at"].where(np.zeros(len(unseen), dtype=bool))
    kept = more[~more["request_id"].isin(relabelled["request_id"])]
    corrected = observed[observed["date"] <= DAY].assign(precipitation_mm=lambda w: w["precipitation_mm"] * 2 + 5)
    corrected["known_at"] = pd.Timestamp(FIRST_LOAD) + pd.Timedelta(hours=20)
    later = pd.concat([kept, relabelled, unseen], ignore_index=True)
    return World(more, observed, issued, later=later, later_observed=corrected)


def school_terms() -> pd.DataFrame:
    """Terms before the origin, and a break that begins within the days ahead."""
    start, end = ["2023-01-09", "2023-08-21", "2024-04-01"], ["2023-06-09", "2024-03-15", "2024-06-14"]
    days = {"start": pd.to_datetime(start), "end": pd.to_datetime(end)}
    frame = pd.DataFrame({"city": "canary", **days, "name": ["spring", "winter", "spring"]})
    return frame.astype({"start": "datetime64[us]", "end": "datetime64[us]", "name": "str", "city": "str"})


def stored(world: World, home: Path) -> Snapshot:
    """The world after its loads, committed the way a run does."""
    folder = open_home(home).city("canary")
    loads = [(world.rows, world.observed, FIRST_LOAD)]
    if world.later is not None:
        loads.append((world.later, world.later_observed, FIRST_LOAD + timedelta(days=1)))
    for rows, observed, now in loads:
        incoming = Incoming(
            rows=rows,
            counts=None,
            weather_observed=observed,
            weather_issued=world.issued,
            areas=AREAS.empty(),
            calendar=CALENDAR.empty(),
            quarantine=QUARANTINE.empty(),
            corrections=CORRECTIONS.empty(),
            rows_read=len(rows),
            has_hours=True,
            files={"rows.csv": "0" * 64},
            school_terms=school_terms(),
        )
        snapshot = commit(folder, city_plan(), incoming, now)
    return snapshot


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[World], Known]:
    """Known at the end of the origin, through a snapshot in a home of its own."""

    def known_of(world: World) -> Known:
        return read_known(stored(world, tmp_path_factory.mktemp("home")), city_plan(), ORIGIN)

    return known_of


@pytest.fixture(scope="module")
def truth() -> World:
    return true_world()


@pytest.fixture(scope="module")
def known(read: Callable[[World], Known], truth: World) -> Known:
    return read(truth)


@pytest.fixture(scope="module")
def known_in_another_future(read: Callable[[World], Known], truth: World) -> Known:
    return read(altered_after_the_origin(truth))


@pytest.fixture(scope="module")
def known_of_moved_rows(read: Callable[[World], Known], truth: World) -> Known:
    """The origin's last week filed in another area."""
    created = truth.rows["created_at"]
    last_week = (created > pd.Timestamp(ORIGIN - timedelta(days=6), tz=ZONE)) & ~after(created)
    return read(replace(truth, rows=truth.rows.assign(area=truth.rows["area"].where(~last_week, "B"))))


@pytest.fixture(scope="module")
def peeked(truth: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Known, Known]:
    """What a reader sees that takes the newest version of every row: in the true and in the altered world."""

    def peeking(world: World) -> Known:
        snapshot = stored(world, tmp_path_factory.mktemp("home"))
        return read_known(snapshot, city_plan(), snapshot.meta.last_day, ORIGIN)

    return peeking(truth), peeking(altered_after_the_origin(truth))


def forecast(forecaster: Forecaster, known: Known) -> bytes:
    """Everything a forecaster publishes: joint draws, effects, record."""
    quick = {"num_threads": 1, "rounds": 25, "max_rows": 6000, "held_out_every": 7}
    given = {k: v for k, v in quick.items() if k in forecaster.params.model_fields}
    fitted = forecaster.fit(known, "flooding", forecaster.params.model_validate(given), 5, silent)
    weather = weather_paths(known, 24, LEADS, 5)
    draws, climate = draws_of(5, 300, weather), climatology(known, 24, LEADS, 5)
    paths = fitted.paths(known, weather, draws, LEADS)
    effects = block_effects(fitted, known, weather, climate, draws, paths).effects
    return b"".join([paths.tobytes(), effects.tobytes(), repr(sorted(fitted.artifacts().items())).encode()])


every_forecaster = pytest.mark.parametrize("forecaster", FORECASTERS, ids=[f.name for f in FORECASTERS])
readers_of_weather = pytest.mark.parametrize(
    "forecaster", [f for f in FORECASTERS if not f.is_baseline], ids=[f.name for f in FORECASTERS if not f.is_baseline]
)


def test_the_canary_has_something_to_watch(known: Known, truth: World) -> None:
    altered = altered_after_the_origin(truth)
    assert len(FORECASTERS) >= 3
    assert known.origin == ORIGIN
    assert known.school is not None
    assert "is_school_day" in build(inputs_of(known, "flooding", LEADS)).columns
    weather = weather_paths(known, 24, LEADS, 5)
    assert weather is not None
    assert weather.kind == KIND_ISSUED
    assert len(altered.rows) > len(truth.rows)
    assert altered.later is not None
    assert len(altered.later) > len(altered.rows)


@every_forecaster
def test_what_became_known_after_the_origin_does_not_change_a_byte(
    forecaster: Forecaster, known: Known, known_in_another_future: Known
) -> None:
    assert forecast(forecaster, known) == forecast(forecaster, known_in_another_future)


def test_no_feature_changes_with_what_became_known_after_the_origin(
    known: Known, known_in_another_future: Known
) -> None:
    one, other = (build(inputs_of(k, "flooding", LEADS)) for k in (known, known_in_another_future))
    assert one.columns == other.columns
    assert all(one.tables[g].tobytes() == other.tables[g].tobytes() for g in one.tables)


@every_forecaster
def test_control_a_changed_known_row_changes_bytes(
    forecaster: Forecaster, known: Known, known_of_moved_rows: Known
) -> None:
    assert forecast(forecaster, known) != forecast(forecaster, known_of_moved_rows)


@readers_of_weather
@pytest.mark.parametrize("what", ["observed", "issued"])
def test_control_changed_known_weather_changes_bytes(
    forecaster: Forecaster, what: str, known: Known, read: Callable[[World], Known], truth: World
) -> None:
    frame = (truth.observed if what == "observed" else truth.issued).copy()
    day = frame["date"] if what == "observed" else frame["origin"]
    frame.loc[day == DAY, "precipitation_mm"] += 40
    changed = replace(truth, observed=frame) if what == "observed" else replace(truth, issued=frame)
    assert forecast(forecaster, known) != forecast(forecaster, read(changed))


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
