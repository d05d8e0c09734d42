"""What the last replay of a city found, as plans published after it carry it."""

from __future__ import annotations

from datetime import date

from domain.category import Strict

NONE_MADE = "No replay has been made, so there is no evidence that this plan beats what you do."


class EvaluationEntry(Strict):
    """A replay in short. known_on: the last day whose requests it judged by; a plan as of an earlier day must not know
    it. config_hash: of the city as it was replayed. sentence: what the evidence supports.
    """

    first: date
    last: date
    known_on: date
    weeks: int
    load: str
    is_calibrated: bool
    sentence: str
    config_hash: str
    code_version: str
