"""What `crewcast models` answers and does: versions, comparisons, changes of champion by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from domain.city import CityPlan
from domain.errors import ConfigError, UnknownModelError
from models.promotion import ALPHA, gain
from models.registry import CHALLENGER, Registry, Version
from models.registry.reigns import before, standings
from models.standing import BY_HAND, Kind, Standing, in_force
from pipelines.next_as_of import next_as_of
from pipelines.registry import open_registry
from pipelines.steps.choose import unusable
from storage.home import Home
from storage.lock import city_lock

NO_CHALLENGER = "at the last selection no other came closer than the champion"
FIGURES = ("ratio", "crps", "cover80", "cover95")


def listed(home: Home, city: str, category: str | None) -> list[dict[str, Any]]:
    """A row a version, by category, oldest first. Raises UnknownModelError for a category never recorded."""
    registry = open_registry(home, city)
    asked = registry.categories() if category is None else [category]
    return [row for name in asked for row in _rows(name, versions_of(registry, name))]


def compared(home: Home, city: str, category: str, numbers: tuple[int, int] | None) -> dict[str, Any]:
    """Two versions side by side, by default the champion and its challenger.

    Ratios by level are of each one's own selection; the paired gain is of the second over the first, over the windows
    counted while one of them was the champion, None where they never met.
    """
    versions = versions_of(open_registry(home, city), category)
    first, second = _pair(category, versions, numbers)
    found, rivals = _met(versions, first, second)
    return {
        "city": city,
        "category": category,
        "first": _told(first) | {"levels": _levels(first)},
        "second": _told(second) | {"levels": _levels(second)},
        "paired": None if found is None else _paired(found, rivals),
    }


@dataclass(frozen=True)
class Signed:
    """A change by hand: who, why, when (UTC). plan: of the city; None where its YAML is not at hand."""

    by: str
    why: str
    at: datetime
    plan: CityPlan | None = None


def promoted(home: Home, city: str, category: str, number: int | None, signed: Signed) -> dict[str, Any]:
    """Put a version (None: the challenger) in force by hand; what was and what is."""
    with city_lock(home.city(city), f"crewcast models promote {city}"):
        registry = open_registry(home, city)
        versions = versions_of(registry, category)
        old = _now(versions)
        chosen = _challenger(category, versions) if number is None else _numbered(category, versions, number)
        if old is not None and old.version == chosen.number:
            raise ConfigError(
                f"{category}: version {chosen.number} is in force already", remedy="nothing needs to be done"
            )
        return _brought_in(home, registry, old, chosen, "by hand", signed)


def rolled_back(home: Home, city: str, category: str, signed: Signed) -> dict[str, Any]:
    """Put the champion before the present one in force again; what was and what is."""
    with city_lock(home.city(city), f"crewcast models rollback {city}"):
        registry = open_registry(home, city)
        versions = versions_of(registry, category)
        old, earlier = _now(versions), before(versions)
        if earlier is None:
            raise UnknownModelError(
                f"{category} in {city} has no earlier champion to return to",
                remedy="see `crewcast models list`, and promote one",
            )
        chosen = _numbered(category, versions, earlier.version)
        return _brought_in(home, registry, old, chosen, "rolled back", signed)


def versions_of(registry: Registry, category: str) -> list[Version]:
    """All versions of a category; UnknownModelError where there are none."""
    versions = registry.versions(category)
    if not versions:
        there = ", ".join(registry.categories())
        raise UnknownModelError(
            f"the registry holds no version for '{category}' in {registry.city}",
            remedy=f"choose one of: {there}" if there else f"run the city first: crewcast run {registry.city}",
            category=category,
        )
    return versions


def _now(versions: list[Version]) -> Standing | None:
    return in_force(standings(versions), date.max)


def _rows(category: str, versions: list[Version]) -> list[dict[str, Any]]:
    now = _now(versions)
    return [{"category": category, **_told(v), "in_force": bool(now and now.version == v.number)} for v in versions]


def _told(version: Version) -> dict[str, Any]:
    recipe = version.recipe
    return {
        "version": version.number,
        "aliases": list(version.aliases),
        "forecaster": recipe.forecaster,
        "title": recipe.title,
        "spec_id": recipe.spec_id,
        "recipe_id": recipe.recipe_id,
        "evidence_from": recipe.evidence_from.isoformat(),
        "evidence_end": recipe.evidence_end.isoformat(),
        "folds": recipe.folds,
        "mean_ratio": recipe.mean_ratio,
        "made": version.made.isoformat(timespec="seconds"),
        "run_id": version.run_id,
        "reigns": [r.model_dump(mode="json") for r in version.reigns],
        "sentence": recipe.sentence,
    }


def _levels(version: Version) -> dict[str, dict[str, float]]:
    scores = version.scores
    if scores.empty:
        return {}
    own = scores[scores["is_published"].astype(bool)]
    return {str(r["level"]): {f: float(r[f]) for f in FIGURES if pd.notna(r[f])} for r in own.to_dict("records")}


def _pair(category: str, versions: list[Version], numbers: tuple[int, int] | None) -> tuple[Version, Version]:
    if numbers is not None:
        return _numbered(category, versions, numbers[0]), _numbered(category, versions, numbers[1])
    now = _now(versions)
    if now is None:
        raise UnknownModelError(f"{category} has no champion", remedy="name two versions to compare")
    return _numbered(category, versions, now.version), _challenger(category, versions)


def _numbered(category: str, versions: list[Version], number: int) -> Version:
    found = next((v for v in versions if v.number == number), None)
    if found is None:
        there = ", ".join(str(v.number) for v in versions)
        raise UnknownModelError(f"{category} has no version {number}", remedy=f"choose one of: {there}", version=number)
    return found


def _challenger(category: str, versions: list[Version]) -> Version:
    found = next((v for v in versions if CHALLENGER in v.aliases), None)
    if found is None:
        now = _now(versions)
        by_hand = now is not None and now.reign.kind in BY_HAND
        why = "none was named since the champion was put there by hand" if by_hand else NO_CHALLENGER
        raise UnknownModelError(
            f"{category} has no challenger: {why}",
            remedy="name a version; `crewcast models list` shows them",
        )
    return found


def _met(versions: list[Version], first: Version, second: Version) -> tuple[dict[date, float] | None, int]:
    """Windows in which the two were paired while one was champion, as gains of the second; and how many rivals tried.

    The longest such record counts: later versions of a reign carry on the evidence of the earlier ones.
    """
    records: list[tuple[dict[date, float], int]] = []
    for version in versions:
        for mine, other, sign in ((first, second, 1.0), (second, first, -1.0)):
            rows = version.evidence.get(other.recipe.spec_id)
            if rows and version.recipe.spec_id == mine.recipe.spec_id:
                # As many as `models.challenge` reckons with: who could not be compared is a rival without windows.
                rivals = {*version.evidence, *version.recipe.configured.values()} - {version.recipe.spec_id}
                records.append(({o: sign * d for o, d in rows.items()}, len(rivals)))
    return max(records, key=lambda r: (max(r[0]), len(r[0])), default=(None, 0))


def _paired(rows: dict[date, float], rivals: int) -> dict[str, Any]:
    found = gain(rows, rivals)
    back = gain({o: -d for o, d in rows.items()}, rivals)
    verdict = "second" if found.is_significant else "first" if back.is_significant else "undecided"
    return {
        "windows": found.windows,
        "first_window": min(rows).isoformat(),
        "last_window": max(rows).isoformat(),
        "mean_gain": found.mean,
        "low": found.low if found.low > -9 else None,
        "high": found.high if found.high < 9 else None,
        "evidence": found.evidence,
        "needed": found.needed,
        "alpha": ALPHA,
        "better": verdict,
    }


def _brought_in(
    home: Home, registry: Registry, old: Standing | None, chosen: Version, kind: Kind, signed: Signed
) -> dict[str, Any]:
    category = chosen.recipe.category
    if signed.plan is not None and (why := unusable(chosen.recipe, signed.plan.city.models)):
        raise ConfigError(
            f"{category}: version {chosen.number} cannot be put in force: {why}",
            remedy="choose another version (`crewcast models list`), or name its forecaster in models.forecasters",
        )
    as_of = next_as_of(home.city(registry.city), signed.plan, signed.at)
    new = registry.bring_in(category, chosen.number, kind, signed.by, signed.why, signed.at, as_of)
    return {
        "city": registry.city,
        "category": category,
        "from": None if old is None else {"version": old.version, "title": old.recipe.title},
        "to": {"version": new.version, "title": new.recipe.title},
        "since": new.reign.since.isoformat(),
        "was_by_hand": old is not None and old.reign.kind in BY_HAND,
        "by": signed.by,
        "why": signed.why,
    }
