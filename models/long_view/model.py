"""Joint daily counts of one category over a year or more: level × trend × season × calendar × weather × day × share.

Draw s rides on weather path draws.weather_path_id[s] in every category. Counts are whole numbers by area and day, so
that every total, over districts, the city, months, quarters and years, is a sum of draws.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pydantic import Field

from domain.category import Strict
from domain.chance import generator
from domain.errors import HistoryTooShortError
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.peaks import Peak
from models.history.mended import learnt_from
from models.history.trust import history_of as trusted
from models.long_view.days import DayNoise, area_shares, learn_days
from models.long_view.shares import BLOCK, ShareDrift, learn_drift
from models.long_view.trend import HALF_LIVES, Trend, learn_trend
from models.long_view.weather import holds_a_year
from models.peaks import ahead_of, extra, without_names
from models.response import basis
from models.response.city import CityFit, fit_city, history_of
from models.response.level import causal_level

NAME = "long_view"
MINIMUM_DAYS = 365


class LongViewParams(Strict):
    """level_half_life: days, of the level beside which the response is learnt. forget_days: half-life of old rows.

    weather_paths: size of the ensemble.
    """

    level_half_life: float = Field(default=120, gt=0)
    forget_days: float = Field(default=2190, gt=0)
    weather_paths: int = Field(default=300, ge=20, le=2000)


@dataclass(frozen=True)
class LongFit:
    """One category as known at one origin. share: (A,). levels: requests a day at response 1, of each half-life. peaks:
    of named days, on top."""

    category: str
    city: CityFit
    trend: Trend
    noise: DayNoise
    drift: ShareDrift
    share: Floats
    levels: Floats
    peaks: tuple[Peak, ...]

    def city_means(self, known: Known, weather: WeatherPaths | None, days: int) -> Floats:
        """(H, P) expected requests a day at level 1 under each weather path; P is 1 without any."""
        ahead = pd.date_range(known.demand.dates[-1] + pd.Timedelta(days=1), periods=days, freq="D", unit="us")
        calm = self.city.response.log(
            {
                "season": basis.season(ahead),
                "calendar": basis.calendar(ahead, known.holidays, known.school, known.events),
            }
        )[:, None]
        if weather is not None and known.weather is not None:
            columns = basis.weather_ahead(known.weather, known.origin, weather.values[:, :days])
            calm = calm + self.city.response.blocks["weather"].log(columns)
        means: Floats = np.exp(calm)
        return means

    def samples(self, known: Known, weather: WeatherPaths | None, draws: Draws, days: int) -> Ints:
        """(A, H, S) requests, whole numbers ≥ 0, for known.origin + 1 … + days."""
        rng = generator(draws.seed, NAME, known.city, self.category, known.origin)
        means = self.city_means(known, weather, days)
        path = np.zeros(draws.size, dtype=np.intp) if weather is None else draws.weather_path_id
        level = rng.choice(self.levels, draws.size, p=self.trend.half_life_weights)
        city = level * means[:, path] * self.trend.factors(rng, days, draws.size)
        city *= self.noise.factors(rng, known.demand.dates[-1], days, draws.size)
        share = self.drift.shares(rng, self.share, days, draws.size)
        block = np.arange(days) // BLOCK
        out = np.empty((len(self.share), days, draws.size), dtype=np.int32)
        for area in range(len(self.share)):
            mean = np.maximum(city * share[area, block], 1e-9)
            size = self.noise.size_scale * mean**self.noise.size_power
            out[area] = rng.poisson(rng.gamma(size, mean / size))
        ahead = ahead_of(known, self.peaks, days)
        calm = self.city_means(without_names(known), weather, days)[:, path] if ahead else means[:, path]
        for day, peak in ahead.items():
            out[:, day] += extra(peak, known, draws, day, city[day] * calm[day] / means[day, path], city[day])
        return out

    def figures(self) -> dict[str, object]:
        """What was learnt, for the record."""
        trend = {k: np.round(v, 6).tolist() for k, v in vars(self.trend).items()}
        size = {"scale": round(self.noise.size_scale, 4), "power": self.noise.size_power}
        drift = {k: round(float(v), 6) for k, v in vars(self.drift).items()}
        return {"levels": self.levels.round(4).tolist(), "trend": trend, "area_shares": drift, "noise_size": size}


def fit_long(known: Known, category: str, params: LongViewParams) -> LongFit:
    """From the day on that the category is learnt from. HistoryTooShortError under a year: the season is not known."""
    if known.weather is not None and not holds_a_year(known.weather):
        known = replace(known, weather=None)  # no paths could be made of it
    known = learnt_from(known, category)
    counts, dates = known.demand.of(category), known.demand.dates
    if len(dates) < MINIMUM_DAYS:
        raise HistoryTooShortError(
            f"{category}: {len(dates)} days of history; a long view needs {MINIMUM_DAYS}, a whole year",
            remedy="load more history, or use 'crewcast run' for the coming days",
            days=len(dates),
        )
    trust = np.where(trusted(known, category).trust > 0, 1.0, 0.0)
    city = fit_city(history_of(known, category), params.level_half_life, None, 0, params.forget_days, trust)
    trend = learn_trend(city)
    share = area_shares(counts)
    levels = np.array([causal_level(city.tame, city.fitted, half_life)[-1] for half_life in HALF_LIVES])
    noise = learn_days(counts, city, share, dates)
    drift = learn_drift(counts, share, noise.size_scale, noise.size_power)
    return LongFit(category, city, trend, noise, drift, share[:, -1], levels, known.peaks)
