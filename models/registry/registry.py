"""The registry of one city: which recipe is in force as of which day, what challenges it, and how that came about.

What is needed to run a recipe again (the recipe, its scores) and to judge the next challenge (reigns, evidence) lies
in the tags of its model version. A copy of each champion lies beside the store, for mornings when it is out of reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from domain.errors import UnknownModelError
from models.recipe import Recipe
from models.registry.reigns import last_day, next_order, set_elsewhere, standings
from models.registry.runs import experiment_of, log_training
from models.registry.store import checked_url, database, open_client, reaching
from models.registry.versions import CHALLENGER, CHAMPION, Version, read_versions, reigns_to_json
from models.standing import (
    BY_HAND,
    Evidence,
    Kind,
    Reign,
    Standing,
    evidence_to_json,
    from_json,
    in_force,
    scores_to_json,
    to_json,
)

__all__ = ["CHALLENGER", "CHAMPION", "Registry", "Training", "Version"]
CREWCAST = "crewcast"


@dataclass(frozen=True)
class Training:
    """What a run learned of one category, to be recorded. files: name -> text.

    known_on: the run's as-of day; the recipe's evidence was known by the end of it, and may end earlier.

    kind: how the recipe comes into force; None where it does not, because it is the champion already or stands in.
    challenger: the selection's winner where that is another, as a record of its own that is nowhere in force.
    evidence, counts_from: as in `models.standing`.
    """

    recipe: Recipe
    scores: pd.DataFrame
    at: datetime
    files: Mapping[str, str] = field(default_factory=dict)
    kind: Kind | None = None
    challenger: Training | None = None
    evidence: Evidence = field(default_factory=dict)
    counts_from: date | None = None
    known_on: date = field(kw_only=True)


class Registry:
    """Opened at first use: a city without a store is answered without MLflow. Every method that reaches the store
    raises RegistryUnreachableError where it cannot.
    """

    def __init__(self, folder: Path, city: str, url: str | None = None) -> None:
        self.folder = folder
        self.city = city
        self.url = checked_url(url) if url else None
        self.address = self.url or database(folder)

    def open(self) -> Any:
        """The MLflow client; makes the store where there is none."""
        return open_client(self.address, None if self.url else self.folder)

    def model_name(self, category: str) -> str:
        return f"crewcast-{self.city}-{category}"

    def versions(self, category: str) -> list[Version]:
        """All versions of a category, oldest first; [] where none was recorded."""
        if not self.url and not (self.folder / "mlflow.db").exists():
            return []
        client = self.open()
        with reaching(self.address):
            found = read_versions(client, self.model_name(category))
        return [v for v in found if (v.recipe.city, v.recipe.category) == (self.city, category)]

    def categories(self) -> list[str]:
        """Categories that have a version in this city, sorted."""
        if not self.url and not (self.folder / "mlflow.db").exists():
            return []
        client, prefix = self.open(), self.model_name("")
        with reaching(self.address):
            names = [m.name for m in client.search_registered_models(f"name LIKE '{prefix}%'", max_results=1000)]
        found = [name.removeprefix(prefix) for name in names]
        return sorted(category for category in found if self.versions(category))

    def standing(self, category: str, as_of: date, *, is_newest: bool = False) -> Standing | None:
        """The champion as of a day, on evidence that was known by then; None where there was none.

        is_newest: the run is one on the newest data, and takes up an alias that was set elsewhere.
        """
        return in_force(standings(self.versions(category), as_of if is_newest else date.max), as_of)

    def take_up(self, category: str, as_of: date) -> None:
        """Note an alias `champion` that was set elsewhere as in force since the as-of day of a run that used it."""
        versions = self.versions(category)
        found = set_elsewhere(versions, as_of)
        if found is not None and found.reign.since <= as_of:
            client = self.open()
            chosen = next(v for v in versions if v.number == found.version)
            with reaching(self.address):
                self._add_reign(client, chosen, found.reign)

    def last_known(self, category: str, as_of: date) -> Standing | None:
        """The champion by the copy beside the store, which asks no server; it may be out of date."""
        kept = self._read_copy(category)
        return None if kept is None else in_force([kept], as_of)

    def remember(self, standing: Standing) -> None:
        """Keep a champion beside the store for `last_known`, unless one that came into force later is there."""
        self._keep_copy(standing, only_newer=True)

    def champion(self, category: str, as_of: date) -> Recipe | None:
        """The recipe in force as of a day, or None."""
        found = self.standing(category, as_of)
        return found.recipe if found else None

    def record(self, training: Training) -> int:
        """Log one training with its folds nested below it, and its challenger likewise; returns the recipe's version.

        A recipe already registered keeps its version. The aliases move only where nothing later is in force, so that a
        run for an earlier day never changes what later days use. The copy is kept even where the store is out of reach.
        """
        recipe = training.recipe
        if training.kind is not None:
            first = _reign(training, 0)
            self._keep_copy(Standing(0, recipe, first, training.evidence, training.scores), only_newer=True)
        client = self.open()
        with reaching(self.address):
            number = self._log(client, training)
            if training.kind is not None:
                rival = None if training.challenger is None else self._log(client, training.challenger)
                self._enthrone(client, training, number, rival)
            return number

    def bring_in(
        self, category: str, number: int, kind: Kind, by: str, why: str, at: datetime, as_of: date | None
    ) -> Standing:
        """Put a version in force by hand; returns it with its reign. The alias moves at once.

        as_of: the as-of day of a run begun now; None where it is not known. The reign is since that day, or since the
        last one that the registry knows of where that is later: runs as of earlier days stay as they were. Only windows
        that begin after it count against the version. Raises UnknownModelError where there is none such.
        """
        versions = self.versions(category)
        chosen = next((v for v in versions if v.number == number), None)
        if chosen is None:
            there = ", ".join(str(v.number) for v in versions) or "none yet"
            raise UnknownModelError(
                f"{category} has no version {number} in {self.city}", remedy=f"choose one of: {there}", version=number
            )
        since = max(as_of or date.min, last_day(versions))
        order = next_order(versions)
        reign = Reign(order=order, since=since, kind=kind, by=by, at=at, why=why, counts_from=since)
        client, name = self.open(), self.model_name(category)
        with reaching(self.address):  # the alias goes first, as in `_enthrone`
            self._point(client, name, CHAMPION, number)
            self._add_reign(client, chosen, reign)
            self._drop_alias(client, name, number)
        now = Standing(number, chosen.recipe, reign, {}, chosen.scores)
        self._keep_copy(now, only_newer=False)
        return now

    def _log(self, client: Any, training: Training) -> int:
        """A run of its own, and the version that points at it."""
        experiment = experiment_of(client, self.city, self.url is None)
        files = None if self.url else self.folder / "artifacts" / f"crewcast-{self.city}"
        run = log_training(client, experiment, training.recipe, training.scores, training.files, files)
        return self._register(client, training, run)

    def _register(self, client: Any, training: Training, run: str) -> int:
        """The version of a recipe, made where it is new, with its evidence as it stands now."""
        recipe, evidence = training.recipe, training.evidence
        name = self.model_name(recipe.category)
        versions = self.versions(recipe.category)
        same = next((v for v in versions if v.recipe.is_as(recipe)), None)
        if same is not None:
            if evidence and evidence != same.evidence:
                self._tag(client, name, same.number, "evidence", evidence_to_json(evidence))
            return same.number
        if not versions and not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name)
        tags = {"recipe": recipe.to_json(), "recipe_id": recipe.recipe_id, "spec_id": recipe.spec_id}
        tags |= {"evidence_end": recipe.evidence_end.isoformat(), "known_on": training.known_on.isoformat()}
        tags |= {"scores": scores_to_json(training.scores), "evidence": evidence_to_json(evidence), "reigns": "[]"}
        return int(client.create_model_version(name, f"runs:/{run}/recipe.json", run, tags=tags).version)

    def _enthrone(self, client: Any, training: Training, number: int, rival: int | None) -> None:
        """Note the reign, and move the aliases where nothing later is in force. rival: the challenger's version."""
        name = self.model_name(training.recipe.category)
        versions = self.versions(training.recipe.category)
        chosen = next(v for v in versions if v.number == number)
        reign = _reign(training, next_order(versions))
        known = standings(versions)
        # The alias goes first: broken off in between, the version that was meant is in force all the same.
        if not any(s.reign.since > reign.since for s in known):
            self._point(client, name, CHAMPION, number)
            if rival is None:
                client.delete_registered_model_alias(name, CHALLENGER)
            else:
                self._point(client, name, CHALLENGER, rival)
        now = in_force(known, reign.since)
        if now is None or now.version != number:
            self._add_reign(client, chosen, reign)

    def _add_reign(self, client: Any, version: Version, reign: Reign) -> None:
        name = self.model_name(version.recipe.category)
        self._tag(client, name, version.number, "reigns", reigns_to_json((*version.reigns, reign)))

    def _point(self, client: Any, name: str, alias: str, number: int) -> None:
        client.set_registered_model_alias(name, alias, str(number))

    def _drop_alias(self, client: Any, name: str, number: int) -> None:
        """A version that is in force challenges nobody."""
        if str(client.get_registered_model(name).aliases.get(CHALLENGER)) == str(number):
            client.delete_registered_model_alias(name, CHALLENGER)

    def _tag(self, client: Any, name: str, number: int, key: str, value: str) -> None:
        client.set_model_version_tag(name, str(number), key, value)

    def _copy(self, category: str) -> Path:
        return self.folder / "champions" / f"{self.city}-{category}.json"

    def _read_copy(self, category: str) -> Standing | None:
        """None where there is none that this version can read: the registry holds what it held."""
        try:
            return from_json(self._copy(category).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def _keep_copy(self, standing: Standing, *, only_newer: bool) -> None:
        """Whole or not at all, and never older than what is there: a backfill must not replace today's."""
        path, there = self._copy(standing.recipe.category), self._read_copy(standing.recipe.category)
        if only_newer and there is not None and there.reign.since > standing.reign.since:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(to_json(standing), encoding="utf-8", newline="\n")
        beside.replace(path)


def _reign(training: Training, order: int) -> Reign:
    assert training.kind is not None
    assert training.kind not in BY_HAND
    return Reign(
        order=order, since=training.known_on, kind=training.kind, by=CREWCAST, at=training.at,
        why=training.recipe.sentence, counts_from=training.counts_from,
    )  # fmt: skip
