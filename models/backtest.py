"""Replay past origins as if they were today: joint sample paths of all categories, and how they scored.

Selection inside a backtest is as in real runs (`models.reselection`): recipes are chosen on evidence that ends by the
first origin, and challenged again every `reselect_after_days` counted from it. Between refits a fitted forecaster is
asked again with what was known at each later origin.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from domain.city import CityPlan
from domain.panel import Demand, Draws, Ints, Known, SamplePaths, WeatherPaths
from domain.progress import Progress
from models.catalogue import forecasters
from models.fitting import fit_once
from models.fold_scores import last_reported, outcomes_after
from models.forecaster import Fitted, Forecaster, draws_of
from models.history.mended import learnt_from
from models.parameters import params_for
from models.peaks import paths_with_peaks
from models.recipe import Recipe
from models.scores import origin_scores, summarise
from models.weather_ensemble import weather_paths

PUBLISHED = "published"
AT_ONCE = 2
"""Categories forecast side by side, as in a real run; a category's bytes do not depend on the others."""
RecipeFor = Callable[[str, date], Recipe]


@dataclass(frozen=True)
class Step:
    """One origin. recipes: category -> what it was forecast with.

    rivals: baseline -> samples (C, A, H, S) on the same draws, for the comparison.
    """

    origin: date
    paths: SamplePaths
    recipes: dict[str, Recipe]
    rivals: dict[str, Ints] = field(default_factory=dict)


