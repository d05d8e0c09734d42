"""Which column of an end-of-shift sheet is which, and which ones nobody may hand in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.errors import ActualsRefusedError, ColumnMissingError

JOBS = "jobs:"
"""Start of a field's name that holds the jobs of one category."""

PERSONAL = frozenset({
    "name", "names", "firstname", "lastname", "surname", "driver", "drivers", "employee", "employees", "foreman",
    "foremen", "operator", "operators", "worker", "workers", "person", "persons", "people", "staff", "supervisor",
    "badge", "personnel", "phone", "phones", "telephone", "mobile", "cell", "tel", "email", "mail", "signature",
    "signed", "ssn", "initials",
})  # fmt: skip
"""Words in a header that say that its cells name or reach a person."""
HARMLESS = frozenset({"yard_name", "shift_name", "crew_type_name"})

KEYS = {
    "date": ("date", "day"),
    "yard": ("yard", "yard_name"),
    "shift": ("shift", "shift_name"),
    "crew_type": ("crew_type", "crew_type_name", "type"),
}
DONE = {
    "crews": ("done_crews",),
    "hours": ("done_hours", "done_hours_all_crews", "done_hours_all_crews_without_breaks"),
    "left_plan": ("left_plan", "why_we_left_the_plan"),
}
PLAIN = {"crews": ("crews",), "hours": ("hours",), "left_plan": ("left_plan", "reason", "why_we_left_the_plan")}
"""Headers of a sheet that holds nothing of the plan. Beside a plan's own columns only DONE is what was done."""


def plain(header: object) -> str:
    """A header in small letters, figures and underscores: "Done: hours" → done_hours."""
    return re.sub(r"[^a-z0-9]+", "_", str(header or "").casefold()).strip("_")


def fields(headers: Sequence[object], categories: Sequence[str], where: str) -> dict[str, int]:
    """Field → position. Fields: date, yard, shift, crew_type, crews, hours, left_plan and `jobs:CATEGORY`.

    Raises ActualsRefusedError for a column that looks like a person's, or jobs of no category here, and
    ColumnMissingError where a field that every sheet needs is missing or there twice. yard may be missing.
    """
    names = [plain(h) for h in headers]
    refuse_persons(headers, where)
    is_beside_plan = any(name.startswith("done_") for name in names)
    wanted = {**KEYS, **(DONE if is_beside_plan else PLAIN)}
    found = {field: [i for i, n in enumerate(names) if n in spelled] for field, spelled in wanted.items()}
    found |= _jobs(headers, names, "done_jobs" if is_beside_plan else "jobs", categories, where)
    for field, places in found.items():
        if len(places) > 1 or (not places and field in ("date", "shift", "crew_type", "crews", "hours")):
            raise ColumnMissingError(
                f"{where}: {'no column' if not places else 'two columns'} for '{field}'; "
                f"there are: {', '.join(str(h) for h in headers if h)}",
                remedy="give the columns date, yard, shift, crew_type, done_crews, done_hours, left_plan and one "
                "done_jobs_CATEGORY a kind of work, each once: plan.xlsx has them",
                column=field,
            )
    return {field: places[0] for field, places in found.items() if places}


def refuse_persons(headers: Sequence[object], where: str) -> None:
    """Raise ActualsRefusedError for a column that looks like a person's name or number, filled in or not."""
    for header in headers:
        name = plain(header)
        if name not in HARMLESS and PERSONAL & set(name.split("_")):
            raise ActualsRefusedError(
                f"{where}: the column '{header}' looks as if it named a person",
                remedy="take it out and file again: crew types and counts are kept, never persons",
                column=str(header),
            )


def _jobs(
    headers: Sequence[object], names: Sequence[str], start: str, categories: Sequence[str], where: str
) -> dict[str, list[int]]:
    known = {plain(category): category for category in categories}
    found: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        if not name.startswith(f"{start}_"):
            continue
        category = known.get(name.removeprefix(f"{start}_"))
        if category is None:
            raise ActualsRefusedError(
                f"{where}: the column '{headers[at]}' counts jobs of no category here",
                remedy=f"name one of {', '.join(categories)}: {start}_CATEGORY",
                column=str(headers[at]),
            )
        found.setdefault(f"{JOBS}{category}", []).append(at)
    if not found:
        raise ColumnMissingError(
            f"{where}: no column counts jobs",
            remedy=f"add {', '.join(f'{start}_{plain(c)}' for c in categories)}",
            column=f"{start}_CATEGORY",
        )
    return found
