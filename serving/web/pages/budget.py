"""Budget: what crews cost against what they do in time, by scenario; the workbook to take away."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pandas as pd

from domain.budget_entry import BudgetEntry
from serving.web.choosing import field
from serving.web.frontier import USUAL, chart, scenario_words, scenarios
from serving.web.page import Contents, Page, View
from serving.web.publication import Publication
from serving.web.roles import Role
from storage.budgets import list_budgets, read_budget_file
from storage.home import CityFolder

TABLES = ("needs", "one_more")


def build(view: View) -> Contents:
    folder = view.publication.folder
    newest = newest_by_scenario(list_budgets(folder))
    names = [(name, f"{scenario_words(name)}, as of {entry.as_of}") for name, entry in newest.items()]
    scenario = field(view, "scenario", "Weather assumed", names)
    if not newest:
        return Contents({"fields": (), "entry": None, "command": f"crewcast budget {view.publication.manifest.city}"})
    entry = newest[scenario.chosen]
    mixes = {name: _table(folder, one, "mixes") for name, one in newest.items()}
    charts = [chart(mixes[scenario.chosen], entry), scenarios([(newest[n], mixes[n]) for n in newest])]
    return Contents(
        {
            "fields": (scenario,),
            "entry": entry,
            "now": _today(mixes[scenario.chosen]),
            **{name: _table(folder, entry, name).to_dict("records") for name in TABLES},
        },
        tuple(one for one in charts if one is not None),
    )


def newest_by_scenario(entries: list[BudgetEntry]) -> dict[str, BudgetEntry]:
    """The newest budget of each scenario, the usual weather first; entries: the newest first."""
    found: dict[str, BudgetEntry] = {}
    for entry in entries:
        found.setdefault(entry.scenario, entry)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] != USUAL, pair[0])))


def beside(shown: Publication) -> str:
    """Budgets lie beside the publications: a page is made anew when one is added."""
    return " ".join(entry.budget_id for entry in list_budgets(shown.folder))


def _table(folder: CityFolder, entry: BudgetEntry, name: str) -> pd.DataFrame:
    return pd.read_csv(BytesIO(read_budget_file(folder, entry.budget_id, f"{name}.csv")))


def _today(mixes: pd.DataFrame) -> dict[str, Any]:
    return {str(k): v for k, v in mixes[mixes["is_now"]].iloc[0].to_dict().items()}


PAGE = Page(
    "budget", "/budget", "Budget", 40, "budget.html.j2", build, asks=("scenario", "vintage"), least=Role.VIEWER,
    beside=beside,
)  # fmt: skip
