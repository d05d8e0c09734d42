"""Costs by month and crew type with live formulas: change a wage on the first sheet and every sum follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from allocation.budget.search import Tried
from allocation.budget.study import Study
from serving.budget.figures import contractor_money, jobs_served, overtime_hours, standby_money
from serving.sheets import HEADER_ROW, Formats, write_top

HEADERS = (
    "Month", "Fiscal quarter", "What", "Cost code", "Crew-days", "of which on snow duty", "Paid hours", "Wages",
    "Fringe", "Trucks", "Jobs", "Material", "Overtime hours", "Overtime pay", "Contractors, readiness", "Total",
    "of the total, snow duty",
)  # fmt: skip
WIDTHS = (10, 13, 22, 11, 10, 10, 10, 12, 12, 11, 9, 11, 10, 11, 12, 13, 12)
TOTAL, QUARTER, CODE, SNOW = 15, 1, 3, 16
MONEY = (7, 8, 9, 11, 13, 14, 15, 16)


@dataclass(frozen=True)
class Row:
    """One line. crew_type: whose truck, hours, fringe and material it has. wage: input key. Lines of contractors and of
    readiness have neither: `outside` is all their money."""

    month: str
    quarter: str
    what: str
    code: str
    crew_type: str
    wage: str
    days: float
    snow_days: float
    jobs: float
    overtime: float
    outside: float


def rows_of(study: Study, tried: Tried) -> list[Row]:
    """Lines of every period of the window: crew types, seasonal crews, contractors, readiness."""
    case, costs = study.case, tried.costs
    hours, jobs = overtime_hours(study, tried), jobs_served(study, tried)
    beside = (("contractors", contractor_money(study, costs)), ("readiness", standby_money(study, costs)))
    rows = []
    for p in case.window.within:
        period = case.pool.periods[p]
        for k, r in enumerate(case.terms.rates):
            snow = costs.snow_hours[k, p] / r.paid_hours if r.paid_hours else 0.0
            rows.append(
                Row(
                    period.name,
                    period.quarter,
                    r.name,
                    r.cost_code,
                    r.name,
                    f"{r.name}.wage",
                    float(costs.days[k, p]),
                    float(snow),
                    float(jobs[k, p]),
                    float(hours[k, p]),
                    0.0,
                )
            )
        for at, hire in enumerate(case.terms.seasonal):
            if costs.seasonal_days[at, p] > 0:
                rows.append(
                    Row(
                        period.name,
                        period.quarter,
                        hire.name,
                        hire.cost_code or hire.crew_type,
                        hire.crew_type,
                        f"season.{hire.name}.wage",
                        float(costs.seasonal_days[at, p]),
                        float(costs.seasonal_snow_days[at, p]),
                        0.0,
                        0.0,
                        0.0,
                    )
                )
        for what, money in beside:
            if money[p] > 0:
                rows.append(Row(period.name, period.quarter, what, what, "", "", 0, 0, 0, 0, float(money[p])))
    return rows


def value_of(study: Study, row: Row) -> dict[int, float]:
    """What the row's money comes to, by column: written beside the formulas and checked against the study."""
    if not row.crew_type:
        return {6: 0.0, 7: 0.0, 8: 0.0, 9: 0.0, 11: 0.0, 13: 0.0, 14: row.outside, 15: row.outside, 16: 0.0}
    rates = next(r for r in study.case.terms.rates if r.name == row.crew_type)
    wage = next(i.value for i in study.case.terms.inputs if i.key == row.wage)
    hours = row.days * rates.paid_hours
    wages, truck = hours * wage, row.days * rates.truck
    fringe, material = wages * rates.fringe, row.jobs * rates.material
    overtime = row.overtime * rates.wage * (1 + rates.fringe) * rates.overtime_factor
    snow = row.snow_days / row.days * (wages + fringe + truck) if row.days else 0.0
    total = wages + fringe + truck + material + overtime + row.outside
    paid = {6: hours, 7: wages, 8: fringe, 9: truck, 11: material, 13: overtime}
    return paid | {14: row.outside, 15: total, 16: snow}


def write_costs(
    sheet: Any, styles: Formats, title: str, label: str, note: str, study: Study, tried: Tried, cells: dict[str, str]
) -> tuple[int, int]:
    """Writes the lines and their sum; first and last row of the lines, counted from 1."""
    write_top(sheet, styles, title, label, note)
    for at, (text, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
        sheet.write_string(HEADER_ROW, at, text, styles["header"])
        sheet.set_column(at, at, width)
    sheet.set_row(HEADER_ROW, 42)
    rows = rows_of(study, tried)
    for offset, row in enumerate(rows, start=1):
        _write(sheet, styles, HEADER_ROW + offset, row, value_of(study, row), cells)
    first, last = HEADER_ROW + 2, HEADER_ROW + 1 + len(rows)
    _sums(sheet, styles, first, last, [value_of(study, r) for r in rows])
    sheet.freeze_panes(HEADER_ROW + 1, 3)
    return first, last


def _write(sheet: Any, styles: Formats, at: int, row: Row, values: dict[int, float], cells: dict[str, str]) -> None:
    for column, text in enumerate((row.month, row.quarter, row.what, row.code)):
        sheet.write_string(at, column, text, styles["text"])
    numbers = {4: row.days, 5: row.snow_days, 10: row.jobs, 12: row.overtime}
    for column, number in numbers.items():
        sheet.write_number(at, column, number, styles["count"])
    sheet.write_number(at, 14, row.outside, styles["money"])
    for column, formula in _formulas(row, at + 1, cells).items():
        sheet.write_formula(at, column, formula, styles["count" if column == 6 else "money"], values[column])


def _formulas(row: Row, n: int, cells: dict[str, str]) -> dict[int, str]:
    total = {15: f"=H{n}+I{n}+J{n}+L{n}+N{n}+O{n}"}
    if not row.crew_type:
        return total
    of = {name: cells[f"{row.crew_type}.{name}"] for name in ("wage", "fringe", "truck", "material", "paid_hours")}
    factor = cells[f"{row.crew_type}.overtime_factor"]
    return {
        6: f"=E{n}*{of['paid_hours']}",
        7: f"=G{n}*{cells[row.wage]}",
        8: f"=H{n}*{of['fringe']}",
        9: f"=E{n}*{of['truck']}",
        11: f"=K{n}*{of['material']}",
        13: f"=M{n}*{of['wage']}*(1+{of['fringe']})*{factor}",
        16: f"=IF(E{n}>0,F{n}/E{n}*(H{n}+I{n}+J{n}),0)",
    } | total


def _sums(sheet: Any, styles: Formats, first: int, last: int, values: list[dict[int, float]]) -> None:
    sheet.write_string(last, 2, "All", styles["bold"])
    for column in (*MONEY,):
        name = xl_col_to_name(column)
        total = sum(v.get(column, 0.0) for v in values)
        sheet.write_formula(last, column, f"=SUM({name}{first}:{name}{last})", styles["sum"], total)
