"""Cost against share in time, mix by mix, the cost as a live formula on the rates of the first sheet."""

from __future__ import annotations

from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from allocation.budget.search import Tried
from allocation.budget.study import Study
from serving.budget.figures import jobs_served, line, shown_frontier
from serving.sheets import HEADER_ROW, Formats, write_top

TAIL = (
    "Share in time", "95 % from", "80 % from", "80 % to", "95 % to", "Chance of the target", "Note",
)  # fmt: skip


def write_frontier(
    sheet: Any, styles: Formats, title: str, label: str, note: str, study: Study, cells: dict[str, str]
) -> None:
    """A row a mix: crew-days and jobs of each type, seasonal hours, then the money they come to."""
    types = [r.name for r in study.case.terms.rates]
    seasons = [s.name for s in study.case.terms.seasonal]
    heads = ["Crews", "Number"]
    heads += [f"{what}, {t}" for t in types for what in ("Crew-days", "Jobs")] + [f"Crew-days, {s}" for s in seasons]
    heads += ["Money", *TAIL]
    write_top(sheet, styles, title, label, note)
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, len(heads) - 1, 11.5)
    sheet.set_row(HEADER_ROW, 42)
    sheet.write_row(HEADER_ROW, 0, heads, styles["header"])
    for offset, tried in enumerate(shown_frontier(study), start=1):
        _row(sheet, styles, HEADER_ROW + offset, study, tried, cells)
    sheet.freeze_panes(HEADER_ROW + 1, 1)


def _row(sheet: Any, styles: Formats, at: int, study: Study, tried: Tried, cells: dict[str, str]) -> None:
    found, amounts = line(study, tried), _amounts(study, tried)
    sheet.write_string(at, 0, found.mix, styles["bold" if found.is_now or found.is_advised else "text"])
    sheet.write_number(at, 1, found.crews, styles["whole"])
    for offset, amount in enumerate(amounts):
        sheet.write_number(at, 2 + offset, amount, styles["count"])
    money = 2 + len(amounts)
    sheet.write_formula(at, money, _formula(study, at + 1, cells), styles["money"], found.money)
    shares = (found.share, found.lowest, found.low, found.high, found.highest, found.chance)
    for offset, share in enumerate(shares, start=1):
        sheet.write_number(at, money + offset, share, styles["rate"])
    said = "today" if found.is_now else "advised" if found.is_advised else ""
    sheet.write_string(at, money + len(shares) + 1, said, styles["text"])


def _amounts(study: Study, tried: Tried) -> list[float]:
    within = list(study.case.window.within)
    days, jobs = tried.costs.days[:, within].sum(axis=1), jobs_served(study, tried)[:, within].sum(axis=1)
    both = np.stack([days, jobs], axis=1).reshape(-1)
    return [*(float(v) for v in both), *(float(v) for v in tried.costs.seasonal_days[:, within].sum(axis=1))]


def _formula(study: Study, n: int, cells: dict[str, str]) -> str:
    parts, column = [], 2
    for rates in study.case.terms.rates:
        of = {key: cells[f"{rates.name}.{key}"] for key in ("wage", "fringe", "truck", "material", "paid_hours")}
        days, jobs = xl_col_to_name(column), xl_col_to_name(column + 1)
        hour = f"{of['paid_hours']}*{of['wage']}*(1+{of['fringe']})"
        parts.append(f"{days}{n}*({hour}+{of['truck']})+{jobs}{n}*{of['material']}")
        column += 2
    for hire in study.case.terms.seasonal:
        of = {key: cells[f"{hire.crew_type}.{key}"] for key in ("fringe", "truck", "paid_hours")}
        hour = f"{of['paid_hours']}*{cells[f'season.{hire.name}.wage']}*(1+{of['fringe']})"
        parts.append(f"{xl_col_to_name(column)}{n}*({hour}+{of['truck']})")
        column += 1
    return "=" + "+".join(parts)
