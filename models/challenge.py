"""A selection challenges the champion: who is in force afterwards, on which evidence, in which words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from domain.covariates import CovariateGain
from models.catalogue import forecasters
from models.choice import (
    FAR,
    NO_BASELINE,
    TOO_FEW_WINDOWS,
    beside_best,
    earlier_windows,
    has_baseline,
    left_out_windows,
    mean_ratios,
)
from models.promotion import Gain, counted, differences, gain
from models.recipe import Recipe
from models.standing import BY_HAND, Evidence, Kind, Standing

SPACE = "\u00a0"


@dataclass(frozen=True)
class Verdict:
    """recipe: what forecasts now. kind: how it came into force; None where it only stands in for today.

    challenger: the selection's winner where it came closer but is not in force, and its label in `scores`. evidence:
    windows counted against `recipe` so far, by rival. scores: of the selection, `is_published` marking `recipe`.
    counts_from: as in `models.standing.Reign`.
    """

    recipe: Recipe
    scores: pd.DataFrame
    kind: Kind | None
    challenger: tuple[Recipe, str] | None = None
    evidence: Evidence = field(default_factory=dict)
    gain: Gain | None = None
    counts_from: date | None = None


def challenge(
    standing: Standing | None,
    winner: Recipe,
    scores: pd.DataFrame,
    specs: Mapping[str, str],
    horizon: int,
    gone: str | None = None,
) -> Verdict:
    """What a selection changes. specs: candidate label in `scores` -> its spec_id; horizon: days of a fold window.

    Without a champion the winner is in force. A champion that cannot be compared today keeps its place and the winner
    stands in; where nothing could be compared, as too few earlier windows are demand, the champion goes on. One that
    is no candidate any more is replaced (`gone` says why in words), and so is one FAR behind the spreadsheet forecasts
    by a winner that is not, unless it was put there by hand. Otherwise it goes only by a significant paired gain, and
    only a winner that came closer on these folds challenges it: a blend may be preferred to a single candidate without
    having come closer than the champion did.
    """
    if standing is None:
        return Verdict(winner, scores, "first")
    label = next((name for name, spec in specs.items() if spec == standing.recipe.spec_id), None)
    if label is None:
        note = gone or f"{standing.recipe.title} is no candidate any more"
        return Verdict(_saying(winner, note), scores, "chosen again")
    if scores.empty and winner.odd_windows and _can_be_fitted(standing, scores):
        return Verdict(_unjudged(standing, winner), standing.scores, None)
    if scores.empty or label not in set(scores["forecaster"]):
        note = f"it stands in for {standing.recipe.title}, which could not be compared"
        return Verdict(_saying(winner, note), scores, None)
    evidence = _gathered(standing, scores, specs, label, horizon)
    if winner.spec_id == standing.recipe.spec_id:
        return Verdict(winner, scores, "kept", evidence=evidence, counts_from=standing.reign.counts_from)
    rival = str(scores.loc[scores["is_published"].astype(bool), "forecaster"].iloc[0])
    ratios, marked = mean_ratios(scores), scores.assign(is_published=scores["forecaster"] == label)
    if ratios[rival] >= ratios[label]:
        kept = refreshed(standing, winner, scores, label, f"{winner.title} came no closer there")
        return Verdict(kept, marked, "kept", None, evidence, None, standing.reign.counts_from)
    found = gain(evidence.get(winner.spec_id, {}), rivals=len(set(specs.values()) | set(evidence)) - 1)
    if found.is_significant:
        return Verdict(_saying(winner, _promoted(standing.recipe, found)), scores, "promoted", gain=found)
    is_far = has_baseline(scores) and ratios[rival] <= FAR < ratios[label]
    if is_far and not _is_by_hand(standing):  # else windows would count that were known when it was put there
        far = f"whose error was {percent(ratios[label] - 1)} higher than the best spreadsheet forecast's"
        return Verdict(_saying(winner, f"it takes the place of {standing.recipe.title}, {far}"), scores, "chosen again")
    kept = refreshed(standing, winner, scores, label, _not_yet(winner, found))
    return Verdict(kept, marked, "kept", (winner, rival), evidence, found, standing.reign.counts_from)


def refreshed(standing: Standing, winner: Recipe, scores: pd.DataFrame, label: str, why: str) -> Recipe:
    """The champion as it was, on the evidence of now; why: the winner is not published, in words."""
    old = standing.recipe
    ratio = float(mean_ratios(scores)[label])
    words = f"{old.title} stays in force{_by_whom(standing)}: {_beside(ratio, winner, scores, label)}; {why}."
    return old.model_copy(
        update={
            "evidence_from": winner.evidence_from,
            "evidence_end": winner.evidence_end,
            "folds": winner.folds,
            "odd_windows": winner.odd_windows,
            "ratios": winner.ratios,
            "mean_ratio": ratio if has_baseline(scores) else None,
            "sentence": words,
            "configured": winner.configured,
            "covariates": tuple(CovariateGain(**gain) for gain in scores.attrs["covariates"].get(label, ())),
            "features": tuple(scores.attrs["candidates"][label]["features"]),
        }
    )


def in_words(standing: Standing) -> Recipe:
    """The champion's recipe as it is, its sentence saying so where it was put in force by hand."""
    if standing.reign.kind not in BY_HAND:
        return standing.recipe
    how = "brought back" if standing.reign.kind == "rolled back" else "put in force"
    return _saying(standing.recipe, f"it was {how} by hand ({standing.reign.why})")


