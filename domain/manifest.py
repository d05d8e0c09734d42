"""The manifest of a vintage: what it was made from and what it holds. The only clock is of a person's act."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from domain.category import Strict
from domain.covariates import CovariateGain
from domain.draft import EditEntry
from domain.evaluation import EvaluationEntry
from domain.fairness import FairnessEntry
from domain.lock import LocksEntry


class FileEntry(Strict):
    """sha256 of the bytes; rows where the file is a table."""

    sha256: str
    bytes: int
    rows: int | None = None


class RecipeEntry(Strict):
    """The recipe that a category was forecast with, and the evidence that chose it."""

    category: str
    forecaster: str
    title: str
    recipe_id: str
    evidence_end: date
    mean_ratio: float | None
    """Mean over four levels of CRPS ÷ best baseline's; None where nothing could be compared."""
    sentence: str
    covariates: tuple[CovariateGain, ...] = ()
    """Which forecaster was published and by how much, in words."""


class SolveEntry(Strict):
    """How the roster was found: stopped on nodes or iterations, never on seconds."""

    status: str
    objective: float
    bound: float
    gap: float
    nodes: int
    columns: int
    rows: int
    surrogate: str
    """What was solved, in words (pooling, scenarios)."""
    is_emergency: bool = False
    """The emergency clock stopped it: it cannot be solved again to the same roster, so the published one stands."""
    published: str = ""
    """Which roster was published: solver, longest shift, search or last roster; empty where none was chosen among."""
    saved_against_solver: float = 0.0
    """Share of the solver's simulated cost, changes included, that the published one saves; below 0 it costs more."""


class Manifest(Strict):
    """One publication. vintage_id is as-of, revision and a hash of the inputs."""

    schema_version: int
    vintage_id: str
    city: str
    title: str
    label: str
    is_simulated: bool
    crews_are_invented: bool
    timezone: str
    as_of: date
    origin: date
    revision: int
    horizon_days: int
    first_date: date
    last_date: date
    modes: tuple[str, ...]
    data_ages: dict[str, int | None]
    """Days from the last known day of each source to the as-of day; None where there is no such source."""
    seed: int
    snapshot: str
    code_version: str
    lock_hash: str
    config_hash: str
    recipes: tuple[RecipeEntry, ...]
    solve: SolveEntry | None
    currency: str
    unlocated_share: dict[str, float]
    """Share of each category's requests of the last year without an area; the plan's work is scaled up by it."""
    previous: str | None = None
    """The vintage whose roster the plan started from, and pays for leaving; None where there was none."""
    attribution: tuple[str, ...] = ()
    fairness: FairnessEntry | None = None
    """Who made the plan lean towards areas that report less, and what it costs; None while it is off."""
    locks: LocksEntry | None = None
    """The planner's locks that the plan keeps, and what they cost; None where nothing is locked."""
    evaluation: EvaluationEntry | None = None
    """The last replay that the as-of day may know; None where none was made."""
    waits: str = ""
    """How long requests are taken to wait before crews can begin, and whence that is; empty: not at all."""
    may_wait: str = ""
    """Which of the open requests crews may not be able to begin on yet; empty where none wait."""
    not_varied: str | None = None
    """Why the plan was not repeated at other figures; empty where it was, None where an earlier release did not say."""
    edited: EditEntry | None = None
    """Who changed the plan of another vintage into this one; None for a plan that a run made."""
    files: dict[str, FileEntry] = Field(default_factory=dict)
