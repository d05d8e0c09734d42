"""The decisions benchmark rests on one committed file."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.decisions.replay import pinned, settings
from configs.load import load_city


@pytest.mark.parametrize(("window", "city"), [("simulated", "ellerby-falls"), ("houston", "houston-files")])
def test_crews_costs_and_rules_are_those_that_the_settings_pin(window: str, city: str) -> None:
    """With other crews or prices results must be measured anew, and the pin moves with them."""
    assert pinned(load_city(city)) == settings()[1]["pinned"][window]


def test_nothing_of_2017_can_be_replayed_on_houston() -> None:
    assert settings()[1]["houston"]["to"] < date(2016, 11, 1)
