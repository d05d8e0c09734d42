"""Print docs/data-contracts.md from the table schemas, so that the page cannot drift from the code."""

from __future__ import annotations

from domain.tables import ALL, Table
from domain.words import SCHEMA_VERSION

HEAD = f"""# Data contracts

Printed from `domain/tables/` by `make docs`; a test fails where the two differ. Schema version {SCHEMA_VERSION}.

Dates are local days; moments are UTC. Units are in the names. `null` marks columns that may be empty. Every table is
validated against this contract when it is written. Tables marked *published* are files of a vintage.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(section(t) for t in ALL)])


def section(table: Table) -> str:
    """One table as a heading and a list of columns."""
    published = " · *published*" if table.published else ""
    rows = [
        f"| `{name}` | {_type(str(column.dtype))}{' · null' if column.nullable else ''} | {column.description} |"
        for name, column in table.schema.columns.items()
    ]
    key = ", ".join(f"`{k}`" for k in table.key)
    lines = [f"## {table.name}{published}", f"{table.about}. Key: {key}.", "", "| column | type | meaning |"]
    return "\n".join([*lines, "|---|---|---|", *rows, ""])


def _type(dtype: str) -> str:
    names = {"datetime64[ns]": "date", "datetime64[us, UTC]": "moment", "object": "list"}
    return names.get(dtype, "text" if dtype.startswith(("str", "string")) else dtype)


if __name__ == "__main__":
    print(page(), end="")
