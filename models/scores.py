"""Scores of sample paths. Every score is a plain function of outcomes (N,) and draws (N, S)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.chance import generator
from domain.panel import Floats, Ints

LEVELS = ("area-day", "area-week", "city-day", "city-week")
DAYS_A_WEEK = 7
LEADS_THROUGH = (3, 7)
"""Last leads of the groups in which forecasters are compared; the last group goes on to the horizon."""


def crps(outcomes: Floats, draws: Floats) -> Floats:
    """Continuous ranked probability score of the draws' empirical distribution, (N,), in requests.

    E|X - y| - E|X - X'| / 2, the second term by the sorted form (Gneiting and Raftery, 2007, section 4.2).
    """
    ordered = np.sort(draws, axis=1).astype(float)
    size = ordered.shape[1]
    rank = 2.0 * np.arange(1, size + 1) - size - 1
    distance = np.abs(ordered - outcomes[:, None]).mean(axis=1)
    score: Floats = distance - ordered @ rank / (size * size)
    return score


def randomised_pit(outcomes: Floats, draws: Floats, rng: np.random.Generator) -> Floats:
    """Where the outcome falls among the draws, (N,) in [0, 1]: uniform for a calibrated forecast, also of counts.

    Czado, Gneiting and Held (2009): between the shares of draws below and not above the outcome, at random.
    """
    below = (draws < outcomes[:, None]).mean(axis=1)
    not_above = (draws <= outcomes[:, None]).mean(axis=1)
    pit: Floats = below + rng.random(len(outcomes)) * (not_above - below)
    return pit


def coverage(pit: Floats, share: float) -> float:
    """Share of outcomes inside the central interval that should hold `share` of them."""
    tail = (1.0 - share) / 2.0
    return float(((pit > tail) & (pit < 1.0 - tail)).mean())


def absolute_error(outcomes: Floats, draws: Floats) -> Floats:
    """|outcome - median of the draws|, (N,), in requests."""
    error: Floats = np.abs(outcomes - np.median(draws, axis=1))
    return error


def wape(outcomes: Floats, draws: Floats) -> float:
    """Sum of absolute errors of the median ÷ sum of the outcomes (÷ 1 where there were none)."""
    return float(absolute_error(outcomes, draws).sum() / max(outcomes.sum(), 1.0))


@dataclass(frozen=True)
class Level:
    """One level of one origin: outcomes (N,), draws (N, S)."""

    name: str
    outcomes: Floats
    draws: Floats


def levels(outcomes: Ints, samples: Ints) -> list[Level]:
    """The four levels of outcomes (A, H) and samples (A, H, S); weeks are leads 1-7, 8-14, whole ones only."""
    areas, horizon = outcomes.shape
    weeks = horizon // DAYS_A_WEEK
    split = (areas, weeks, DAYS_A_WEEK)
    weekly = outcomes[:, : weeks * DAYS_A_WEEK].reshape(split).sum(axis=2)
    weekly_samples = samples[:, : weeks * DAYS_A_WEEK].reshape(*split, samples.shape[-1]).sum(axis=2)
    pairs = [
        (outcomes, samples),
        (weekly, weekly_samples),
        (outcomes.sum(axis=0), samples.sum(axis=0)),
        (weekly.sum(axis=0), weekly_samples.sum(axis=0)),
    ]
    flat = [(y.reshape(-1).astype(float), s.reshape(-1, s.shape[-1]).astype(float)) for y, s in pairs]
    return [Level(name, y, s) for name, (y, s) in zip(LEVELS, flat, strict=True) if len(y)]


def origin_scores(outcomes: Ints, samples: Ints, seed: int, *names: object) -> pd.DataFrame:
    """One row a level of one origin, in sums that add up over origins: see `summarise`.

    names: of the random stream that breaks ties of the PIT, such as the origin.
    Columns: level, crps, error (requests, summed), requests (summed), inside80, inside95 (counted), cells.
    """
    rows = []
    for level in levels(outcomes, samples):
        pit = randomised_pit(level.outcomes, level.draws, generator(seed, "pit", level.name, *names))
        cells = len(level.outcomes)
        rows.append(
            {
                "level": level.name,
                "crps": float(crps(level.outcomes, level.draws).sum()),
                "error": float(absolute_error(level.outcomes, level.draws).sum()),
                "requests": float(level.outcomes.sum()),
                "inside80": coverage(pit, 0.80) * cells,
                "inside95": coverage(pit, 0.95) * cells,
                "cells": cells,
            }
        )
    return pd.DataFrame(rows)


def lead_groups(horizon: int) -> list[tuple[int, int]]:
    """First and last lead, in days, of every group."""
    ends = [end for end in LEADS_THROUGH if end < horizon] + [horizon]
    return list(zip([1, *(end + 1 for end in ends[:-1])], ends, strict=True))


def lead_scores(outcomes: Ints, samples: Ints) -> pd.DataFrame:
    """One row a group of leads and level of one origin: leads ("1-3"), level, crps and requests (summed).

    Levels are areas and the city, by day and summed over the group.
    """
    rows = []
    for first, last in lead_groups(outcomes.shape[1]):
        y, s = outcomes[:, first - 1 : last], samples[:, first - 1 : last]
        pairs = {"area-day": (y, s), "area-group": (y.sum(axis=1), s.sum(axis=1))}
        pairs |= {f"city-{name[5:]}": (each.sum(axis=0), draws.sum(axis=0)) for name, (each, draws) in pairs.items()}
        for level, (each, draws) in pairs.items():
            score = crps(each.reshape(-1).astype(float), draws.reshape(-1, draws.shape[-1]).astype(float)).sum()
            rows.append({"leads": f"{first}-{last}", "level": level, "crps": score, "requests": float(each.sum())})
    return pd.DataFrame(rows)


def summarise(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Rows of `origin_scores` over several origins -> by + crps, wape, cover80, cover95, in order of appearance."""
    sums = rows.groupby(by, sort=False)[["crps", "error", "requests", "inside80", "inside95", "cells"]].sum()
    requests = sums["requests"].clip(lower=1.0)
    scores = {
        "crps": sums["crps"] / requests,
        "wape": sums["error"] / requests,
        "cover80": sums["inside80"] / sums["cells"],
        "cover95": sums["inside95"] / sums["cells"],
    }
    return pd.DataFrame(scores).reset_index()
