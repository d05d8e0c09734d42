"""What a planner is warned of: a surge, late data, a forecast or plan that is worse than usual."""

from __future__ import annotations

from domain.words import MODE_NORMAL, MODE_STALE_DEMAND, MODE_STALE_WEATHER
from serving.report.source import Source
from serving.web.surge import Note, surges
from serving.words import mode_words, modes, plural, title_words

LATE_MODES = (MODE_STALE_DEMAND, MODE_STALE_WEATHER)
LATE_DAYS = 2
"""A source so many days behind is late, whatever the mode says."""


def warnings(source: Source) -> list[Note]:
    """The most urgent first: severity (warning or note), title, text."""
    return [*surges(source), *_late(source), *_degraded(source), *_level(source)]


def _late(source: Source) -> list[Note]:
    manifest = source.manifest
    said = [_warning(f"Data are late: {mode}", mode_words(mode)) for mode in manifest.modes if mode in LATE_MODES]
    old = {name: age for name, age in manifest.data_ages.items() if age is not None and age >= LATE_DAYS}
    if said or not old:
        return said
    told = "; ".join(f"{name} is {plural(age, 'day')} behind" for name, age in old.items())
    return [_warning("Data are late", f"{title_words(told)}. What came in since is not in this plan.")]


def _degraded(source: Source) -> list[Note]:
    others = [mode for mode in modes(source.manifest) if mode not in (MODE_NORMAL, *LATE_MODES)]
    return [_warning(f"The forecast is worse than usual: {mode}", mode_words(mode)) for mode in others]


def _level(source: Source) -> list[Note]:
    """A plan whose solver was stopped by its emergency clock."""
    solve = source.manifest.solve
    if solve is None or not solve.is_emergency:
        return []
    return [_warning("The plan was stopped early", "It can be carried out, but a better one may exist.")]


def _warning(title: str, text: str) -> Note:
    return {"severity": "warning", "title": title, "text": text}
