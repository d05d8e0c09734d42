"""Filters in the SQL-like languages of the portals."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def sql_text(value: object) -> str:
    """A quoted literal, its own quotes doubled."""
    return "'" + str(value).replace("'", "''") + "'"


def both(*parts: str) -> str:
    """All of these; empty parts are left out."""
    given = [p for p in parts if p]
    return " AND ".join(f"({p})" for p in given) if len(given) > 1 else "".join(given)


def any_label(labels: Sequence[tuple[str, ...]], columns: Sequence[str], name: Callable[[str], str]) -> str:
    """Rows with one of these labels. name: how a column is written.

    One column: a list. Several: each combination, `*` standing for any value of its column.
    """
    if not labels or any(all(v == "*" for v in label) for label in labels):
        return ""
    if len(columns) == 1:
        return f"{name(columns[0])} IN ({', '.join(sql_text(v) for (v,) in labels)})"
    alternatives = [
        both(*(f"{name(c)} = {sql_text(v)}" for c, v in zip(columns, label, strict=True) if v != "*"))
        for label in labels
    ]
    return " OR ".join(f"({a})" for a in alternatives)
