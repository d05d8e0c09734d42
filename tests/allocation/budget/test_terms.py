from __future__ import annotations

from datetime import date, timedelta

import pytest

from allocation.budget.terms import own_crews, resolve_terms
from allocation.resolve import resolve
from allocation.unplayed import unplayed_in_budget
from allocation.with_measured import with_measured
from domain.measured import MeasuredFigure

FIRM = {
    "name": "Millrace", "yard": "North", "crews": 3, "skills": {"patching": 40}, "price": 185,
    "jobs_per_shift": {"value": 8, "basis": "expert"},
}  # fmt: skip


def test_contractors_of_the_crews_section_are_no_positions_that_a_budget_could_fill_for_nothing(made):
    town = made.plan()
    crews = town.city.crews.model_validate(town.city.crews.model_dump(by_alias=True) | {"contractors": [FIRM]})
    town = town.model_copy(update={"city": town.city.model_copy(update={"crews": crews})})
    whole = resolve(town, made.areas(), [made.AS_OF + timedelta(days=d) for d in range(3)], {})
    assert "Millrace" in {t.name for t in whole.crew_types}
    own = own_crews(whole)
    terms = resolve_terms(town, own)
    assert [r.name for r in terms.rates] == ["patching", "drainage"]
    assert all("Millrace" not in w.minutes for w in own.work)
    assert "contractors under `crews` (Millrace)" in unplayed_in_budget(own, terms.in_plans)
    assert unplayed_in_budget(own) == ""


def measured(name, value, stated, **of):
    return MeasuredFigure(
        name=name, value=value, low=value * 0.9, high=value * 1.1, stated=stated, stated_basis="expert", shifts=143,
        counted=900, first=date(2024, 8, 1), last=date(2024, 10, 1), **of,
    )  # fmt: skip


def test_what_sheets_measured_is_what_the_year_is_played_with_and_is_marked(made):
    """The city states its absence by a bare share, which has no basis of its own."""
    town = made.plan()
    whole = resolve(town, made.areas(), [made.AS_OF + timedelta(days=d) for d in range(3)], {})
    minutes = measured("minutes", 52, 40, category="pothole", crew_type="patching")
    problem = own_crews(with_measured(whole, [minutes, measured("attainment", 0.88, 0.95)]))
    told = {i.name: (i.value, i.basis) for i in resolve_terms(town, problem).inputs}
    assert told["absence"] == (pytest.approx(0.12), "measured")
    assert told["Potholes: service minutes"] == (52, "measured")
    assert told["Potholes: minutes of a patching crew (143 shifts, 90 %: 46.8 to 57.2)"] == (52, "measured")
    assert told["Drains: service minutes"] == (40, "expert")
    plain = {i.name: i.basis for i in resolve_terms(town, own_crews(whole)).inputs}
    assert plain["absence"] == "assumed"


def test_the_inputs_name_the_absence_that_is_played(made):
    town = made.plan()
    rules = {"rules": {"absence": {"mean": {"value": 0.06, "basis": "measured"}, "concentration": 20}}}
    crews = town.city.crews.model_validate(town.city.crews.model_dump(by_alias=True) | rules)
    town = town.model_copy(update={"city": town.city.model_copy(update={"crews": crews})})
    whole = resolve(town, made.areas(), [made.AS_OF + timedelta(days=d) for d in range(3)], {})
    (told,) = [i for i in resolve_terms(town, own_crews(whole)).inputs if i.name == "absence"]
    assert (told.value, told.basis) == (0.06, "measured")
