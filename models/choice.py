"""From scores to a recipe, and the sentence that says who is published and by how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
from pydantic import JsonValue
from scipy.stats import t as student

from domain.city import CityPlan
from domain.covariates import CovariateGain
from domain.errors import HistoryTooShortError
from models.catalogue import forecasters
from models.forecaster import Forecaster
from models.parameters import configured, params_for
from models.recipe import Recipe

LEVELS_IN_WORDS = {
    "area-day": "one area and day",
    "area-week": "one area and week",
    "city-day": "whole city and day",
    "city-week": "whole city and week",
}
LEVEL = 0.05
NO_BASELINE = (
    "no spreadsheet forecast was compared, so there is nothing to say that it is better than one, and ratios are "
    "against the best of what was"
)
EVEN = 0.005
"""Mean ratios closer than this are called level."""
FAR = 1.25
"""Mean ratio above which nothing is published, however few the folds: so far behind a spreadsheet is no bad luck."""

TOO_FEW_WINDOWS = "too few earlier windows are left to compare on"
NO_WINDOW = "on no earlier day was all known that a forecast of then needs, and what came of it"


def mean_ratios(scores: pd.DataFrame) -> pd.Series:
    """Forecaster -> mean over the levels of CRPS ÷ the best baseline's, in order of appearance."""
    return scores.groupby("forecaster", sort=False)["ratio"].mean()


def published(scores: pd.DataFrame, baselines: list[str]) -> str:
    """The lowest mean ratio; where equal, a baseline, then the one named first."""
    ratios = mean_ratios(scores)
    names = [str(n) for n in ratios.index]
    return min(names, key=lambda name: (float(ratios[name]), name not in baselines, names.index(name)))


def has_baseline(scores: pd.DataFrame) -> bool:
    """Whether a spreadsheet forecast was compared: else ratios are against the best of the others."""
    return bool(set(scores.attrs["baselines"]) & set(scores["forecaster"]))


def fold_ratios(rows: pd.DataFrame, best: pd.Series) -> pd.DataFrame:
    """(folds, forecasters): each fold's part of the mean ratio; their mean over folds orders candidates as it does.

    rows: sums a fold, level and forecaster. best: level -> CRPS per request of the best baseline over all folds.
    """
    filed = rows.drop_duplicates(["origin", "level"]).groupby("level")["requests"].sum().clip(lower=1.0)
    requests = filed / rows["origin"].nunique()
    share = rows["crps"] / rows["level"].map(requests * best.clip(lower=1e-9))
    found: pd.DataFrame = share.groupby([rows["origin"], rows["forecaster"]]).mean().unstack()
    return found


def steadier(folds: pd.DataFrame, winner: str, blends: list[str], baselines: list[str]) -> str:
    """The blend unless `winner` is clearly ahead of it, a spreadsheet forecast too. Where the blend is FAR behind, the
    best spreadsheet forecast takes its place.

    After the one-standard-error rule (Breiman et al. 1984, section 3.4.3), stricter: on few folds the best single
    candidate is partly luck, and a blend loses little where it is not the best. On real floods one standard error
    followed whoever did well in the last storm.
    """
    there = [b for b in blends if b in folds]
    if winner in blends or not there:
        return winner
    safe = str(folds[there].mean().idxmin())
    simple = [b for b in baselines if b in folds]
    if simple and folds[safe].mean() > FAR:
        safe = str(folds[simple].mean().idxmin())
    return winner if is_clear(folds[safe] - folds[winner]) else safe


def is_clear(differences: pd.Series, comparisons: int = 1) -> bool:
    """Whether paired differences over folds are above zero beyond chance, one of `comparisons` looked at.

    One-sided Student's t at LEVEL ÷ comparisons (Bonferroni); False for fewer than two folds.
    """
    count = len(differences)
    if count < 2:
        return False
    error = float(differences.std(ddof=1)) / count**0.5
    return bool(differences.mean() > student.isf(LEVEL / comparisons, count - 1) * error)


def recipe_of(scores: pd.DataFrame, plan: CityPlan, category: str) -> Recipe:
    """The published candidate as a recipe; without scores the first baseline, and the sentence says so."""
    if scores.empty:
        named = {c.name: c for c in forecasters(plan.city.models.forecasters)}
        return _uncompared(scores, plan, category, named)
    candidates = compared(scores)
    label = str(scores.loc[scores["is_published"], "forecaster"].iloc[0])
    chosen, record = candidates[label], scores.attrs["candidates"][label]
    params: dict[str, JsonValue] = record["params"]
    return Recipe(
        city=plan.city.city,
        category=category,
        forecaster=record["forecaster"],
        title=chosen.title,
        params=params,
        features=tuple(record["features"]),
        evidence_from=scores["evidence_from"].iloc[0].date(),
        evidence_end=scores["evidence_end"].iloc[0].date(),
        folds=int(scores["folds"].iloc[0]),
        odd_windows=int(scores.attrs["odd_windows"]),
        ratios=_by_level(scores),
        mean_ratio=float(mean_ratios(scores)[chosen.name]) if has_baseline(scores) else None,
        sentence=sentence(scores, chosen, candidates, plan.city.models.horizon_days),
        covariates=tuple(CovariateGain(**gain) for gain in scores.attrs["covariates"].get(label, ())),
        configured=configured(plan.city.models),
    )


def compared(scores: pd.DataFrame) -> dict[str, Forecaster]:
    """Every candidate of a selection under its label and title there."""
    found: dict[str, dict[str, str]] = scores.attrs["candidates"]
    return {
        label: replace(forecasters((record["forecaster"],))[0], name=label, title=record["title"])
        for label, record in found.items()
    }


