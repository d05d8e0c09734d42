"""Minutes a job as jobs lie closer: the dispatch rule's own formula, averaged over where open jobs may lie.

`allocation.work.minutes_per_job` looks at one area. Here only the city's open jobs N of a category are followed, so
the formula is averaged over areas: a request falls on area a with the share p(a) of the forecast, the others lie as a
Poisson number, and a job sees one more request than a random area does (the job itself).
"""

from __future__ import annotations

import numpy as np
from scipy.stats import poisson

from allocation.dense import Dense
from allocation.work import jobs_per_request
from domain.panel import Floats

GRID = np.concatenate([[0.0], np.geomspace(1.0, 20_000.0, 60)])
"""Open jobs at which minutes are tabulated; between them the table is read along a straight line."""

TOP = 80
"""Further requests in one area up to which the Poisson sum runs: a visit holds far fewer."""


def minutes_table(dense: Dense, share: Floats) -> Floats:
    """Minutes of one job (K, J, G) at GRID open jobs; share: (J, A) of requests, sums to 1. 0 without the skill."""
    types, work = dense.skilled.shape
    table = np.zeros((types, work, len(GRID)))
    drive = own_drive(dense)
    for k, j in np.argwhere(dense.skilled):
        table[k, j] = _one(dense, int(k), int(j), drive[k], share[j])
    return table


def own_drive(dense: Dense) -> Floats:
    """Minutes one way to each area from the nearest yard with the type, any yard where none has it, (K, A)."""
    drives = np.where(dense.own, dense.drive[None], np.inf).min(axis=1)
    nearest: Floats = np.where(np.isinf(drives), dense.drive.min(axis=0)[None], drives)
    return nearest


def _one(dense: Dense, k: int, j: int, drive: Floats, share: Floats) -> Floats:
    service, further = dense.service[k, j], dense.further[k, j]
    fits = max(1.0, float(np.max(dense.net_minutes[:, k])) / further)
    per_request = max(jobs_per_request(dense.work[j].conversion), 1e-9)
    others = np.arange(TOP + 1)
    visit = np.clip((others + 1) * per_request, 1.0, fits)
    mean_drive = drive[:, None] * (1 + visit / fits)
    minutes = (mean_drive + service + (visit - 1) * further) / visit  # (A, others)
    out = np.zeros(len(GRID))
    for g, jobs in enumerate(GRID):
        chance = poisson.pmf(others[None, :], np.minimum(jobs * share / per_request, TOP)[:, None])
        chance[:, -1] += np.maximum(1 - chance.sum(axis=1), 0)
        out[g] = share @ (chance * minutes).sum(axis=1)
    return out


def minutes_at(table: Floats, jobs: Floats) -> Floats:
    """Minutes a job read off one row of the table, the shape of `jobs`."""
    read: Floats = np.interp(jobs, GRID, table)
    return read