def backtest(
    known_of: Callable[[date], Known],
    plan: CityPlan,
    origins: Sequence[date],
    horizon: int,
    *,
    refit_every: int,
    recipe_for: RecipeFor,
    seed: int,
    progress: Progress,
    refit_at: Collection[date] | None = None,
) -> Iterator[Step]:
    """The forecast at each origin, ascending, one at a time. known_of(day): what was known at the end of `day`.

    A recipe is fitted at the first origin, again at every `refit_every`-th (or at those of `refit_at` where given), and
    whenever it or the city's areas change. AT_ONCE categories are worked side by side.
    """
    settings = plan.city.models
    rivals = [c for c in forecasters(settings.forecasters) if c.is_baseline]
    fitted: dict[tuple[str, str], tuple[str, Fitted]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, origin in enumerate(origins):
            progress(f"forecasting as of {origin.isoformat()}", number, len(origins))
            if number % refit_every == 0 if refit_at is None else origin in refit_at:
                fitted.clear()
            known = known_of(origin)
            weather = weather_paths(known, settings.weather_paths, horizon, seed)
            draws = draws_of(seed, settings.draws, weather)
            ask = _Ask(known, weather, draws, horizon, seed, progress, fitted)

            def answer(category: str, ask: _Ask = ask, origin: date = origin) -> tuple[Recipe, Ints, list[Ints]]:
                recipe, own = recipe_for(category, origin), ask.of(category)
                return recipe, own.recipe(recipe), [own.rival(r, category, plan) for r in rivals]

            found = list(pool.map(answer, known.demand.categories))
            dates = pd.date_range(known.origin + timedelta(days=1), periods=horizon, unit="us")
            samples = np.stack([s for _, s, _ in found])
            paths = SamplePaths(known.origin, dates, known.areas.names, known.demand.categories, samples, draws)
            of_rivals = {r.name: np.stack([d[i] for _, _, d in found]) for i, r in enumerate(rivals)}
            recipes = dict(zip(known.demand.categories, (r for r, _, _ in found), strict=True))
            yield Step(known.origin, paths, recipes, of_rivals)


@dataclass(frozen=True)
class _Ask:
    """One origin's knowledge, and the fitted forecasters kept from earlier ones by (category, slot)."""

    known: Known
    weather: WeatherPaths | None
    draws: Draws
    horizon: int
    seed: int
    progress: Progress
    fitted: dict[tuple[str, str], tuple[str, Fitted]]

    def of(self, category: str) -> _Ask:
        """The same, with the record that the category is learnt from."""
        return replace(self, known=learnt_from(self.known, category))

    def recipe(self, recipe: Recipe) -> Ints:
        forecaster = forecasters((recipe.forecaster,))[0]
        return self._paths(forecaster, recipe.category, PUBLISHED, recipe.recipe_id, dict(recipe.params))

    def rival(self, rival: Forecaster, category: str, plan: CityPlan) -> Ints:
        return self._paths(rival, category, rival.name, "", params_for(rival, plan.city.models).model_dump())

    def _paths(self, forecaster: Forecaster, category: str, slot: str, version: str, params: dict[str, object]) -> Ints:
        kept, version = self.fitted.get((category, slot)), f"{version} {self.known.areas.names}"
        if kept is None or kept[0] != version:
            own = forecaster.params.model_validate(params)
            kept = version, fit_once(forecaster, self.known, category, own, self.seed, self.progress)
            self.fitted[category, slot] = kept
        return paths_with_peaks(kept[1], self.known, self.weather, self.draws, self.horizon)


def always(plan: CityPlan, name: str, first: date) -> RecipeFor:
    """One forecaster with the city's parameters at every origin, nothing selected. Raises ConfigError for its name."""
    chosen = forecasters((name,))[0]
    params = params_for(chosen, plan.city.models).model_dump(mode="json")

    def recipe_for(category: str, _origin: date) -> Recipe:
        return Recipe(
            city=plan.city.city,
            category=category,
            forecaster=chosen.name,
            title=chosen.title,
            params=params,
            evidence_from=first,
            evidence_end=first,
            folds=0,
            ratios={},
            mean_ratio=None,
            sentence=f"{chosen.title} forecasts every origin, as asked for; nothing was selected.",
        )

    return recipe_for


def forecasts_table(paths: SamplePaths) -> pa.Table:
    """Rows of `forecasts.parquet` for one origin: origin, date, area, category, samples (list of whole numbers).

    Ordered by category, area, date. Tables of several origins may be written one after the other.
    """
    categories, areas, days, size = paths.samples.shape
    rows = categories * areas * days
    offsets = np.arange(0, (rows + 1) * size, size, dtype=np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(paths.samples.reshape(-1), type=pa.int32()))
    dates = np.tile(paths.dates.to_numpy().astype("datetime64[D]"), categories * areas)
    return pa.table(
        {
            "origin": pa.array(np.full(rows, np.datetime64(paths.origin, "D")), type=pa.date32()),
            "date": pa.array(dates, type=pa.date32()),
            "area": pa.array(
                np.tile(np.repeat(np.array(paths.areas, dtype=object), days), categories), type=pa.string()
            ),
            "category": pa.array(np.repeat(np.array(paths.categories, dtype=object), areas * days), type=pa.string()),
            "samples": lists,
        }
    )


def counts_frame(demand: Demand, forecast: Collection[str] = ()) -> pd.DataFrame:
    """Rows of `counts.parquet`: date, area, category, count; zero-filled over the whole history, areas only.

    forecast: areas that were forecast; one whose rows were all corrected to others since holds zeros, as in
    `outcomes_after`.
    """
    names = (*demand.areas, *sorted(set(forecast) - set(demand.areas)))
    gone = np.zeros((len(demand.categories), len(names) - len(demand.areas), len(demand.dates)), demand.counts.dtype)
    counts = np.concatenate([demand.counts, gone], axis=1)
    categories, areas, days = counts.shape
    return pd.DataFrame(
        {
            "date": np.tile(demand.dates.as_unit("us").to_numpy(), categories * areas),
            "area": np.tile(np.repeat(np.array(names, dtype=object), days), categories),
            "category": np.repeat(np.array(demand.categories, dtype=object), areas * days),
            "count": counts.reshape(-1),
        }
    ).astype({"area": "str", "category": "str"})


def outcomes_of(step: Step, truth: Demand) -> Ints | None:
    """(C, A, H): what came on the days of a step; None where `truth` ends before the horizon, or requests of its last
    days are still to come."""
    horizon = step.paths.samples.shape[2]
    is_whole = step.origin + timedelta(days=horizon) <= last_reported(truth)
    return outcomes_after(truth, step.origin, horizon, step.paths.areas) if is_whole else None


def step_scores(step: Step, truth: Demand, seed: int) -> pd.DataFrame:
    """Sums of one origin by category, forecaster ("published" and each baseline) and level; see `models.scores`.

    No rows where the outcomes are not all known.
    """
    outcomes = outcomes_of(step, truth)
    if outcomes is None:
        return pd.DataFrame()
    parts = []
    for name, samples in {PUBLISHED: step.paths.samples, **step.rivals}.items():
        for index, category in enumerate(step.paths.categories):
            rows = origin_scores(outcomes[truth.categories.index(category)], samples[index], seed, step.origin)
            parts.append(rows.assign(category=category, forecaster=name, origin=step.origin.isoformat()))
    return pd.concat(parts, ignore_index=True)


def backtest_scores(rows: Iterable[pd.DataFrame]) -> dict[str, object]:
    """`scores.json`: category -> level -> crps, wape, cover80, cover95 of what was published, each baseline's crps,
    and the ratio to the best of them on that level; with the number of origins."""
    rows = [r for r in rows if len(r)]
    if not rows:
        return {}
    every = pd.concat(rows, ignore_index=True)
    table = summarise(every, ["category", "level", "forecaster"])
    report: dict[str, object] = {}
    for category, of_category in table.groupby("category", sort=False):
        levels = {str(level): _level_report(found) for level, found in of_category.groupby("level", sort=False)}
        origins = int(every.loc[every["category"] == category, "origin"].nunique())
        report[str(category)] = {"origins": origins, "levels": levels}
    return report


def _level_report(found: pd.DataFrame) -> dict[str, object]:
    ours = found[found["forecaster"] == PUBLISHED].iloc[0]
    baselines = {str(r["forecaster"]): float(r["crps"]) for r in found.to_dict("records")}
    del baselines[PUBLISHED]
    report: dict[str, object] = {name: float(ours[name]) for name in ("crps", "wape", "cover80", "cover95")}
    best = min(baselines.values(), default=0.0)
    return {**report, "baselines": baselines, "ratio": float(ours["crps"]) / best if best > 0 else None}
