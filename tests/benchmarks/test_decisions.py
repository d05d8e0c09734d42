"""The decisions benchmark rests on one committed file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks.decisions.replay import pinned, rules_of, settings
from benchmarks.truth import other_city
from configs.load import load_city


def test_crews_costs_and_rules_are_those_that_the_settings_pin(tmp_path: Path) -> None:
    """With other crews or prices results must be measured anew, and the pin moves with them."""
    windows = settings()[1]
    simulated = other_city(1, "continental", tmp_path, rules_of(windows["simulated"]))
    assert pinned(load_city(str(simulated))) == windows["pinned"]["simulated"]
    assert pinned(load_city("houston-files")) == windows["pinned"]["houston"] == windows["pinned"]["houston-2015"]


def test_nothing_of_2017_can_be_replayed_on_houston() -> None:
    assert settings()[1]["houston"]["to"] < date(2016, 11, 1)
