"""What two versions are compared by is what a selection went by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from models.recipe import Recipe
from models.registry import Version
from models.standing import Evidence, evidence_to_json
from pipelines.models import _met, _paired

END = date(2024, 6, 30)


def version_of(number: int, forecaster: str, configured: dict[str, str], evidence: Evidence) -> Version:
    recipe = Recipe(
        city="testville", category="pothole", forecaster=forecaster, title=forecaster, params={}, evidence_from=END,
        evidence_end=END, folds=8, ratios={}, mean_ratio=0.9, sentence="So.", configured=configured,
    )  # fmt: skip
    tags = {"evidence": evidence_to_json(evidence)}
    return Version(number, recipe, "run", datetime(2024, 7, 1, tzinfo=UTC), (), (), tags)


def test_the_bar_is_that_of_all_who_tried_also_of_those_that_could_not_be_compared() -> None:
    """A history that is too short for one of four: its windows are none, but the selection reckons with it."""
    rival, plain = version_of(2, "new", {}, {}), version_of(3, "plain", {}, {})
    windows = {END - timedelta(days=45 * n): 0.05 for n in range(12)}
    evidence = {rival.recipe.spec_id: windows, plain.recipe.spec_id: windows}
    specs = {v.recipe.forecaster: v.recipe.spec_id for v in (version_of(1, "old", {}, {}), rival, plain)}
    champion = version_of(1, "old", {**specs, "too_young": "0123456789abcdef"}, evidence)
    rows, rivals = _met([champion, rival], champion, rival)
    assert rows == windows
    assert rivals == 3
    assert _paired(rows, rivals)["needed"] == 60