def _uncompared(scores: pd.DataFrame, plan: CityPlan, category: str, candidates: dict[str, Forecaster]) -> Recipe:
    """The first baseline that can be fitted at all, labelled as chosen without evidence."""
    left_out: dict[str, str] = scores.attrs["left_out"]
    days, odd = int(scores.attrs["days"]), int(scores.attrs["odd_windows"])
    origin = date.fromisoformat(scores.attrs["origin"])
    able = [c for c in candidates.values() if c.is_baseline and c.minimum_days <= days]
    if not able:
        raise HistoryTooShortError(
            f"{category}: {days} days of history are too few for any forecaster of this city",
            remedy="load more history, or add a baseline to models.forecasters",
            left_out=left_out,
        )
    params: dict[str, JsonValue] = params_for(able[0], plan.city.models).model_dump(mode="json")
    titles = {n: record["title"] for n, record in scores.attrs["candidates"].items()}
    notes = [f"{titles[n]} was left out: {why}" for n, why in left_out.items() if n != able[0].name]
    is_short = days < min(c.minimum_days for c in able) + 2 * plan.city.models.horizon_days
    none = f"{days} days of history are too few for earlier folds" if is_short else NO_WINDOW
    why = f"{TOO_FEW_WINDOWS}{left_out_windows(odd)}" if odd else none
    text = f"{able[0].title} is published without a comparison: {why}"
    return Recipe(
        city=plan.city.city,
        category=category,
        forecaster=able[0].name,
        title=able[0].title,
        params=params,
        evidence_from=origin,
        evidence_end=origin,
        folds=0,
        odd_windows=odd,
        ratios={},
        mean_ratio=None,
        sentence="; ".join([text, *notes]) + ".",
        configured=configured(plan.city.models),
    )


def sentence(scores: pd.DataFrame, chosen: Forecaster, candidates: dict[str, Forecaster], horizon: int) -> str:
    """Who is published and by how much, in words; candidates that could not run are named with the reason."""
    ratios = mean_ratios(scores)
    left = left_out_windows(int(scores.attrs["odd_windows"]))
    windows = f"{earlier_windows(int(scores['folds'].iloc[0]))} of {horizon} days{left}"
    if not has_baseline(scores):
        text = _alone(len(ratios), windows)
    elif chosen.is_baseline:
        rivals = [(n, float(r)) for n, r in ratios.items() if not candidates[str(n)].is_baseline]
        text = _no_rival(rivals, candidates, windows)
    else:
        text = _against(float(ratios[chosen.name]), windows) + _by_level_in_words(scores, chosen.name)
    text = f"{chosen.title} is published: {text}"
    left_out: dict[str, str] = scores.attrs.get("left_out", {})
    notes = [f"{candidates[n].title} was left out: {why}" for n, why in left_out.items()]
    return "; ".join([text, *notes]) + "."


def earlier_windows(folds: int) -> str:
    return f"{folds} earlier window{'' if folds == 1 else 's'}"


def left_out_windows(odd: int) -> str:
    """' (1 more is left out for …)', to follow a number of windows; '' where none is."""
    return (
        f" ({odd} more {'is' if odd == 1 else 'are'} left out for a gap, rows keyed in together or a yearly peak)"
        if odd
        else ""
    )


def _alone(compared: int, windows: str) -> str:
    """Where no spreadsheet forecast was compared, which a ratio would be against."""
    others = f"none of the {compared} forecasters compared came closer beyond chance on {windows}, but "
    return ("" if compared == 1 else others) + NO_BASELINE


def _against(ratio: float, windows: str) -> str:
    if ratio > 1.0 - EVEN:
        return (
            f"no spreadsheet forecast came closer beyond chance on {windows}, but there is no evidence that it is "
            f"better: {beside_best(ratio)}, on average over the levels"
        )
    return f"{beside_best(ratio)} on {windows}"


def _by_level_in_words(scores: pd.DataFrame, name: str) -> str:
    ratios = scores.loc[scores["forecaster"] == name].set_index("level")["ratio"]
    parts = [f"{LEVELS_IN_WORDS.get(str(level), level)} {signed(float(ratio))}" for level, ratio in ratios.items()]
    return f"; difference in error by level: {', '.join(parts)}"


def _no_rival(rivals: list[tuple[object, float]], candidates: dict[str, Forecaster], windows: str) -> str:
    if not rivals:
        return f"it had the lowest error of the candidates that could run, on {windows}"
    name, ratio = min(rivals, key=lambda rival: rival[1])
    return f"there is no evidence that {candidates[str(name)].title} is better; on {windows} {beside_best(ratio)}"


def signed(ratio: float) -> str:
    """'−6 %' for 0.94, '0 %' for 0.998; the space does not break."""
    points = round(100 * (ratio - 1))
    return f"{points:+d}\u00a0%".replace("-", "−") if points else "0\u00a0%"


def beside_best(ratio: float) -> str:
    """'its error was 13 % higher than the best spreadsheet forecast's', with a decimal under one percent."""
    size = abs(100 * (ratio - 1))
    shown = f"{size:.1f}" if size < 0.95 else f"{size:.0f}"
    if shown == "0.0":
        return "its error was the same as the best spreadsheet forecast's"
    return f"its error was {shown}\u00a0% {'higher' if ratio > 1 else 'lower'} than the best spreadsheet forecast's"


def _by_level(scores: pd.DataFrame) -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for row in scores.itertuples(index=False):
        table.setdefault(str(row.forecaster), {})[str(row.level)] = float(str(row.ratio))
    return table
