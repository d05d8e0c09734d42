"""Weather as known at a moment: observed days up to the origin, and issued forecasts that cover every lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from domain.city import CityPlan
from domain.errors import WeatherEndsEarlyError
from domain.panel import Floats, IssuedWeather, Known, LaterWeather, Weather, last_given
from domain.tables import WEATHER_ISSUED, WEATHER_OBSERVED
from domain.words import (
    MODE_NO_ISSUED,
    MODE_NO_WEATHER,
    MODE_SPARSE_WEATHER,
    MODE_STALE_WEATHER,
    MODE_SUBSTITUTE_WEATHER,
    STANDS_IN,
    USUAL_LAG_DAYS,
    WEATHER_VARIABLES,
)
from storage.asof import is_current
from storage.clock import start_of_day
from storage.snapshot import Snapshot

_VALUES = list(WEATHER_VARIABLES)
_USUAL_SHARE = 0.9
"""A variable given in at least this share of issued rows is expected in every lead."""
_YEAR_DAYS = 365
_KNOWN_SHARE = 0.9
_SUBSTITUTE_DAYS = 14
"""Where most of the last days come from another station than the city's own, the run says so."""
_REACH_ORIGINS, _REACH_SHARE = 60, 0.1
"""The reach of issued forecasts is what all but this share of the newest issues reached: a provider that tells nine
days ahead is used for nine, while an issue that breaks off before the others is a broken one."""
_LEAST_REACH = 2
_NEEDED = ["temperature_mean_c", "precipitation_mm"]
"""What rain and frost are seen by: a day without them is a day without weather."""


@dataclass(frozen=True)
class WeatherKnown:
    """As `domain.panel.Known` has it, with the modes that it puts a run in."""

    observed: Weather | None
    issued: IssuedWeather | None
    later: LaterWeather | None
    modes: tuple[str, ...]


def read_weather(snapshot: Snapshot, plan: CityPlan, as_of: date, origin: date) -> WeatherKnown:
    """Observed up to `origin`, issued by `origin`, and the weather since, as known when local day `as_of` was over.

    Raises WeatherEndsEarlyError where observed weather ends more than quality.max_weather_age_days before `origin`.
    """
    if plan.city.weather is None:
        return WeatherKnown(None, None, None, (MODE_NO_WEATHER,))
    over = start_of_day(plan.city.zone, as_of + timedelta(days=1))
    observed, modes = _observed(snapshot, plan, as_of, over, origin)
    horizon, current = plan.city.models.horizon_days, is_current(snapshot, as_of)
    issued = _issued(snapshot, over, origin, horizon, current)
    later = _later(snapshot, plan, as_of, over, origin) if (as_of - origin).days > USUAL_LAG_DAYS else None
    if later is not None and (as_of - last_given(later.weather)).days > USUAL_LAG_DAYS:
        modes = (MODE_STALE_WEATHER, *(m for m in modes if m != MODE_STALE_WEATHER))
    ahead = issued if later is None else later.issued
    return WeatherKnown(observed, issued, later, modes if ahead is not None else (*modes, MODE_NO_ISSUED))


def _later(snapshot: Snapshot, plan: CityPlan, as_of: date, over: datetime, origin: date) -> LaterWeather | None:
    """The weather of the days between the origin and the plan, where any of it is known: requests of a monthly feed are
    weeks old, its rain need not be."""
    latest = _latest(snapshot, as_of, over, as_of)
    end = latest.index[-1].date() if len(latest) else origin
    if end <= origin:
        return None
    is_fresh = (as_of - end).days <= plan.city.quality.max_weather_age_days
    last = as_of if is_fresh else end
    issued = _issued(snapshot, over, last, plan.city.models.horizon_days, is_current(snapshot, as_of))
    return LaterWeather(_dense(latest, last), issued)


def _observed(
    snapshot: Snapshot, plan: CityPlan, as_of: date, over: datetime, origin: date
) -> tuple[Weather, tuple[str, ...]]:
    latest = _latest(snapshot, as_of, over, origin)
    if latest.empty:
        raise WeatherEndsEarlyError(
            f"{plan.city.title}: no observed weather was known for any day to {origin}",
            remedy="bring observed weather up to date, or remove the section 'weather' to run in the mode 'no weather'",
            origin=origin,
        )
    end = latest.index[-1].date()
    age, most = (origin - end).days, plan.city.quality.max_weather_age_days
    if age > most:
        raise WeatherEndsEarlyError(
            f"{plan.city.title}: observed weather ends on {end}, {age} days before the last complete day {origin}; "
            f"{most} are allowed",
            remedy="bring observed weather up to date, choose an earlier --as-of, raise quality.max_weather_age_days, "
            "or remove the section 'weather' to run in the mode 'no weather'",
            weather_ends=end,
            origin=origin,
        )
    stale = (MODE_STALE_WEATHER,) if age > 0 else ()
    sparse = (MODE_SPARSE_WEATHER,) if is_sparse(latest, end) else ()
    return _dense(latest, origin), (*stale, *sparse, *_substitute(latest))


