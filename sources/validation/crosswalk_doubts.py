"""Entries of a crosswalk that the rows speak against: misspelt, dated wrongly, or not yet in force.

With a map a name that is on neither side is refused and a row out of its time set aside; without one the rows' own
names are all there is, and these doubts are what remains. Nothing is refused: what is said may still be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from domain.words import CROSSWALK_DOUBT
from sources.plugins import Context
from sources.rules import LabelRules
from sources.validation.crosswalk import Split, Stage, stages
from sources.validation.moments import local_day
from sources.validation.steps import Correction, Step


def check_crosswalk(rows: pd.DataFrame, rules: LabelRules, ctx: Context) -> Step:
    """The rows as they are, with corrections that changed nothing: what speaks against the crosswalk, and the rows
    concerned. Reads days and areas before any row is moved. Raises ConfigError as `crosswalk.stages` does."""
    chain = stages(ctx, rows["area"])
    if not chain:
        return Step(rows)
    at = pd.DataFrame({"area": rows["area"], "day": local_day(rows, ctx.plan.city.zone)})
    return Step(rows, corrections=tuple(_doubts(at, chain, ctx)))


def _doubts(at: pd.DataFrame, chain: Sequence[Stage], ctx: Context) -> list[Correction]:
    found = [doubt for stage in chain for doubt in _too_early(at, stage, pd.Timestamp(ctx.today))]
    if ctx.areas is None or ctx.areas.empty:
        for number, stage in enumerate(chain):
            onwards = {split.old for after in chain[number + 1 :] for split in after.splits}
            lasting = {name for after in chain[number:] for split in after.splits for name in split.into}
            for split in stage.splits:
                found += [*_never_named(at, stage, split, onwards), *_lives_on(at, stage, split, onwards | lasting)]
    return found


def _too_early(at: pd.DataFrame, stage: Stage, today: pd.Timestamp) -> Iterable[Correction]:
    if stage.before > today:
        rows = int(at["area"].isin([split.old for split in stage.splits]).sum())
        what = f"the date lies ahead of {today.date()}, and rows are moved to the new areas already"
        yield _doubt(stage, what, rows, "take the entry in on that day, or correct its date")


def _never_named(at: pd.DataFrame, stage: Stage, split: Split, onwards: set[str]) -> Iterable[Correction]:
    """New areas of no row, which are most often misspelt, and an old one of none although there are earlier rows."""
    moved = int(((at["area"] == split.old) & (at["day"] < stage.before)).sum())
    for name in split.into:
        if name not in onwards and not (at["area"] == name).any():
            what = f"'{split.old}' becomes '{name}', which no row names"
            yield _doubt(stage, what, moved, "check its spelling; nothing where it is so new that nobody has called")
    if not moved and (at["day"] < stage.before).any():
        yield _doubt(stage, f"no row before it names '{split.old}'", 0, "check its spelling and the date")


def _lives_on(at: pd.DataFrame, stage: Stage, split: Split, lasting: set[str]) -> Iterable[Correction]:
    """Rows that name an old area on or after its last day."""
    rows = int(((at["area"] == split.old) & (at["day"] >= stage.before)).sum())
    if rows and split.old not in lasting:
        last = at.loc[at["area"] == split.old, "day"].max().date()
        what = f"'{split.old}' is still named, last on {last}, and stays an area beside the new ones"
        yield _doubt(stage, what, rows, f"correct the date; the last row of '{split.old}' is of {last}")


def _doubt(stage: Stage, what: str, rows: int, remedy: str) -> Correction:
    return Correction(f"{CROSSWALK_DOUBT}{stage.before.date()}: {what}", rows, remedy)
