from __future__ import annotations

from dataclasses import replace

from domain.category import Strict
from domain.panel import Known
from domain.progress import Progress, silent
from models.fitting import KEPT, fit_once, forget
from models.forecaster import Fitted
from models.forecasters.recent_weekdays import FORECASTER
from tests.contracts.test_forecasters import DAYS, counts_of, known_of


def counting() -> tuple[list[Strict], object]:
    """A forecaster that notes each fit."""
    fits: list[Strict] = []

    def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Fitted:
        fits.append(params)
        return FORECASTER.fit(known, category, params, seed, progress)

    return fits, replace(FORECASTER, name="counting", fit=fit)


def test_the_same_question_is_fitted_once_and_any_other_again() -> None:
    fits, forecaster = counting()
    known, params = known_of(counts_of("ordinary", 2, DAYS)), FORECASTER.params()
    ask = lambda *given: fit_once(forecaster, *given, silent)  # type: ignore[arg-type]  # noqa: E731
    assert ask(known, "pothole", params, 1) is ask(known, "pothole", params, 1)
    assert len(fits) == 1
    ask(known, "pothole", params, 2)
    ask(known, "pothole", FORECASTER.params.model_validate({"weeks": 4}), 1)
    ask(replace(known), "pothole", params, 1)
    assert len(fits) == 4


def test_only_the_latest_fits_are_remembered() -> None:
    fits, forecaster = counting()
    known, params = known_of(counts_of("ordinary", 2, DAYS)), FORECASTER.params()
    for seed in (*range(KEPT + 1), 0):
        fit_once(forecaster, known, "pothole", params, seed, silent)  # type: ignore[arg-type]
    assert len(fits) == KEPT + 2


def test_fits_of_a_category_can_be_let_go() -> None:
    fits, forecaster = counting()
    known, params = known_of(counts_of("ordinary", 2, DAYS)), FORECASTER.params()
    for gone in ("noise", "pothole"):
        fit_once(forecaster, known, "pothole", params, 1, silent)  # type: ignore[arg-type]
        forget(gone)
    fit_once(forecaster, known, "pothole", params, 1, silent)  # type: ignore[arg-type]
    assert len(fits) == 2