def _latest(snapshot: Snapshot, as_of: date, over: datetime, last: date) -> pd.DataFrame:
    """The newest known version of each observed day up to `last`, by day."""
    rows = snapshot.frame(WEATHER_OBSERVED)
    rows = rows[rows["date"] <= pd.Timestamp(last)].dropna(subset=_VALUES, how="all")
    known = rows[rows["known_at"] <= over]
    if is_current(snapshot, as_of):
        known = rows[rows["date"].isin(known["date"])]  # values corrected since then
    return known.sort_values(["date", "known_at"]).drop_duplicates("date", keep="last").set_index("date")


def _dense(by_date: pd.DataFrame, last: date) -> Weather:
    """Every day to `last`, NaN where nothing was observed."""
    days = pd.date_range(by_date.index[0], pd.Timestamp(last), unit="us")
    values: Floats = by_date[_VALUES].reindex(days).to_numpy(dtype=np.float64)
    return Weather(days, values)


def _substitute(by_date: pd.DataFrame) -> tuple[str, ...]:
    """The mode of a run whose last days' weather comes from stations that stand in for the city's."""
    recent = by_date["source"].tail(_SUBSTITUTE_DAYS).str.startswith(STANDS_IN)
    return (MODE_SUBSTITUTE_WEATHER,) if recent.mean() > 0.5 else ()


def is_sparse(by_date: pd.DataFrame, end: date) -> bool:
    """Whether over a tenth of the days of the year to `end` lack rain or temperature. by_date: indexed by day."""
    year = by_date.loc[by_date.index > pd.Timestamp(end) - pd.Timedelta(days=_YEAR_DAYS), _NEEDED]
    return len(year.dropna()) < _KNOWN_SHARE * _YEAR_DAYS


def _issued(snapshot: Snapshot, over: datetime, origin: date, horizon: int, current: bool) -> IssuedWeather | None:
    """Issues with all leads to the usual reach (at most `horizon`), the newest not older than the day before `origin`.

    current: a run on the newest data also uses the forecast that its own load fetched after the as-of day was over.
    None where there is no such issue.
    """
    whole, reached = _whole(_told(snapshot, over, origin, horizon, current))
    reach, origins = _usable(reached)
    if not len(origins) or origins[-1] < pd.Timestamp(origin) - pd.Timedelta(days=1):
        return None
    kept = whole[whole["origin"].isin(origins) & (whole["lead"] <= reach)].sort_values(["origin", "date"])
    values: Floats = kept[_VALUES].to_numpy(dtype=np.float64).reshape(len(origins), reach, len(_VALUES))
    return IssuedWeather(origins, values)


def _told(snapshot: Snapshot, over: datetime, origin: date, horizon: int, current: bool) -> pd.DataFrame:
    """Rows of issued forecasts that were known, with their lead; see `_issued`."""
    rows = snapshot.frame(WEATHER_ISSUED)
    lead = (rows["date"] - rows["origin"]).dt.days
    own = (rows["origin"] == pd.Timestamp(origin)) & current
    known = (
        ((rows["known_at"] <= over) | own)
        & (rows["origin"] <= pd.Timestamp(origin))
        & lead.between(1, max(horizon, _LEAST_REACH))
    )
    return rows[known].assign(lead=lead)


def _whole(told: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The rows that have every variable usually issued, and how many leads from 1 on each origin has of them."""
    given = told[_VALUES].notna()
    expected = [v for v in _VALUES if len(given) and given[v].mean() >= _USUAL_SHARE]
    whole = told[given[expected].all(axis=1)] if expected else told.iloc[:0]
    return whole, whole.sort_values("lead").groupby("origin")["lead"].agg(_unbroken)


def _usable(reached: pd.Series) -> tuple[int, pd.DatetimeIndex]:
    """The usual reach, and the origins that have it. reached: by origin, ascending."""
    reach = int(reached.tail(_REACH_ORIGINS).quantile(_REACH_SHARE, interpolation="lower")) if len(reached) else 0
    return reach, pd.DatetimeIndex(reached.index[reached >= max(reach, _LEAST_REACH)]).as_unit("us")


def issued_unused(snapshot: Snapshot, plan: CityPlan, known: Known) -> str:
    """Why no issued forecast is used, in words for the health page. known: without `newest_issued`."""
    over = start_of_day(plan.city.zone, known.as_of + timedelta(days=1))
    last = known.origin if known.later is None else known.later.weather.dates[-1].date()
    told = _told(snapshot, over, last, plan.city.models.horizon_days, is_current(snapshot, known.as_of))
    if told.empty:
        return "none archived yet"
    newest, reached = told["origin"].max().date(), _whole(told)[1]
    _, origins = _usable(reached)
    if len(origins):
        return f"not used: the newest that is whole is of {origins[-1].date()}, not of {last} or the day before"
    if (reached == 1).any():
        return f"to {newest}, not used: they reach one day ahead, {_LEAST_REACH} are needed"
    return f"to {newest}, not used: none is whole for the first days ahead"


def _unbroken(leads: pd.Series) -> int:
    """How many leads follow one another from 1 on. leads: ascending, each once."""
    return int((leads.to_numpy() == np.arange(1, len(leads) + 1)).cumprod().sum())
