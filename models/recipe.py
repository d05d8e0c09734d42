"""A recipe: forecaster, parameters and feature blocks, with the evidence that chose them. Refitted daily as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from pydantic import Field, JsonValue

from domain.category import Strict
from domain.covariates import CovariateGain


class Recipe(Strict):
    """What a category is forecast with. evidence_from: first fold origin; evidence_end: last day of evidence.

    odd_windows: earlier windows that are no evidence, for a gap, rows keyed in together or a yearly peak; folds: those
    that are.
    features: feature groups that it looks at besides demand.
    ratios: forecaster -> level -> CRPS ÷ the best baseline's; empty where nothing could be compared.
    mean_ratio: of the chosen one over the levels; None where no baseline was compared. sentence: the choice in words.
    covariates: what each block that the forecaster could look at was worth; empty where it was not compared.
    configured: forecaster -> spec_id of its parameters as the city gave them at the selection.
    """

    city: str
    category: str
    forecaster: str
    title: str
    params: dict[str, JsonValue]
    features: tuple[str, ...] = ()
    evidence_from: date
    evidence_end: date
    folds: int
    odd_windows: int = 0
    ratios: dict[str, dict[str, float]]
    mean_ratio: float | None
    sentence: str
    covariates: tuple[CovariateGain, ...] = ()
    configured: dict[str, str] = Field(default_factory=dict)

    @property
    def recipe_id(self) -> str:
        """Hash of the whole content: equal recipes on equal evidence have equal ids."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    @property
    def spec_id(self) -> str:
        """Hash of forecaster and parameters alone: what is the same model on whatever evidence."""
        return spec_id(self.forecaster, self.params)

    def is_as(self, other: Recipe) -> bool:
        """Whether two are the same model on the same evidence, in whatever words it is said."""
        return self.model_copy(update={"sentence": other.sentence}) == other

    def to_json(self) -> str:
        """Canonical: sorted keys, so that the same content is the same bytes."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        return cls.model_validate_json(text)


def spec_id(forecaster: str, params: Mapping[str, JsonValue]) -> str:
    """The same for the same forecaster with the same parameters, in whatever order they are given.

    The number of threads is left out at any depth: it makes other bytes, but no other model.
    """
    text = json.dumps([forecaster, _without_threads(dict(params))], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _without_threads(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {k: _without_threads(v) for k, v in value.items() if k != "num_threads"}
    return [_without_threads(v) for v in value] if isinstance(value, (list, tuple)) else value
