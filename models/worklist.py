"""Predictive maintenance: places ranked by the new incidents expected in the coming window, with the reason."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.category import Category, WorklistRule
from domain.city import CityPlan
from domain.panel import Floats, Known, WeatherPaths
from models.incident_rates import Rates, place_rates
from models.incidents import Incidents, Index, incidents_of, place_ids
from models.outlook import Outlook, outlook

FEWEST_INCIDENTS = 30
YEAR_DAYS = 365
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEARBY_CELLS = 2.5

COLUMNS = (
    "category",
    "rank",
    "place",
    "area",
    "lat",
    "lon",
    "window_days",
    "expected_incidents",
    "probability",
    "incidents_last_year",
    "last_incident",
    "preventive_work",
    "reason",
)


def worklist(known: Known, plan: CityPlan, weather: WeatherPaths | None) -> pd.DataFrame:
    """The table `worklist` without vintage_id, ordered by category and rank.

    Categories without a worklist rule, without located requests or with fewer than 30 incidents have no rows.
    weather: paths of at least the longest window; a shorter ensemble counts as far as it reaches.
    """
    lists = [category_worklist(known, c, c.worklist, weather) for c in plan.categories if c.worklist]
    rows = [one for one in lists if len(one)]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(COLUMNS))


def category_worklist(
    known: Known, category: Category, rule: WorklistRule, weather: WeatherPaths | None
) -> pd.DataFrame:
    """One category's places, most expected incidents first; equal ones by their place on the grid."""
    if known.places is None or not category.keep_coordinates:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = known.places.table
    incidents = incidents_of(rows[rows["category"] == category.category], known.origin, rule.cell_m)
    if incidents is None or len(incidents.place) < FEWEST_INCIDENTS:
        return pd.DataFrame(columns=list(COLUMNS))
    rates = place_rates(incidents, rule.window_days, rule.length)
    ahead = outlook(known, incidents, weather, rule.window_days, rates.half_life)
    top = np.lexsort((*incidents.cell.T[::-1], -rates.mean))[: rule.length]
    return _table(known, category, rule, incidents, rates, ahead, top)


def _table(
    known: Known,
    category: Category,
    rule: WorklistRule,
    incidents: Incidents,
    rates: Rates,
    ahead: Outlook,
    top: Index,
) -> pd.DataFrame:
    last_year = incidents.counted(0, YEAR_DAYS).astype(np.intp)
    last = np.full(incidents.places, incidents.span)
    np.minimum.at(last, incidents.place, incidents.day)
    days = pd.Timestamp(known.origin) - pd.to_timedelta(last[top], unit="D")
    nearby = _nearby(incidents, last_year, top)
    return pd.DataFrame(
        {
            "category": category.category,
            "rank": np.arange(1, len(top) + 1),
            "place": place_ids(incidents.cell[top]),
            "area": [incidents.area[i] for i in top],
            "lat": incidents.lat[top],
            "lon": incidents.lon[top],
            "window_days": rule.window_days,
            "expected_incidents": rates.mean[top] * rule.window_days * ahead.ratio,
            "probability": rates.probability(rule.window_days * ahead.ratio)[top],
            "incidents_last_year": last_year[top],
            "last_incident": days.as_unit("us"),
            "preventive_work": rule.preventive_work,
            "reason": _reasons(rule, last_year[top], nearby, days, ahead),
        }
    )[list(COLUMNS)]


def _nearby(
    incidents: Incidents,
    counts: Index,
    top: Index,
) -> Floats:
    """Last year's incidents in the cells around each place, itself left out."""
    distance = np.hypot(*np.moveaxis(incidents.cell[top][:, None] - incidents.cell[None], 2, 0))
    around: Floats = (((distance > 0) & (distance <= NEARBY_CELLS)) @ counts).astype(np.float64)
    return around


def _reasons(
    rule: WorklistRule,
    last_year: Index,
    nearby: Floats,
    days: pd.DatetimeIndex,
    ahead: Outlook,
) -> list[str]:
    """One sentence a place: its own history, its surroundings, what lies ahead."""
    outlook_words = _outlook_words(ahead, rule.window_days)
    metres = NEARBY_CELLS * rule.cell_m
    return [
        f"{own} new incident{'' if own == 1 else 's'} here in a year, the last on {_day(day)}; "
        f"{around:.0f} more within about {metres:.0f} m; {outlook_words}"
        for own, around, day in zip(last_year, nearby, days, strict=True)
    ]


def _outlook_words(ahead: Outlook, window_days: int) -> str:
    """'about 20 % more than an average 30 days by season and weather (110 mm of rain expected, usually 84)'."""
    text = f"the city's next {window_days} days: {_compared(ahead.ratio)} by season"
    if np.isnan(ahead.rain_mm):
        return text
    told = f"{ahead.rain_mm:.0f} mm of rain expected"
    if not np.isnan(ahead.usual_rain_mm):
        told += f", usually {ahead.usual_rain_mm:.0f}"
    if ahead.frost_days >= 0.5:
        told += f"; {ahead.frost_days:.0f} days of freezing and thawing"
    return f"{text} and weather ({told})"


def _compared(ratio: float) -> str:
    """'about 30 % more new incidents than average', 'about as many as average' within 5 %."""
    if abs(ratio - 1) < 0.05:
        return "about as many new incidents as on average"
    return f"about {100 * abs(ratio - 1):.0f}\u00a0% {'more' if ratio > 1 else 'fewer'} new incidents than on average"


def _day(day: pd.Timestamp) -> str:
    """26 Feb 2025, the same in every language setting."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
