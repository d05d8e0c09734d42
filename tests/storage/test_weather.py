from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from domain.city import CityPlan, Section
from domain.errors import WeatherEndsEarlyError
from domain.tables import WEATHER_ISSUED, WEATHER_OBSERVED
from domain.words import HOURLY_VARIABLES, MODE_NO_ISSUED, MODE_STALE_DEMAND, MODE_STALE_WEATHER, WEATHER_VARIABLES
from storage.findings import findings
from storage.home import CityFolder
from storage.known import read_known, resolve_origin
from storage.snapshots import Incoming, Snapshot, commit

FIRST, LAST = date(2023, 1, 1), date(2024, 3, 10)
NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Frames = Callable[..., pd.DataFrame]
Load = Callable[..., Incoming]


@pytest.fixture
def with_weather(
    folder: CityFolder, one_category: CityPlan, daily_rows: Frames, build_incoming: Load
) -> Callable[..., tuple[Snapshot, CityPlan]]:
    """The daily rows with this observed and issued weather."""

    def build(observed: pd.DataFrame, issued: pd.DataFrame | None = None) -> tuple[Snapshot, CityPlan]:
        city = one_category.city.model_copy(update={"weather": Section(kind="files")})
        plan = one_category.model_copy(update={"city": city})
        load = build_incoming(daily_rows(FIRST, LAST), weather_observed=observed, weather_issued=issued)
        return commit(folder, plan, load, NOW), plan

    return build


Weathered = Callable[..., tuple[Snapshot, CityPlan]]


