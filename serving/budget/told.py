"""`about.json`: what a budget says of itself, for readers that list budgets and show their tables."""

from __future__ import annotations

from allocation.budget.study import Study
from domain.budget_entry import BudgetEntry
from serving.budget.about import About, conditions, not_calibrated
from serving.budget.answers import answers
from serving.budget.cards import mix_card, share_card
from serving.budget.changed_money import help_words
from serving.budget.shares import judged_quarters


def told(about: About, study: Study) -> bytes:
    """The entry as JSON; the same study gives the same bytes."""
    entry = BudgetEntry(
        budget_id=about.budget_id,
        as_of=about.as_of,
        scenario=about.scenario,
        rule=about.rule,
        weather=about.weather,
        label=about.said,
        modes=about.modes,
        currency=study.case.terms.currency,
        help=help_words(study),
        target=study.case.window.target,
        quarters=tuple(q.name for q in study.quarters),
        judged=tuple(judged_quarters(study)),
        first=study.quarters[0].first,
        last=study.quarters[-1].last,
        is_met=study.is_met,
        can_be_met=study.can_be_met,
        most_in_time=round(float(study.case.within_reach.min()), 4),
        not_calibrated=not_calibrated(about, study),
        share_card=share_card(study),
        mix_card=mix_card(study),
        answers=tuple(answers(study)),
        conditions=tuple(conditions(about, study)),
    )
    return (entry.model_dump_json(indent=1) + "\n").encode()
