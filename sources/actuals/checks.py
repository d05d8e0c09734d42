"""Rows of an end-of-shift sheet checked against the city: what can be kept, what is set aside and why."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.city import CityPlan, Crews, CrewType
from domain.crew_rules import Contractor
from domain.errors import ActualsRefusedError
from domain.tables.actuals import LEFT_PLAN
from sources.actuals.columns import JOBS
from sources.actuals.sheet import SheetRow

MOST_SET_ASIDE = 0.10
"""Of the rows filled in; more is no slip of a pen but a wrong sheet."""
HOURS_A_DAY = 24.0
FASTEST = 0.1
"""Of the stated minutes a job: a shift whose jobs leave less time for each was counted or clocked wrongly."""
SHOWN = 3

Key = tuple[date, str, str, str]
"""date, shift, yard, crew type."""
Based = Mapping[tuple[str, str], int]
"""yard, crew type -> crews."""


@dataclass(frozen=True)
class Shift:
    """One crew type's shift as it was. crews: whole. jobs: by category, of those that were filled in; a job over two
    shifts is a part in each."""

    key: Key
    crews: float
    hours: float
    left_plan: str
    jobs: dict[str, float]


@dataclass(frozen=True)
class SetAside:
    """A row that was not kept: where it stands, the offending cell, what is wrong with it and what to do."""

    where: str
    column: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.column} '{self.value}': {self.reason}; {self.remedy}"


@dataclass(frozen=True)
class Sheet:
    """What a file holds. empty: rows that nobody filled in. reworded: reasons kept as "other"."""

    shifts: tuple[Shift, ...]
    aside: tuple[SetAside, ...]
    empty: int
    reworded: int


class _BadCellError(Exception):
    def __init__(self, column: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.column, self.reason, self.remedy = column, reason, remedy


def check(rows: Sequence[SheetRow], plan: CityPlan, planned: Mapping[date, Based], today: date) -> Sheet:
    """The rows that were filled in, checked. planned: dates that a publication plans, with the crews it has at each
    yard on that day, those lent included; today: nothing later was done.

    Raises ActualsRefusedError, naming file, row, value and remedy, for an unknown yard, shift or crew type, a shift
    filed twice, and where no row or more than `MOST_SET_ASIDE` of them (and more than one) had to be set aside.
    """
    filled = [row for row in rows if any(_is_given(v) for f, v in row.cells.items() if _is_done(f))]
    shifts: list[Shift] = []
    aside: list[SetAside] = []
    seen: dict[Key, SheetRow] = {}
    reworded = 0
    for row in filled:
        _refuse_unknown(row, plan)
        try:
            key = _key(row, planned, today)
            _refuse_twice(key, row, seen)
            shift, said = _shift(row, key, plan, planned[key[0]])
        except _BadCellError as bad:
            value = str(row.cells.get(bad.column, ""))
            aside.append(SetAside(str(row), bad.column.removeprefix(JOBS), value, bad.reason, bad.remedy))
            continue
        shifts.append(shift)
        reworded += said
    _refuse_many(filled, aside)
    return Sheet(tuple(shifts), tuple(aside), len(rows) - len(filled), reworded)


def sheet_dates(rows: Sequence[SheetRow]) -> list[date]:
    """Dates of the rows that were filled in and whose date can be read, sorted, each once."""
    found = set()
    for row in rows:
        if any(_is_given(v) for f, v in row.cells.items() if _is_done(f)):
            try:
                found.add(_date(row.cells["date"]))
            except _BadCellError:
                continue
    return sorted(found)


def _is_done(field: str) -> bool:
    return field in ("crews", "hours") or field.startswith(JOBS)


def _is_given(value: object) -> bool:
    return value is not None and str(value).strip() != ""


def _refuse_unknown(row: SheetRow, plan: CityPlan) -> None:
    crews = plan.city.crews
    known = {
        "yard": [y.name for y in crews.yards],
        "shift": [s.name for s in crews.shifts],
        "crew_type": [*(t.name for t in crews.types), *(c.name for c in crews.contractors)],
    }
    for field, names in known.items():
        value = _text(row.cells[field])
        if value not in names:
            raise ActualsRefusedError(
                f"{row}: there is no {field.replace('_', ' ')} '{value}'",
                remedy=f"write it as in the city's YAML: {', '.join(names)}; nothing of the file was kept",
                column=field,
                value=value,
            )


def _refuse_twice(key: Key, row: SheetRow, seen: dict[Key, SheetRow]) -> None:
    if key in seen:
        raise ActualsRefusedError(
            f"{row}: {' / '.join(str(part) for part in key)} is filed twice, in row {seen[key].row} as well",
            remedy="keep the row that is right and file again; nothing of the file was kept",
            key=key,
        )
    seen[key] = row


def _refuse_many(filled: Sequence[SheetRow], aside: Sequence[SetAside]) -> None:
    if not filled:
        raise ActualsRefusedError(
            "no row of the sheet is filled in", remedy="fill in crews, hours and jobs of the shifts that were worked"
        )
    if len(aside) == len(filled) or len(aside) > max(1.0, MOST_SET_ASIDE * len(filled)):
        first = "\n  ".join(str(bad) for bad in aside[:SHOWN])
        raise ActualsRefusedError(
            f"{len(aside)} of {len(filled)} rows cannot be kept:\n  {first}",
            remedy="correct them and file again; nothing of the file was kept",
            rows=len(aside),
        )


def _key(row: SheetRow, planned: Mapping[date, Based], today: date) -> Key:
    day = _date(row.cells["date"])
    if day > today:
        raise _BadCellError("date", f"lies after {today}, when this became known", "file a shift when it has ended")
    if day not in planned:
        raise _BadCellError("date", "no plan was published for it beforehand", "correct the date")
    return (day, *(_text(row.cells[f]) for f in ("shift", "yard", "crew_type")))  # type: ignore[return-value]


def _shift(row: SheetRow, key: Key, plan: CityPlan, lent: Based) -> tuple[Shift, bool]:
    """The shift, and whether its reason was kept as "other"."""
    crews = _crews(row, key, plan.city.crews, lent)
    hours = _number(row, "hours")
    if hours > crews * HOURS_A_DAY:
        most = f"more than {crews:g} {'crew' if crews == 1 else 'crews'} can work in a day"
        raise _BadCellError("hours", most, "give crews and all their hours")
    jobs = _jobs(row, key[3], plan, hours)
    reason, is_other = _reason(row.cells.get("left_plan"))
    return Shift(key, crews, hours, reason, jobs), is_other


def _crews(row: SheetRow, key: Key, city: Crews, lent: Based) -> float:
    """Whole crews, no more than are based at the yard or were lent to it that day."""
    crews = _number(row, "crews")
    if crews % 1:
        whole = "give whole crews, and the hours of one that was there for a part of the shift"
        raise _BadCellError("crews", "not a whole number", whole)
    _, _, yard, crew_type = key
    own = [y.crews.get(crew_type, 0) for y in city.yards if y.name == yard]
    own += [c.crews for c in city.contractors if (c.yard, c.name) == (yard, crew_type)]
    most = max(*own, lent.get((yard, crew_type), 0), 0)
    if crews > most:
        where = f"'{yard}' has {most} of '{crew_type}'"
        raise _BadCellError("crews", f"more than can have been there, {where}", "give the crews that were there")
    return crews


def _jobs(row: SheetRow, crew_type: str, plan: CityPlan, hours: float) -> dict[str, float]:
    """Jobs by category that the crew type can do, as many as its hours can hold."""
    types: list[CrewType | Contractor] = [*plan.city.crews.types, *plan.city.crews.contractors]
    skills = next(t for t in types if t.name == crew_type).skills
    jobs, least = {}, 0.0
    for field in row.cells:
        if field.startswith(JOBS) and _is_given(row.cells[field]):
            category, number = plan.category(field.removeprefix(JOBS)), _number(row, field)
            if number and category.skill not in skills:
                raise _BadCellError(
                    field, f"'{crew_type}' cannot do this work", "correct the crew type or the category"
                )
            if number and not hours:
                raise _BadCellError(field, "jobs without hours", "give the hours worked")
            if category.skill in skills:
                jobs[category.category] = number
                least += number * FASTEST * (skills[category.skill] or category.service_minutes.value)
                if least > hours * 60:
                    raise _BadCellError(field, f"more jobs than {hours:g} h can hold", "correct the jobs or the hours")
    return jobs


def _reason(value: object) -> tuple[str, bool]:
    said = _text(value).casefold()
    if not said or said in LEFT_PLAN:
        return said, False
    return "other", True


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = re.search(r"\d{4}-\d\d-\d\d", _text(value))
    try:
        return date.fromisoformat(found[0] if found else "")
    except ValueError as error:
        raise _BadCellError("date", "not a date", "write it as YYYY-MM-DD") from error


def _number(row: SheetRow, field: str) -> float:
    value = row.cells.get(field)
    said = _text(value)
    if re.fullmatch(r"-?\d+,\d+", said):
        said = said.replace(",", ".")
    try:
        number = float(said)
    except ValueError as error:
        what = "is empty" if not said else "not a number"
        raise _BadCellError(field, what, "give a number, 0 or more") from error
    if not math.isfinite(number) or number < 0:
        raise _BadCellError(field, "not possible", "give a number, 0 or more")
    return number