def test_weather_and_issued_forecasts_make_a_normal_run(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    issued = build_issued(date(2024, 1, 1), LAST + 5 * DAY)
    snapshot, plan = with_weather(build_weather(FIRST, LAST), issued)
    known = read_known(snapshot, plan, LAST)
    assert known.modes == ()
    assert known.weather is not None
    assert known.weather.dates[-1] == pd.Timestamp(LAST)
    assert known.weather.values.shape == (len(known.demand.dates), len(WEATHER_VARIABLES))
    assert known.issued is not None
    assert known.issued.origins[-1] == pd.Timestamp(LAST)
    assert known.issued.values.shape == (len(known.issued.origins), 14, len(WEATHER_VARIABLES))


def test_issues_that_lack_a_lead_are_not_used_and_old_ones_not_enough(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    whole = build_issued(date(2024, 1, 1), LAST - 5 * DAY)
    cut = build_issued(LAST - 4 * DAY, LAST, leads=13)
    snapshot, plan = with_weather(build_weather(FIRST, LAST), pd.concat([whole, cut], ignore_index=True))
    assert resolve_origin(snapshot, plan, LAST)[2] == (MODE_NO_ISSUED,)
    assert read_known(snapshot, plan, LAST).issued is None
    day_after_the_last_whole_one = LAST - 4 * DAY
    assert resolve_origin(snapshot, plan, day_after_the_last_whole_one)[2] == ()


def test_a_provider_that_tells_nine_days_is_used_for_nine(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST), build_issued(date(2024, 1, 1), LAST, leads=9))
    known = read_known(snapshot, plan, LAST)
    assert known.modes == ()
    assert known.issued is not None
    assert known.issued.values.shape[1] == 9


def test_a_forecast_that_the_load_of_the_newest_data_fetched_is_used_by_it_alone(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    issued = build_issued(LAST, LAST)
    issued["known_at"] += pd.Timedelta(hours=9)  # the morning after
    snapshot, plan = with_weather(build_weather(FIRST, LAST), issued)
    assert read_known(snapshot, plan, LAST).issued is not None
    assert read_known(snapshot, plan, LAST - DAY).issued is None


def test_a_lead_without_its_usual_values_is_a_missing_lead(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    issued = build_issued(date(2024, 1, 1), LAST)
    last_lead = (issued["origin"] >= pd.Timestamp(LAST - DAY)) & (issued["date"] > pd.Timestamp(LAST + 12 * DAY))
    issued["precipitation_mm"] = issued["precipitation_mm"].mask(last_lead)
    snapshot, plan = with_weather(build_weather(FIRST, LAST), issued)
    assert resolve_origin(snapshot, plan, LAST)[2] == (MODE_NO_ISSUED,)


def test_a_forecast_that_became_known_later_is_not_seen(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    issued = build_issued(date(2024, 1, 1), LAST)
    issued["known_at"] += pd.Timedelta(days=3)
    snapshot, plan = with_weather(build_weather(FIRST, LAST), issued)
    assert resolve_origin(snapshot, plan, date(2024, 3, 1))[2] == (MODE_NO_ISSUED,)


def test_weather_that_ends_a_little_early_is_labelled_and_left_unknown(
    with_weather: Weathered, build_weather: Frames
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST - 3 * DAY))
    known = read_known(snapshot, plan, LAST)
    assert known.modes == (MODE_STALE_WEATHER, MODE_NO_ISSUED)
    assert known.weather is not None
    assert known.weather.dates[-1] == pd.Timestamp(LAST)
    assert np.isnan(known.weather.values).all(axis=1).tolist()[-4:] == [False, True, True, True]


def test_weather_that_ends_too_early_is_an_error_with_both_dates(
    with_weather: Weathered, build_weather: Frames
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST - 4 * DAY))
    with pytest.raises(WeatherEndsEarlyError, match=r"ends on 2024-03-06, 4 days before .* 2024-03-10"):
        resolve_origin(snapshot, plan, LAST)


def test_weather_that_was_not_known_at_all_is_an_error(with_weather: Weathered, build_weather: Frames) -> None:
    snapshot, plan = with_weather(build_weather(LAST, LAST))
    with pytest.raises(WeatherEndsEarlyError, match="no observed weather was known"):
        resolve_origin(snapshot, plan, date(2024, 2, 1))


def _issue(plan: CityPlan, build_incoming: Load, rows: pd.DataFrame, observed: pd.DataFrame, issued: pd.DataFrame,
           folder: CityFolder, day: date) -> Snapshot:  # fmt: skip
    now = datetime.combine(day + DAY, datetime.min.time(), UTC) + timedelta(hours=12)
    return commit(folder, plan, build_incoming(rows, weather_observed=observed, weather_issued=issued), now)


def _with_weather_section(plan: CityPlan, **settings: str) -> CityPlan:
    city = plan.city.model_copy(update={"weather": Section(kind="files", **settings)})
    return plan.model_copy(update={"city": city})


def test_a_source_that_has_only_todays_forecast_fills_the_archive_run_by_run(
    folder: CityFolder,
    one_category: CityPlan,
    daily_rows: Frames,
    build_incoming: Load,
    build_weather: Frames,
    build_issued: Frames,
) -> None:
    plan = _with_weather_section(one_category)
    for number in range(4):
        day = LAST + number * DAY
        rows, observed, today = daily_rows(FIRST, day), build_weather(FIRST, day), build_issued(day, day)
        snapshot = _issue(plan, build_incoming, rows, observed, today, folder, day)
        issued = read_known(snapshot, plan, day).issued
        assert issued is not None
        assert [o.date() for o in issued.origins] == [LAST + n * DAY for n in range(number + 1)]
    replayed = read_known(snapshot, plan, LAST + DAY).issued
    assert replayed is not None
    assert len(replayed.origins) == 2  # later issues were not known then


def test_issued_forecasts_outlive_a_new_mapping_and_a_time_without_weather(
    folder: CityFolder,
    one_category: CityPlan,
    daily_rows: Frames,
    build_incoming: Load,
    build_weather: Frames,
    build_issued: Frames,
) -> None:
    rows, observed = daily_rows(FIRST, LAST + DAY), build_weather(FIRST, LAST + DAY)
    first, second = build_issued(LAST, LAST), build_issued(LAST + DAY, LAST + DAY, precipitation_mm=4.0)
    _issue(_with_weather_section(one_category), build_incoming, rows, observed, first, folder, LAST)
    commit(folder, one_category, build_incoming(rows), NOW + DAY)
    renamed = _with_weather_section(one_category, units="mm")
    snapshot = _issue(renamed, build_incoming, rows, observed, second, folder, LAST + DAY)
    issued = read_known(snapshot, renamed, LAST + DAY).issued
    assert issued is not None
    assert [o.date() for o in issued.origins] == [LAST, LAST + DAY]


def test_where_requests_lag_the_weather_since_the_origin_is_known_and_issued_as_of_its_last_day(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    as_of = LAST + 5 * DAY
    snapshot, plan = with_weather(build_weather(FIRST, as_of), build_issued(date(2024, 1, 1), as_of))
    known = read_known(snapshot, plan, as_of)
    assert (known.origin, known.weather is not None) == (LAST, True)
    assert known.weather.dates[-1] == pd.Timestamp(LAST)
    assert known.later is not None
    assert known.later.weather.dates[-1] == pd.Timestamp(as_of)
    assert known.later.issued is not None
    assert known.later.issued.origins[-1] == pd.Timestamp(as_of)
    assert known.modes == (MODE_STALE_DEMAND,)
    assert read_known(snapshot, plan, LAST).later is None


def test_weather_since_the_origin_that_ends_early_is_used_as_far_as_it_goes(
    with_weather: Weathered, build_weather: Frames
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST + 2 * DAY))
    known = read_known(snapshot, plan, LAST + 7 * DAY)
    assert known.later is not None
    assert known.later.weather.dates[-1] == pd.Timestamp(LAST + 2 * DAY)
    assert MODE_STALE_WEATHER in known.modes


def test_weather_that_an_older_release_wrote_without_hours_is_read_as_unknown(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST), build_issued(date(2024, 1, 1), LAST))
    for file in (*snapshot.files(WEATHER_OBSERVED), *snapshot.files(WEATHER_ISSUED)):
        table = pq.read_table(file, partitioning=None)
        pq.write_table(table.drop_columns(list(HOURLY_VARIABLES)), file)
    known = read_known(snapshot, plan, LAST)
    assert known.weather is not None
    assert np.isnan(known.weather.values[:, -len(HOURLY_VARIABLES) :]).all()
    assert np.isfinite(known.weather.values[:, WEATHER_VARIABLES.index("precipitation_mm")]).all()
    assert known.issued is not None


@pytest.mark.parametrize(
    ("first", "last", "leads", "words"),
    [
        (LAST, LAST, 0, "none archived yet"),
        (LAST - 9 * DAY, LAST, 1, "to 2024-03-10, not used: they reach one day ahead, 2 are needed"),
        (
            LAST - 9 * DAY, LAST - 3 * DAY, 14,
            "not used: the newest that is whole is of 2024-03-07, not of 2024-03-10 or the day before",
        ),
    ],
)  # fmt: skip
def test_the_health_page_says_why_no_issued_forecast_is_used(
    with_weather: Weathered,
    build_weather: Frames,
    build_issued: Frames,
    first: date,
    last: date,
    leads: int,
    words: str,
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST), build_issued(first, last, leads) if leads else None)
    known = read_known(snapshot, plan, LAST)
    assert known.modes == (MODE_NO_ISSUED,)
    health = findings(snapshot, known, plan).set_index("item")
    assert health.loc["issued weather", "value"] == words
    assert "climatology" in health.loc[MODE_NO_ISSUED, "remedy"]


