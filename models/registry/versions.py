"""A model version as a record of ours: everything needed lies in its tags, nothing only in files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from pydantic import ValidationError

from domain.errors import RegistryUnreachableError
from models.recipe import Recipe
from models.standing import Evidence, Reign, Standing, evidence_from_json, scores_from_json

CHAMPION, CHALLENGER = "champion", "challenger"


@dataclass(frozen=True)
class Version:
    """A recipe as registered. reigns: when it came into force. evidence: counted against it as champion, by rival."""

    number: int
    recipe: Recipe
    run_id: str
    made: datetime
    reigns: tuple[Reign, ...]
    aliases: tuple[str, ...]
    tags: Mapping[str, str] = field(repr=False)

    @property
    def scores(self) -> pd.DataFrame:
        return scores_from_json(self.tags["scores"])

    @property
    def evidence(self) -> Evidence:
        return evidence_from_json(self.tags.get("evidence", "{}"))

    @property
    def known_on(self) -> date:
        """The as-of day of the run that registered it; the last day of its evidence where none was noted."""
        noted = self.tags.get("known_on")
        return self.recipe.evidence_end if noted is None else date.fromisoformat(noted)

    def standings(self) -> list[Standing]:
        """One for every time it came into force."""
        return [Standing(self.number, self.recipe, r, self.evidence, self.scores) for r in self.reigns]


def read_versions(client: Any, name: str) -> list[Version]:
    """All versions of a registered model, oldest first; [] where there is no such model.

    Raises RegistryUnreachableError for one that another version of crewcast wrote: a run goes on without the registry.
    """
    found = [v for v in _pages(client, name) if "recipe" in v.tags]
    if not found:
        return []
    # A search does not tell aliases; the model itself does.
    aliases: dict[str, str] = client.get_registered_model(name).aliases
    return sorted((_version(v, aliases) for v in found), key=lambda v: v.number)


def _pages(client: Any, name: str) -> list[Any]:
    found, token = [], None
    while True:
        page = client.search_model_versions(f"name = '{name}'", page_token=token)
        found += list(page)
        token = page.token
        if not token:
            return found


def _version(found: Any, aliases: Mapping[str, str]) -> Version:
    made = datetime.fromtimestamp(found.creation_timestamp / 1000, UTC)
    try:
        recipe = Recipe.from_json(found.tags["recipe"])
        reigns = _reigns(found.tags, recipe, int(found.version), made)
    except ValidationError as error:
        raise RegistryUnreachableError(
            f"version {found.version} of {found.name} cannot be read: another version of crewcast wrote it",
            remedy="use the newest crewcast that this registry was used with, or delete that version in MLflow",
            why=f"another version of crewcast wrote version {found.version} of {found.name}",
        ) from error
    return Version(
        number=int(found.version),
        recipe=recipe,
        run_id=str(found.run_id),
        made=made,
        reigns=reigns,
        aliases=tuple(sorted(a for a, number in aliases.items() if str(number) == str(found.version))),
        tags=found.tags,
    )


def _reigns(tags: Mapping[str, str], recipe: Recipe, number: int, made: datetime) -> tuple[Reign, ...]:
    """The reigns noted; a version of before they were noted was the champion from its evidence on."""
    if "reigns" in tags:
        return tuple(Reign.model_validate(r) for r in json.loads(tags["reigns"]))
    first = Reign(
        order=number - 1_000_000, since=recipe.evidence_end, kind="first", by="crewcast", at=made, why=recipe.sentence
    )
    return (first,)


def reigns_to_json(reigns: tuple[Reign, ...]) -> str:
    return json.dumps([r.model_dump(mode="json") for r in reigns], ensure_ascii=False)
