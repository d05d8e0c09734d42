"""Section "Assumptions": whether the plan stands on figures that nobody measured."""

from __future__ import annotations

from allocation.sensitivity import DRAWS, figure_words, in_words
from serving.report.source import Source
from serving.words import category_words, more_or_fewer, number, plural


def doubts(source: Source) -> dict[str, object]:
    """sentence, draws, and a row a figure with what happens 30 % below and above it; no rows where none was varied."""
    table = source.table("sensitivity")
    rows = []
    for (of, figure), part in table.groupby(["of", "figure"], sort=False):
        ends = part.sort_values("change").to_dict("records")
        rows.append(
            {
                "name": f"{figure_words(str(figure))} ({category_words(str(of))})",
                "basis": ends[0]["basis"],
                "value": ends[0]["value"],
                "ends": [_end({str(k): v for k, v in end.items()}) for end in ends],
                "changes": any(end["advice_changes"] for end in ends),
            }
        )
    rows.sort(key=lambda row: (not row["changes"], -_reach(row)))
    return {"rows": rows, "sentence": in_words(table), "draws": DRAWS}


def _end(row: dict[str, object]) -> dict[str, object]:
    return {
        "to": row["changed_to"],
        "roster": _roster(row),
        "late": row["late_requests"],
        "days": row["late_days"],
        "changes": row["advice_changes"],
    }


def _roster(row: dict[str, object]) -> str:
    """What moves, in words: 2 of 54 crew-shifts moved, 1.9 h more overtime."""
    moved, held = float(str(row["moved_crew_shifts"])), float(str(row["held_crews"]))
    told = [f"{number(moved)} of {plural(float(str(row['crew_shifts'])), 'crew-shift')} elsewhere"] if moved else []
    told += [f"{more_or_fewer(held)} held ready"] if held else []
    for name, words in (("overtime_hours", "overtime"), ("contractor_hours", "bought in")):
        hours = float(str(row[name]))
        told += [f"{number(abs(hours))} h {'more' if hours > 0 else 'less'} {words}"] if abs(hours) >= 0.05 else []
    return ", ".join(told) or "the same"


def _reach(row: dict[str, object]) -> float:
    ends = row["ends"]
    assert isinstance(ends, list)
    return max(abs(float(end["days"])) for end in ends)