def test_an_issue_that_breaks_off_is_not_called_whole_on_the_health_page(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    parts = [build_issued(date(2024, 1, 1), LAST - 3 * DAY), build_issued(LAST - 2 * DAY, LAST, leads=13)]
    snapshot, plan = with_weather(build_weather(FIRST, LAST), pd.concat(parts, ignore_index=True))
    value = findings(snapshot, read_known(snapshot, plan, LAST), plan).set_index("item").loc["issued weather", "value"]
    assert value == "not used: the newest that is whole is of 2024-03-07, not of 2024-03-10 or the day before"


def test_a_plan_of_one_day_uses_issued_forecasts_too(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST), build_issued(LAST - 9 * DAY, LAST))
    models = plan.city.models.model_copy(update={"horizon_days": 1})
    short = plan.model_copy(update={"city": plan.city.model_copy(update={"models": models})})
    assert read_known(snapshot, short, LAST).modes == ()


def test_a_first_day_without_rain_is_not_whole_and_the_health_page_says_so(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    issued = build_issued(LAST - 2 * DAY, LAST)
    issued["precipitation_mm"] = issued["precipitation_mm"].mask(issued["date"] == issued["origin"] + DAY)
    snapshot, plan = with_weather(build_weather(FIRST, LAST), issued)
    health = findings(snapshot, read_known(snapshot, plan, LAST), plan).set_index("item")
    assert health.loc["issued weather", "value"] == "to 2024-03-10, not used: none is whole for the first days ahead"


def test_issued_forecasts_that_are_used_are_told_by_their_age(
    with_weather: Weathered, build_weather: Frames, build_issued: Frames
) -> None:
    snapshot, plan = with_weather(build_weather(FIRST, LAST), build_issued(LAST - 9 * DAY, LAST, 2))
    known = read_known(snapshot, plan, LAST)
    assert known.modes == ()
    value = findings(snapshot, known, plan).set_index("item").loc["issued weather", "value"]
    assert value == "to 2024-03-10, the as-of day"