def losses(scores: pd.DataFrame) -> dict[str, dict[date, dict[str, float]]]:
    """Candidate -> fold origin -> level -> CRPS, from the selection's records of each fold."""
    found: dict[str, dict[date, dict[str, float]]] = {}
    for row in scores.attrs.get("by_fold", []):
        windows = found.setdefault(str(row["forecaster"]), {})
        windows.setdefault(date.fromisoformat(str(row["origin"])), {})[str(row["level"])] = float(row["crps"])
    return found


def _gathered(standing: Standing, scores: pd.DataFrame, specs: Mapping[str, str], label: str, horizon: int) -> Evidence:
    """What was counted before in this reign, and every rival's windows of this selection that are new."""
    by_hand = standing.reign.kind in BY_HAND
    gathered: Evidence = {} if by_hand else {s: dict(rows) for s, rows in standing.evidence.items()}
    first, by_candidate = standing.reign.counts_from, losses(scores)
    for rival, spec in specs.items():
        if spec == standing.recipe.spec_id:
            continue
        new = differences(by_candidate.get(label, {}), by_candidate.get(rival, {}))
        new = {o: d for o, d in new.items() if first is None or o >= first}
        if rows := counted(gathered.get(spec, {}), new, horizon):
            gathered[spec] = rows
    return gathered


def _can_be_fitted(standing: Standing, scores: pd.DataFrame) -> bool:
    return forecasters((standing.recipe.forecaster,))[0].minimum_days <= int(scores.attrs["days"])


def _unjudged(standing: Standing, winner: Recipe) -> Recipe:
    """The champion on its own evidence, as there is none since."""
    why = f"{TOO_FEW_WINDOWS}{left_out_windows(winner.odd_windows)}"
    return _saying(standing.recipe, f"it goes on without a new comparison: {why}")


def _saying(recipe: Recipe, note: str) -> Recipe:
    return recipe.model_copy(update={"sentence": f"{recipe.sentence.rstrip('.')}; {note}."})


def _promoted(old: Recipe, found: Gain) -> str:
    return (
        f"it replaces {old.title}: its error was {percent(found.mean)} lower over {found.windows} windows that do not "
        f"overlap, and among equals so clear a lead comes about in at most one reign of twenty"
    )


def _is_by_hand(standing: Standing) -> bool:
    """Also where selections have kept it since."""
    return standing.reign.kind in BY_HAND or standing.reign.counts_from is not None


def _by_whom(standing: Standing) -> str:
    why = f" ({standing.reign.why})" if standing.reign.kind in BY_HAND else ""
    return f", put there by hand{why}" if _is_by_hand(standing) else ""


def _beside(ratio: float, winner: Recipe, scores: pd.DataFrame, label: str) -> str:
    windows = f"{earlier_windows(winner.folds)}{left_out_windows(winner.odd_windows)}"
    if not has_baseline(scores):
        return f"on {windows} {NO_BASELINE}"
    is_the_best = label in scores.attrs["baselines"] and abs(ratio - 1) < 1e-9
    found = "it is the best spreadsheet forecast" if is_the_best else beside_best(ratio)
    return f"{found} on {windows}"


def _not_yet(winner: Recipe, found: Gain) -> str:
    if not found.windows:
        return f"{winner.title} came closer there, but no window has been counted yet since the last change"
    way = "lower" if found.mean > 0 else "higher"
    return (
        f"{winner.title} came closer there, but over {found.windows} windows counted one by one its error is "
        f"{percent(abs(found.mean))} {way}, which may be chance"
    )


def percent(share: float) -> str:
    """'3 %' for 0.03, '0.4 %' for 0.004; the space does not break."""
    points = 100 * share
    return f"{points:.1f}{SPACE}%" if abs(points) < 0.95 else f"{points:.0f}{SPACE}%"
