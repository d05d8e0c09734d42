"""A portal's labels beside the rules of a city: which map, which look as if they should, which came and went.

Likeness is rapidfuzz's weighted ratio of two labels without regard to case; 100 is equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz import fuzz

from sources.label_spans import LabelCount, started, stopped
from sources.validation.labels import fold

ALIKE, RENAMED = 80.0, 55.0
CLOSE = timedelta(days=60)
"""A successor begins this near to the day on which its predecessor stops, or before it does."""


@dataclass(frozen=True)
class Seen:
    """A label at the portal. category: what the rules make of it, "" where nothing. nearest, likeness: the rules' label
    that it looks like, where it looks like one that it is not. is_excluded: named as no demand."""

    count: LabelCount
    category: str = ""
    nearest: str = ""
    likeness: float = 0.0
    is_excluded: bool = False


@dataclass(frozen=True)
class Renamed:
    """One label stops as another starts. overlap_days: how long both were in use (below 0: between them)."""

    old: str
    new: str
    stopped: date
    started: date
    likeness: float

    @property
    def overlap_days(self) -> int:
        return (self.stopped - self.started).days


@dataclass(frozen=True)
class Review:
    """seen: every label of the portal, the most frequent first. unseen: labels of the rules that the portal does not
    have (in the days looked at). stopped, started: in those days. unverified: seen ones that the YAML marks so."""

    seen: tuple[Seen, ...]
    unseen: tuple[str, ...]
    stopped: tuple[str, ...]
    started: tuple[str, ...]
    renamed: tuple[Renamed, ...]
    unverified: tuple[str, ...]


def reviewed(
    counts: Sequence[LabelCount],
    mapped: Mapping[str, str],
    excluded: Sequence[str],
    unverified: Sequence[str],
    rule_of: Callable[[str], str],
) -> Review:
    """mapped: label of the rules -> category. rule_of: how the rule that covers a label writes it, else the label."""
    to_category = {fold(label): category for label, category in mapped.items()}
    no_demand = {fold(label) for label in excluded}
    seen = tuple(_seen(count, to_category, no_demand, mapped, rule_of) for count in counts)
    there = {fold(rule_of(s.count.label)) for s in seen}
    return Review(
        seen,
        tuple(label for label in mapped if fold(label) not in there),
        tuple(c.label for c in stopped(counts)),
        tuple(c.label for c in started(counts)),
        tuple(_renamed(counts, seen)),
        tuple(label for label in unverified if fold(label) in there),
    )


def _seen(
    count: LabelCount,
    to_category: Mapping[str, str],
    no_demand: set[str],
    mapped: Mapping[str, str],
    rule_of: Callable[[str], str],
) -> Seen:
    own = fold(rule_of(count.label))
    if own in to_category:
        return Seen(count, to_category[own])
    if own in no_demand:
        return Seen(count, is_excluded=True)
    nearest = max(mapped, key=lambda label: likeness(count.label, label), default="")
    ratio = likeness(count.label, nearest) if nearest else 0.0
    return Seen(count, nearest=nearest, likeness=ratio) if ratio >= ALIKE else Seen(count)


def likeness(one: str, other: str) -> float:
    """0 to 100. A part that a rule leaves open by `*` says nothing."""
    return float(fuzz.WRatio(fold(one), fold(other.replace("* / ", "").replace(" / *", ""))))


def _renamed(counts: Sequence[LabelCount], seen: Sequence[Seen]) -> Iterator[Renamed]:
    """Of each label that stopped and has work behind it, the best successor: alike, or new on about the same day and
    about as frequent."""
    matters = {s.count.label for s in seen if s.category}
    new = list(started(counts))
    for old in stopped(counts):
        if old.label in matters:
            found = [r for c in new if c.label != old.label and (r := _succession(old, c)) is not None]
            if found:
                yield max(found, key=lambda r: (r.likeness, -abs(r.overlap_days)))


def _succession(old: LabelCount, new: LabelCount) -> Renamed | None:
    assert old.first is not None
    assert old.last is not None
    assert new.first is not None
    assert new.last is not None
    if new.first <= old.first or new.last <= old.last or new.first - old.last > CLOSE:
        return None
    ratio = likeness(old.label, new.label)
    is_close = abs(new.first - old.last) <= CLOSE and 0.25 <= _rate(new) / _rate(old) <= 4
    if ratio >= ALIKE or (is_close and ratio >= RENAMED):
        return Renamed(old.label, new.label, old.last, new.first, ratio)
    return None


def _rate(count: LabelCount) -> float:
    assert count.first is not None
    assert count.last is not None
    return count.rows / ((count.last - count.first).days + 1)
