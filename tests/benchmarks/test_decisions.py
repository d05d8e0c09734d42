"""The decisions benchmark rests on one committed file."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from benchmarks.decisions.replay import UNSEEN, main, pinned, rules_of, settings
from benchmarks.decisions.tables import MEASURES, measures, promises, reliability, savings
from benchmarks.truth import other_city
from configs.load import load_city


def test_crews_costs_and_rules_are_those_that_the_settings_pin(tmp_path: Path) -> None:
    """With other crews or prices results must be measured anew, and the pin moves with them."""
    windows = settings()[1]
    simulated = other_city(1, "continental", tmp_path, rules_of(windows["simulated"]))
    assert pinned(load_city(str(simulated))) == windows["pinned"]["simulated"]
    assert pinned(load_city("houston-files")) == windows["pinned"]["houston"] == windows["pinned"]["houston-2015"]
    assert windows["pinned"][UNSEEN] == windows["pinned"]["houston"]


def test_2017_is_replayed_only_where_a_look_is_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = settings()[1]
    seen = [name for name, window in windows.items() if name.startswith("houston") and name != UNSEEN]
    assert len(seen) == 3
    assert all(windows[name]["to"] < date(2016, 11, 1) for name in seen)
    monkeypatch.setattr(sys, "argv", ["replay", UNSEEN, "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="--look-at-2017"):
        main()
    assert not (tmp_path / "out").exists()


def test_what_a_replay_found_is_told_as_tables() -> None:
    policies = {"flat": dict.fromkeys(MEASURES, 1234.5) | {"changed_a_day": 0.25}}
    header, _, row = measures(policies)
    assert header.count("|") == row.count("|") == len(MEASURES) + 2
    assert row.startswith("| flat | 1,234 |")
    assert row.endswith(" 1,234.50 | 0.25 |")
    bins = [{"promised": 0.25, "met": 0.5, "jobs": 8.0}]
    own = {"category": "pothole", "jobs": 8.0, "promised": 0.25, "met": None, "brier": 0.1234, "base_brier": None}
    found = [own | {"district": "", "bins": bins}, own | {"district": "North", "bins": bins}]
    assert [row.split(" | ")[1] for row in promises(found)[2:]] == ["all", "North"]
    assert promises(found)[2].endswith("| 25 % | – | 0.123 | – |")
    saving = {"best_simple": "flat", "saved": {"value": 1200.4, "low": -5.0, "high": 2400.0}}
    bare = {"best_simple": "supervisor", "saved": {"value": 0.0, "low": -9.0, "high": 9.0}}
    (row,) = savings({"sample-paths": saving | {"without_closing": bare}})[2:]
    assert row == "| sample-paths | flat | +1,200 (-5 to +2,400) | supervisor | +0 (-9 to +9) |"
    assert reliability(found)[2:] == ["| pothole | 25 % | 50 % | 8 |"], "districts are not told twice"
