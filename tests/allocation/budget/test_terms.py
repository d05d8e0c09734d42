from __future__ import annotations

from datetime import timedelta

from allocation.budget.terms import own_crews, resolve_terms
from allocation.resolve import resolve
from allocation.unplayed import unplayed_in_budget

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


def test_the_inputs_name_the_absence_that_is_played(made):
    town = made.plan()
    rules = {"rules": {"absence": {"mean": {"value": 0.06, "basis": "measured"}, "concentration": 20}}}
    crews = town.city.crews.model_validate(town.city.crews.model_dump(by_alias=True) | rules)
    town = town.model_copy(update={"city": town.city.model_copy(update={"crews": crews})})
    whole = resolve(town, made.areas(), [made.AS_OF + timedelta(days=d) for d in range(3)], {})
    (told,) = [i for i in resolve_terms(town, own_crews(whole)).inputs if i.name == "absence"]
    assert (told.value, told.basis) == (0.06, "measured")
