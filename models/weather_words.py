"""The weather of a day as the mean of its paths, in words: what it is, and each part of it that may be a cause."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.reasons import WEEKDAYS
from models.weather_parts import FROST, RAIN, RAIN_SO_FAR, SNOW, SNOW_DEPTH, WARMTH, WIND

WET_MM = 1.0
SNOW_MM = 5.0
DOWNPOUR_MM = 10.0
"""In one hour: about what DWD warns of as heavy rain (15 mm), as a mean over paths."""
SO_FAR_DAYS = 7
"""A rain day is felt over days 0 to 6."""
LIKELY = 0.5
NOTABLE_C = 1.5
ALIKE, ALIKE_C = 0.1, 0.5
"""What differs from the usual by less than this share, or so many °C, is about as usual and no cause by its size: rain
that falls on other days than usual pushes down even where its sum is a shade above the usual."""


def weather_told(weather: WeatherPaths, climate: WeatherPaths | None, index: int) -> str:
    """What is expected of a day, as a fact: rain, snow and frost, or how warm a day without them is; empty where none
    is known. Rain that is not known is not told as little."""
    day = WEEKDAYS[weather.dates[index].day_of_week]
    rain, snow = (float(expected(weather, name)[index]) for name in ("precipitation_mm", "snowfall_mm"))
    frost = share_of_frost(weather)[index]
    parts = [f"{rain:.0f} mm expected on {day}{_hardest(weather, index)}"] if rain >= WET_MM else []
    if snow >= SNOW_MM:
        parts.append(f"{snow:.0f} mm of snow expected on {day}")
    if frost >= LIKELY:
        parts.append(f"freezing and thawing {100 * frost:.0f} % likely")
    calm = ["" if np.isnan(rain) else "little rain expected", _warmth(weather, climate, index)]
    return ", ".join(parts or filter(None, calm))


def causes(weather: WeatherPaths, climate: WeatherPaths, index: int) -> dict[str, str]:
    """Part -> noun phrase, against what is usual: '38 mm expected on Thursday', 'only 0 mm … (usually 9)'; where it is
    about as usual no figure, 'the rain up to Thursday'."""
    day = WEEKDAYS[weather.dates[index].day_of_week]
    days = slice(max(0, index - SO_FAR_DAYS + 1), index + 1)
    when = f"on {day}" if index == 0 else f"in the days to {day}"

    def of(variable: str, over: slice = slice(index, index + 1)) -> tuple[float, float]:
        now, usual = (float(expected(paths, variable)[over].sum()) for paths in (weather, climate))
        return now, usual

    frost, usual_frost = (100 * float(share_of_frost(paths)[days].mean()) for paths in (weather, climate))
    rain = _amount(*of("precipitation_mm"), f"mm expected on {day}")
    hardest = "" if not rain or rain.startswith("only") else _hardest(weather, index)
    return {
        RAIN: f"{rain}{hardest}" or f"the rain of {day}",
        RAIN_SO_FAR: _amount(*of("precipitation_mm", days), f"mm expected {when}") or f"the rain up to {day}",
        FROST: _likelier(frost, usual_frost, f"up to {day}") or f"the freezing and thawing up to {day}",
        WARMTH: _against(*of("temperature_mean_c"), f"°C on average on {day}", ALIKE_C)
        or f"the temperature up to {day}",
        SNOW: _amount(*of("snowfall_mm", days), f"mm of snow expected {when}") or f"the snow up to {day}",
        SNOW_DEPTH: _against(*of("snow_depth_mm"), f"mm of snow on the ground on {day}") or "the snow on the ground",
        WIND: _against(*of("wind_ms"), f"m/s of wind expected on {day}") or f"the wind on {day}",
    }


def _figures(now: float, usual: float, least: float | None = None) -> tuple[str, str] | None:
    """Both in as few digits as tell them apart; None where a decimal does not, where they are less than `least` apart
    (None: a share of the larger), or where one is missing."""
    if abs(now - usual) < (ALIKE * max(abs(now), abs(usual)) if least is None else least):
        return None
    for digits in (0, 1):
        told, other = (f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−") for value in (now, usual))
        if told != other and not np.isnan(now + usual):
            return told, other
    return None


def _amount(now: float, usual: float, what: str) -> str:
    """An amount stands for itself where it is more than usual; empty where the two are about the same."""
    figures = _figures(now, usual)
    if figures is None:
        return ""
    return f"{figures[0]} {what}" if now > usual else f"only {figures[0]} {what} (usually {figures[1]})"


def _against(now: float, usual: float, what: str, least: float | None = None) -> str:
    figures = _figures(now, usual, least)
    return "" if figures is None else f"{figures[0]} {what} (usually {figures[1]})"


def _likelier(now: float, usual: float, when: str) -> str:
    """Shares in percent of the days."""
    figures = _figures(now, usual)
    if figures is None:
        return ""
    how = "likelier" if now > usual else "less likely"
    return f"freezing and thawing {how} than usual {when} ({figures[0]} % of days, usually {figures[1]} %)"


def _hardest(weather: WeatherPaths, index: int) -> str:
    """The hardest hour, where it is expected to be a downpour."""
    hour = float(expected(weather, "precipitation_max_hour_mm")[index])
    return f", {hour:.0f} of them in one hour" if hour >= DOWNPOUR_MM else ""


def _warmth(weather: WeatherPaths, climate: WeatherPaths | None, index: int) -> str:
    """How warm it is, against what is usual where that differs; empty where nothing is known of it."""
    warm = float(expected(weather, "temperature_mean_c")[index])
    usual = warm if climate is None else float(expected(climate, "temperature_mean_c")[index])
    if np.isnan(warm):
        return ""
    against = f" against a usual {usual:.0f}" if abs(warm - usual) >= NOTABLE_C else ""
    return f"{warm:.0f} °C on average{against}".replace("-", "−")


def expected(weather: WeatherPaths, variable: str) -> Floats:
    """(H,): mean over the paths; NaN where the source lacks the variable."""
    values = weather.values[:, :, WEATHER_VARIABLES.index(variable)]
    mean: Floats = weather.weight @ values
    return mean


def share_of_frost(weather: WeatherPaths) -> Floats:
    """(H,): share of paths that cross 0 °C on the day; 0 where temperature is missing."""
    low = weather.values[:, :, WEATHER_VARIABLES.index("temperature_min_c")]
    high = weather.values[:, :, WEATHER_VARIABLES.index("temperature_max_c")]
    share: Floats = weather.weight @ ((low < 0) & (high > 0))
    return share
