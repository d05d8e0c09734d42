"""The rows of a fake portal in SQLite, so that its filters are judged by a real SQL engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from tests.portals.made import Made, World

Words = Callable[[Made], dict[str, Any]]


class Table:
    """words: a request in the portal's own columns, `row` among them being its place. Follows the world's edits.

    ordered: columns by which pages are ordered, so that a million rows are not sorted for each of them.
    """

    def __init__(self, world: World, words: Words, name: str = "t", ordered: Sequence[str] = ()) -> None:
        self.world, self.words, self.name = world, words, name
        self.database = sqlite3.connect(":memory:", check_same_thread=False)
        self.database.row_factory = sqlite3.Row
        self.columns = list(words(world.rows[0]))
        named = ", ".join(f'"{c}"' + (" INTEGER PRIMARY KEY" if c == "row" else "") for c in self.columns)
        self.database.execute(f'CREATE TABLE "{name}" ({named})')
        if ordered:
            self.database.execute(f'CREATE INDEX by_order ON "{name}" ({", ".join(ordered)})')
        self.seen = 0
        self._put(world.rows)

    def select(
        self, what: str, where: str = "", order: str = "", limit: int = -1, offset: int = 0
    ) -> list[dict[str, Any]]:
        """Raises sqlite3.OperationalError for a column there is not, and for bad SQL."""
        sql = f'SELECT {what} FROM "{self.name}" WHERE {where or "1=1"} ORDER BY {order or "random()"} LIMIT ? OFFSET ?'
        return self.run(sql, (limit, offset))

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        self.follow()
        return [dict(r) for r in self.database.execute(sql, values)]

    def follow(self) -> None:
        """Take over what was edited since."""
        news, self.seen = self.world.log[self.seen :], len(self.world.log)
        gone = [m.row for m in news if m.is_gone]
        self.database.executemany(f'DELETE FROM "{self.name}" WHERE row = ?', [(g,) for g in gone])
        self._put([m for m in news if not m.is_gone])

    def _put(self, rows: Sequence[Made]) -> None:
        marks = ", ".join("?" * len(self.columns))
        values = [tuple(self.words(m).values()) for m in rows]
        self.database.executemany(f'INSERT OR REPLACE INTO "{self.name}" VALUES ({marks})', values)
