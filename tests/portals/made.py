"""Made-up requests of one city, the truth that every fake portal serves in its own words."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

LABELS = ("Pothole", "Flooding on Street", "Graffiti & Tags", "311 INFORMATION ONLY CALL")
START = datetime(2026, 6, 1, tzinfo=UTC)
SPAN_DAYS = 170


@dataclass
class Made:
    """One request. moved: when the portal last wrote the row (UTC). row: its place in the portal, rising, with gaps."""

    row: int
    id: str
    created: datetime
    label: str
    moved: datetime
    closed: datetime | None = None
    status: str = "Open"
    area: str = "1"
    lat: float | None = None
    is_gone: bool = False


@dataclass
class World:
    """All requests of a portal, edited under way like a real one."""

    rows: list[Made] = field(default_factory=list)
    log: list[Made] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    now: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC)
    start: datetime = START
    span_days: float = SPAN_DAYS

    def add(self, count: int) -> None:
        has_begun = bool(self.rows)
        for _ in range(count):
            number = (self.rows[-1].row if self.rows else 0) + self.dice.choice((1, 1, 1, 5))
            created = self.start + timedelta(seconds=self.dice.randrange(int(self.span_days * 86_400)))
            made = Made(number, f"26-{number:08d}", created, self.dice.choice(LABELS), created)
            made.area = str(self.dice.randrange(1, 9))
            made.lat = None if self.dice.random() < 0.1 else round(40 + self.dice.random(), 5)
            if self.dice.random() < 0.6:
                self.close(made, created + timedelta(hours=self.dice.randrange(1, 400)))
            made.moved = self.now if has_begun else made.moved
            self.rows.append(made)
            if has_begun:
                self.log.append(made)

    def close(self, made: Made, at: datetime) -> None:
        made.closed, made.status, made.moved = at, "Closed", min(at, self.now)

    def edit(self, count: int) -> None:
        """Late closures and label edits, each moving the row's clock."""
        self.now += timedelta(minutes=5)
        for made in self.dice.sample(self.rows, count):
            if self.dice.random() < 0.5:
                self.close(made, self.now)
            else:
                made.area = str(self.dice.randrange(10, 99))
            made.moved = self.now
            self.log.append(made)

    def remove(self, count: int, since: datetime) -> list[Made]:
        gone = self.dice.sample([r for r in self.rows if r.created >= since], count)
        for made in gone:
            made.is_gone = True
        self.log += gone
        self.rows = [r for r in self.rows if not r.is_gone]
        return gone

    def republish(self, moment: datetime) -> None:
        """Every row written anew, nothing changed."""
        for made in self.rows:
            made.moved = moment
        self.log += self.rows

    def state(self, *labels: str) -> dict[str, tuple[str, str, bool]]:
        """id → (label, area, is closed), of these labels or of all."""
        return {r.id: (r.label, r.area, r.closed is not None) for r in self.rows if not labels or r.label in labels}
