"""Who is in force and since when: what the registry remembers of a champion, as plain records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import pandas as pd

from domain.category import Strict
from models.recipe import Recipe

Evidence = dict[str, dict[date, float]]
"""Rival's spec_id -> fold origin -> relative gain over the champion in that window."""

Kind = Literal["first", "kept", "promoted", "chosen again", "by hand", "rolled back"]
BY_HAND: tuple[Kind, ...] = ("by hand", "rolled back")
DATES = ("evidence_from", "evidence_end")
BY_FOLD = "by_fold"
LONGEST = 95_000
"""Of 100,000 characters that a tag of a model version may hold."""


class Reign(Strict):
    """One coming into force. since: the as-of day of the run, or of the change by hand; a run as of an earlier day
    ignores it. Evidence ends earlier where rows come late: reigns noted before as-of days were hold its last day.

    order: counts a category's reigns; of those since the same day the highest holds. counts_from: windows that begin
    earlier are no evidence against this champion, because whoever put it there by hand knew them; None: all count.
    """

    order: int
    since: date
    kind: Kind
    by: str
    at: datetime
    why: str
    counts_from: date | None = None


@dataclass(frozen=True)
class Standing:
    """The champion as of a day: its version, recipe, reign, the evidence counted against it, and its scores."""

    version: int
    recipe: Recipe
    reign: Reign
    evidence: Evidence = field(default_factory=dict)
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)


def evidence_to_json(evidence: Evidence) -> str:
    """Canonical text of the evidence."""
    plain = {s: {o.isoformat(): d for o, d in sorted(rows.items())} for s, rows in sorted(evidence.items())}
    return json.dumps(plain)


def evidence_from_json(text: str) -> Evidence:
    return {s: {date.fromisoformat(o): float(d) for o, d in rows.items()} for s, rows in json.loads(text).items()}


def scores_to_json(scores: pd.DataFrame) -> str:
    """Scores column by column, dates as days; of what `attrs` carry only the folds, to six digits, while they fit."""
    kept = scores.assign(**{c: scores[c].astype(str) for c in DATES if c in scores}).to_dict("list")
    folds = pd.DataFrame(scores.attrs.get(BY_FOLD, []))
    rounded = {c: [_six(v) for v in folds[c].tolist()] for c in folds}
    text = json.dumps(kept | ({BY_FOLD: rounded} if rounded else {}))
    return text if len(text) <= LONGEST else json.dumps(kept)


def scores_from_json(text: str) -> pd.DataFrame:
    kept = json.loads(text)
    folds = pd.DataFrame(kept.pop(BY_FOLD, {}))
    scores = pd.DataFrame(kept)
    scores = scores.assign(**{c: pd.to_datetime(scores[c]).astype("datetime64[us]") for c in DATES if c in scores})
    if len(folds):
        scores.attrs[BY_FOLD] = folds.to_dict("records")
    return scores


def _six(value: object) -> object:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def in_force(standings: list[Standing], as_of: date) -> Standing | None:
    """The champion as of a day: the last to come into force by then, on evidence that was known by then."""
    known = [s for s in standings if s.reign.since <= as_of and s.recipe.evidence_end <= as_of]
    return max(known, key=lambda s: (s.reign.since, s.reign.order), default=None)


def previous(standings: list[Standing]) -> Standing | None:
    """The champion that a rollback returns to: the one before the present, another model; None where there was none.

    A rollback undoes whatever came after the champion it returned to, so that the next goes further back.
    """
    before: list[Standing] = []
    for standing in sorted(standings, key=lambda s: (s.reign.since, s.reign.order)):
        specs = [s.recipe.spec_id for s in before]
        spec = standing.recipe.spec_id
        if standing.reign.kind == "rolled back" and spec in specs:
            del before[len(specs) - 1 - specs[::-1].index(spec) :]
        elif specs[-1:] == [spec]:
            before.pop()
        before.append(standing)
    return before[-2] if len(before) > 1 else None


def to_json(standing: Standing) -> str:
    """One text for the copy beside a store that may be out of reach."""
    parts: Mapping[str, str] = {
        "version": str(standing.version),
        "recipe": standing.recipe.to_json(),
        "reign": standing.reign.model_dump_json(),
        "evidence": evidence_to_json(standing.evidence),
        "scores": scores_to_json(standing.scores),
    }
    return json.dumps(parts, indent=1)


def from_json(text: str) -> Standing:
    parts = json.loads(text)
    return Standing(
        int(parts["version"]),
        Recipe.from_json(parts["recipe"]),
        Reign.model_validate_json(parts["reign"]),
        evidence_from_json(parts["evidence"]),
        scores_from_json(parts["scores"]),
    )
